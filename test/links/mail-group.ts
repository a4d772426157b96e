import { createLogger } from '../../src/kernel/logger.js';
import type { LinkRow } from '../../src/links/cross-brand-link.js';
import { type Carriers, readCarriers } from '../../src/messages/carriers.js';
import type { OutgoingRow } from '../../src/messages/message.js';
import { configWithMessages, type MessagesInput } from '../messages/messages.js';
import { type LinkGroup, openLinkGroup } from './link-group.js';

/** A group whose wren reaches its customers by real carriers. */
export interface MailGroup extends LinkGroup {
  /** Every line that was logged. */
  readonly lines: string[];
  /** What wren keeps of its messages for a link, oldest first. */
  outgoing(link: Pick<LinkRow, '_id'>): Promise<OutgoingRow[]>;
}

/** Opens it; `wrap` puts something of the test's between the links and the carriers. */
export async function openMailGroup(
  messages: MessagesInput,
  env: NodeJS.ProcessEnv,
  wrap: (carriers: Carriers) => Carriers = (carriers) => carriers,
): Promise<MailGroup> {
  const lines: string[] = [];
  const log = createLogger({ level: 'debug', stream: { write: (line: string) => void lines.push(line) } });
  const config = configWithMessages(messages);
  const group = await openLinkGroup({ config, carriers: wrap(readCarriers(config, env)), log });
  const { db } = group.entry('wren').database.connection;
  return {
    ...group,
    lines,
    outgoing: async (link) => {
      const rows = (await db?.collection('messages').find({}).toArray()) ?? [];
      const own = (rows as unknown as OutgoingRow[]).filter((row) => row._id.startsWith(link._id));
      return own.sort((a, b) => (a._id < b._id ? -1 : 1));
    },
  };
}

/** The token in a message. */
export function tokenIn(source: string | undefined): string {
  return /activate#([\w-]{43})/.exec(source ?? '')?.[1] ?? '';
}
