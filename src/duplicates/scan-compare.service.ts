import type { BrandEntry } from '../brands/brands.js';
import type { Uuid } from '../kernel/ids.js';
import type { ProfileRow } from '../profiles/profile.js';
import { addressesByProfile } from '../profiles/profile-scan.service.js';
import { type DuplicateRow, inOrder, pairId } from './duplicate.js';
import { idsOf, type LivePair, readUndone, wasUndone } from './duplicate-family.service.js';
import type { BlockKind } from './duplicate-key.js';
import { findCommon } from './duplicate-key.store.js';
import { candidateScoreMin, scoreOf, signalsOf, weights, withoutCommon } from './duplicate-signal.js';
import { addressesOf, type DuplicateSubject, subjectOf } from './duplicate-subject.js';
import { readHistory } from './scan-history.service.js';
import { inScan } from './scan-lease.service.js';
import { isLive, readForComparing } from './scan-live.service.js';
import type { ScanWork } from './scan-work.service.js';

/** Two profiles to be compared. */
export type IdPair = readonly [Uuid, Uuid];

/** A pair with its evidence, as it is now. */
export interface ComparedPair extends Pick<DuplicateRow, '_id' | 'profiles' | 'score' | 'signals'> {
  /** Both profiles as they stand. */
  readonly live: LivePair;
  /** Whether they were merged and told apart again. */
  readonly wasUndone: boolean;
}

type SubjectPair = readonly [DuplicateSubject, DuplicateSubject];

/**
 * Compares pairs of profiles as they stand now; pairs of which one is not live are left out. Addresses are read only for
 * pairs that an address could still make candidates.
 */
export async function comparePairs(work: ScanWork, pairs: readonly IdPair[]): Promise<ComparedPair[]> {
  const { entry } = work;
  const rows = await readForComparing(entry, [...new Set(pairs.flat())]);
  const { byProfile } = await readHistory(entry, [...rows.values()].filter(isLive));
  const bare = new Map<Uuid, DuplicateSubject>();
  for (const row of rows.values()) {
    if (isLive(row)) bare.set(row._id, subjectOf(row, { identities: byProfile.get(row._id) }, entry.brand));
  }
  const promising = pairs.filter(([x, y]) => {
    const [a, b] = [bare.get(x), bare.get(y)];
    return a !== undefined && b !== undefined && scoreOf(signalsOf(a, b)) + weights.address >= candidateScoreMin;
  });
  if (promising.length === 0) return [];
  const whole = await withAddresses(entry, [...new Set(promising.flat())], rows, bare);
  const likely = promising
    .map(([x, y]): SubjectPair => [whole.get(x) as DuplicateSubject, whole.get(y) as DuplicateSubject])
    .filter(([a, b]) => scoreOf(signalsOf(a, b)) >= candidateScoreMin);
  const liveOf = ([a, b]: SubjectPair): LivePair => [rows.get(a.id) as ProfileRow, rows.get(b.id) as ProfileRow];
  const undone = await inScan(entry.database, (deadline) =>
    readUndone(entry.database, likely.flatMap(liveOf).flatMap(idsOf), deadline),
  );
  const isCommon = await commonAmong(work, likely);
  const compared: ComparedPair[] = [];
  for (const pair of likely) {
    const [a, b] = pair;
    const live = liveOf(pair);
    const wasMerged = wasUndone(live, undone);
    const signals = signalsOf(withoutCommon(a, isCommon), withoutCommon(b, isCommon), { wasMerged });
    const score = scoreOf(signals);
    if (score < candidateScoreMin) continue;
    const profiles = inOrder(a.id, b.id);
    compared.push({ _id: pairId(a.id, b.id), profiles, score, signals, live, wasUndone: wasMerged });
  }
  return compared;
}

/** Subjects with their addresses; one command reads those of all. */
async function withAddresses(
  entry: BrandEntry,
  ids: readonly Uuid[],
  rows: ReadonlyMap<Uuid, ProfileRow>,
  bare: ReadonlyMap<Uuid, DuplicateSubject>,
): Promise<Map<Uuid, DuplicateSubject>> {
  const addresses = await addressesByProfile(
    entry.database,
    ids.map((id) => rows.get(id) as ProfileRow),
  );
  return new Map(
    ids.map((id) => {
      const subject = bare.get(id) as DuplicateSubject;
      return [id, { ...subject, addresses: addressesOf(addresses.get(id) ?? []) }];
    }),
  );
}

/** Which of the values that these pairs share are shared by too many others: one command for all. */
async function commonAmong(
  { entry, keys, run }: ScanWork,
  pairs: readonly SubjectPair[],
): Promise<(value: string) => boolean> {
  const byKey = new Map<string, string>();
  for (const [a, b] of pairs) {
    for (const [kind, value] of sharedValues(a, b)) byKey.set(keys.keyOf(kind, value), value);
  }
  const common = await inScan(entry.database, () => findCommon(entry.database, run, [...byKey.keys()]));
  const values = new Set([...common].map((key) => byKey.get(key)));
  return (value) => values.has(value);
}

function sharedValues(a: DuplicateSubject, b: DuplicateSubject): [BlockKind, string][] {
  const shared = (kind: BlockKind, own: readonly string[], others: readonly string[]): [BlockKind, string][] =>
    own.filter((value) => others.includes(value)).map((value) => [kind, value]);
  return [
    ...shared('mailbox', a.mailboxes, b.mailboxes),
    ...shared('mobile', a.mobiles, b.mobiles),
    ...shared('address', a.addresses, b.addresses),
    ...shared('identity', a.identities, b.identities),
  ];
}
