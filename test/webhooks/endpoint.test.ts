import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/kernel/errors.js';
import { readEndpoints } from '../../src/webhooks/endpoint.js';
import { aSecret, configWith, type WebhookInput } from './endpoints.js';

const crm = { name: 'crm', url: 'https://crm.example/hooks', events: ['profile.merged'], secretEnv: 'CRM_SECRET' };

/** What the operator is told about a configuration, or null when it is good. */
function complaint(
  webhook: WebhookInput | readonly WebhookInput[],
  env: NodeJS.ProcessEnv = { CRM_SECRET: aSecret() },
) {
  try {
    readEndpoints(configWith([webhook].flat()), env);
    return null;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'CONFIG_INVALID') throw error;
    return error.message;
  }
}

describe('a webhook in the configuration', () => {
  it('needs a name, a URL, events and the name of a secret', () => {
    const [endpoint] = readEndpoints(configWith([crm]), { CRM_SECRET: aSecret() });
    expect(endpoint).toMatchObject({ key: 'wren/crm', isActive: true, allowPrivate: false, headers: {} });
    for (const name of ['name', 'url', 'events', 'secretEnv'])
      expect(complaint({ ...crm, [name]: undefined })).toMatch(`brands[1].webhooks[0].${name}: is missing`);
  });

  it.each([
    ['url', 'http://crm.example/', /https:\/\//],
    ['url', 'https://user:word@crm.example/', /no user name/],
    ['url', 'crm.example', /https:\/\//],
    ['events', [], /at least one/],
    ['events', ['profile.removed'], /use one of profile\.created, /],
    ['secretEnv', aSecret(), /does not belong in this file/],
    ['secretEnv', 'whsec_abcdefghijklmnop', /does not belong in this file/],
    ['headers', { 'webhook-id': 'mine' }, /the message itself needs/],
    ['headers', { 'Content-Type': 'text/plain' }, /the message itself needs/],
    ['headers', { 'x-key': 'a\r\nb: c' }, /printable/],
  ])('is refused with a bad %s: %j', (field, value, message) => {
    const told = complaint({ ...crm, [field]: value }) ?? '';
    expect(told).toMatch(`brands[1].webhooks[0].${field}`);
    expect(told).toMatch(message);
  });

  it('may use http only with allowPrivate', () => {
    const local = { ...crm, url: 'http://127.0.0.1:9000/' };
    expect(complaint(local)).toMatch('"allowPrivate": true');
    expect(complaint({ ...local, allowPrivate: true })).toBeNull();
  });

  it('has a name of its own in its brand', () => {
    expect(complaint([crm, crm])).toMatch('brands[1].webhooks[1].name: "crm" is used twice');
  });
});

describe('the secret of a webhook', () => {
  it('is taken from the environment; what is missing is told with how to make it', () => {
    expect(complaint(crm, {})).toMatch(
      /brands\[1\]\.webhooks\[0\]\.secretEnv: needs the environment variable CRM_SECRET.*openssl rand -base64 32/,
    );
  });

  it('is not needed for an endpoint that is not active', () => {
    expect(complaint({ ...crm, isActive: false }, {})).toBeNull();
  });

  it('is 24 to 64 bytes; two may stand side by side', () => {
    const ofBytes = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;
    for (const secrets of [ofBytes(24), ofBytes(64), `${aSecret()} ${aSecret()}`, ` ${aSecret()}\n`])
      expect(complaint(crm, { CRM_SECRET: secrets })).toBeNull();
    const bad = [ofBytes(23), ofBytes(65), 'whsec_?', 'plain', `${aSecret()} ${aSecret()} ${aSecret()}`, 'whsec_!!!!'];
    for (const secrets of bad) {
      const told = complaint(crm, { CRM_SECRET: secrets }) ?? '';
      expect(told).toMatch('brands[1].webhooks[0].secretEnv');
      expect(told).not.toContain(secrets);
    }
  });
});
