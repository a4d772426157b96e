import { expect, it } from 'vitest';
import { everyPair, exhaustMeeting } from '../links/explorer/interleavings.js';
import { worldKinds } from '../links/explorer/link-world.js';
import { runSeed } from '../merges/rows.js';

/** Several times what there is: a search that stops here has met something new. */
const runsMax = 40_000;
/** LINK_MEETINGS=all lets every pair meet, three quarters of an hour on one core; else every sixteenth, others by each seed. */
const share = process.env['LINK_MEETINGS'] === 'all' ? 1 : 16;
const seed = Number(process.env['LINK_SEED']) || runSeed();
const searches = [
  { name: 'two pre-emptions', preemptionsMax: 2, fates: [] },
  { name: 'one pre-emption and one death or lost answer', preemptionsMax: 1, fates: ['dies before', 'lost'] },
] as const;
const cases = worldKinds.flatMap((kind) => searches.map((search) => [kind, search.name, search] as const));

it.each(cases)(
  `${share === 1 ? 'every pair' : 'every sixteenth pair'} of steps keeps every rule in every order of their commands (%s, %s, LINK_SEED=${seed})`,
  async (kind, what, search) => {
    let runs = 0;
    for (const meeting of everyPair(kind).filter((_, place) => place % share === seed % share)) {
      const met = await exhaustMeeting(meeting, { ...search, runsMax });
      runs += met.runs;
      process.stdout.write(`${kind}, ${meeting.name}, ${what}: ${met.runs} runs\n`);
      expect(met.failure, met.failure ?? '').toBeNull();
      expect(met.isComplete).toBe(true);
    }
    process.stdout.write(`${kind}, ${what}: ${runs} runs\n`);
  },
  7_200_000,
);
