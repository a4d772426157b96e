import { randomBytes } from 'node:crypto';
import type { GroupConfig } from '../../src/brands/config.js';
import { parseConfig } from '../../src/brands/load-config.js';
import { type Endpoint, readEndpoints } from '../../src/webhooks/endpoint.js';
import { groupConfig } from '../support/group.js';

/** A secret as an operator makes one. */
export function aSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** Webhooks of wren as the configuration file has them. */
export type WebhookInput = Readonly<Record<string, unknown>>;

/** The group of the journeys with webhooks in wren, and, when given, in hearth. */
export function configWith(wren: readonly WebhookInput[], hearth: readonly WebhookInput[] = []): GroupConfig {
  const config = groupConfig();
  const webhooks: Record<string, readonly WebhookInput[]> = { wren, hearth };
  const brands = config.brands.map((brand) => ({ ...brand, webhooks: webhooks[brand.handle] ?? [] }));
  return parseConfig({ ...config, brands }, {});
}

/** One endpoint of wren, by default on this machine and told of merges. */
export function anEndpoint(overrides: WebhookInput, secrets: string = aSecret()): Endpoint {
  const defaults = { name: 'crm', events: ['profile.merged'], secretEnv: 'CRM_SECRET', allowPrivate: true };
  const [endpoint] = readEndpoints(configWith([{ ...defaults, ...overrides }]), { CRM_SECRET: secrets });
  return endpoint as Endpoint;
}
