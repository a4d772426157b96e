import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationContext } from '../../src/access/context.js';
import type { InteractionRow } from '../../src/activity/interaction.js';
import {
  addInteractions,
  countInteractions,
  type InteractionListFilter,
  interactionsOf,
  loadInteractionNode,
} from '../../src/activity/interaction.service.js';
import { type SeededRandom, seededRandom } from '../../src/kernel/random.js';
import { planNewProfile } from '../../src/profiles/new-profile.service.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { profileCollection } from '../../src/profiles/profile.model.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { anInteractionRow, aStoredInteraction } from '../support/factories/interaction.js';
import { aProfile, craftMerge } from '../support/factories/profile.js';
import { anActor, openGroup, type TestGroup } from '../support/group.js';
import { planStages } from '../support/query-plan.js';

const seed = Number(process.env['TEST_SEED'] ?? 20_260_304);
const actions = ['VISIT', 'VIEW', 'FEEDBACK'] as const;
const channels = ['WEBSITE', 'APP'] as const;

let group: TestGroup;
let random: SeededRandom;
beforeAll(async () => {
  group = await openGroup({ isMonitored: true });
  random = seededRandom(seed);
  process.stderr.write(`interaction lists: seed ${seed}\n`);
});
afterAll(() => group.close());

interface People {
  readonly ids: string[];
  readonly rowsOf: Map<string, InteractionRow[]>;
}

/** People with 0–30 interactions each on their own account and, for some, on one that came with a merge; many share an instant. */
async function somePeople(count: number): Promise<People> {
  const entry = group.entry('wren');
  const rowsOf = new Map<string, InteractionRow[]>();
  const profiles = Array.from({ length: count }, () => {
    const { profile } = planNewProfile({ brand: entry.brand, values: {}, now: new Date(), ids: random.uuid });
    const accounts = random.below(3) === 0 ? [profile._id, random.uuid()] : [profile._id];
    const rows = Array.from({ length: random.below(31) }, () =>
      anInteractionRow('wren', random.pick(accounts), {
        externalId: random.uuid(),
        action: random.pick(actions),
        channel: random.pick(channels),
        interactedAt: new Date(Date.UTC(2026, 0, 1 + random.below(8))),
      }),
    );
    rowsOf.set(profile._id, rows);
    return { ...profile, accounts };
  });
  await entry.database.model(profileCollection).collection.insertMany(profiles as never[]);
  await addInteractions(entry, [...rowsOf.values()].flat());
  return { ids: profiles.map((profile) => profile._id), rowsOf };
}

function naive(rows: readonly InteractionRow[] = [], filter: InteractionListFilter = {}): string[] {
  return rows
    .filter((row) => filter.from == null || row.interactedAt >= filter.from)
    .filter((row) => filter.to == null || row.interactedAt < filter.to)
    .filter((row) => filter.actions == null || filter.actions.includes(row.action))
    .filter((row) => filter.channels == null || filter.channels.includes(row.channel))
    .sort((a, b) => b.interactedAt.getTime() - a.interactedAt.getTime() || (a._id < b._id ? 1 : -1))
    .map((row) => row._id);
}

async function viewsOf(context: OperationContext, ids: readonly string[]): Promise<ProfileView[]> {
  return (await Promise.all(ids.map((id) => viewProfile(context, group.entry('wren'), id)))) as ProfileView[];
}

/** Names of the commands the brand's database was sent during the work. */
async function commandsOf(work: () => Promise<unknown>): Promise<string[]> {
  const client = group.entry('wren').database.connection.getClient();
  const names: string[] = [];
  const listener = (event: { commandName: string }) => names.push(event.commandName);
  client.on('commandStarted', listener);
  try {
    await work();
  } finally {
    client.off('commandStarted', listener);
  }
  return names;
}

const withoutCount = { selection: new Map([['Interaction', new Set(['id', 'action', 'name'])]]) };

describe('the last interactions of several profiles', () => {
  it.each([2, 25])('of %i come with one command and are those a plain computation finds', async (count) => {
    const people = await somePeople(count);
    const context = group.context(withoutCount);
    const views = await viewsOf(context, people.ids);
    let pages: Awaited<ReturnType<typeof interactionsOf>>[] = [];
    const commands = await commandsOf(async () => {
      pages = await Promise.all(views.map((view) => interactionsOf(context, view, { first: 5 })));
    });
    expect(commands).toEqual(['aggregate']);
    pages.forEach((page, index) => {
      const expected = naive(people.rowsOf.get(people.ids[index] as string));
      expect(page.nodes.map((node) => node._id)).toEqual(expected.slice(0, 5));
      expect(page.pageInfo.hasNextPage).toBe(expected.length > 5);
    });
    expect(context.world.breached).toBeNull();
  });

  it.each<[string, InteractionListFilter]>([
    ['a range of instants', { from: new Date('2026-01-03T00:00:00Z'), to: new Date('2026-01-06T00:00:00Z') }],
    ['actions', { actions: ['VIEW', 'FEEDBACK', 'VIEW'] }],
    ['a channel', { channels: ['APP'] }],
    ['everything at once', { from: new Date('2026-01-02T00:00:00Z'), actions: ['VISIT'], channels: ['WEBSITE'] }],
    ['nothing', { actions: [] }],
  ])('can be filtered by %s, and counted', async (_what, filter) => {
    const people = await somePeople(6);
    const context = group.context();
    const views = await viewsOf(context, people.ids);
    const pages = await Promise.all(views.map((view) => interactionsOf(context, view, { first: 4, filter })));
    pages.forEach((page, index) => {
      const expected = naive(people.rowsOf.get(people.ids[index] as string), filter);
      expect(page.nodes.map((node) => node._id)).toEqual(expected.slice(0, 4));
      expect(page.totalCount).toBe(expected.length);
    });
  });
});

