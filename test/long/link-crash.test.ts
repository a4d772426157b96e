import { describe, it } from 'vitest';
import { linkCrashRounds } from '../links/link-crash-rounds.js';

const rounds = Number(process.env['KINDRED_ROUNDS'] ?? 20);
const seed = Number(process.env['KINDRED_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

describe('a gateway that is killed over and over while it links customers', () => {
  it(`does everything acknowledged once, and another one ends what was begun (KINDRED_SEED=${seed})`, async () => {
    await linkCrashRounds(rounds, seed);
  }, 3_600_000);
});
