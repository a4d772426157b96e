import type { BrandEntry } from '../brands/brands.js';
import type { Uuid } from '../kernel/ids.js';
import type { ProfileRow } from '../profiles/profile.js';
import { type DuplicateRow, inOrder, pairId } from './duplicate.js';
import { idsOf, type LivePair, readUndone, wasUndone } from './duplicate-family.service.js';
import { type BlockKind, type DuplicateKeys, valueSharedMax } from './duplicate-key.js';
import { countKey } from './duplicate-key.store.js';
import { candidateScoreMin, scoreOf, signalsOf, weights, withoutCommon } from './duplicate-signal.js';
import { type DuplicateSubject, subjectOf } from './duplicate-subject.js';
import { isLive, readForComparing, subjectsOf } from './scan-keys.service.js';
import { inScan } from './scan-lease.service.js';

/** Two profiles to be compared. */
export type IdPair = readonly [Uuid, Uuid];

/** A pair with its evidence, as it is now. */
export interface ComparedPair extends Pick<DuplicateRow, '_id' | 'profiles' | 'score' | 'signals'> {
  /** Both profiles as they stand. */
  readonly live: LivePair;
  /** Whether they were merged and told apart again. */
  readonly wasUndone: boolean;
}

/** What comparing works with. */
export interface Comparing {
  readonly entry: BrandEntry;
  readonly keys: DuplicateKeys;
  /** Run whose keys tell how many profiles share a value. */
  readonly run: number;
}

/**
 * Compares pairs of profiles as they stand now; pairs of which one is not live are left out. Addresses are read only for
 * pairs that an address could still make candidates.
 */
export async function comparePairs(work: Comparing, pairs: readonly IdPair[]): Promise<ComparedPair[]> {
  const { entry } = work;
  const ids = [...new Set(pairs.flat())];
  const rows = await readForComparing(entry, ids);
  const bare = new Map(
    [...rows.values()].filter(isLive).map((row) => [row._id, subjectOf(row, [], entry.brand)] as const),
  );
  const promising = pairs.flatMap((pair): IdPair[] => {
    const [a, b] = subjectsIn(bare, pair);
    if (a === undefined || b === undefined) return [];
    return scoreOf(signalsOf(a, b)) + weights.address >= candidateScoreMin ? [pair] : [];
  });
  if (promising.length === 0) return [];
  const wanted = [...new Set(promising.flat())].map((id) => rows.get(id) as ProfileRow);
  const whole = new Map((await subjectsOf(entry, wanted)).map((subject) => [subject.id, subject]));
  const likely = promising.filter((pair) => {
    const [a, b] = subjectsIn(whole, pair) as [DuplicateSubject, DuplicateSubject];
    return scoreOf(signalsOf(a, b)) >= candidateScoreMin;
  });
  const live = likely.map(([a, b]): LivePair => [rows.get(a) as ProfileRow, rows.get(b) as ProfileRow]);
  const undone = await inScan(entry.database, (deadline) =>
    readUndone(entry.database, live.flat().flatMap(idsOf), deadline),
  );
  const isCommon = commonValues(work);
  const compared: ComparedPair[] = [];
  for (const pair of live) {
    const [a, b] = subjectsIn(whole, [pair[0]._id, pair[1]._id]) as [DuplicateSubject, DuplicateSubject];
    const wasMerged = wasUndone(pair, undone);
    const signals = await signalsWithoutCommon(a, b, wasMerged, isCommon);
    const score = scoreOf(signals);
    if (score < candidateScoreMin) continue;
    compared.push({
      _id: pairId(a.id, b.id),
      profiles: inOrder(a.id, b.id),
      score,
      signals,
      live: pair,
      wasUndone: wasMerged,
    });
  }
  return compared;
}

function subjectsIn(
  subjects: ReadonlyMap<Uuid, DuplicateSubject>,
  [a, b]: IdPair,
): [DuplicateSubject | undefined, DuplicateSubject | undefined] {
  return [subjects.get(a), subjects.get(b)];
}

type IsCommon = (kind: BlockKind, value: string) => Promise<boolean>;

/** Looks a value's holders up in the keys of the run; each value once. */
function commonValues({ entry, keys, run }: Comparing): IsCommon {
  const known = new Map<string, Promise<boolean>>();
  return (kind, value) => {
    const key = keys.keyOf(kind, value);
    const cached = known.get(key);
    if (cached !== undefined) return cached;
    const asked = inScan(entry.database, () => countKey(entry.database, run, key, valueSharedMax)).then(
      (count) => count > valueSharedMax,
    );
    known.set(key, asked);
    return asked;
  };
}

async function signalsWithoutCommon(
  a: DuplicateSubject,
  b: DuplicateSubject,
  wasMerged: boolean,
  isCommon: IsCommon,
): Promise<DuplicateRow['signals']> {
  const shared: [BlockKind, string][] = [
    ...a.mailboxes
      .filter((value) => b.mailboxes.includes(value))
      .map((value): [BlockKind, string] => ['mailbox', value]),
    ...a.mobiles.filter((value) => b.mobiles.includes(value)).map((value): [BlockKind, string] => ['mobile', value]),
    ...a.addresses
      .filter((value) => b.addresses.includes(value))
      .map((value): [BlockKind, string] => ['address', value]),
  ];
  const common = new Set<string>();
  for (const [kind, value] of shared) if (await isCommon(kind, value)) common.add(value);
  const isOut = (value: string): boolean => common.has(value);
  return signalsOf(withoutCommon(a, isOut), withoutCommon(b, isOut), { wasMerged });
}
