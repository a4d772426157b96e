import { describe, it } from 'vitest';
import { mergeCrashRounds } from '../merges/explorer/crash-rounds.js';
import { runSeed } from '../merges/rows.js';

const rounds = 30;

describe('a gateway that is killed over and over while it merges', () => {
  const seed = Number(process.env['MERGE_SEED']) || runSeed();

  it(`leaves every merge whole or absent, and another one goes on (MERGE_SEED=${seed})`, async () => {
    await mergeCrashRounds(rounds, seed);
  }, 900_000);
});
