import { expect, it } from 'vitest';
import { searchSize } from '../support/search-size.js';
import { searchModel } from './model-search.js';

const OPERATIONS = searchSize(200_000);

/** Of a reported failure, to replay it: `MODEL_SEED`, and `MODEL_PATH` to go straight to the shrunk sequence. */
const SEED = Number(process.env['MODEL_SEED'] ?? Date.now() % 2 ** 31);
const PATH = process.env['MODEL_PATH'];

it(`random sequences give what a naive model gives, and indexes equal full scans (MODEL_SEED=${SEED})`, async () => {
  const wanted = PATH === undefined ? OPERATIONS : 1;
  expect(await searchModel({ operations: wanted, seed: SEED, path: PATH })).toBeGreaterThanOrEqual(wanted);
}, 600_000);
