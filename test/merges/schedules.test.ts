import { describe, expect, it } from 'vitest';
import { linkIds } from './explorer/explorer-world.js';
import { describeHistory, type Outcome } from './explorer/history.js';
import { answers, finish, type Move, runSchedule, strike, until } from './explorer/schedule.js';
import type { Wish } from './explorer/wishes.js';

/** Runs a schedule; whatever rule it breaks fails here. */
async function run(wishes: readonly Wish[], moves: readonly Move[]): Promise<Outcome> {
  const outcome = await runSchedule(wishes, moves);
  expect(outcome.broken, describeHistory(outcome)).toEqual([]);
  return outcome;
}

const merge = (loser: 'A' | 'B' | 'C' | 'D', winner: 'A' | 'B' | 'C' | 'D', key = `merge-${loser}${winner}`): Wish => ({
  kind: 'merge',
  loser,
  winner,
  key,
});

const ends = (outcome: Outcome): (string | undefined)[] => answers(outcome).map((told) => told?.end);

describe('schedules that break naive readers', () => {
  it('SC4: who read the loser before the merge and the winner after it counts no row twice', async () => {
    const wishes: Wish[] = [{ kind: 'read', order: ['A', 'B'], by: 'id' }, merge('A', 'B')];
    const outcome = await run(wishes, [until(0, 'find profiles', 2), finish(1), finish(0)]);
    const shown = answers(outcome)[0]?.shown;
    expect(new Set(shown?.views.map(([, id]) => id)).size).toBe(1);
    expect(shown?.sales.toSorted()).toEqual(['A-0', 'A-1', 'B-0', 'B-1', 'E-0', 'E-1']);
  });

  it('SC5: who read the winner before the merge and the loser after it misses no row', async () => {
    const wishes: Wish[] = [{ kind: 'read', order: ['B', 'A'], by: 'id' }, merge('A', 'B')];
    const outcome = await run(wishes, [until(0, 'find profiles', 2), finish(1), finish(0)]);
    expect(answers(outcome)[0]?.shown?.sales.toSorted()).toEqual(['A-0', 'A-1', 'B-0', 'B-1', 'E-0', 'E-1']);
  });

  it('SC4 by card: who followed the loser’s card before the merge and the winner’s after it counts no row twice', async () => {
    const wishes: Wish[] = [{ kind: 'read', order: ['A', 'B'], by: 'card' }, merge('A', 'B')];
    const outcome = await run(wishes, [until(0, 'find claims', 2), finish(1), finish(0)]);
    expect(answers(outcome)[0]?.shown?.identities.toSorted()).toEqual(['CARD-A', 'CARD-B', 'CARD-E']);
  });

  it('SC19: a sale by the card of somebody whose merge is undone meanwhile goes to that person and nobody else', async () => {
    const wishes: Wish[] = [
      { kind: 'sale', of: 'E', by: 'card', number: 'late' },
      { kind: 'undo', of: 'E', key: 'undo-of-E' },
    ];
    const outcome = await run(wishes, [until(0, 'find profiles', 2), finish(1), finish(0)]);
    expect(ends(outcome)).toEqual(['DONE', 'DONE']);
    const { stores, people } = outcome.world;
    const sale = stores.brand.all('transactions').find((row) => row['externalId'] === 'late');
    expect(sale?.['accountId']).toBe(people.E._id);
    const event = stores.brand.all('outbox').find((row) => row['subject'] === sale?._id);
    expect(event?.['payload']).toMatchObject({ profileId: people.E._id });
    expect(stores.brand.all('profiles').find(({ _id }) => _id === people.E._id)?.['state']).toBe('ACTIVE');
  });
});

