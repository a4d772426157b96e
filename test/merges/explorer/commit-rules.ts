import type { OutboxRow } from '../../../src/events/outbox.js';
import type { MergeRow } from '../../../src/merges/merge.js';
import type { ProfileRow } from '../../../src/profiles/profile.js';
import type { Change } from './double-store.js';
import { brokenByHolding } from './hold-rules.js';

type Row = Readonly<Record<string, unknown>>;

/** Rules that every single commit keeps: what may change at all, and what must be told with it. */
export function brokenByCommit(changes: readonly Change[]): string[] {
  return [
    ...changes.flatMap((change) => brokenByChange(change, changes)),
    ...brokenByHolding(changes),
    ...changes.filter((change) => change.collection === 'merges').flatMap((change) => brokenTelling(change, changes)),
  ];
}

/** Rows that no merge, and nobody else here, ever changes or removes. */
const immovable: ReadonlySet<string> = new Set(['transactions', 'rewards', 'merges', 'audit', 'outbox', 'idempotency']);

function brokenByChange(change: Change, changes: readonly Change[]): string[] {
  const { collection, id, before, after } = change;
  if (collection === 'profiles') return brokenProfile(change, changes);
  if (immovable.has(collection) && before !== null && !isBatchOfUndo(collection, changes)) {
    return [`I1/I2: ${collection} ${id} was changed`];
  }
  if (collection === 'claims' && before !== null && after !== null) {
    const moved = ['uid', 'accountId', 'profileId', 'handle', 'identifier'].filter(
      (name) => before[name] !== after[name],
    );
    return moved.map((name) => `I3: ${name} of the claim ${id} was rewritten`);
  }
  return [];
}

/** An undo marks the merge it takes back. */
function isBatchOfUndo(collection: string, changes: readonly Change[]): boolean {
  return collection === 'merges' && isTold(changes, 'profile.unmerged');
}

function isTold(changes: readonly Change[], kind: OutboxRow['kind']): boolean {
  return changes.some(({ collection, after }) => collection === 'outbox' && after?.['kind'] === kind);
}

function brokenProfile({ id, before, after }: Change, changes: readonly Change[]): string[] {
  const [was, is] = [before as ProfileRow | null, after as ProfileRow | null];
  if (was === null) return is?.state === 'ACTIVE' ? [] : [`I5: ${id} was not born alive`];
  if (is === null) return [`I5: ${id} was deleted`];
  if (was.state === 'MERGED' && is.state === 'MERGED') return brokenRedirectChange(was, is);
  if (was.state === 'MERGED' && !isTold(changes, 'profile.unmerged')) return [`I5: merged ${id} came back`];
  const isCounted = is.version > was.version || (is.touch ?? 0) > (was.touch ?? 0);
  const broken = isCounted ? [] : [`R1: ${id} was written without its version`];
  if (is.state === 'MERGED' && !changes.some((change) => isMergeOf(change, id))) {
    broken.push(`I8: ${id} was merged without a record`);
  }
  return broken;
}

/** A merged profile is no target of writes: only where it leads may change. */
function brokenRedirectChange(was: ProfileRow, is: ProfileRow): string[] {
  const rest = (row: ProfileRow): string => JSON.stringify({ ...row, mergedInto: null });
  return rest(was) === rest(is) ? [] : [`I5: merged ${was._id} was written`];
}

function isMergeOf({ collection, after }: Change, loserId: string): boolean {
  return collection === 'merges' && after?.['loserId'] === loserId;
}

/** A merge, its event, its audit row and the memory of its key stand or fall together. */
function brokenTelling({ before, after }: Change, changes: readonly Change[]): string[] {
  if (after === null) return [];
  if (before !== null) return brokenUndo(after, changes);
  const merge = after as unknown as MergeRow;
  const count = (collection: string, test: (row: Row) => boolean): number =>
    changes.filter((change) => change.collection === collection && change.after !== null && test(change.after)).length;
  const found = {
    event: count('outbox', (row) => row['kind'] === 'profile.merged' && inner(row, 'payload') === merge._id),
    audit: count('audit', (row) => row['action'] === 'profileMerge' && inner(row, 'payload') === merge._id),
    memory: count('idempotency', (row) => inner(row, 'result') === merge._id),
    loser: count('profiles', (row) => row['_id'] === merge.loserId && row['state'] === 'MERGED'),
    winner: count('profiles', (row) => row['_id'] === merge.winnerId && row['state'] === 'ACTIVE'),
  };
  return Object.entries(found)
    .filter(([, n]) => n !== 1)
    .map(([what, n]) => `I8: the merge ${merge._id} was committed with ${n} × ${what}`);
}

/** Taking a merge back is told once as well, and brings the loser back in the same commit. */
function brokenUndo(merge: Row, changes: readonly Change[]): string[] {
  if (merge['undoneAt'] === undefined) return [];
  const count = (collection: string, test: (row: Row) => boolean): number =>
    changes.filter((change) => change.collection === collection && change.after !== null && test(change.after)).length;
  const found = {
    event: count('outbox', (row) => row['kind'] === 'profile.unmerged' && inner(row, 'payload') === merge['_id']),
    audit: count('audit', (row) => row['action'] === 'mergeUndo' && inner(row, 'payload') === merge['_id']),
    memory: count('idempotency', (row) => inner(row, 'result') === merge['_id']),
    restored: count('profiles', (row) => row['_id'] === merge['loserId'] && row['state'] === 'ACTIVE'),
  };
  return Object.entries(found)
    .filter(([, n]) => n !== 1)
    .map(([what, n]) => `I8: the undo of ${merge['_id']} was committed with ${n} × ${what}`);
}

function inner(row: Row, name: string): unknown {
  return (row[name] as Row | undefined)?.['mergeId'];
}
