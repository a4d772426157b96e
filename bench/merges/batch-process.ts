import { randomUUID } from 'node:crypto';
import { World } from '../../src/access/world.js';
import { loadConfigFile } from '../../src/brands/load-config.js';
import { runTransaction } from '../../src/brands/transaction.js';
import { Deadline, pause, systemClock } from '../../src/kernel/clock.js';
import { formatNodeId, newUuid } from '../../src/kernel/ids.js';
import { createLogger } from '../../src/kernel/logger.js';
import { prepareFileBatch, readBatch } from '../../src/merge-batches/batch-file.service.js';
import { orderBatch } from '../../src/merge-batches/batch-order.service.js';
import { MergeBatchJournals } from '../../src/merge-batches/merge-batch-journals.service.js';
import { openGroup } from '../../src/open-group.js';
import { insertNewProfiles, planNewProfile } from '../../src/profiles/new-profile.service.js';

/** How long each part took, and what came out. */
export interface BatchProcessResult {
  readonly checkMs: number;
  readonly mergeMs: number;
  readonly mergedCount: number;
  readonly refusedCount: number;
}

/** What the process says when a part begins, so that memory can be told apart by part. */
export type BatchProcessMessage = { readonly part: 'checking' | 'merging' } | BatchProcessResult;

const profilesPerTransaction = 100;
const lookEveryMs = 50;

/** Pairs of customers, merged as one batch, on a fresh embedded database. */
const [configFile, pairCount, concurrency] = process.argv.slice(2) as [string, string, string];
const log = createLogger({ level: 'error' });
const clock = systemClock;
const group = await openGroup({ config: loadConfigFile(configFile, {}), env: {}, clock, log });
const entry = group.brands.get('wren');
const say = (message: BatchProcessMessage): Promise<void> =>
  new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });

async function people(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let from = 0; from < count; from += profilesPerTransaction) {
    const planned = Array.from({ length: Math.min(profilesPerTransaction, count - from) }, (_, n) =>
      planNewProfile({
        brand: entry.brand,
        values: { firstName: 'Ada', lastName: `Quill${from + n}`, email: `ada.${from + n}@wren.example` },
        identities: [{ handle: 'loyalty-card', identifier: `LY-${from + n}` }],
        now: clock.now(),
      }),
    );
    await runTransaction(entry.database, Deadline.after(60_000), (session) =>
      insertNewProfiles(entry.database, planned, session),
    );
    ids.push(...planned.map(({ profile }) => profile._id));
  }
  return ids;
}

const ids = await people(2 * Number(pairCount));
const context = {
  requestId: randomUUID(),
  actor: {
    kind: 'SYSTEM',
    reference: 'bench',
    role: 'operator',
    grants: ['*'],
    brandHandles: null,
    isGroup: true,
    purpose: null,
    expiresAt: null,
    tokenRef: 'bench',
  } as const,
  brands: group.brands,
  clock,
  deadline: Deadline.after(24 * 3_600_000),
  log,
  selection: null,
  world: new World(),
};

async function* rows() {
  for (let at = 0; at < ids.length; at += 2) {
    const [winner, loser] = [ids[at] as string, ids[at + 1] as string];
    yield { pair: { winner: { brand: 'wren', id: winner }, loser: { brand: 'wren', id: loser } } };
  }
}

const batchId = newUuid();
await say({ part: 'checking' });
const checkFrom = performance.now();
await prepareFileBatch({ context, entry, batchId, reason: null, rows, onChecked: () => {} });
const checkMs = performance.now() - checkFrom;
await say({ part: 'merging' });
const journals = new MergeBatchJournals({ brands: group.brands, clock, log, concurrency: Number(concurrency) });
journals.start();
const mergeFrom = performance.now();
await orderBatch(context, journals, 'start', { id: formatNodeId('batch', 'wren', batchId) });
let batch = await readBatch(entry, batchId);
while (batch?.status === 'RUNNING') {
  await pause(lookEveryMs);
  batch = await readBatch(entry, batchId);
}
const mergeMs = performance.now() - mergeFrom;
await journals.stop();
await group.close();
await say({ checkMs, mergeMs, mergedCount: batch?.mergedCount ?? 0, refusedCount: batch?.refusedCount ?? 0 });
process.disconnect();
