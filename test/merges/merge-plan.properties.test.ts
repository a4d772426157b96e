import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/kernel/digest.js';
import { type MergeDecisions, type PlanInput, planMerge } from '../../src/merges/merge-plan.js';
import { mergeWrites } from '../../src/merges/merge-writes.js';
import {
  accountsOf,
  channels,
  formerIdsOf,
  type ProfileRow,
  type ProfileType,
  profileValueNames,
} from '../../src/profiles/profile.js';
import { anInput, aRow, runSeed } from './rows.js';

const seed = runSeed();
const runs = { seed, numRuns: 400 };

const names = fc.constantFrom('Mei', 'May', 'unknown', 'Ada', null);
const day = fc.record(
  { day: fc.integer({ min: 1, max: 28 }), month: fc.integer({ min: 1, max: 12 }), year: fc.constantFrom(1980, 1988) },
  { requiredKeys: [] },
);
const instant = fc.integer({ min: 0, max: 5 }).map((month) => new Date(Date.UTC(2025, month, 1)));
const channelEntry = fc.record({
  channel: fc.constantFrom(...channels),
  isPromotional: fc.constantFrom(true, false, null),
  isOptedOut: fc.boolean(),
  isBounced: fc.boolean(),
  categories: fc.uniqueArray(
    fc.record({ category: fc.constantFrom('news', 'events', 'reminders'), isWelcome: fc.boolean() }),
    { selector: (entry) => entry.category },
  ),
  updatedAt: instant,
  isOwnChoice: fc.boolean(),
});
const comms = fc.record({ channels: fc.uniqueArray(channelEntry, { selector: (entry) => entry.channel }) });
const custom = fc.uniqueArray(
  fc.record({
    namespace: fc.constant('style'),
    handle: fc.constantFrom('favourite_colour', 'season', 'fit'),
    type: fc.constant('STRING' as const),
    value: fc.constantFrom('blue', 'green'),
  }),
  { selector: (entry) => entry.handle },
);
const words = fc.uniqueArray(fc.constantFrom('linen', 'autumn', 'vip', 'staff', 'stylist-client'));

/** Parts of a profile that a merge decides about. */
const told: fc.Arbitrary<Partial<ProfileRow>> = fc.record(
  {
    firstName: names,
    lastName: names,
    company: names,
    email: fc.constantFrom('a@example.org', 'b@example.org', null),
    mobilePhone: fc.constantFrom('+61412345678', null),
    birthDate: day,
    tags: words,
    statuses: words,
    comms,
    custom,
    joinedAt: instant,
    type: fc.constantFrom<ProfileType>('ACTIVE', 'INCOMPLETE', 'TEMPORARY', 'SYSTEM'),
    linkSlots: fc.constantFrom<Record<string, string>>(
      {},
      { hearth: 'link-1' },
      { hearth: 'link-2' },
      { alder: 'link-3' },
    ),
    primaryIdentity: fc.constantFrom('uid-1', 'uid-2', null),
    version: fc.integer({ min: 1, max: 3 }),
  },
  { requiredKeys: [] },
);
const choice = fc.uniqueArray(
  fc.constantFrom('firstName', 'email', 'birthDate', 'birthDate.year', 'customAttributes.style.fit', 'tags'),
  { maxLength: 2 },
);

const inputs: fc.Arbitrary<PlanInput> = fc
  .record({ loser: told, winner: told, choice, mayGrantStatuses: fc.boolean(), addressCount: fc.constantFrom(0, 51) })
  .map(({ loser, winner, choice: take, ...rest }) =>
    anInput(aRow({ _id: 'loser', ...loser }), aRow({ _id: 'winner', ...winner }), take, rest),
  );

/** An input with another: any, or one that differs only in what may or may not be decisive. */
function pairWith(input: PlanInput): fc.Arbitrary<readonly [PlanInput, PlanInput]> {
  const side = (name: 'winner' | 'loser', change: Partial<ProfileRow>): PlanInput => {
    const { brand, row } = input[name];
    return { ...input, [name]: { brand, row: { ...row, ...change } } };
  };
  return fc
    .oneof(
      inputs,
      fc.constantFrom(
        { ...input, addressCount: 7 },
        { ...input, mayGrantStatuses: !input.mayGrantStatuses },
        { ...input, takeFromLoser: [...input.takeFromLoser].reverse() },
        side('winner', { company: 'Ada' }),
        side('loser', { company: 'Ada' }),
        side('winner', { keys: ['n:mei'] }),
        side('loser', { touch: 3 }),
        side('loser', { version: input.loser.row.version + 1 }),
      ),
    )
    .map((other) => [input, other] as const);
}

function decided(plan: MergeDecisions, input: PlanInput): string {
  return canonicalJson({
    versions: [input.winner.row.version, input.loser.row.version],
    blockers: plan.blockers.map(({ code, message }) => [code, message]),
    fields: plan.fields.map(({ field, outcome, rule }) => [field, outcome, rule]),
    comms: plan.comms,
  });
}