describe('schedules that break naive writers', () => {
  it('SC13: a late removal does not take away an identity that was added again', async () => {
    const wishes: Wish[] = [
      { kind: 'remove identity', of: 'A', key: 'removal-late' },
      { kind: 'remove identity', of: 'A', key: 'removal-first' },
      { kind: 'add identity', of: 'A', identifier: 'CARD-A' },
    ];
    const outcome = await run(wishes, [until(0, 'insert idempotency'), finish(1), finish(2), finish(0)]);
    expect(ends(outcome)).toEqual(['REFUSED', 'DONE', 'DONE']);
    expect(outcome.world.stores.brand.all('claims').some((row) => row['identifier'] === 'CARD-A')).toBe(true);
  });

  it('SC14: a change of the winner between plan and write of a merge is not lost', async () => {
    const wishes: Wish[] = [merge('A', 'B'), { kind: 'tag', of: 'B', tag: 'kept' }];
    const outcome = await run(wishes, [until(0, 'insert idempotency'), finish(1), finish(0)]);
    expect(ends(outcome)).toEqual(['DONE', 'DONE']);
    expect(answers(outcome)[0]?.sent).toBe('merge-AB-review-2');
  });

  it('SC14: a change of the winner between the reads of a merge and its write is not lost either', async () => {
    const wishes: Wish[] = [merge('A', 'B'), { kind: 'tag', of: 'B', tag: 'kept' }];
    const outcome = await run(wishes, [until(0, 'update profiles'), finish(1), finish(0)]);
    expect(ends(outcome)).toEqual(['DONE', 'DONE']);
    expect(answers(outcome)[0]?.sent).toBe('merge-AB-review-2');
  });

  it('SC14: a change of the loser between plan and write of a merge is not lost', async () => {
    const wishes: Wish[] = [merge('A', 'B'), { kind: 'tag', of: 'A', tag: 'kept' }];
    const outcome = await run(wishes, [until(0, 'insert idempotency'), finish(1), finish(0)]);
    expect(ends(outcome)).toEqual(['DONE', 'DONE']);
  });

  it('SC14: a merge between read and write of a change is not lost', async () => {
    const wishes: Wish[] = [{ kind: 'tag', of: 'B', tag: 'kept' }, merge('A', 'B')];
    for (const stop of ['insert idempotency', 'update profiles']) {
      const outcome = await run(wishes, [until(0, stop), finish(1), finish(0)]);
      expect(ends(outcome)).toEqual(['DONE', 'DONE']);
    }
  });

  it('SC17b: who read a profile before it was merged away does not write on it afterwards', async () => {
    const wishes: Wish[] = [{ kind: 'tag', of: 'A', tag: 'too-late' }, merge('A', 'B')];
    const outcome = await run(wishes, [until(0, 'insert idempotency'), finish(1), finish(0)]);
    expect(answers(outcome)[0]?.codes).toEqual(['PROFILE_MERGED']);
  });

  it('SC37: an identity added from a snapshot without the merge does not end on a profile of nobody', async () => {
    const wishes: Wish[] = [{ kind: 'add identity', of: 'A', identifier: 'NEW' }, merge('A', 'B')];
    const outcome = await run(wishes, [until(0, 'update profiles'), finish(1), finish(0)]);
    expect(answers(outcome)[0]?.codes).toEqual(['PROFILE_MERGED']);
    expect(outcome.world.stores.brand.all('claims').some((row) => row['identifier'] === 'NEW')).toBe(false);
  });

  it('SC37: of an identity that is being added and a merge of its profile, one gives way to the other', async () => {
    const wishes: Wish[] = [{ kind: 'add identity', of: 'A', identifier: 'NEW' }, merge('A', 'B')];
    const moves = [until(0, 'commitTransaction'), until(1, 'update profiles', 2), finish(0), finish(1)];
    const outcome = await run(wishes, moves);
    expect(ends(outcome)).toEqual(['DONE', 'DONE']);
  });

  it('SC39: an address inserted from a snapshot without the merge is not left behind on the merged profile', async () => {
    const wishes: Wish[] = [{ kind: 'add address', of: 'A' }, merge('A', 'B')];
    const outcome = await run(wishes, [until(0, 'update profiles'), finish(1), finish(0)]);
    expect(answers(outcome)[0]?.codes).toEqual(['PROFILE_MERGED']);
    expect(outcome.world.stores.brand.all('addresses')).toEqual([]);
  });
});

