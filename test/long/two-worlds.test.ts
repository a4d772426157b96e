import { expect, it } from 'vitest';
import { compareWorlds } from '../links/two-worlds-sessions.js';

const seed = Number(process.env['WORLDS_SEED']) || Math.floor(Math.random() * 2 ** 31);
/** WORLDS_SESSIONS=10000 is the whole proof: about twenty minutes for each secret. */
const sessions = Number(process.env['WORLDS_SESSIONS']) || 300;

it.each(['membership', 'invitation'] as const)(
  `${sessions} random sessions do not tell of a secret %s (WORLDS_SEED=${seed})`,
  async (secret) => {
    const { difference, answers, medianMs } = await compareWorlds(secret, seed, sessions);
    const [ordinaryMs, secretMs] = medianMs;
    const gap = `${((secretMs / ordinaryMs - 1) * 100).toFixed(1)} %`;
    process.stdout.write(
      `${secret}: ${sessions} sessions, ${answers} pairs of answers, medians ${ordinaryMs.toFixed(2)} and ${secretMs.toFixed(2)} ms: ${gap}\n`,
    );
    expect(difference).toBeNull();
  },
  7_200_000,
);
