import { describe, it } from 'vitest';
import { crashRounds } from '../support/crash-rounds.js';

/** Starts of a server that is killed again. */
const rounds = 10;
/** Groups, each with a folder and a seed of its own. */
const groups = 4;

describe('a server that is killed over and over', () => {
  const seed = Number(process.env['KINDRED_TEST_SEED'] ?? Date.now() % 1_000_000_000);

  it.each(Array.from({ length: groups }, (_, n) => seed + n))(
    'loses nothing and doubles nothing with seed %i',
    async (each) => {
      await crashRounds(rounds, each);
    },
    1_200_000,
  );
});
