/** A folder under `src/`, or one of the few files that stand beside the folders. */
export interface Room {
  readonly name: string;
  /** A file imports its own room or a room of lower rank; equal ranks do not know each other. */
  readonly rank: number;
  /** `open`: other rooms may import any file. `nouns`: only `<noun>.ts` and `<noun>.service.ts`. */
  readonly door: 'open' | 'nouns';
  /** What lives there, for the map. */
  readonly purpose: string;
}

/** The rooms of the house; a folder that is not in this table has no place in it. */
export const rooms: readonly Room[] = [
  { name: 'kernel', rank: 0, door: 'open', purpose: 'error codes, ids, clock, logger, limits' },
  { name: 'generated', rank: 0, door: 'open', purpose: 'typed resolvers made from the SDL' },
  { name: 'embedded', rank: 1, door: 'open', purpose: 'the embedded engine behind the MongoDB wire protocol' },
  { name: 'brands', rank: 2, door: 'open', purpose: 'configuration, connections, fan-out' },
  // Below the other rooms of rank 3, because every event, audit row and journal says who acted.
  { name: 'access', rank: 2.5, door: 'open', purpose: 'actors, tokens, scopes, the context of an operation' },
  { name: 'claims', rank: 3, door: 'open', purpose: 'unique keys of a brand, by digest' },
  { name: 'events', rank: 3, door: 'open', purpose: 'outbox, audit, idempotency rows' },
  { name: 'journal', rank: 3, door: 'open', purpose: 'durable steps for work across databases' },
  { name: 'webhooks', rank: 3.5, door: 'open', purpose: 'facts on their way to other systems, signed' },
  { name: 'profiles', rank: 4, door: 'nouns', purpose: 'profiles, accounts, addresses' },
  { name: 'identities', rank: 5, door: 'nouns', purpose: 'a customer in other systems' },
  { name: 'consents', rank: 5, door: 'nouns', purpose: 'evidence of what customers agreed to' },
  { name: 'activity', rank: 6, door: 'nouns', purpose: 'transactions, interactions, locations, ingest' },
  { name: 'wallet', rank: 7, door: 'nouns', purpose: 'rewards and points' },
  { name: 'messages', rank: 7.5, door: 'open', purpose: 'messages to customers on their way to carriers, sealed' },
  { name: 'links', rank: 8, door: 'nouns', purpose: 'cross-brand links, activation, group customers' },
  { name: 'merges', rank: 9, door: 'nouns', purpose: 'preview, plan, merge' },
  // Above merging one pair, below what reads files.
  { name: 'merge-batches', rank: 9.5, door: 'nouns', purpose: 'many merges as one piece of work' },
  { name: 'duplicates', rank: 9.5, door: 'nouns', purpose: 'inbox of possible duplicates, the scan that fills it' },
  { name: 'imports', rank: 10, door: 'open', purpose: 'customers from files' },
  { name: 'demo', rank: 10, door: 'open', purpose: 'made-up people for the demo group' },
  { name: 'graphql', rank: 11, door: 'open', purpose: 'server, executor, limits' },
  { name: 'collections.ts', rank: 11, door: 'open', purpose: 'the list of every collection, for preparing databases' },
  { name: 'open-group.ts', rank: 11.5, door: 'open', purpose: 'databases, engine and keys of a group' },
  { name: 'app.ts', rank: 12, door: 'open', purpose: 'the only place where things are built' },
  { name: 'cli', rank: 13, door: 'open', purpose: 'commands' },
  { name: 'main.ts', rank: 14, door: 'open', purpose: 'the process: environment, signals, exit codes' },
];

/**
 * Folders under `src/` that are programs for a browser: built by vite, talking HTTP only. They have no rank, nothing on
 * the server imports them, and they import nothing of the server.
 */
export const browserFolders: readonly string[] = ['src/graphiql/'];

/** The room a path such as `src/profiles/profile.ts` lies in; undefined when the table has none for it. */
export function roomOf(path: string): Room | undefined {
  const [top, name] = path.split('/');
  return top === 'src' ? rooms.find((room) => room.name === name) : undefined;
}

/** Where things are put together; these see every file of every room. */
export const compositionRooms: ReadonlySet<string> = new Set(['app.ts', 'open-group.ts', 'collections.ts']);

/** Which room answers for which file of the contract; `base` belongs to all of them. */
export const schemaRooms: Readonly<Record<string, string>> = {
  'brand.graphql': 'brands',
  'viewer.graphql': 'access',
  'profile.graphql': 'profiles',
  'profile-search.graphql': 'profiles',
  'identity.graphql': 'identities',
  'consent.graphql': 'consents',
  'location.graphql': 'activity',
  'transaction.graphql': 'activity',
  'interaction.graphql': 'activity',
  'wallet.graphql': 'wallet',
  'cross-brand-link.graphql': 'links',
  'group-customer.graphql': 'links',
  'merge.graphql': 'merges',
  'duplicate.graphql': 'duplicates',
  'merge-batch.graphql': 'merge-batches',
};

/** The file of the contract that every other may use. */
export const commonSchemaFile = 'base.graphql';

/** Folders of `test/` that are not named after a room. */
export const otherTestFolders: readonly string[] = ['contract', 'e2e', 'tidy', 'support', 'long', 'mongosh', 'mutants'];

/** Everything that may stand at the top of the repository; `tsconfig*.json` besides. */
export const topLevelEntries: ReadonlySet<string> = new Set(
  [
    'package.json package-lock.json biome.json vitest.config.ts vitest.long.config.ts vitest.mutants.config.ts vitest.searches.config.ts .gitignore .ci',
    'schema src test scripts bin bench docs',
    'brands.config.json brands.config.schema.json README.md LICENSE CHANGELOG.md',
  ].flatMap((line) => line.split(' ')),
);