describe('schedules around links', () => {
  const link = linkIds[1];

  it('SC33: a slot taken after the plan looked for conflicts is not overlooked', async () => {
    const wishes: Wish[] = [merge('A', 'B'), { kind: 'slot', of: 'A', link }];
    const outcome = await run(wishes, [until(0, 'insert idempotency'), finish(1), finish(0)]);
    expect(answers(outcome)[0]?.codes).toEqual(['LINK_CONFLICT']);
    expect(answers(outcome)[1]?.codes).toEqual(['TAKEN']);
  });

  it('SC45: a slot written between plan and write of a merge is not lost', async () => {
    const wishes: Wish[] = [merge('A', 'C'), { kind: 'slot', of: 'C', link }];
    const outcome = await run(wishes, [until(0, 'update profiles'), finish(1), finish(0)]);
    expect(ends(outcome)).toEqual(['DONE', 'DONE']);
    const { stores, people } = outcome.world;
    const winner = stores.brand.all('profiles').find(({ _id }) => _id === people.C._id);
    expect(winner?.['linkSlots']).toEqual({ hearth: link });
  });

  it('SC33b: whoever takes a slot while its profile is merged away takes it where the profile went, or not at all', async () => {
    const wishes: Wish[] = [{ kind: 'slot', of: 'A', link }, merge('A', 'B')];
    const outcome = await run(wishes, [until(0, 'update profiles'), finish(1), finish(0)]);
    expect(answers(outcome)[0]?.codes).toEqual(['HELD']);
  });
});

describe('schedules of lost answers', () => {
  it('SC35: a commit that was carried out and not answered is not carried out again', async () => {
    const outcome = await run([merge('C', 'D')], [strike(0, 'commitTransaction', 'timeout-applied'), finish(0)]);
    expect(ends(outcome)).toEqual(['DONE']);
    const merges = outcome.world.stores.brand.all('merges').filter(({ _id }) => _id === answers(outcome)[0]?.mergeId);
    expect(merges).toHaveLength(1);
  });

  it('SC35: a commit whose connection breaks before or after is asked for again, by the driver, with the same writes', async () => {
    for (const fate of ['before', 'lost'] as const) {
      const outcome = await run([merge('C', 'D')], [strike(0, 'commitTransaction', fate), finish(0)]);
      expect(ends(outcome)).toEqual(['DONE']);
      expect(outcome.steps.filter(({ command }) => command.name === 'commitTransaction').length).toBeGreaterThan(1);
    }
  });

  it('SC36: the event of a merge is there with its commit, whatever happens to the process afterwards', async () => {
    const outcome = await run([merge('A', 'B')], [finish(0)]);
    const commit = outcome.world.stores.brand.commits.find((changes) =>
      changes.some(({ id }) => id === answers(outcome)[0]?.mergeId),
    );
    const collections = commit?.map(({ collection }) => collection).sort();
    expect(collections).toEqual(['audit', 'idempotency', 'merges', 'outbox', 'profiles', 'profiles', 'profiles']);
  });

  it('SC38: a repeat that finds the loser merged by its own first run is told that it was done', async () => {
    const wishes: Wish[] = [merge('C', 'D', 'twice'), merge('C', 'D', 'twice')];
    const moves = [until(1, 'find profiles'), strike(0, 'commitTransaction', 'timeout-applied'), finish(1), finish(0)];
    const outcome = await run(wishes, moves);
    expect(ends(outcome)).toEqual(['DONE', 'DONE']);
    expect(new Set(answers(outcome).map((told) => told?.mergeId)).size).toBe(1);
  });

  it('SC38: of two runs with one key at the same time one writes, and both are told the same', async () => {
    const wishes: Wish[] = [merge('C', 'D', 'twice'), merge('C', 'D', 'twice')];
    const moves = [until(1, 'insert idempotency'), until(0, 'commitTransaction'), until(1, 'insert idempotency', 2)];
    const outcome = await run(wishes, [...moves, finish(0), finish(1)]);
    expect(new Set(answers(outcome).map((told) => told?.mergeId)).size).toBe(1);
  });
});

