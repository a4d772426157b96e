import type { DuplicateView } from '../duplicates/duplicate.js';
import { listDuplicates } from '../duplicates/duplicate-list.service.js';
import type { ScanCounts } from '../duplicates/duplicate-scan.js';
import { type ScanResult, scanForDuplicates } from '../duplicates/duplicate-scan.service.js';
import { systemClock } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import { formatNodeId } from '../kernel/ids.js';
import { brandNamed, openForWork, readConfig, wholeNumber } from './group-options.js';
import { operatorContext } from './operator-context.js';
import { paint, print, say, startProgress } from './terminal.js';

interface DuplicateOptions {
  readonly brand: string;
  readonly config: string;
  readonly json?: boolean;
}

interface ListOptions extends DuplicateOptions {
  readonly limit: string;
  readonly minScore: string;
}

/** What the phases are called on a progress bar. */
const phaseNotes = {
  KEYS: 'reading profiles',
  COMMON: 'setting common values aside',
  BLOCKS: 'comparing',
  SETTLE: 'looking at known pairs again',
  CLEAN: 'tidying up',
  DONE: '',
} as const;
/** Shares of a scan's time by phase, as measured on 100,000 profiles: for the bar only. */
const phaseStarts = { KEYS: 0, COMMON: 50, BLOCKS: 53, SETTLE: 93, CLEAN: 99, DONE: 100 } as const;
const phaseLengths = { KEYS: 50, COMMON: 3, BLOCKS: 40, SETTLE: 6, CLEAN: 1, DONE: 0 } as const;

/** `kindred duplicates scan`: looks through a brand, or carries an unfinished look on. Summary on standard output. */
export async function runDuplicatesScan(options: DuplicateOptions): Promise<void> {
  const group = await openForWork(readConfig(options.config));
  try {
    const entry = brandNamed(group, options.brand);
    const progress = startProgress('Scanning', 100);
    const result = await scanForDuplicates({
      entry,
      clock: systemClock,
      secret: group.secrets.derive('duplicates'),
      onProgress: ({ phase, share }) =>
        progress.update(phaseStarts[phase] + share * phaseLengths[phase], phaseNotes[phase]),
    });
    progress.end();
    if (options.json) print(JSON.stringify({ summary: { ...result.scan.counts, durationMs: result.durationMs } }));
    else tell(result);
  } finally {
    await group.close();
  }
}

function tell({ scan: { counts }, durationMs }: ScanResult): void {
  say(
    `${counts.profiles} profiles, ${counts.blocks} blocks, ${counts.comparisons} comparisons in ${(durationMs / 1000).toFixed(1)} s: ` +
      `${paint('green', `${counts.found} new pairs`)}, ${counts.dropped} dropped, ${counts.open} open, ${counts.likely} of them likely`,
  );
  const skipped = skippedText(counts);
  if (skipped !== '') say(paint('dim', skipped));
}

function skippedText({ skippedBlocks, skippedMembers }: ScanCounts): string {
  const kinds = Object.entries(skippedBlocks).map(([kind, count]) => `${count} by ${kind}`);
  if (kinds.length === 0) return '';
  return `Too common to tell anything, so not compared by: ${kinds.join(', ')} (${skippedMembers} times a profile)`;
}

/** `kindred duplicates list`: the open pairs, the most likely first. Shows ids and signals, no personal data. */
export async function runDuplicatesList(options: ListOptions): Promise<void> {
  const limit = wholeNumber(options.limit, '--limit', 1, 100);
  const minScore = Number(options.minScore);
  if (!(minScore >= 0 && minScore <= 1)) {
    throw new AppError('USAGE', `--min-score is "${options.minScore}"; a number from 0 to 1 was expected`);
  }
  const group = await openForWork(readConfig(options.config));
  try {
    const { brand } = brandNamed(group, options.brand);
    const page = await listDuplicates(
      operatorContext(group, { reference: 'kindred', tokenRef: 'none' }, listDeadlineMs),
      { brand: brand.handle, first: limit, minScore },
    );
    const nodes = page?.nodes ?? [];
    for (const pair of nodes) print(options.json ? JSON.stringify(plain(pair)) : line(pair));
    if (nodes.length === 0) say('No open pairs; kindred duplicates scan looks for some.');
  } finally {
    await group.close();
  }
}

function plain(pair: DuplicateView): object {
  const { handle } = pair.brand;
  return {
    id: formatNodeId('dup', handle, pair._id),
    score: pair.score,
    signals: pair.signals,
    suggestedWinner: formatNodeId('prof', handle, pair.suggestedWinner._id),
    suggestedLoser: pair.suggestedLoser === null ? null : formatNodeId('prof', handle, pair.suggestedLoser._id),
    foundAt: pair.foundAt,
  };
}

function line(pair: DuplicateView): string {
  const { handle } = pair.brand;
  const ids = [pair.suggestedWinner, pair.suggestedLoser].map((each) =>
    each === null ? '' : formatNodeId('prof', handle, each._id),
  );
  return `${pair.score.toFixed(2)}  ${ids.join('  ')}  ${pair.signals.map(({ kind }) => kind).join(', ')}`;
}

/** The command reads one page. */
const listDeadlineMs = 60_000;
