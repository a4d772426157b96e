import { afterAll, beforeAll, expect, it } from 'vitest';
import { searchCrashes } from '../embedded/crash-search.js';
import { buildEngine, dropBuild } from '../embedded/engine-process.js';

const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 100);

const SEED = Number(process.env['CRASH_SEED'] ?? Date.now() % 2 ** 31);

const REPLAY = `CRASH_SEED=${SEED} CRASH_ROUNDS=${ROUNDS} npx vitest run --config vitest.long.config.ts test/long/embedded-crash.test.ts`;

beforeAll(buildEngine);

afterAll(dropBuild);

it(`an engine killed under eight writers loses nothing and doubles nothing (${REPLAY})`, async () => {
  const report = await searchCrashes(ROUNDS, SEED);
  expect(report.problems).toEqual([]);
  expect(report.rounds).toBe(ROUNDS);
  process.stdout.write(`${report.rounds} crashes, ${report.acknowledged} acknowledged writes, seed ${SEED}\n`);
}, 1_200_000);
