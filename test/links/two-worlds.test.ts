import { expect, it } from 'vitest';
import { compareWorlds } from './two-worlds-sessions.js';

const seed = Number(process.env['WORLDS_SEED']) || Math.floor(Math.random() * 2 ** 31);
/** Few in every run; the many are in the long one. */
const sessions = 25;

it(`${sessions} random sessions on the asking side are answered alike whether the invited brand knows the person or not (WORLDS_SEED=${seed})`, async () => {
  const { difference, answers, medianMs } = await compareWorlds('membership', seed, sessions);
  process.stdout.write(`membership: ${answers} pairs of answers, medians ${medianMs.map((ms) => ms.toFixed(2))} ms\n`);
  expect(difference).toBeNull();
}, 120_000);

it(`${sessions} random sessions of the invited brand's staff are answered alike whether somebody asked or not (WORLDS_SEED=${seed})`, async () => {
  const { difference, answers } = await compareWorlds('invitation', seed, sessions);
  process.stdout.write(`invitation: ${answers} pairs of answers\n`);
  expect(difference).toBeNull();
}, 120_000);
