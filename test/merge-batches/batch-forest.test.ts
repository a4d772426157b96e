import { describe, expect, it } from 'vitest';
import { pause } from '../../src/kernel/clock.js';
import { type SeededRandom, seededRandom } from '../../src/kernel/random.js';
import { BatchForest, type ForestVerdict } from '../../src/merge-batches/batch-forest.js';
import { RowLanes } from '../../src/merge-batches/row-lanes.js';
import { UuidTable } from '../../src/merge-batches/uuid-table.js';
import { runSeed, shuffled } from '../merges/rows.js';

type Pair = readonly [loser: string, winner: string];

const seed = runSeed();
/** Lists judged per run. */
const listsTried = 600;

function judge(pairs: readonly (Pair | null)[]): ForestVerdict {
  const forest = new BatchForest();
  for (const pair of pairs) {
    if (pair === null) forest.skip();
    else forest.add(pair[1], pair[0]);
  }
  return forest.judge();
}

const [a, b, c, d, e] = [1, 2, 3, 4, 5].map((n) => `00000000-0000-4000-8000-00000000000${n}`) as [
  string,
  string,
  string,
  string,
  string,
];

function faultsOf(pairs: readonly Pair[]): [number, string][] {
  return [...judge(pairs).faults].sort(([one], [other]) => one - other);
}

/** What is wrong with each row, found the slow way. */
function slowFaults(pairs: readonly Pair[]): [number, string][] {
  const faults = new Map<number, string>();
  pairs.forEach(([loser, winner], row) => {
    const same = pairs.filter((other) => other[0] === loser);
    if (new Set(same.map((other) => other[1])).size > 1) faults.set(row, 'TWO_WINNERS');
    else if (pairs.findIndex((other) => other[0] === loser && other[1] === winner) < row) faults.set(row, 'REPEATED');
  });
  const next = new Map(pairs.filter((_, row) => !faults.has(row)));
  pairs.forEach(([loser], row) => {
    if (faults.has(row)) return;
    let at = next.get(loser);
    for (let steps = 0; at !== undefined && at !== loser && steps <= pairs.length; steps += 1) at = next.get(at);
    if (at === loser) faults.set(row, 'CIRCLE');
  });
  return [...faults].sort(([one], [other]) => one - other);
}

function idsOf(random: SeededRandom, count: number): string[] {
  return Array.from({ length: count }, () => random.uuid());
}

/** A list without faults: everybody goes into at most one who stands later in a row. */
function aForest(random: SeededRandom): Pair[] {
  const people = idsOf(random, 2 + random.below(40));
  const pairs = people.slice(0, -1).flatMap((loser, at): Pair[] => {
    const winner = people[at + 1 + random.below(Math.min(4, people.length - at - 1))] as string;
    return random.below(5) === 0 ? [] : [[loser, winner]];
  });
  return shuffled(pairs, random);
}

