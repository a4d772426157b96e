import { expect, it } from 'vitest';
import { everyPair, exhaustMeeting } from '../links/explorer/interleavings.js';
import { worldKinds } from '../links/explorer/link-world.js';

/** Several times what there is: a search that stops here has met something new. */
const runsMax = 40_000;
const searches = [
  { name: 'two pre-emptions', preemptionsMax: 2, fates: [] },
  { name: 'one pre-emption and one death or lost answer', preemptionsMax: 1, fates: ['dies before', 'lost'] },
] as const;
const cases = worldKinds.flatMap((kind) => searches.map((search) => [kind, search.name, search] as const));

it.each(cases)(
  'every pair of steps keeps every rule in every order of their commands (%s, %s)',
  async (kind, what, search) => {
    let runs = 0;
    for (const meeting of everyPair(kind)) {
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