describe('schedules of merges that are undone', () => {
  it('SC42: a redirect that was undone and leads elsewhere is not rewritten by a later merge', async () => {
    const wishes: Wish[] = [
      merge('A', 'B'),
      { kind: 'undo', of: 'A', key: 'undo-of-A' },
      merge('A', 'C'),
      merge('B', 'D'),
    ];
    const outcome = await run(wishes, [finish(0), finish(1), finish(2), finish(3)]);
    expect(ends(outcome)).toEqual(['DONE', 'DONE', 'DONE', 'DONE']);
    const { stores, people } = outcome.world;
    const leadsTo = (id: string) => stores.brand.all('profiles').find(({ _id }) => _id === id)?.['mergedInto'];
    expect([leadsTo(people.A._id), leadsTo(people.E._id), leadsTo(people.B._id)]).toEqual([
      people.C._id,
      people.C._id,
      people.D._id,
    ]);
  });

  it('SC43: an e-mail that others have by now makes an undo say so, and stays theirs', async () => {
    const wishes: Wish[] = [
      merge('A', 'B'),
      { kind: 'change e-mail', of: 'B', email: 'a@example.com' },
      { kind: 'change e-mail', of: 'B', email: 'z@example.com' },
      { kind: 'change e-mail', of: 'C', email: 'a@example.com' },
      { kind: 'undo', of: 'A', key: 'undo-of-A' },
    ];
    const outcome = await run(wishes, [finish(0), finish(1), finish(2), finish(3), finish(4)]);
    expect(answers(outcome).map((told) => told?.codes)).toEqual([[], [], [], [], ['UNDO_AMBIGUOUS']]);
  });

  it('SC43: an e-mail that the winner took and dropped again is claimed anew for the loser by an undo', async () => {
    const wishes: Wish[] = [
      merge('A', 'B'),
      { kind: 'change e-mail', of: 'B', email: 'a@example.com' },
      { kind: 'change e-mail', of: 'B', email: 'z@example.com' },
      { kind: 'undo', of: 'A', key: 'undo-of-A' },
    ];
    const outcome = await run(wishes, [finish(0), finish(1), finish(2), finish(3)]);
    expect(ends(outcome)).toEqual(['DONE', 'DONE', 'DONE', 'DONE']);
    const { stores, people } = outcome.world;
    const emailOf = (id: string) => stores.brand.all('profiles').find(({ _id }) => _id === id)?.['email'];
    expect([emailOf(people.A._id), emailOf(people.B._id)]).toEqual(['a@example.com', 'z@example.com']);
  });

  it('SC43: an undo takes an e-mail from a winner who had taken it over', async () => {
    const wishes: Wish[] = [
      merge('A', 'B'),
      { kind: 'change e-mail', of: 'B', email: 'a@example.com' },
      { kind: 'undo', of: 'A', key: 'undo-of-A' },
    ];
    await run(wishes, [finish(0), finish(1), finish(2)]);
  });

  it('SC43: a claim that changes hands while an undo is decided makes it decide again', async () => {
    const wishes: Wish[] = [
      merge('A', 'B'),
      { kind: 'change e-mail', of: 'B', email: 'a@example.com' },
      { kind: 'undo', of: 'A', key: 'undo-of-A' },
      { kind: 'change e-mail', of: 'B', email: 'z@example.com' },
      { kind: 'change e-mail', of: 'C', email: 'a@example.com' },
    ];
    const moves = [finish(0), finish(1), until(2, 'insert idempotency'), finish(3), finish(4), finish(2)];
    const outcome = await run(wishes, moves);
    expect(answers(outcome)[2]?.codes, describeHistory(outcome)).toEqual(['UNDO_AMBIGUOUS']);
  });

  it('SC42: an undo and a merge of its winner at the same time leave no redirect astray', async () => {
    const wishes: Wish[] = [{ kind: 'undo', of: 'E', key: 'undo-of-E' }, merge('A', 'B')];
    for (const stop of ['insert idempotency', 'update profiles', 'commitTransaction']) {
      await run(wishes, [until(0, stop), until(1, 'update profiles'), finish(0), finish(1)]);
      await run(wishes, [until(1, stop), until(0, 'update profiles'), finish(1), finish(0)]);
    }
  });
});
