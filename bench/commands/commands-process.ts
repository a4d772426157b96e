import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type RunningServer } from '../../src/app.js';
import type { OpenGroup } from '../../src/open-group.js';
import { openBenchGroup } from './group.js';

/** Customers with their rows, and the customers they are linked to with theirs. */
const listQuery = `query List($first: Int!) {
  profiles(brand: "alder", first: $first) {
    nodes {
      id localId version type isKnown title firstName lastName fullName email mobilePhone secondaryPhone gender company
      occupation tags statuses joinedAt createdAt updatedAt formerIds
      identities(first: 3) { nodes { id handle identifier isActive createdAt } }
      addresses { id line1 line2 city state postcode countryCode isDefault }
      crossBrandLinks {
        id status sharedHandle createdAt
        target { state profile { id firstName lastName email identities(first: 3) { nodes { id handle identifier } } } }
      }
    }
  }
}`;

/** Commands of one list of so many customers. */
export interface ListCommands {
  readonly profiles: number;
  readonly links: number;
  readonly identities: number;
  /** How often each command was sent to each collection: `wren.claims find`. */
  readonly commands: Readonly<Record<string, number>>;
  readonly total: number;
  readonly getMore: number;
}

/** What the process sends. */
export interface CommandsResult {
  readonly lists: readonly ListCommands[];
}

/** Pages up to the largest that a client may ask for. */
const pageSizes = [10, 50, 100];

/** Tells the name and collection of every command but those by which a driver keeps its connections. */
function listen(group: OpenGroup, onCommand: (owner: string, command: string, collection: string) => void): void {
  for (const database of [group.brands.registry, ...group.brands.all().map((entry) => entry.database)]) {
    database.connection.getClient().on('commandStarted', ({ commandName, command }) => {
      if (commandName === 'hello' || commandName === 'ping' || commandName === 'endSessions') return;
      const collection = commandName === 'getMore' ? command['collection'] : command[commandName];
      onCommand(database.owner, commandName, String(collection));
    });
  }
}

interface Answer {
  readonly data: { readonly profiles: { readonly nodes: readonly AnsweredProfile[] } | null } | null;
  readonly errors?: unknown;
}
interface AnsweredProfile {
  readonly identities: { readonly nodes: readonly unknown[] };
  readonly addresses: readonly unknown[];
  readonly crossBrandLinks: readonly { readonly target: { readonly profile: AnsweredProfile | null } }[];
}

async function ask(server: RunningServer, token: string, first: number): Promise<readonly AnsweredProfile[]> {
  const response = await server.inject({
    method: 'POST',
    url: '/graphql',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    payload: JSON.stringify({ query: listQuery, variables: { first } }),
  });
  const { data, errors } = JSON.parse(response.body) as Answer;
  if (errors !== undefined || !data?.profiles) throw new Error(`The list was refused: ${JSON.stringify(errors)}`);
  return data.profiles.nodes;
}

async function measure(server: RunningServer, group: OpenGroup, token: string): Promise<ListCommands[]> {
  let commands: Record<string, number> = {};
  listen(group, (owner, command, collection) => {
    const key = `${owner}.${collection} ${command}`;
    commands[key] = (commands[key] ?? 0) + 1;
  });
  const lists: ListCommands[] = [];
  for (const first of pageSizes) {
    // Compiled and with the token remembered, as any but the first requests are.
    for (let i = 0; i < 3; i += 1) await ask(server, token, first);
    commands = {};
    const nodes = await ask(server, token, first);
    const linked = nodes.flatMap((node) => node.crossBrandLinks.map((link) => link.target.profile));
    const shown = linked.filter((profile) => profile !== null);
    if (nodes.length !== first || shown.length !== 2 * first) throw new Error('The list is not complete');
    const total = Object.values(commands).reduce((sum, count) => sum + count, 0);
    const getMore = Object.entries(commands).reduce((sum, [key, n]) => sum + (key.endsWith(' getMore') ? n : 0), 0);
    const identities = [...nodes, ...shown].reduce((sum, profile) => sum + profile.identities.nodes.length, 0);
    lists.push({ profiles: first, links: shown.length, identities, commands: sorted(commands), total, getMore });
  }
  return lists;
}

function sorted(commands: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(commands).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const folder = mkdtempSync(join(tmpdir(), 'kindred-bench-'));
const group = await openBenchGroup(join(folder, 'data'));
const server = await createServer(group);
try {
  const { token } = await group.tokens.create({ role: 'group-admin', reference: 'bench', purpose: 'group-service' });
  // Journals and outboxes are looked at in their own time; those commands are no request's.
  await Promise.all([server.journals.stop(), server.publisher.stop()]);
  const result: CommandsResult = { lists: await measure(server, group, token) };
  process.send?.(result);
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
