import { listMessages } from '../links/mailbox.service.js';
import { brandNamed, openForWork, readConfig, wholeNumber } from './group-options.js';
import { paintOut, print, say } from './terminal.js';

interface MailboxOptions {
  readonly brand?: string;
  readonly limit: string;
  readonly config: string;
  readonly json?: boolean;
}

/** `kindred mailbox`: what a carrier would deliver, newest first. Shows addresses and links: it is the customer's side. */
export async function runMailbox(options: MailboxOptions): Promise<void> {
  const limit = wholeNumber(options.limit, '--limit', 1, 1_000);
  const group = await openForWork(readConfig(options.config));
  try {
    const entries = options.brand === undefined ? group.brands.all() : [brandNamed(group, options.brand)];
    const messages = [];
    for (const entry of entries) {
      for (const message of await listMessages(entry.database, { limit }))
        messages.push({ brand: entry.brand.handle, ...message });
    }
    messages.sort((a, b) => b.at.getTime() - a.at.getTime());
    for (const message of messages.slice(0, limit)) {
      if (options.json) print(JSON.stringify(message));
      else {
        print(
          `${paintOut('bold', message.subject)}  ${paintOut('dim', `${message.at.toISOString()} ${message.channel} from ${message.brand} to ${message.to}`)}`,
        );
        print(`${message.text}\n`);
      }
    }
    if (messages.length === 0)
      say('No messages yet: enrol a customer in another brand, and the activation link arrives here.');
  } finally {
    await group.close();
  }
}
