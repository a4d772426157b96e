import { describe, expect, it } from 'vitest';
import { searchSize } from '../support/search-size.js';
import { examine } from './model-history.js';
import { searchBank, searchHistories } from './model-search.js';

const HISTORIES = searchSize(10_000);
const TRANSFERS = 3000;

/** First seed; history n has the seed after n steps. */
const SEED = Number(process.env['HISTORY_SEED'] ?? Date.now() % 2 ** 30);

describe(`random concurrent transactions (HISTORY_SEED=${SEED})`, () => {
  it('show snapshot isolation: nothing lost, dirty, half or read twice differently', async () => {
    const counts = await searchHistories(HISTORIES, SEED);
    expect(counts.committed).toBeGreaterThan(HISTORIES);
    // Snapshot isolation is not serializable: where this never happened, the test would not have tried hard enough.
    expect(counts.conflict).toBeGreaterThan(0);
    expect(counts.skewed).toBeGreaterThan(0);
  }, 600_000);

  it('never let a sum over all accounts be anything but zero', async () => {
    const report = await searchBank(TRANSFERS, SEED);
    expect(report.wrongSums).toEqual([]);
    expect(report.committed).toBeGreaterThan(TRANSFERS / 10);
    expect(report.reads).toBeGreaterThan(0);
  }, 300_000);
});

describe('the checker of histories', () => {
  const at = (sentAt: number, endedAt: number) => ({ isPlain: false, outcome: 'committed', sentAt, endedAt }) as const;
  const append = (key: string, value: number) => ({ kind: 'append', key, value }) as const;
  const read = (key: string, ...list: number[]) => ({ kind: 'read', key, list }) as const;

  it('finds a lost update', () => {
    const one = { id: 1, operations: [read('a'), append('a', 1)], ...at(1, 5) };
    const two = { id: 2, operations: [read('a'), append('a', 2)], ...at(2, 6) };
    const final = new Map([['a', [1, 2]]]);
    expect(examine({ transactions: [one, two], final }).anomalies).toHaveLength(1);
    expect(examine({ transactions: [one, two], final: new Map([['a', [2]]]) }).anomalies).toContain(
      'lost update: 1 of 1 is there 0 times',
    );
  });

  it('finds dirty, intermediate and non-repeatable reads', () => {
    const writer = { id: 1, operations: [append('a', 1), append('a', 2)], ...at(1, 9) };
    const final = new Map([['a', [1, 2]]]);
    const reader = (...operations: ReturnType<typeof read>[]) => ({ id: 2, operations, ...at(2, 10) });
    expect(examine({ transactions: [writer, reader(read('a', 7))], final }).anomalies[0]).toContain('never committed');
    expect(examine({ transactions: [writer, reader(read('a', 1))], final }).anomalies[0]).toContain('half of');
    expect(examine({ transactions: [writer, reader(read('a'), read('a', 1, 2))], final }).anomalies[0]).toContain(
      'differently',
    );
    expect(examine({ transactions: [writer, reader(read('a', 1, 2))], final }).anomalies).toEqual([]);
  });

  it('finds a snapshot made of two, and one that is older than it may be', () => {
    const writer = { id: 1, operations: [append('a', 1), append('b', 2)], ...at(1, 3) };
    const final = new Map([
      ['a', [1]],
      ['b', [2]],
    ]);
    const torn = { id: 2, operations: [read('a', 1), read('b')], ...at(2, 9) };
    expect(examine({ transactions: [writer, torn], final }).anomalies).toHaveLength(1);
    const late = { id: 2, operations: [read('a'), read('b')], ...at(4, 9) };
    expect(examine({ transactions: [writer, late], final }).anomalies).toHaveLength(1);
    const early = { ...late, sentAt: 2 };
    expect(examine({ transactions: [writer, early], final }).anomalies).toEqual([]);
  });

  it('lets write skew pass and says that no serial order explains it', () => {
    const one = { id: 1, operations: [read('a'), read('b'), append('a', 1)], ...at(1, 5) };
    const two = { id: 2, operations: [read('a'), read('b'), append('b', 2)], ...at(2, 6) };
    const final = new Map([
      ['a', [1]],
      ['b', [2]],
    ]);
    expect(examine({ transactions: [one, two], final })).toEqual({ anomalies: [], isSerializable: false });
  });
});
