import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClaimRow } from '../../src/claims/claim.js';
import { emailClaim, mobileClaim } from '../../src/claims/new-claim.js';
import { planMerge } from '../../src/merges/merge-plan.js';
import { openSnapshot, sealSnapshot, snapshotOf } from '../../src/merges/merge-snapshot.js';
import { planUndo, type UndoFacts } from '../../src/merges/merge-undo.js';
import { isSame } from '../../src/merges/merge-undo-fields.js';
import { undoWrites } from '../../src/merges/merge-undo-writes.js';
import { mergeWrites, type ProfileWrite } from '../../src/merges/merge-writes.js';
import { channels, type ProfileRow, type ProfileType } from '../../src/profiles/profile.js';
import { searchKeysOf } from '../../src/profiles/search-key.js';
import { aProfile, storedProfile } from '../support/factories/profile.js';
import { openGroup, type TestGroup } from '../support/group.js';
import { aBrand, anInput, aRow, runSeed } from './rows.js';
import { lasting, merged, undo, write } from './undoing.js';

const seed = runSeed();
const key = randomBytes(32);
const at = new Date('2026-05-01T00:00:00.000Z');

const names = fc.constantFrom('Mei', 'May', 'unknown', 'Ada', null);
const instant = fc.integer({ min: 0, max: 5 }).map((month) => new Date(Date.UTC(2025, month, 1)));
const words = fc.uniqueArray(fc.constantFrom('linen', 'autumn', 'vip', 'staff'));
const wish = fc.record({
  channel: fc.constantFrom(...channels),
  isPromotional: fc.constantFrom(true, false, null),
  isOptedOut: fc.boolean(),
  isBounced: fc.boolean(),
  categories: fc.uniqueArray(fc.record({ category: fc.constantFrom('news', 'events'), isWelcome: fc.boolean() }), {
    selector: (entry) => entry.category,
  }),
  updatedAt: instant,
  isOwnChoice: fc.boolean(),
});
const comms = fc.record({
  channels: fc.uniqueArray(wish, { selector: (entry) => entry.channel }),
  termsAcceptedAt: fc.option(instant),
});
const custom = fc.uniqueArray(
  fc.record({
    namespace: fc.constant('style'),
    handle: fc.constantFrom('favourite_colour', 'season', 'fit'),
    type: fc.constant('JSON' as const),
    value: fc.oneof(
      fc.constantFrom('blue', 'green'),
      fc.json().map((text) => JSON.parse(text) as unknown),
    ),
  }),
  { selector: (entry) => entry.handle },
);
const day = fc.record(
  { day: fc.integer({ min: 1, max: 28 }), month: fc.constant(4), year: fc.constant(1988) },
  { requiredKeys: [] },
);

/** What a profile may tell; contacts are added so that no two profiles share one. */
const told: fc.Arbitrary<Partial<ProfileRow>> = fc.record(
  {
    firstName: names,
    lastName: names,
    company: names,
    birthDate: day,
    tags: words,
    statuses: words,
    comms,
    custom,
    appearance: fc.uniqueArray(
      fc.record({ handle: fc.constantFrom('size', 'fit'), value: fc.constantFrom('S', 'M') }),
      {
        selector: (entry) => entry.handle,
      },
    ),
    imports: fc.dictionary(fc.constantFrom('shopify', 'pos'), fc.constantFrom('d1', 'd2')),
    joinedAt: instant,
    type: fc.constantFrom<ProfileType>('ACTIVE', 'INCOMPLETE', 'TEMPORARY'),
  },
  { requiredKeys: [] },
);
const contacts = fc.record({ hasEmail: fc.boolean(), hasMobile: fc.boolean(), hasSlot: fc.boolean() });
const people = fc.record({ winner: told, loser: told, own: contacts, theirs: contacts });

function profileOf(
  id: string,
  values: Partial<ProfileRow>,
  has: { hasEmail: boolean; hasMobile: boolean; hasSlot: boolean },
): ProfileRow {
  const number = id === 'winner' ? '+61412345678' : '+61412345679';
  const row = aRow({
    _id: id,
    version: 3,
    ...values,
    ...(has.hasEmail ? { email: `${id}@example.org` } : {}),
    ...(has.hasMobile ? { mobilePhone: number } : {}),
    ...(has.hasSlot ? { linkSlots: { [id === 'winner' ? 'alder' : 'hearth']: `link-of-${id}` } } : {}),
  });
  const keys = searchKeysOf(row);
  return keys.length === 0 ? row : { ...row, keys };
}