describe('the rows of a batch', () => {
  it.each<[string, Pair[], [number, string][]]>([
    [
      'form a forest when everybody goes into one other',
      [
        [a, b],
        [c, b],
        [b, d],
      ],
      [],
    ],
    [
      'do not when two come round',
      [
        [a, b],
        [b, a],
      ],
      [
        [0, 'CIRCLE'],
        [1, 'CIRCLE'],
      ],
    ],
    [
      'do not when three come round, whoever else leads there',
      [
        [d, a],
        [a, b],
        [b, c],
        [c, a],
      ],
      [
        [1, 'CIRCLE'],
        [2, 'CIRCLE'],
        [3, 'CIRCLE'],
      ],
    ],
    [
      'do not when one goes into two',
      [
        [a, b],
        [c, d],
        [a, c],
      ],
      [
        [0, 'TWO_WINNERS'],
        [2, 'TWO_WINNERS'],
      ],
    ],
    [
      'do not when a row comes again',
      [
        [a, b],
        [c, d],
        [a, b],
      ],
      [[2, 'REPEATED']],
    ],
    [
      'lose a circle with a row that cannot be meant',
      [
        [a, b],
        [b, a],
        [b, e],
      ],
      [
        [1, 'TWO_WINNERS'],
        [2, 'TWO_WINNERS'],
      ],
    ],
  ])('%s', (_, pairs, faults) => {
    expect(faultsOf(pairs)).toEqual(faults);
  });

  it('leave out those that cannot be carried out anyway', () => {
    const { orderOf, faults } = judge([null, [a, b], null]);
    expect([[...orderOf], faults.size]).toEqual([[-1, 0, -1], 0]);
    expect([...judge([]).orderOf]).toEqual([]);
  });

  it(`are ordered so that nobody goes before its own losers (seed ${seed}, ${listsTried} forests)`, () => {
    const random = seededRandom(seed);
    for (let list = 0; list < listsTried; list += 1) {
      const pairs = aForest(random);
      const { orderOf, faults } = judge(pairs);
      expect(faults.size).toBe(0);
      expect([...orderOf].sort((one, other) => one - other)).toEqual(pairs.map((_, row) => row));
      const placeOf = new Map(pairs.map(([loser], row) => [loser, orderOf[row] as number]));
      pairs.forEach(([, winner], row) => {
        const place = placeOf.get(winner);
        if (place !== undefined) expect(orderOf[row] as number).toBeLessThan(place);
      });
    }
  });

  it(`are judged as a slow search judges them (seed ${seed}, ${listsTried} lists)`, () => {
    const random = seededRandom(seed + 1);
    let faulty = 0;
    for (let list = 0; list < listsTried; list += 1) {
      const people = idsOf(random, 2 + random.below(8));
      const pairs = Array.from({ length: 1 + random.below(8) }, (): Pair => {
        const loser = people[random.below(people.length)] as string;
        const others = people.filter((each) => each !== loser);
        return [loser, others[random.below(others.length)] as string];
      });
      const expected = slowFaults(pairs);
      expect(faultsOf(pairs)).toEqual(expected);
      if (expected.length > 0) faulty += 1;
    }
    expect(faulty).toBeGreaterThan(listsTried / 10);
  });

  it('put rows that share nobody side by side: a list sorted by winner is as wide as any', () => {
    const random = seededRandom(seed);
    const winners = idsOf(random, 20);
    const pairs = winners.flatMap((winner) => idsOf(random, 10).map((loser): Pair => [loser, winner]));
    const { orderOf } = judge(pairs);
    const inOrder = [...pairs.keys()].sort((one, other) => (orderOf[one] as number) - (orderOf[other] as number));
    for (let from = 0; from < pairs.length; from += winners.length) {
      const wave = inOrder.slice(from, from + winners.length).map((row) => pairs[row]?.[1]);
      expect(new Set(wave).size).toBe(winners.length);
    }
  });
});

describe('numbers of ids', () => {
  it(`are given in the order of first sight and stay (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const table = new UuidTable();
    const ids = idsOf(random, 5_000);
    expect(ids.map((id) => table.numberOf(id))).toEqual([...ids.keys()]);
    expect(shuffled(ids.slice(0, 500), random).every((id) => table.numberOf(id) === ids.indexOf(id))).toBe(true);
    expect(table.size).toBe(ids.length);
  });
});

describe('lanes', () => {
  it(`never run two pieces of one key at once, nor more than allowed, and keep the order of each key (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const lanes = new RowLanes(3);
    const busy = new Set<string>();
    const done: number[] = [];
    let most = 0;
    const keysOf = Array.from({ length: 120 }, () => [`w${random.below(9)}`, `l${random.below(9)}`]);
    await Promise.all(
      keysOf.map((keys, at) =>
        lanes.run(keys, async () => {
          for (const key of keys) expect(busy.has(key)).toBe(false);
          for (const key of keys) busy.add(key);
          most = Math.max(most, busy.size / 2);
          await pause(random.below(2));
          for (const key of keys) busy.delete(key);
          done.push(at);
        }),
      ),
    );
    expect(most).toBe(3);
    for (const key of new Set(keysOf.flat())) {
      const ofKey = done.filter((at) => keysOf[at]?.includes(key));
      expect(ofKey).toEqual([...ofKey].sort((one, other) => one - other));
    }
  });

  it('let nothing follow a piece that failed on the same key, and everything else go on', async () => {
    const lanes = new RowLanes(2);
    const ran: string[] = [];
    const results = await Promise.allSettled([
      lanes.run(['a'], () => Promise.reject(new Error('down'))),
      lanes.run(['a', 'b'], async () => ran.push('after')),
      lanes.run(['c'], async () => ran.push('other')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(ran).toEqual(['other']);
  });
});
