import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TransactionRow } from '../../src/activity/transaction.js';
import { transactionCollection } from '../../src/activity/transaction.model.js';
import { createServer, type RunningServer } from '../../src/app.js';
import type { BrandEntry } from '../../src/brands/brands.js';
import { runTransaction } from '../../src/brands/transaction.js';
import { Deadline, systemClock } from '../../src/kernel/clock.js';
import { formatNodeId, type Uuid } from '../../src/kernel/ids.js';
import { createLogger } from '../../src/kernel/logger.js';
import { seededRandom } from '../../src/kernel/random.js';
import { type OpenGroup, openGroup } from '../../src/open-group.js';
import { insertNewProfiles, planNewProfile } from '../../src/profiles/new-profile.service.js';
import { benchConfig } from '../commands/group.js';

/** One merge as it was answered. */
export interface MergeSample {
  readonly latencyMs: number;
  readonly previewMs: number;
  /** Documents written by the merge's transaction. */
  readonly documentWrites: number;
  /** Profiles merged into the loser before: each costs one write of its own. */
  readonly earlierLosers: number;
}

/** Merges of losers with so many transactions. */
export interface HistoryMerges {
  readonly transactions: number;
  readonly samples: readonly MergeSample[];
}

/** What the process sends. */
export interface HistoryResult {
  readonly sizes: readonly HistoryMerges[];
}

const brandHandle = 'wren';
const writeDeadlineMs = 60_000;
/** Rows of one insert while filling. */
const batchRows = 1_000;

interface Chain {
  readonly transactions: number;
  /** Each is merged into the one after it, so every loser has the whole history. */
  readonly profiles: readonly Uuid[];
  readonly samples: MergeSample[];
}

async function fillChain(entry: BrandEntry, transactions: number, merges: number, seed: number): Promise<Chain> {
  const random = seededRandom(seed);
  const now = new Date('2026-07-01T00:00:00.000Z');
  const planned = Array.from({ length: merges + 1 }, (_, n) =>
    planNewProfile({
      brand: entry.brand,
      values: { firstName: 'Ada', lastName: 'Quill', email: `ada.${seed}.${n}@wren.example` },
      identities: [{ handle: 'loyalty-card', identifier: random.uuid() }],
      addresses: [],
      now,
      ids: () => random.uuid(),
    }),
  );
  await runTransaction(entry.database, Deadline.after(writeDeadlineMs), (session) =>
    insertNewProfiles(entry.database, planned, session),
  );
  const profiles = planned.map(({ profile }) => profile._id);
  const collection = entry.database.model(transactionCollection).collection;
  for (let from = 0; from < transactions; from += batchRows) {
    const rows = Array.from({ length: Math.min(batchRows, transactions - from) }, (_, at) =>
      saleOf(profiles[0] as Uuid, random.uuid(), from + at, now),
    );
    await collection.insertMany(rows as never[], { ordered: false });
  }
  return { transactions, profiles, samples: [] };
}

function saleOf(accountId: Uuid, id: Uuid, n: number, now: Date): TransactionRow {
  const at = new Date(now.getTime() - n * 60_000);
  return {
    _id: id,
    accountId,
    system: 'pos',
    externalId: id,
    type: 'PURCHASE',
    currency: 'AUD',
    total: 1_000 + (n % 9_000),
    totalOriginal: 1_000 + (n % 9_000),
    transactedAt: at,
    receivedAt: at,
    contentHash: id,
    items: [],
    payments: [],
  } as unknown as TransactionRow;
}

/** Counts documents written in transactions of the brand: what works in the background writes outside of them. */
function countWrites(group: OpenGroup): () => number {
  let written = 0;
  const client = group.brands.get(brandHandle).database.connection.getClient();
  client.on('commandStarted', ({ commandName, command }) => {
    if (command['autocommit'] !== false) return;
    const parts = command['documents'] ?? command['updates'] ?? command['deletes'];
    if (commandName === 'insert' || commandName === 'update' || commandName === 'delete') written += parts.length;
  });
  return () => {
    const count = written;
    written = 0;
    return count;
  };
}

const previewDocument = `query Review($input: MergePreviewInput!) {
  mergePreview(input: $input) { hash isMergeable counts { kind count sums { amount currencyCode } } }
}`;
const mergeDocument = `mutation Merge($input: ProfileMergeInput!) {
  profileMerge(input: $input) { profile { id version } merge { id status } userErrors { code message } }
}`;

async function ask<T>(server: RunningServer, token: string, query: string, input: object): Promise<T> {
  const response = await server.inject({
    method: 'POST',
    url: '/graphql',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    payload: JSON.stringify({ query, variables: { input } }),
  });
  const { data, errors } = JSON.parse(response.body) as { data: T; errors?: unknown };
  if (errors !== undefined) throw new Error(`Refused: ${JSON.stringify(errors)}`);
  return data;
}

async function mergeNext(server: RunningServer, token: string, chain: Chain, takeWrites: () => number): Promise<void> {
  const step = chain.samples.length;
  const [loserId, winnerId] = [chain.profiles[step], chain.profiles[step + 1]].map((id) =>
    formatNodeId('prof', brandHandle, id as Uuid),
  );
  const previewFrom = performance.now();
  const { mergePreview } = await ask<{ mergePreview: { hash: string } }>(server, token, previewDocument, {
    loser: { id: loserId },
    winner: { id: winnerId },
  });
  const previewMs = performance.now() - previewFrom;
  takeWrites();
  const from = performance.now();
  const { profileMerge } = await ask<{ profileMerge: { merge: unknown; userErrors: unknown } }>(
    server,
    token,
    mergeDocument,
    {
      loserId,
      winnerId,
      planHash: mergePreview.hash,
      isSamePersonConfirmed: true,
      idempotencyKey: `bench-${chain.transactions}-${step}`,
    },
  );
  if (profileMerge.merge === null) throw new Error(`Not merged: ${JSON.stringify(profileMerge.userErrors)}`);
  const latencyMs = performance.now() - from;
  chain.samples.push({ latencyMs, previewMs, documentWrites: takeWrites(), earlierLosers: step });
}

const [sizes, merges] = [JSON.parse(process.argv[2] as string) as number[], Number(process.argv[3])];
const folder = mkdtempSync(join(tmpdir(), 'kindred-bench-'));
const config = benchConfig(join(folder, 'data'));
const group = await openGroup({
  config: { ...config, embedded: { ...config.embedded, durability: 'durable' } },
  env: {},
  clock: systemClock,
  log: createLogger({ level: 'error' }),
  isMonitored: true,
});
const server = await createServer(group);
try {
  const { token } = await group.tokens.create({ role: 'group-admin', reference: 'bench', purpose: 'group-service' });
  await server.journals.stop();
  const entry = group.brands.get(brandHandle);
  const chains: Chain[] = [];
  // One merge more than is kept: the first warms up the code and the plan's reads.
  for (const [at, size] of sizes.entries()) chains.push(await fillChain(entry, size, merges + 1, at + 1));
  const takeWrites = countWrites(group);
  for (let round = 0; round <= merges; round += 1) {
    for (const chain of chains) await mergeNext(server, token, chain, takeWrites);
  }
  const result: HistoryResult = {
    sizes: chains.map(({ transactions, samples }) => ({ transactions, samples: samples.slice(1) })),
  };
  process.send?.(result);
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
