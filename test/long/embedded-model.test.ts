import { expect, it } from 'vitest';
import { searchModel } from '../embedded/model-search.js';

const OPERATIONS = 1_000_000;

const SEED = Number(process.env['MODEL_SEED'] ?? Date.now() % 2 ** 31);

it(`a million operations give what a naive model gives, and indexes equal full scans (MODEL_SEED=${SEED})`, async () => {
  expect(await searchModel({ operations: OPERATIONS, seed: SEED })).toBeGreaterThanOrEqual(OPERATIONS);
}, 1_200_000);
