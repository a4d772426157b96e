import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { interactionCollection, interactionKeyCollection } from '../../src/activity/interaction.model.js';
import { ingestInteraction } from '../../src/activity/interaction-ingest.service.js';
import { auditCollection } from '../../src/events/event.model.js';
import { profileCollection } from '../../src/profiles/profile.model.js';
import { anInteraction } from '../support/factories/interaction.js';
import { type FaultyGroup, openFaultyGroup } from '../support/faulty-group.js';

let faulty: FaultyGroup;
beforeAll(async () => {
  faulty = await openFaultyGroup();
});
afterEach(() => faulty.fail('off'));
afterAll(() => faulty.close());

const ingest = (input: ReturnType<typeof aVisit>) => ingestInteraction(faulty.group.context(), input);
const aVisit = () =>
  anInteraction('wren', { identity: { handle: 'loyalty-card', identifier: randomUUID() } }, { meta: { page: 1 } });

/** Rows, keys, profiles and audit rows; an interaction of an unknown card leaves one, one, one and two. */
async function counts(): Promise<number[]> {
  const { database } = faulty.group.entry('wren');
  const definitions = [interactionCollection, interactionKeyCollection, profileCollection, auditCollection];
  return Promise.all(
    definitions.map(({ name }) => database.connection.collection(name).countDocuments({ _id: { $exists: true } })),
  );
}

const more = (before: readonly number[], n: number) => before.map((count, index) => count + (index === 3 ? 2 * n : n));

describe('an interaction and a database that fails', () => {
  it('is recorded once although the acknowledgement of its commit is lost', async () => {
    const [before, input] = [await counts(), aVisit()];
    const lost = { failCommands: ['commitTransaction'], moment: 'afterCommit', closeConnection: true };
    await faulty.fail({ times: 1 }, lost);
    const first = await ingest(input);
    await faulty.fail('off');
    const again = await ingest(input);
    expect([first.outcome, again.outcome, again.routing]).toEqual(['RECORDED', 'REPLAYED', 'PROFILE_CREATED']);
    expect(again.interaction.accountId).toBe(first.interaction.accountId);
    expect(await counts()).toEqual(more(before, 1));
  });

  it.each([1, 2, 3, 4, 5, 6])('is recorded once although its write number %i is cut off', async (nth) => {
    const [before, input] = [await counts(), aVisit()];
    await faulty.fail(
      { times: 1, skip: nth - 1 },
      { failCommands: ['insert', 'commitTransaction'], closeConnection: true },
    );
    const first = await ingest(input);
    await faulty.fail('off');
    expect(first.outcome).toBe('RECORDED');
    expect((await ingest(input)).outcome).toBe('REPLAYED');
    expect(await counts()).toEqual(more(before, 1));
  });

  it('is recorded once although conflicts keep undoing it', async () => {
    const before = await counts();
    const conflict = { errorCode: 112, errorLabels: ['TransientTransactionError'], probability: 0.2, seed: 20_260_304 };
    await faulty.fail('alwaysOn', { failCommands: ['insert', 'commitTransaction'], ...conflict });
    const visits = Array.from({ length: 6 }, aVisit);
    const answers = await Promise.all(visits.flatMap((visit) => [visit, visit]).map(ingest));
    await faulty.fail('off');
    expect(answers.filter((answer) => answer.outcome === 'RECORDED')).toHaveLength(6);
    expect(await counts()).toEqual(more(before, 6));
  });

  it('leaves nothing behind when the transaction breaks off', async () => {
    const before = await counts();
    await faulty.fail('alwaysOn', { failCommands: ['commitTransaction'], errorCode: 8_000 });
    await expect(ingest(aVisit())).rejects.toThrow();
    await faulty.fail('off');
    expect(await counts()).toEqual(before);
  });
});