/** The winner after a merge, as its transaction would leave it. */
function merged(winner: ProfileRow, loser: ProfileRow): ProfileRow {
  const decisions = planMerge(anInput(loser, winner));
  const intent = {
    mergeId: `merge-of-${loser._id}`,
    at: new Date(0),
    actor: { kind: 'SYSTEM' as const, reference: 'kindred' },
    reason: null,
    counts: [],
    identities: [],
  };
  const { update } = mergeWrites(winner, loser, decisions, intent).winner;
  return { ...winner, ...update.$set, version: winner.version + 1 } as ProfileRow;
}

describe(`plans (seed ${seed})`, () => {
  it('are the same for the same profiles, and leave them untouched', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const before = canonicalJson(input);
        const plan = planMerge(input);
        expect(planMerge(structuredClone(input))).toEqual(plan);
        expect(canonicalJson(input)).toBe(before);
      }),
      runs,
    );
  });

  it('have another hash exactly when versions or decisions differ', () => {
    fc.assert(
      fc.property(inputs.chain(pairWith), ([first, second]) => {
        const [a, b] = [planMerge(first), planMerge(second)];
        expect(a.hash === b.hash).toBe(decided(a, first) === decided(b, second));
      }),
      { ...runs, numRuns: 2_000 },
    );
  });

  it('have another hash after any change of either profile', () => {
    fc.assert(
      fc.property(inputs, fc.constantFrom('winner', 'loser'), (input, side) => {
        const row = { ...input[side].row, version: input[side].row.version + 1 };
        expect(planMerge({ ...input, [side]: { ...input[side], row } }).hash).not.toBe(planMerge(input).hash);
      }),
      runs,
    );
  });

  it('never take a value from the winner that nobody chose to replace', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { attributes } = planMerge(input);
        const { row } = input.winner;
        for (const name of profileValueNames) {
          const isChosen = input.takeFromLoser.some((chosen) => chosen.startsWith(name));
          const value = row[name];
          const isEmpty = value == null || value === 'unknown';
          if (isChosen || isEmpty) continue;
          const after = attributes[name] ?? value;
          if (name === 'birthDate') expect(after).toMatchObject(value as object);
          else expect(after).toBe(value);
        }
      }),
      runs,
    );
  });

  it('never permit a message that one of both had refused, unless the customer later chose so', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const plan = planMerge(input);
        for (const decision of plan.comms) {
          if (decision.rule === 'LATER_OWN_CHOICE') continue;
          for (const { row } of [input.winner, input.loser]) {
            const said = row.comms?.channels.find((entry) => entry.channel === decision.channel);
            if (said?.isOptedOut) expect(decision.isOptedOut).toBe(true);
            if (said?.isPromotional === false) expect(decision.isPromotional).toBe(false);
          }
        }
      }),
      runs,
    );
  });
});

/**
 * Losers that do not compete for a value the winner lacks: whatever is joined or compared comes from anyone, each single
 * value from the winner or from one of them. (Where two losers would fill the same gap, the first one reviewed does.)
 */
const families = fc
  .record({
    winner: told,
    losers: fc.array(told, { minLength: 2, maxLength: 4 }),
    owners: fc.array(fc.nat({ max: 4 }), { minLength: 10, maxLength: 10 }),
  })
  .map(({ winner, losers, owners }) => {
    const single = [
      'firstName',
      'lastName',
      'company',
      'email',
      'mobilePhone',
      'birthDate',
      'custom',
      'primaryIdentity',
      'linkSlots',
    ] as const;
    const rows = [winner, ...losers].map((part, at) => {
      const row: Record<string, unknown> = { ...part };
      single.forEach((name, index) => {
        if ((owners[index] ?? 0) % (losers.length + 1) !== at) delete row[name];
      });
      row['comms'] = {
        channels: (part.comms?.channels ?? []).map(({ isOwnChoice: _, ...entry }) => entry),
      };
      if (row['type'] === 'SYSTEM') delete row['type'];
      return aRow({ ...(row as Partial<ProfileRow>), _id: `profile-${at}` });
    });
    return { winner: rows[0] as ProfileRow, losers: rows.slice(1) };
  });

/** What is left of a winner when order may not matter: no times, lists of ids as sets. */
function essence(row: ProfileRow): unknown {
  const { updatedAt: _, mergedIn, accounts, ...rest } = row;
  const merges = [...(mergedIn ?? [])].map(({ loserId }) => loserId).sort();
  return { ...rest, merges, accounts: [...(accounts ?? [])].sort(), formerIds: formerIdsOf(row).sort() };
}

describe(`several losers (seed ${seed})`, () => {
  it('leave the same winner in whatever order they are merged', () => {
    fc.assert(
      fc.property(families, fc.infiniteStream(fc.nat()), ({ winner, losers }, draws) => {
        const forward = losers.reduce(merged, winner);
        const rest = [...losers];
        const shuffled: ProfileRow[] = [];
        for (const draw of draws) {
          if (rest.length === 0) break;
          shuffled.push(...rest.splice(draw % rest.length, 1));
        }
        expect(essence(shuffled.reduce(merged, winner))).toEqual(essence(forward));
        expect(essence([...losers].reverse().reduce(merged, winner))).toEqual(essence(forward));
        expect(new Set(accountsOf(forward)).size).toBe(losers.length + 1);
      }),
      runs,
    );
  });
});
