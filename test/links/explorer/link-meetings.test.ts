import { expect, it } from 'vitest';
import { runSeed } from '../../merges/rows.js';
import { searchedPlaces } from '../../support/search-size.js';
import { everyPair, exhaustMeeting } from './interleavings.js';
import type { WorldKind } from './link-world.js';

/** Pairs whose meeting decides most; `test:long` lets every pair meet, with more changes of hands and more failures. */
const chosen: readonly (readonly [WorldKind, string, fates: readonly ('dies before' | 'dies after')[]])[] = [
  ['known', 'activate with withdraw, invited', []],
  ['stranger', 'withdraw with read, active', []],
  ['stranger', 'work with own sign-up, enrolled', []],
  ['stranger', 'work with withdraw, work, enrolled', ['dies after']],
  ['known', 'activate with merge in B, invited', ['dies before']],
  ['known', 'work with withdraw, work, accepted', []],
];

/** In `npm test` one or two of them, others in each run. */
const places = searchedPlaces(chosen.length, runSeed());

it.each(chosen.filter((_, place) => places.includes(place)))(
  'every order of commands with one pre-emption keeps every rule: %s, %s %s',
  async (kind, name, fates) => {
    const meeting = everyPair(kind).find((each) => each.name === name);
    if (meeting === undefined) throw new Error(`No pair is called ${name}`);
    const { failure, ...counts } = await exhaustMeeting(meeting, { preemptionsMax: 1, fates, runsMax: 2_000 });
    process.stdout.write(`${kind}, ${name}: ${JSON.stringify(counts)}\n`);
    expect(failure, failure ?? '').toBeNull();
    expect(counts.isComplete).toBe(true);
  },
  120_000,
);