function claimsOf(...rows: readonly ProfileRow[]): Map<string, ClaimRow> {
  const claims = rows.flatMap((row) => {
    const place = { accountId: row._id, profileId: row._id, at };
    return [
      row.email ? emailClaim(row.email, place) : null,
      row.mobilePhone ? mobileClaim(row.mobilePhone, 'AU', place) : null,
    ];
  });
  return new Map(claims.flatMap((claim) => (claim === null ? [] : [[claim._id, claim] as const])));
}

function applied(row: ProfileRow, { update }: ProfileWrite): ProfileRow {
  const next: Record<string, unknown> = { ...row, ...update.$set };
  for (const name of Object.keys(update.$unset ?? {})) delete next[name];
  for (const [name, by] of Object.entries(update.$inc ?? {})) next[name] = ((next[name] as number) ?? 0) + by;
  return structuredClone(next) as unknown as ProfileRow;
}

/** Both profiles after a merge, as its transaction would leave them, with what is kept for undoing it. */
function mergedPair(winner: ProfileRow, loser: ProfileRow, mergeId = 'merge-1') {
  const decisions = planMerge(anInput(loser, winner));
  const actor = { kind: 'SYSTEM' as const, reference: 'kindred' };
  const intent = { mergeId, at, actor, reason: null, counts: [], identities: [] };
  const writes = mergeWrites(winner, loser, decisions, intent);
  const values = decisions.fields.map(({ winnerValue, loserValue }) => [winnerValue, loserValue] as const);
  const kept = snapshotOf(winner, loser, { attributes: decisions.attributes, values }, []);
  const sealed = sealSnapshot(key, mergeId, kept) as string;
  return {
    snapshot: openSnapshot(key, mergeId, sealed),
    merge: writes.row,
    winner: applied(winner, writes.winner),
    loser: applied(loser, writes.loser),
  };
}

function undoOf(
  state: ReturnType<typeof mergedPair>,
  claims: Map<string, ClaimRow>,
  laterMerges: UndoFacts['laterMerges'] = [],
) {
  const none = { identities: [], addresses: [], links: new Map(), jointUses: [] };
  const facts: UndoFacts = { brand: aBrand(), ...state, claims, ...none, laterMerges, at };
  const plan = planUndo(facts);
  const writes = undoWrites({ winner: state.winner, loser: state.loser, earlierLosers: [] }, plan, {
    mergeId: state.merge._id,
    at,
  });
  const [own, theirs] = writes.profiles as [ProfileWrite, ProfileWrite];
  return { plan, winner: applied(state.winner, own), loser: applied(state.loser, theirs) };
}

