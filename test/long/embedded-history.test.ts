import { expect, it } from 'vitest';
import { searchBank, searchHistories } from '../embedded/model-search.js';

const HISTORIES = 10_000;
const TRANSFERS = 20_000;

const SEED = Number(process.env['HISTORY_SEED'] ?? Date.now() % 2 ** 30);

it(`random concurrent histories show snapshot isolation (HISTORY_SEED=${SEED})`, async () => {
  const counts = await searchHistories(HISTORIES, SEED);
  expect(counts.committed).toBeGreaterThan(HISTORIES);
  expect(counts.conflict).toBeGreaterThan(0);
  expect(counts.skewed).toBeGreaterThan(0);
}, 1_200_000);

it(`transfers never let a sum over all accounts be anything but zero (HISTORY_SEED=${SEED})`, async () => {
  const report = await searchBank(TRANSFERS, SEED);
  expect(report.wrongSums).toEqual([]);
  expect(report.committed).toBeGreaterThan(TRANSFERS / 10);
  expect(report.reads).toBeGreaterThan(0);
}, 1_200_000);
