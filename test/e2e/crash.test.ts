import { describe, it } from 'vitest';
import { crashRounds } from '../support/crash-rounds.js';

/** Few here, on every run; the long search has many, with seeds of its own. */
const rounds = 2;

describe('a server that is killed while it writes', () => {
  it('has every acknowledged write when it starts again, exactly once', async () => {
    await crashRounds(rounds, Number(process.env['KINDRED_TEST_SEED'] ?? 20_261_122));
  }, 180_000);
});
