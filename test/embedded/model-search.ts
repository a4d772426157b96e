import fc from 'fast-check';
import { openCommandLayer } from './command-layer.js';
import { runBank } from './model-bank.js';
import { examine, type History } from './model-history.js';
import { prepareLists, runHistory } from './model-history-run.js';
import { anySteps, type Step } from './model-operations.js';
import { ModelRun } from './model-run.js';

/** Sequences, or histories, that run side by side, so that their writes share commits. */
const LANES = 8;

const STEPS_PER_SEQUENCE = 120;

/** Sequences between two looks at how many operations there were. */
const SEQUENCES_PER_ROUND = 25;

/** Where to search; `path` is the one that fast-check has reported for a failure, with its seed. */
export interface ModelSearch {
  operations: number;
  seed: number;
  path?: string | undefined;
}

/** Runs random sequences beside the naive model until there were enough operations; rejects at a difference, shrunk. */
export async function searchModel(search: ModelSearch): Promise<number> {
  process.stdout.write(`model-based search: MODEL_SEED=${search.seed}\n`);
  const layer = await openCommandLayer();
  let operations = 0;
  let runs = 0;
  const property = fc.asyncProperty(anySteps(STEPS_PER_SEQUENCE), async (steps: Step[]) => {
    const run = new ModelRun(layer, ++runs);
    await run.run(steps);
    operations += run.operations;
  });
  const lane = async (number: number): Promise<void> => {
    for (let round = 0; operations < search.operations; round++) {
      await fc.assert(property, { seed: search.seed + round * LANES + number, numRuns: SEQUENCES_PER_ROUND });
    }
  };
  try {
    if (search.path !== undefined) await fc.assert(property, { seed: search.seed, path: search.path });
    else await Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)));
  } finally {
    await layer.close();
  }
  return operations;
}

/** What all histories together have shown. */
export interface HistoryCounts {
  committed: number;
  aborted: number;
  conflict: number;
  /** Histories that no serial order explains: write skew, which snapshot isolation lets happen. */
  skewed: number;
}

/** Runs random histories of concurrent transactions; rejects at the first that snapshot isolation rules out. */
export async function searchHistories(histories: number, firstSeed: number): Promise<HistoryCounts> {
  const layer = await openCommandLayer();
  await prepareLists(layer);
  const counts: HistoryCounts = { committed: 0, aborted: 0, conflict: 0, skewed: 0 };
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < histories) {
      const seed = firstSeed + next++;
      const history = await runHistory(layer, seed);
      const { anomalies, isSerializable } = examine(history);
      if (anomalies.length > 0) throw new Error(`seed ${seed}: ${anomalies.join('; ')}\n${show(history)}`);
      if (!isSerializable) counts.skewed++;
      for (const { outcome } of history.transactions) counts[outcome]++;
    }
  };
  try {
    await Promise.all(Array.from({ length: LANES }, lane));
  } finally {
    await layer.close();
  }
  process.stdout.write(`${histories} histories, HISTORY_SEED=${firstSeed}: ${JSON.stringify(counts)}\n`);
  return counts;
}

function show(history: History): string {
  return JSON.stringify({ transactions: history.transactions, final: [...history.final] });
}

/** Moves amounts between accounts while others add them up; the answer tells every sum that was not zero. */
export async function searchBank(transfers: number, seed: number): ReturnType<typeof runBank> {
  const layer = await openCommandLayer();
  try {
    const report = await runBank(layer, seed, transfers);
    process.stdout.write(`bank, HISTORY_SEED=${seed}: ${JSON.stringify(report)}\n`);
    return report;
  } finally {
    await layer.close();
  }
}
