import type { BrandHandle } from '../brands/brand.js';
import type { GroupConfig } from '../brands/config.js';
import { channelsOf, type MessageChannel, type TransportConfig, transportFor } from '../brands/messages-config.js';
import { AppError } from '../kernel/errors.js';
import type { Logger } from '../kernel/logger.js';
import { readSigners } from '../webhooks/endpoint.js';
import type { Send } from '../webhooks/send.js';
import type { Carrier } from './message.js';
import { readSmtpUrl, type SmtpOptions, smtpCarrier } from './smtp-carrier.js';
import { webhookCarrier } from './webhook-carrier.js';

/** What takes the messages of a channel of a brand: a carrier, the mailbox in its own database, or nothing. */
export type Carriers = (brand: BrandHandle, channel: MessageChannel) => Carrier | 'mailbox' | null;

/** What differs in tests. */
export interface CarrierOptions {
  readonly smtp?: SmtpOptions;
  readonly send?: Send;
}

/** Says for which channels brands have no transport: customers with an address there alone cannot be invited. */
export function tellSilentChannels(config: GroupConfig, log: Logger): void {
  for (const { handle, messages } of config.brands) {
    const carried = channelsOf(messages);
    for (const channel of (['EMAIL', 'SMS'] as const).filter((each) => !carried.includes(each)))
      log.info({ brand_id: handle, channel }, 'No transport carries this channel; nobody is invited by it');
  }
}

type Transport = 'transport' | 'email' | 'sms';

/**
 * The carriers of all brands. Passwords and secrets come from the environment.
 * @throws AppError `CONFIG_INVALID` with every one that is missing or malformed.
 */
export function readCarriers(config: GroupConfig, env: NodeJS.ProcessEnv, options: CarrierOptions = {}): Carriers {
  const mistakes: { path: string; hint: string }[] = [];
  const carriers = new Map<string, Carrier | 'mailbox'>();
  config.brands.forEach(({ handle, messages }, index) => {
    const built = new Map<TransportConfig, Carrier | 'mailbox' | null>();
    for (const channel of channelsOf(messages)) {
      const transport = transportFor(messages, channel);
      const key = nameOf(messages, transport);
      const report = (field: string, hint: string): null => {
        mistakes.push({ path: `brands[${index}].messages.${key}.${field}`, hint });
        return null;
      };
      // One transport that serves two channels is read, and found wanting, once.
      if (!built.has(transport)) built.set(transport, carrierOf(handle, transport, env, options, report));
      const carrier = built.get(transport) ?? null;
      if (carrier !== null) carriers.set(`${handle} ${channel}`, carrier);
    }
  });
  if (mistakes.length === 0) return (brand, channel) => carriers.get(`${brand} ${channel}`) ?? null;
  const lines = mistakes.map((mistake) => `  ${mistake.path}: ${mistake.hint}`);
  throw new AppError(
    'CONFIG_INVALID',
    `The configuration has ${mistakes.length} mistake(s) about messages:\n${lines.join('\n')}`,
    { details: { mistakes } },
  );
}

function nameOf(messages: GroupConfig['brands'][number]['messages'], transport: TransportConfig): Transport {
  if (transport === messages.transport) return 'transport';
  return transport === messages.email ? 'email' : 'sms';
}

function carrierOf(
  brand: BrandHandle,
  transport: TransportConfig,
  env: NodeJS.ProcessEnv,
  options: CarrierOptions,
  report: (field: string, hint: string) => null,
): Carrier | 'mailbox' | null {
  switch (transport.kind) {
    case 'none':
      return null;
    case 'mailbox':
      return 'mailbox';
    case 'smtp': {
      const url = env[transport.urlEnv] ?? '';
      const server = readSmtpUrl(url);
      if (server !== null) return smtpCarrier(transport, server, options.smtp);
      const wanted = 'smtps://user:password@host or smtp://user:password@host:587';
      const hint =
        url === ''
          ? `needs the environment variable ${transport.urlEnv}, which is not set or empty; give it ${wanted}`
          : `${transport.urlEnv} must hold ${wanted}, with user and password percent-encoded`;
      return report('urlEnv', hint);
    }
    case 'webhook': {
      const signers = readSigners(transport, env);
      if (typeof signers === 'string') return report('secretEnv', signers);
      return webhookCarrier(brand, transport, signers, options.send);
    }
  }
}
