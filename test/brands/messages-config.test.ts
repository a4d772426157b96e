import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/brands/load-config.js';
import { channelsOf, readSender, transportFor } from '../../src/brands/messages-config.js';
import { mistakesIn, shipped } from './configuration.js';

const smtp = { kind: 'smtp', urlEnv: 'WREN_SMTP_URL', from: 'Wren <hello@wren.example>' };
const hook = { kind: 'webhook', url: 'https://sms.example/send', secretEnv: 'SMS_SECRET' };

function withMessages(messages: unknown) {
  const config = shipped();
  config.brands[1].messages = messages;
  return config;
}

const words = (email: object) => ({ templates: { activation: { email } } });
const right = { subject: 'Come in', text: 'Here: {{ url }}' };

describe('the messages of a brand', () => {
  it('go to the mailbox when nothing is said', () => {
    const { messages } = parseConfig(shipped(), {}).brands[1] ?? {};
    expect(messages).toEqual({ transport: { kind: 'mailbox' }, templates: { activation: {}, confirmation: {} } });
  });

  it.each([
    [{}, 'mailbox', 'mailbox', ['EMAIL', 'SMS']],
    [{ transport: smtp }, 'smtp', 'none', ['EMAIL']],
    [{ transport: hook }, 'webhook', 'webhook', ['EMAIL', 'SMS']],
    [{ transport: smtp, sms: hook }, 'smtp', 'webhook', ['EMAIL', 'SMS']],
    [{ email: { kind: 'none' } }, 'none', 'mailbox', ['SMS']],
    [{ transport: { kind: 'none' }, email: smtp }, 'smtp', 'none', ['EMAIL']],
  ] as const)('by %j go by %s and %s', (messages, email, sms, channels) => {
    const read = parseConfig(withMessages(messages), {}).brands[1]?.messages as NonNullable<
      ReturnType<typeof parseConfig>['brands'][number]['messages']
    >;
    expect(transportFor(read, 'EMAIL').kind).toBe(email);
    expect(transportFor(read, 'SMS').kind).toBe(sms);
    expect(channelsOf(read)).toEqual(channels);
  });

  it.each([
    [{ transport: { ...smtp, from: 'hello at wren' } }, 'transport.from', /an address such as/],
    [{ transport: { ...smtp, from: 'W <a@b.example>, <c@d.example>' } }, 'transport.from', /an address such as/],
    [{ transport: { ...smtp, password: 'x' } }, 'transport.password', /not a known key/],
    [{ transport: { ...hook, url: 'http://sms.example' } }, 'transport.url', /use https/],
    [{ transport: { ...hook, secretEnv: 'whsec_abc' } }, 'transport.secretEnv', /does not belong/],
    [{ transport: 'mailbox' }, 'transport', /must be an object/],
    [words({ subject: 'Hi' }), 'templates.activation.email.text', /is missing/],
    [words({ ...right, text: 'Hello {{ firstName }} {{ url }}' }), 'templates.activation.email.text', /"firstName" is/],
    [words({ ...right, text: 'Hello {{ url' }), 'templates.activation.email.text', /not closed/],
    [words({ ...right, text: 'Hello' }), 'templates.activation.email.text', /must hold \{\{ url \}\}/],
    [words({ ...right, html: '<p>{{ url | raw }}</p>' }), 'templates.activation.email.html', /undefined filter: raw/],
    [words({ ...right, html: '<p>Hello</p>' }), 'templates.activation.email.html', /must hold \{\{ url \}\}/],
    [words({ ...right, subject: 'One\nBcc: two' }), 'templates.activation.email.subject', /one line/],
    [words({ ...right, subject: 'Code {{ code }}' }), 'templates.activation.email.subject', /belong in the text/],
    [{ templates: { activation: { sms: { text: 'Hi' } } } }, 'templates.activation.sms.text', /must hold/],
    [
      { transport: smtp, templates: { activation: { sms: { text: '{{ url }}' } } } },
      'templates.activation.sms',
      /never used: no transport carries this channel/,
    ],
    [{ transport: { kind: 'none' } }, '', /no channel has a transport, but a sharing rule lets this brand invite/],
    [{ transport: smtp, email: { kind: 'none' } }, '', /no channel has a transport/],
  ] as const)('as %j are refused at %s', (messages, path, hint) => {
    const place = `brands[1].messages${path === '' ? '' : `.${path}`}`;
    expect(mistakesIn(withMessages(messages))).toEqual([{ path: place, hint: expect.stringMatching(hint) }]);
  });

  it('come from a sender with or without a name', () => {
    expect(readSender('Wren & Söhne <hello@wren.example>')).toEqual({
      name: 'Wren & Söhne',
      address: 'hello@wren.example',
    });
    expect(readSender('hello@wren.example')).toEqual({ name: '', address: 'hello@wren.example' });
    expect(readSender('<hello@wren.example>')).toEqual({ name: '', address: 'hello@wren.example' });
    for (const text of ['', 'Wren', 'a@b@c.example', 'W\r\nBcc: x <a@b.example>', '"W" <a@b.example>', 'a b@c.example'])
      expect(readSender(text), text).toBeNull();
  });
});
