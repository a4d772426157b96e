import type { GroupConfig } from '../../src/brands/config.js';
import { parseConfig } from '../../src/brands/load-config.js';
import type { CarriedMessage } from '../../src/messages/message.js';
import { groupConfig } from '../support/group.js';

/** Whatever a configuration file may hold under `messages`. */
export type MessagesInput = Readonly<Record<string, unknown>>;

/** By the mail server that WREN_SMTP_URL names. */
export const bySmtp = { kind: 'smtp', urlEnv: 'WREN_SMTP_URL', from: 'Wren <hello@wren.example>' } as const;

/** The group of the journeys, with its own way to reach wren's customers. */
export function configWithMessages(messages: MessagesInput): GroupConfig {
  const config = groupConfig();
  const brands = config.brands.map((brand) => (brand.handle === 'wren' ? { ...brand, messages } : brand));
  return parseConfig({ ...config, brands }, {});
}

/** A message as it is handed over. */
export function aMessage(overrides: Partial<CarriedMessage> = {}): CarriedMessage {
  return {
    brand: 'wren',
    id: 'f3b1c2d4-0000-4000-8000-000000000001.1',
    purpose: 'activation',
    channel: 'EMAIL',
    at: new Date('2026-11-22T04:05:06.000Z'),
    expiresAt: new Date('2026-11-25T04:05:06.000Z'),
    content: { to: 'mei@example.org', subject: 'Grüße from Wren', text: 'Hello\nhttps://group.example/activate#T' },
    ...overrides,
  };
}
