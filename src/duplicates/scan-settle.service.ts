import type { Uuid } from '../kernel/ids.js';
import type { ProfileRow } from '../profiles/profile.js';
import type { DuplicateRow } from './duplicate.js';
import { changeDuplicate, deleteDuplicate, findDuplicatesAfter } from './duplicate.store.js';
import type { BatchEnd, ScanRow } from './duplicate-scan.js';
import { likelyScoreMin } from './duplicate-signal.js';
import { type ComparedPair, comparePairs } from './scan-compare.service.js';
import { inScan } from './scan-lease.service.js';
import { liveOf, readWithWinners } from './scan-live.service.js';
import type { ScanWork } from './scan-work.service.js';

/** What becomes of a known pair. */
type Outcome = 'KEEP' | 'DROP' | { readonly change: Parameters<typeof changeDuplicate>[2] };

/**
 * Brings the next known pairs in line with the profiles as they stand: evidence that is gone takes an open pair along,
 * a merge closes it, an undo closes it for ever. Pairs that staff decided on are left as they are.
 */
export async function settlePairs(work: ScanWork, scan: ScanRow, now: Date): Promise<BatchEnd> {
  const { database } = work.entry;
  const { position, counts } = scan;
  const limit = work.limits.pairsPerSettling;
  const rows = await inScan(database, (deadline) =>
    findDuplicatesAfter(database, position === '' ? null : position, { limit, deadline }),
  );
  const last = rows.at(-1);
  if (last === undefined) return { hasMore: false, change: {} };
  const undecided = rows.filter((row) => row.status !== 'DISMISSED');
  const profiles = await readWithWinners(work.entry, [...new Set(undecided.flatMap((row) => row.profiles))]);
  const open = undecided.filter((row) => row.status === 'OPEN');
  const compared = new Map(
    (
      await comparePairs(
        work,
        open.map((row) => row.profiles),
      )
    ).map((pair) => [pair._id, pair]),
  );
  let [dropped, kept, likely] = [0, 0, 0];
  for (const row of undecided) {
    const outcome = outcomeOf(row, profiles, compared.get(row._id), now);
    if (outcome === 'DROP') {
      if (await inScan(database, () => deleteDuplicate(database, row))) dropped += 1;
    } else if (outcome !== 'KEEP') {
      // Whoever decided on it meanwhile has the last word.
      await inScan(database, () => changeDuplicate(database, row, outcome.change));
    }
    const after = outcome === 'KEEP' || outcome === 'DROP' ? row : { ...row, ...outcome.change };
    if (outcome === 'DROP' || after.status !== 'OPEN') continue;
    kept += 1;
    if (after.score >= likelyScoreMin) likely += 1;
  }
  return {
    hasMore: rows.length === limit,
    change: {
      position: last._id,
      counts: {
        ...counts,
        dropped: counts.dropped + dropped,
        open: counts.open + kept,
        likely: counts.likely + likely,
      },
    },
  };
}

function outcomeOf(
  row: DuplicateRow,
  profiles: ReadonlyMap<Uuid, ProfileRow>,
  compared: ComparedPair | undefined,
  now: Date,
): Outcome {
  const [x, y] = [liveOf(profiles, row.profiles[0]), liveOf(profiles, row.profiles[1])];
  if (x === null || y === null) return 'DROP';
  const decided = { decidedAt: now, decidedBy: 'kindred' };
  if (x._id === y._id) return row.status === 'MERGED' ? 'KEEP' : { change: { status: 'MERGED', ...decided } };
  // They were one and are two again: somebody has looked and said so.
  if (row.status === 'MERGED') return { change: { status: 'DISMISSED', ...decided } };
  const isMoved = !row.profiles.includes(x._id) || !row.profiles.includes(y._id);
  // The pair of the winner was compared in this scan under its own id.
  if (isMoved || compared === undefined) return 'DROP';
  const { score, signals } = compared;
  if (compared.wasUndone) return { change: { status: 'DISMISSED', score, signals, ...decided } };
  const isSame = score === row.score && JSON.stringify(signals) === JSON.stringify(row.signals);
  return isSame ? 'KEEP' : { change: { score, signals } };
}
