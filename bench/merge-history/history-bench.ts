import { ended, nextMessage, start } from '../child.js';
import { median } from '../statistics.js';
import { fixed, type Target, table, targetTable } from '../table.js';
import type { HistoryResult, MergeSample } from './history-process.js';

/** Losers differ in nothing but this: how many transactions hang on them. The largest is the caller's. */
const smallSizes = [10, 10_000];
const mergesPerSize = 9;
/** What a merge may write, beside one document per profile that was merged into the loser before. */
const writeBudget = 20;
/** How far medians of equal work lie apart on a shared machine. */
const noise = 1.5;

/** What the bench of merges by history found. */
export interface MergeHistoryReport extends HistoryResult {
  readonly targets: readonly Target[];
}

/** Merges losers with short and long histories, taking turns, on the embedded engine as it ships. */
export async function benchMergeHistory(largest: number, note: (text: string) => void): Promise<MergeHistoryReport> {
  const sizes = [...smallSizes, largest];
  note(`merge-history: filling losers with ${sizes.join(', ')} transactions`);
  const child = start('merge-history/history-process.js', [JSON.stringify(sizes), String(mergesPerSize)]);
  const result = await nextMessage<HistoryResult>(child);
  await ended(child);
  const least = result.sizes[0]?.samples ?? [];
  const targets = result.sizes.flatMap(({ transactions, samples }): Target[] => {
    const own = Math.max(...samples.map(ownWrites));
    const ratio = medianMs(samples) / medianMs(least);
    return [
      {
        name: `${transactions}: document writes`,
        wanted: `≤ ${writeBudget}`,
        measured: own,
        isMet: own <= writeBudget,
      },
      {
        name: `${transactions}: latency ÷ that of ${sizes[0]}`,
        wanted: `≤ ${noise}`,
        measured: ratio,
        isMet: ratio <= noise,
      },
    ];
  });
  return { ...result, targets };
}

function ownWrites({ documentWrites, earlierLosers }: MergeSample): number {
  return documentWrites - earlierLosers;
}

function medianMs(samples: readonly MergeSample[]): number {
  return median(samples.map(({ latencyMs }) => latencyMs));
}

/** The result for people. */
export function mergeHistoryReport({ sizes: measured, targets }: MergeHistoryReport): string {
  const rows = measured.map(({ transactions, samples }) => [
    String(transactions),
    String(samples.length),
    fixed(Math.max(...samples.map(ownWrites)), 0),
    fixed(medianMs(samples)),
    fixed(Math.max(...samples.map(({ latencyMs }) => latencyMs))),
    fixed(median(samples.map(({ previewMs }) => previewMs))),
  ]);
  return [
    'profileMerge by the number of the loser’s transactions, through GraphQL, durable',
    table(['transactions', 'merges', 'documents written', 'median ms', 'worst ms', 'preview median ms'], rows),
    targetTable(targets),
  ].join('\n');
}
