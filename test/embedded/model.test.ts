import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openCommandLayer } from './command-layer.js';
import { anySteps, type Step } from './model-operations.js';
import { ModelRun } from './model-run.js';

/** Steps in all; `MODEL_STEPS` sets another number. */
const STEPS = Number(process.env['MODEL_STEPS'] ?? 200_000);

/** Of a reported failure; `MODEL_PATH` goes straight to it. */
const SEED = Number(process.env['MODEL_SEED'] ?? Date.now() % 2 ** 31);

const PATH = process.env['MODEL_PATH'];

/** Sequences that run side by side, so that their writes share commits. */
const LANES = 8;

const STEPS_PER_SEQUENCE = 120;

it(`random sequences give what a naive model gives, and indexes equal full scans (MODEL_SEED=${SEED})`, async () => {
  process.stdout.write(`model-based test: MODEL_SEED=${SEED}\n`);
  const layer = await openCommandLayer();
  let taken = 0;
  let runs = 0;
  const property = fc.asyncProperty(anySteps(STEPS_PER_SEQUENCE), async (steps: Step[]) => {
    if (PATH === undefined && taken >= STEPS) return;
    await new ModelRun(layer, ++runs).run(steps);
    taken += steps.length;
  });
  try {
    const lanes = Array.from({ length: PATH === undefined ? LANES : 1 }, (_, lane) =>
      fc.assert(property, { seed: SEED + lane, numRuns: STEPS, ...(PATH === undefined ? {} : { path: PATH }) }),
    );
    await Promise.all(lanes);
  } finally {
    await layer.close();
  }
  if (PATH === undefined) expect(taken).toBeGreaterThanOrEqual(STEPS);
}, 600_000);
