import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Role } from '../access/token.js';
import type { TokenInput } from '../access/token.service.js';
import { createServer } from '../app.js';
import { loadConfigFile } from '../brands/load-config.js';
import { seedDemo } from '../demo/seed.service.js';
import { systemClock } from '../kernel/clock.js';
import { createLogger } from '../kernel/logger.js';
import { type OpenGroup, openGroup } from '../open-group.js';
import { logLevel, portOf } from './group-options.js';
import { closingOnFailure, untilStopped } from './serve.command.js';
import { paintOut, print, say, startProgress } from './terminal.js';

interface DemoOptions {
  readonly port?: string;
  readonly folder: string;
  readonly json?: boolean;
}

/** A token printed for trying things out. */
interface DemoToken {
  readonly role: Role;
  readonly reference: string;
  readonly brand: string | null;
  readonly note: string;
  readonly token: string;
}

/** `kindred demo`: seeds what is empty on the embedded engine, serves it, and prints how to try it. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const startedAtMs = Date.now();
  const file = fileURLToPath(new URL('../../brands.config.json', import.meta.url));
  const folder = resolve(options.folder);
  const loaded = loadConfigFile(file, process.env);
  const config = { ...loaded, embedded: { ...loaded.embedded, folder: join(folder, 'data') } };
  const port = portOf(options.port, config.server.port);
  const log = createLogger({ level: logLevel('warn') });
  const group = await openGroup({ config, env: process.env, clock: systemClock, log });
  const server = await closingOnFailure(group, async () => {
    await seed(group);
    return createServer(group);
  });
  await closingOnFailure(server, async () => {
    const tokens = await demoTokens(group, join(folder, 'demo-tokens.json'));
    const url = await server.listen(port, config.server.host);
    tell({ url, tokens, folder, seconds: (Date.now() - startedAtMs) / 1000, isJson: options.json ?? false });
  });
  await untilStopped(server, log);
}

async function seed(group: OpenGroup): Promise<void> {
  // A database of one's own is never filled with made-up people.
  const entries = group.brands.all().filter((entry) => entry.database.isEmbedded);
  const order = group.config.brands.map((brand) => brand.handle);
  entries.sort((a, b) => order.indexOf(a.brand.handle) - order.indexOf(b.brand.handle));
  let progress: ReturnType<typeof startProgress> | null = null;
  const count = await seedDemo({
    entries,
    onProgress: (done, total) => {
      progress ??= startProgress('Seeding', total);
      progress.update(done, `${done} people`);
    },
  });
  (progress as ReturnType<typeof startProgress> | null)?.end();
  if (count !== null) {
    say(
      `Seeded ${count.people} people: ${count.profiles} profiles (${count.duplicates} of them duplicates) and ${count.transactions} transactions in ${entries.length} brands.`,
    );
  }
}

/** The demo's tokens: made at the first start, kept in a file that only this user can read. */
async function demoTokens(group: OpenGroup, file: string): Promise<DemoToken[]> {
  const kept = readTokens(file);
  const [first] = kept;
  if (first !== undefined && (await group.tokens.verify(`Bearer ${first.token}`)) !== null) return kept;
  const home = group.config.brands[1]?.handle ?? (group.config.brands[0]?.handle as string);
  const purpose = group.config.purposes[0]?.code;
  const wanted: { input: TokenInput; note: string }[] = [
    { input: { role: 'group-app', reference: 'demo-group-app' }, note: 'looks customers up across brands' },
    { input: { role: 'group-admin', reference: 'demo-admin' }, note: 'may do everything' },
    {
      input: { role: 'staff', reference: `demo-staff-${home}`, brandHandles: [home] },
      note: `serves, merges and enrols customers of ${home}`,
    },
    {
      input: { role: 'machine', reference: `demo-till-${home}`, brandHandles: [home] },
      note: `sends sales and interactions to ${home}`,
    },
    { input: { role: 'analyst', reference: 'demo-analyst' }, note: 'sees figures, no personal data' },
  ];
  const tokens: DemoToken[] = [];
  for (const { input, note } of wanted) {
    const { token, view } = await group.tokens.create({ ...input, ...(purpose === undefined ? {} : { purpose }) });
    tokens.push({ role: input.role, reference: view.reference, brand: input.brandHandles?.[0] ?? null, note, token });
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(tokens, null, 2)}\n`, { mode: 0o600 });
  return tokens;
}

function readTokens(file: string): DemoToken[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as DemoToken[];
  } catch {
    // Not there yet, or not ours: new tokens are made, and the old ones, if any, stay in the registry unused.
    return [];
  }
}

function tell(started: {
  url: string;
  tokens: readonly DemoToken[];
  folder: string;
  seconds: number;
  isJson: boolean;
}): void {
  const { url, tokens, folder, seconds } = started;
  if (started.isJson) {
    print(JSON.stringify({ graphql: `${url}/graphql`, graphiql: `${url}/graphiql`, folder, tokens }));
    return;
  }
  print('');
  print(`${paintOut('bold', 'Kindred')} serves the demo group (ready in ${seconds.toFixed(1)} s; data in ${folder})`);
  print(`  GraphQL   ${paintOut('cyan', `${url}/graphql`)}`);
  print(`  GraphiQL  ${paintOut('cyan', `${url}/graphiql#token=${tokens[0]?.token}`)}`);
  print(`            opens with a query to try and the ${tokens[0]?.role} token`);
  print('');
  print('  One token per role, to be sent as  Authorization: Bearer <token>');
  for (const each of tokens) print(`  ${each.role.padEnd(12)} ${each.token}   ${paintOut('dim', each.note)}`);
  print('');
  print(`  Messages to customers:  npx kindred mailbox`);
  print('  Stop with Ctrl-C.');
}
