/** One exact piece of product code and what stands in its place. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A bug planted on purpose: the tests of merging must notice it. */
export interface Mutant {
  readonly name: string;
  readonly edits: readonly Edit[];
}

const edit = (file: string, find: string, replace: string): Edit => ({ file, find, replace });

const merging = 'src/merges/profile-merge.service.ts';
const writes = 'src/merges/merge-writes.ts';
const undoing = 'src/merges/merge-undo.service.ts';
const undoWrites = 'src/merges/merge-undo-writes.ts';
const once = 'src/events/commit-once.ts';
const views = 'src/profiles/profile.loader.ts';
const owner = 'src/profiles/owner-write.service.ts';
const profiles = 'src/profiles/profile.service.ts';

const readAgain = "const isSame = row?.state === 'ACTIVE' && row.version === read.version && row.touch === read.touch;";
const winnerFilter = "filter: { _id: winner._id, state: 'ACTIVE', version: winner.version },";
const loserFilter = "filter: { _id: loser._id, state: 'ACTIVE', version: loser.version },";
const ownerFilter = "const filter = { _id: owner._id, state: 'ACTIVE', version: owner.version };";
const ownerWritten =
  "if (!(await changeProfile(entry.database, filter, update, session))) throw new StaleRead('The profile');";

/** Where a rule is kept twice, by a check and by a filter, the bug is that both are gone. */
export const mutants: readonly Mutant[] = [
  {
    name: 'a merge checks no version',
    edits: [
      edit(merging, readAgain, "const isSame = row?.state === 'ACTIVE';"),
      edit(writes, winnerFilter, "filter: { _id: winner._id, state: 'ACTIVE' },"),
      edit(writes, loserFilter, "filter: { _id: loser._id, state: 'ACTIVE' },"),
    ],
  },
  {
    name: 'a merge checks neither state nor version',
    edits: [
      edit(merging, readAgain, 'const isSame = row !== undefined;'),
      edit(writes, winnerFilter, 'filter: { _id: winner._id },'),
      edit(writes, loserFilter, 'filter: { _id: loser._id },'),
    ],
  },
  {
    name: 'a merge does not raise the version of the winner',
    edits: [
      edit(
        writes,
        'mergedIn: [...(winner.mergedIn ?? []), entry],\n          updatedAt: at,\n        },\n        $inc: { version: 1 },',
        'mergedIn: [...(winner.mergedIn ?? []), entry],\n          updatedAt: at,\n        },',
      ),
    ],
  },
  {
    name: 'ids are drawn inside the body that is run again',
    edits: [
      edit(
        merging,
        'writeMerge(context, entry, { winner, loser, writes, audit }, session)',
        'writeMerge(context, entry, { winner, loser, writes: mergeWrites(winner, loser, decisions, { ...intent, mergeId: newUuid() }), audit }, session)',
      ),
    ],
  },
  {
    name: 'the event is sent after the commit',
    edits: [
      edit(
        merging,
        'await insertOutbox(database, writes.outbox, session);',
        'setImmediate(() => void insertOutbox(database, writes.outbox, undefined as never));',
      ),
    ],
  },
  {
    name: 'the audit row is written outside the transaction',
    edits: [edit(merging, 'await insertAudit(database, [audit], session);', 'await insertAudit(database, [audit]);')],
  },
  {
    name: 'the record of the merge is written outside the transaction',
    edits: [edit('src/merges/merge.store.ts', 'insertOne(row as never, { session });', 'insertOne(row as never);')],
  },
  {
    name: 'the plan’s hash is not compared',
    edits: [
      edit(merging, 'input.planHash !== null && decisions.hash !== input.planHash', 'input.planHash === undefined'),
    ],
  },
  {
    name: 'the loser’s accounts are not appended to the winner’s',
    edits: [edit(writes, 'accounts: [...accountsOf(winner), ...accounts],', 'accounts: [...accountsOf(winner)],')],
  },
  {
    name: 'the loser keeps personal data',
    edits: [
      edit(
        writes,
        'Object.fromEntries(dropped.map((name)',
        "Object.fromEntries(dropped.filter((name) => name === 'accounts').map((name)",
      ),
    ],
  },
  {
    name: 'the loser does not keep the accounts it had',
    edits: [
      edit(
        writes,
        'mergedInto: winner._id, formerAccounts: accounts, updatedAt: at',
        'mergedInto: winner._id, updatedAt: at',
      ),
    ],
  },
  {
    name: 'earlier losers are left where they lead',
    edits: [edit(merging, '[writes.winner, writes.loser, ...writes.earlierLosers]', '[writes.winner, writes.loser]')],
  },
  {
    name: 'earlier losers are taken from the list alone, undone ones included',
    edits: [
      edit(writes, "filter: { _id: id, state: 'MERGED', mergedInto: loser._id },", 'filter: { _id: id },'),
      edit(undoWrites, '.filter((entry) => entry.mergeId !== mergeId)', '.filter((entry) => entry !== null)'),
    ],
  },
  {
    name: 'former ids of the loser are forgotten',
    edits: [
      edit(
        writes,
        'loserId: loser._id, accounts, formerIds, at };',
        'loserId: loser._id, accounts, formerIds: [], at };',
      ),
    ],
  },
  {
    name: 'a reader does not notice an account in two views',
    edits: [edit(views, "this.#world.breach('an account is in two views');", '{}')],
  },
  {
    name: 'a reader does not compare redirects with views',
    edits: [edit(views, 'if (isTorn) this.#world.breach', 'if (isTorn && row === null) this.#world.breach')],
  },
  {
    name: 'a look-up does not check that its end owns the account',
    edits: [
      edit(profiles, 'if (accountsOf(end).includes(claim.accountId)) return', 'if (accountsOf(end).length > 0) return'),
    ],
  },
  {
    name: 'an identity is removed by its key',
    edits: [
      edit(
        'src/claims/claim.store.ts',
        'deleteOne({ _id: claim._id, uid: claim.uid }, { session })',
        'deleteOne({ _id: claim._id }, { session })',
      ),
      edit(owner, ownerFilter, "const filter = { _id: owner._id, state: 'ACTIVE' };"),
      // The id of the event is a third guard: one version cannot be told of twice.
      edit('src/events/outbox.ts', 'return {\n    _id: `', 'return {\n    _id: crypto.randomUUID() + `'),
    ],
  },
  {
    name: 'a row with personal data is written without touching its owner',
    edits: [edit(owner, ownerWritten, '')],
  },
  {
    name: 'a row with personal data is written for an owner in any state',
    edits: [edit(owner, ownerFilter, 'const filter = { _id: owner._id };')],
  },
  {
    name: 'nothing remembers an idempotency key',
    edits: [
      edit(once, 'if (intent !== null) await insertIdempotency', 'if (intent === undefined) await insertIdempotency'),
    ],
  },
  {
    name: 'a refusal leaves without a last look at the key',
    edits: [edit(once, 'if (raced !== null) return raced;', '')],
  },
  {
    name: 'a stale read is swallowed',
    edits: [
      edit(
        once,
        'await write?.(session);',
        'await write?.(session).catch((error: unknown) => { if (!(error instanceof StaleRead)) throw error; });',
      ),
    ],
  },
  {
    name: 'an update checks no version',
    edits: [
      edit(
        'src/profiles/profile-update.service.ts',
        "{ _id: row._id, state: 'ACTIVE', version: row.version },",
        "{ _id: row._id, state: 'ACTIVE' },",
      ),
    ],
  },
  {
    name: 'an update checks neither state nor version',
    edits: [
      edit(
        'src/profiles/profile-update.service.ts',
        "{ _id: row._id, state: 'ACTIVE', version: row.version },",
        '{ _id: row._id },',
      ),
    ],
  },
  {
    name: 'an e-mail of somebody else is taken over',
    edits: [edit('src/profiles/contact-change.service.ts', 'else if (!isOwn(holder)) refuse();', '')],
  },
  {
    name: 'a slot is written without raising the version',
    edits: [
      edit('src/links/slot.service.ts', '[path]: link._id }, $inc: { version: 1 } } as', '[path]: link._id } } as'),
      edit('src/links/slot.service.ts', "state: 'ACTIVE', version: profile.version, [path]", "state: 'ACTIVE', [path]"),
    ],
  },
  {
    name: 'a merge does not look for conflicts of links',
    edits: [edit('src/merges/merge-blockers.ts', '...linkBlockers(input),', '')],
  },
  {
    name: 'an undo checks no version',
    edits: [
      edit(
        undoing,
        'row?.state === read.state && row.version === read.version && row.touch === read.touch',
        'row?.state === read.state',
      ),
      edit(
        undoWrites,
        "filter: { _id: winner._id, state: 'ACTIVE', version: winner.version },",
        "filter: { _id: winner._id, state: 'ACTIVE' },",
      ),
    ],
  },
  {
    name: 'an undo leaves earlier losers with the winner',
    edits: [
      edit(
        undoWrites,
        '...earlierLosers.map((id) => ({',
        '...earlierLosers.slice(earlierLosers.length).map((id) => ({',
      ),
    ],
  },
];