describe(`undone merges (seed ${seed})`, () => {
  it('leave both profiles exactly as they were when nothing was written in between', () => {
    fc.assert(
      fc.property(people, ({ winner: w, loser: l, own, theirs }) => {
        const [winner, loser] = [profileOf('winner', w, own), profileOf('loser', l, theirs)];
        const undone = undoOf(mergedPair(winner, loser), claimsOf(winner, loser));
        expect(undone.plan).toMatchObject({ blockers: [], insert: [], kept: [], lost: [] });
        expect(lasting(undone.winner)).toEqual(lasting(structuredClone(winner)));
        expect(lasting(undone.loser)).toEqual(lasting(structuredClone(loser)));
        expect([undone.winner.version, undone.loser.version]).toEqual([5, 5]);
      }),
      { seed, numRuns: 200 },
    );
  });

  it('keep what was changed in between, give back what was not, or name the field nobody can tell', () => {
    const changeable = ['firstName', 'lastName', 'company', 'birthDate', 'tags', 'custom', 'joinedAt'] as const;
    fc.assert(
      fc.property(people, told, ({ winner: w, loser: l, own, theirs }, since) => {
        const [winner, loser] = [profileOf('winner', w, own), profileOf('loser', l, theirs)];
        const state = mergedPair(winner, loser);
        const { type: _type, imports: _imports, comms: _comms, statuses: _statuses, ...changes } = since;
        const now = { ...state.winner, ...changes };
        const { plan, ...undone } = undoOf({ ...state, winner: now }, claimsOf(winner, loser));
        const adopted = (['firstName', 'lastName', 'birthDate'] as const).filter(
          (name) =>
            !isSame(now[name], state.winner[name]) && !isSame(loser[name], null) && isSame(now[name], loser[name]),
        );
        expect(plan.blockers.map(({ message }) => message.split(' ')[0]).sort()).toEqual([...adopted].sort());
        expect(lasting(undone.loser)).toEqual(lasting(structuredClone(loser)));
        for (const name of changeable) {
          const isUntouched = isSame(now[name], state.winner[name]);
          if (isUntouched) expect(isSame(undone.winner[name], winner[name]), name).toBe(true);
          else if (name !== 'tags' && name !== 'custom')
            expect(undone.winner[name] ?? null, name).toEqual(now[name] ?? null);
        }
        const isNew = (tag: string) => !state.winner.tags?.includes(tag);
        for (const tag of now.tags ?? []) if (isNew(tag)) expect(undone.winner.tags).toContain(tag);
        for (const tag of undone.winner.tags ?? []) expect(now.tags).toContain(tag);
        expect(undone.winner.keys ?? []).toEqual(searchKeysOf(undone.winner));
      }),
      { seed, numRuns: 200 },
    );
  });

  it('leave everybody as they were, in whatever order two merges into one are undone, unless an order is refused (I12)', () => {
    const three = fc.record({ people, third: told, hasEmail: fc.boolean() });
    let inOtherOrder = 0;
    const isUndone = fc.property(three, ({ people: { winner: w, loser: l, own, theirs }, third, hasEmail }) => {
      const [winner, one] = [profileOf('winner', w, own), profileOf('loser', l, theirs)];
      // A second number or link would stand in the way of the second merge.
      const other = profileOf('other', third, { hasEmail, hasMobile: false, hasSlot: false });
      const claims = claimsOf(winner, one, other);
      const first = mergedPair(winner, one);
      const second = mergedPair(first.winner, other, '22222222-2222-4222-8222-222222222222');
      const expectAll = (rows: readonly ProfileRow[]) =>
        expect(rows.map(lasting)).toEqual([winner, one, other].map((row) => lasting(structuredClone(row))));

      const back = undoOf(second, claims);
      expect(back.plan.blockers).toEqual([]);
      const all = undoOf({ ...first, winner: back.winner }, claims);
      expect(all.plan.blockers).toEqual([]);
      expectAll([all.winner, all.loser, back.loser]);

      const early = undoOf({ ...first, winner: second.winner }, claims, [second.merge]);
      if (early.plan.blockers.length > 0) return;
      const late = undoOf({ ...second, winner: early.winner }, claims);
      expect(late.plan.blockers).toEqual([]);
      // What was refused through the other merge is kept on both sides, and an empty list of search keys says what none says.
      const alike = ({ comms: _comms, keys, ...rest }: ProfileRow) =>
        lasting({ ...rest, keys: keys ?? [] } as ProfileRow);
      const [are, were] = [
        [late.winner, early.loser, late.loser],
        [winner, one, other].map((row) => structuredClone(row)),
      ];
      expect(are.map(alike)).toEqual(were.map(alike));
      inOtherOrder += 1;
    });
    // The other order is refused more often than not: the search goes on until it was not.
    for (let round = 0; round === 0 || (inOtherOrder === 0 && round < 50); round += 1) {
      fc.assert(isUndone, { seed: seed + round, numRuns: 200 });
    }
    expect(inOtherOrder).toBeGreaterThan(0);
  });

  it('never permit what was refused in between', () => {
    fc.assert(
      fc.property(people, comms, ({ winner: w, loser: l, own, theirs }, since) => {
        const [winner, loser] = [profileOf('winner', w, own), profileOf('loser', l, theirs)];
        const state = mergedPair(winner, loser);
        const undone = undoOf({ ...state, winner: { ...state.winner, comms: since } }, claimsOf(winner, loser));
        for (const said of since.channels) {
          const left = state.winner.comms?.channels.find(({ channel }) => channel === said.channel);
          if (isSame(said, left)) continue;
          for (const row of [undone.winner, undone.loser]) {
            const after = row.comms?.channels.find(({ channel }) => channel === said.channel);
            if (said.isOptedOut) expect(after?.isOptedOut).toBe(true);
            if (said.isPromotional === false) expect(after?.isPromotional).toBe(false);
          }
        }
      }),
      { seed, numRuns: 200 },
    );
  });
});

describe(`undone merges in a database (seed ${seed})`, () => {
  let group: TestGroup;
  beforeAll(async () => {
    group = await openGroup();
  });
  afterAll(() => group.close());

  it('leave both documents as they were, field by field', async () => {
    for (const { winner: w, loser: l } of fc.sample(people, { seed, numRuns: 6 })) {
      const [winner, loser] = [await aProfile(group, 'wren'), await aProfile(group, 'wren')];
      for (const [view, values] of [
        [winner, w],
        [loser, l],
      ] as const) {
        const { firstName: _f, lastName: _l, ...rest } = values;
        await write(group, 'wren', view._id, { $set: rest });
      }
      const rows = () => Promise.all([winner, loser].map(({ _id }) => storedProfile(group, 'wren', _id)));
      const before = await rows();
      await undo(group, await merged(group, loser, winner));
      expect((await rows()).map(lasting)).toEqual(before.map(lasting));
    }
  });
});