describe('paging through the interactions of one profile', () => {
  it('loses and doubles nothing although many share an instant, at one command per page', async () => {
    const people = await somePeople(6);
    for (const [index, id] of people.ids.entries()) {
      const context = group.context(withoutCount);
      const [view] = await viewsOf(context, [id]);
      const seen: string[] = [];
      let after: string | null = null;
      do {
        let page: Awaited<ReturnType<typeof interactionsOf>> | undefined;
        const from: string | null = after;
        const commands = await commandsOf(async () => {
          page = await interactionsOf(context, view as ProfileView, { first: 1 + (index % 4), after: from });
        });
        expect(commands).toEqual(['find']);
        seen.push(...(page?.nodes ?? []).map((node) => node._id));
        after = page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      } while (after !== null);
      expect(seen).toEqual(naive(people.rowsOf.get(id)));
    }
  });

  it('goes on after a merge with a cursor from before it, and with no cursor of another list', async () => {
    const [winner, loser] = [await aProfile(group, 'wren'), await aProfile(group, 'wren')];
    for (const day of [1, 2, 3, 4]) {
      await aStoredInteraction(group, 'wren', loser._id, { interactedAt: new Date(Date.UTC(2026, 1, day)) });
    }
    const { pageInfo } = await interactionsOf(group.context(), loser, { first: 2 });
    await craftMerge(group, loser, winner);
    const context = group.context();
    const [view] = await viewsOf(context, [loser._id]);
    const rest = await interactionsOf(context, view as ProfileView, { first: 5, after: pageInfo.endCursor });
    expect(rest.nodes.map((node) => node.interactedAt.getUTCDate())).toEqual([2, 1]);
    const stranger = await aProfile(group, 'wren');
    for (const wrong of [
      interactionsOf(group.context(), stranger, { after: pageInfo.endCursor }),
      interactionsOf(group.context(), winner, { after: pageInfo.endCursor, filter: { channels: ['APP'] } }),
      interactionsOf(group.context(), winner, { after: 'forged' }),
    ]) {
      await expect(wrong).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    }
  });
});

describe('one interaction', () => {
  it('is found by its id, and is null alike where it is not and where it is not the actor’s', async () => {
    const row = await aStoredInteraction(group, 'wren', randomUUID());
    const nodeId = (...uuids: string[]) => ({ kind: 'ixn' as const, brand: 'wren', uuids });
    const find = (context: OperationContext, ...uuids: string[]) => loadInteractionNode(context, nodeId(...uuids));
    expect((await find(group.context(), row.accountId, row._id))?._id).toBe(row._id);
    expect(await find(group.context(), randomUUID(), row._id)).toBeNull();
    expect(await find(group.context(), row.accountId, randomUUID())).toBeNull();
    const stranger = group.context({ actor: anActor({ brandHandles: new Set(['alder']) }) });
    expect(await find(stranger, row.accountId, row._id)).toBeNull();
  });

  it('is counted for previews', async () => {
    const [account, other] = [randomUUID(), randomUUID()];
    for (const each of [account, account, other]) await aStoredInteraction(group, 'wren', each);
    const count = (accounts: string[], until?: Date) =>
      countInteractions(group.context(), group.entry('wren'), accounts, until);
    expect(await count([account, other])).toEqual({ count: 3, sums: null });
    expect((await count([account], new Date('2026-03-04T00:00:00Z'))).count).toBe(0);
    expect((await count([randomUUID()])).count).toBe(0);
  });
});

describe('reads of interactions', () => {
  const accounts = { $in: [randomUUID(), randomUUID()] };
  const at = new Date('2026-03-04T00:00:00.000Z');
  const sort = { interactedAt: -1, _id: -1 };

  it.each<[string, object]>([
    ['the last of one profile', { find: 'interactions', filter: { accountId: accounts }, sort, limit: 21 }],
    [
      'the next page of one profile',
      {
        find: 'interactions',
        filter: {
          accountId: accounts,
          interactedAt: { $lte: at },
          $or: [{ interactedAt: { $lt: at } }, { _id: { $lt: randomUUID() } }],
        },
        sort,
        limit: 21,
      },
    ],
    ['one where it stands', { find: 'interactions', filter: { _id: randomUUID(), accountId: randomUUID() }, limit: 1 }],
    ['a key by id', { find: 'interactionKeys', filter: { _id: randomUUID() }, limit: 1 }],
    [
      'counts',
      {
        aggregate: 'interactions',
        pipeline: [
          { $match: { accountId: accounts, receivedAt: { $lte: at } } },
          { $limit: 10_000 },
          { $group: { _id: null, n: { $sum: 1 } } },
        ],
        cursor: {},
      },
    ],
  ])('find %s by an index, in order', async (_what, command) => {
    const stages = await planStages(group.entry('wren').database, command);
    expect(stages.length).toBeGreaterThan(0);
    expect(stages).not.toContain('COLLSCAN');
    expect(stages).not.toContain('SORT');
  });
});
