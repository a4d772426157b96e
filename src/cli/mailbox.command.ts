import type { BrandEntry } from '../brands/brands.js';
import { type MessageChannel, transportFor } from '../brands/messages-config.js';
import type { MessageRow } from '../links/delivery.js';
import { listMessages } from '../links/mailbox.service.js';
import type { OutgoingState } from '../messages/message.js';
import { listOutgoing, type OutgoingView } from '../messages/message.service.js';
import { brandNamed, openForWork, readConfig, wholeNumber } from './group-options.js';
import { paintOut, print, say } from './terminal.js';

interface MailboxOptions {
  readonly brand?: string;
  readonly limit: string;
  readonly config: string;
  readonly json?: boolean;
}

/** One line of the list: a message in the mailbox, whole, or one that a carrier takes, by its state alone. */
type Shown = { readonly brand: string } & (MessageRow | OutgoingView);

const channels: readonly MessageChannel[] = ['EMAIL', 'SMS'];

/**
 * `kindred mailbox`: what the mailbox holds, newest first. It shows addresses and links: it is the customer's side. Of what
 * carriers take it shows neither, only how far it has come.
 */
export async function runMailbox(options: MailboxOptions): Promise<void> {
  const limit = wholeNumber(options.limit, '--limit', 1, 1_000);
  const group = await openForWork(readConfig(options.config));
  try {
    const entries = options.brand === undefined ? group.brands.all() : [brandNamed(group, options.brand)];
    const shown: Shown[] = [];
    for (const entry of entries) {
      tellTransports(entry);
      const brand = entry.brand.handle;
      for (const message of await listMessages(entry.database, { limit })) shown.push({ brand, ...message });
      for (const message of await listOutgoing(entry.database, limit)) shown.push({ brand, ...message });
    }
    shown.sort((a, b) => b.at.getTime() - a.at.getTime());
    for (const message of shown.slice(0, limit)) {
      if (options.json) print(JSON.stringify(message));
      else if ('state' in message) print(describeOutgoing(message));
      else describeMessage(message);
    }
    if (shown.length === 0)
      say('No messages yet: enrol a customer in another brand, and the activation link arrives here.');
  } finally {
    await group.close();
  }
}

/** Says where else messages of a brand go. */
function tellTransports({ brand }: BrandEntry): void {
  for (const channel of channels) {
    const { kind } = transportFor(brand.messages, channel);
    if (kind === 'none') say(`${brand.handle}: no transport carries ${channel}; customers are not invited by it.`);
    else if (kind !== 'mailbox')
      say(`${brand.handle}: ${channel} goes out by ${kind}; below is how far each has come.`);
  }
}

function describeMessage(message: { readonly brand: string } & MessageRow): void {
  const where = `${message.at.toISOString()} ${message.channel} from ${message.brand} to ${message.to}`;
  const heading = message.subject === '' ? message.channel : message.subject;
  print(`${paintOut('bold', heading)}  ${paintOut('dim', where)}`);
  print(`${message.text}\n`);
}

const stateColours = { QUEUED: 'yellow', SENT: 'green', FAILED: 'red', DROPPED: 'dim' } as const satisfies Record<
  OutgoingState,
  string
>;

function describeOutgoing(message: { readonly brand: string } & OutgoingView): string {
  const { state, nextAt } = message;
  return [
    paintOut(stateColours[state], state.padEnd(7)),
    message.brand,
    message.channel.padEnd(5),
    message.purpose.padEnd(12),
    (message.carrier ?? '').padEnd(7),
    `${message.attempts} attempts`,
    [message.lastError ?? '', message.lastStatus ?? ''].join(' ').trim().padEnd(22),
    message.at.toISOString(),
    message._id,
    nextAt === undefined || state !== 'QUEUED' ? '' : `next ${nextAt.toISOString()}`,
  ]
    .join('  ')
    .trimEnd();
}
