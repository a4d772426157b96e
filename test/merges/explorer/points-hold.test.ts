import { describe, expect, it } from 'vitest';
import { describeHistory, type Outcome } from './history.js';
import { brokenByHolding, brokenHolds } from './hold-rules.js';
import { answers, finish, runSchedule, until } from './schedule.js';
import type { Wish } from './wishes.js';

const hold = (of: 'A' | 'B' | 'E', points: number, first: 'oldest' | 'newest' = 'oldest', n = 0): Wish => ({
  kind: 'hold',
  of,
  points,
  first,
  key: `hold-${n}-key`,
});
const undo: Wish = { kind: 'undo', of: 'E', key: 'undo-of-E' };

async function run(...parameters: Parameters<typeof runSchedule>): Promise<Outcome> {
  const outcome = await runSchedule(...parameters);
  expect(outcome.broken, describeHistory(outcome)).toEqual([]);
  return outcome;
}

const told = (outcome: Outcome) => answers(outcome).map((each) => [each?.end, ...(each?.codes ?? [])]);

describe('points of several accounts', () => {
  it('SC41: an undo that was decided before points of both were set aside decides again, and does not go through', async () => {
    const outcome = await run([undo, hold('A', 2)], [until(0, 'insert idempotency'), finish(1), finish(0)]);
    expect(told(outcome)).toEqual([['REFUSED', 'UNDO_AMBIGUOUS'], ['DONE']]);
  });

  it('SC41: an undo inside its transaction and a hold are never both carried out', async () => {
    for (const stop of ['insert idempotency', 'update profiles', 'commitTransaction']) {
      await run([undo, hold('A', 2)], [until(0, stop), until(1, 'update profiles'), finish(0), finish(1)]);
      await run([undo, hold('A', 2)], [until(1, stop), until(0, 'update profiles'), finish(1), finish(0)]);
    }
  });

  it('SC41: a hold that was decided before an undo goes by what the undo left', async () => {
    const wishes = [undo, hold('A', 3)];
    const outcome = await run(wishes, [until(1, 'insert idempotency'), finish(0), finish(1)]);
    // Without the points that went back with E, A has one to spend and two are owed.
    expect(told(outcome)).toEqual([['DONE'], ['REFUSED', 'INSUFFICIENT_POINTS']]);
  });

  it('SC40: two holds on different wallets do not overspend a debt on one of them', async () => {
    const wishes = [hold('A', 3, 'oldest', 0), hold('A', 1, 'newest', 1)];
    for (const stop of ['insert idempotency', 'find profiles', 'update profiles']) {
      const outcome = await run(wishes, [until(1, stop, stop === 'find profiles' ? 2 : 1), finish(0), finish(1)]);
      expect(told(outcome).flat()).toContain('INSUFFICIENT_POINTS');
    }
  });

  it('a hold on one account and a merge of its profile leave no debt overspent', async () => {
    const merge: Wish = { kind: 'merge', loser: 'B', winner: 'A', key: 'merge-of-B' };
    const wishes = [hold('B', 100, 'oldest', 0), merge, hold('A', 10, 'oldest', 1)];
    await run(wishes, [until(0, 'insert idempotency'), finish(1), finish(2), finish(0)]);
  });
});

describe('rules about holds', () => {
  const wallet = (available: number, held: number, debt = 0) => ({ points: [{ available, held, debt }] });
  const change = (before: object, after: object) => ({ collection: 'wallets', id: 'a', before, after }) as never;
  const held = {
    collection: 'holds',
    id: 'h',
    before: null,
    after: { _id: 'h', accounts: ['a', 'b'], parts: { a: 2 } },
  };

  it('notice points that are taken without a hold, or other points than it says', () => {
    expect(brokenByHolding([change(wallet(5, 0), wallet(3, 2)), held as never])).toEqual([]);
    expect(brokenByHolding([change(wallet(5, 0), wallet(3, 2))])).toHaveLength(1);
    expect(brokenByHolding([change(wallet(5, 0), wallet(3, 1)), held as never])).toHaveLength(1);
    expect(brokenByHolding([change(wallet(1, 0), wallet(-1, 2)), held as never])).toHaveLength(1);
    expect(brokenByHolding([held as never])).toHaveLength(1);
  });

  it('notice a hold across two profiles and an overspent debt', () => {
    const holds = new Map([['h', held.after as never]]);
    const wallets = (debt: number) =>
      new Map([
        ['a', { _id: 'a', ...wallet(3, 2, debt) } as never],
        ['b', { _id: 'b', ...wallet(1, 0) } as never],
      ]);
    const one = new Map([
      ['a', 'p'],
      ['b', 'p'],
    ]);
    expect(brokenHolds({ holds, wallets: wallets(4) }, one)).toEqual([]);
    expect(brokenHolds({ holds, wallets: wallets(5) }, one)).toHaveLength(1);
    expect(brokenHolds({ holds, wallets: wallets(0) }, new Map([...one, ['b', 'q']]))).toHaveLength(1);
  });
});
