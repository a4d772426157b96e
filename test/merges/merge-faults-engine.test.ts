import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/kernel/errors.js';
import { formatNodeId } from '../../src/kernel/ids.js';
import { undoMerge } from '../../src/merges/merge-undo.service.js';
import { mergeProfiles } from '../../src/merges/profile-merge.service.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { aProfile, storedProfile } from '../support/factories/profile.js';
import { aTransaction } from '../support/factories/transaction.js';
import { type FaultyGroup, openFaultyGroup } from '../support/faulty-group.js';
import type { TestGroup } from '../support/group.js';
import { searchedPlaces } from '../support/search-size.js';
import { expectMergeInvariants, immovables, merge, mergeInput } from './merging.js';
import { runSeed } from './rows.js';

let faulty: FaultyGroup;
let group: TestGroup;

beforeAll(async () => {
  faulty = await openFaultyGroup({ isMonitored: true });
  group = faulty.group;
});
beforeEach(() => faulty.fail('off'));
afterAll(() => faulty.close());

/** Ways in which one command fails, and the commands that can fail so. */
const everything = ['find', 'aggregate', 'insert', 'update', 'commitTransaction'];
const fates: readonly (readonly [string, readonly string[], object])[] = [
  ['the connection breaks before it', everything, { closeConnection: true, moment: 'before' }],
  ['the connection breaks after it', everything, { closeConnection: true, moment: 'afterCommit' }],
  [
    'the server undoes its transaction',
    ['insert', 'update'],
    { errorCode: 112, errorLabels: ['TransientTransactionError'] },
  ],
  [
    'nobody knows whether it was committed',
    ['commitTransaction'],
    { errorCode: 91, errorLabels: ['UnknownTransactionCommitResult', 'RetryableWriteError'], moment: 'afterCommit' },
  ],
  ['the commit is carried out too late', ['commitTransaction'], { errorCode: 50, moment: 'afterCommit' }],
];
/** Repeats what got no answer, as a client does. */
async function repeated<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError) || !error.isRetryable || attempt === 5) throw error;
    }
  }
}

async function pair(): Promise<[loser: ProfileView, winner: ProfileView]> {
  const [loser, winner] = [await aProfile(group, 'wren'), await aProfile(group, 'wren')];
  await aTransaction(group, 'wren', loser._id);
  return [loser, winner];
}

/** Commands that a piece of work sends when nothing fails, of those that a fault strikes. */
async function countOf(commands: readonly string[], work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const client = group.entry('wren').database.connection.getClient();
  const note = ({ commandName }: { commandName: string }): void => {
    if (commands.includes(commandName)) count += 1;
  };
  client.on('commandStarted', note);
  await work();
  client.off('commandStarted', note);
  return count;
}

/** A piece of work that is ready to be done, and done again. */
interface Work {
  readonly run: () => Promise<unknown>;
  readonly expectDone: () => Promise<void>;
}

async function aMerge(): Promise<Work> {
  const [loser, winner] = await pair();
  const input = await mergeInput(group, loser, winner);
  return {
    run: () => mergeProfiles(group.context(), input),
    expectDone: async () => {
      expect(await storedProfile(group, 'wren', winner._id)).toMatchObject({ version: winner.version + 1 });
      expect(await storedProfile(group, 'wren', loser._id)).toMatchObject({ state: 'MERGED', mergedInto: winner._id });
    },
  };
}

async function anUndo(): Promise<Work> {
  const [loser, winner] = await pair();
  const { merge: row } = await merge(group, loser, winner);
  const mergeId = formatNodeId('merge', 'wren', row?._id ?? '');
  const input = { mergeId, idempotencyKey: `undo-${mergeId}` };
  return {
    run: () => undoMerge(group.context(), input),
    expectDone: async () => {
      expect(await storedProfile(group, 'wren', winner._id)).toMatchObject({ version: winner.version + 2 });
      expect(await storedProfile(group, 'wren', loser._id)).toMatchObject({ state: 'ACTIVE', accounts: [loser._id] });
    },
  };
}

const seed = runSeed();

describe.each(fates)(`when %s (seed ${seed})`, (_what, failCommands, data) => {
  it.each([
    ['merge', aMerge],
    ['undo', anUndo],
  ] as const)('a %s has exactly one effect, whichever command it strikes', async (_name, prepare) => {
    const smooth = await prepare();
    const points = await countOf(failCommands, smooth.run);
    expect(points).toBeGreaterThan(0);
    for (const skip of searchedPlaces(points, seed)) {
      const work = await prepare();
      const before = await immovables(group, 'wren');
      await faulty.fail({ times: 1, skip }, { failCommands, ...data });
      await repeated(work.run);
      await faulty.fail('off');
      await work.expectDone();
      expect(await immovables(group, 'wren')).toEqual(before);
    }
    await expectMergeInvariants(group, 'wren');
  });
});
