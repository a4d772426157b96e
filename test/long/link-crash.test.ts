import { describe, it } from 'vitest';
import { linkCrashRounds } from '../links/link-crash-rounds.js';

/** Half a minute each, most of it the lease of the process that died. */
const rounds = Number(process.env['KINDRED_ROUNDS'] ?? 8);
const seed = Number(process.env['KINDRED_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

describe('a gateway that is killed over and over while it links customers', () => {
  it(`does everything acknowledged once, and another one ends what was begun (KINDRED_SEED=${seed})`, async () => {
    await linkCrashRounds(rounds, seed);
  }, 3_600_000);
});
