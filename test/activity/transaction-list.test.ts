import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationContext } from '../../src/access/context.js';
import type { TransactionRow, TransactionType } from '../../src/activity/transaction.js';
import {
  addTransactions,
  countTransactions,
  findTransaction,
  type TransactionListFilter,
  transactionsOf,
} from '../../src/activity/transaction.service.js';
import { type SeededRandom, seededRandom } from '../../src/kernel/random.js';
import { planNewProfile } from '../../src/profiles/new-profile.service.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { profileCollection } from '../../src/profiles/profile.model.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { aProfile, craftMerge } from '../support/factories/profile.js';
import { aTransaction, aTransactionRow, transactionId } from '../support/factories/transaction.js';
import { openGroup, type TestGroup } from '../support/group.js';

const seed = Number(process.env['TEST_SEED'] ?? 20_260_304);
const types: readonly TransactionType[] = ['PURCHASE', 'RETURN', 'EXCHANGE'];

let group: TestGroup;
let random: SeededRandom;

beforeAll(async () => {
  group = await openGroup({ isMonitored: true });
  random = seededRandom(seed);
  process.stderr.write(`transaction lists: seed ${seed}\n`);
});

afterAll(() => group.close());

interface People {
  readonly ids: string[];
  readonly rowsOf: Map<string, TransactionRow[]>;
}

/** People with 0–40 sales each on their own account and, for some, on one that came with a merge; many sales share an instant. */
async function somePeople(brand: string, count: number): Promise<People> {
  const entry = group.entry(brand);
  const rowsOf = new Map<string, TransactionRow[]>();
  const profiles = Array.from({ length: count }, () => {
    const { profile } = planNewProfile({ brand: entry.brand, values: {}, now: new Date(), ids: random.uuid });
    const accounts = random.below(3) === 0 ? [profile._id, random.uuid()] : [profile._id];
    rowsOf.set(
      profile._id,
      Array.from({ length: random.below(41) }, () =>
        aTransactionRow(brand, random.pick(accounts), {
          externalId: random.uuid(),
          type: random.pick(types),
          system: random.pick(['pos', 'shopify']),
          transactedAt: new Date(Date.UTC(2026, 0, 1 + random.below(12))),
        }),
      ),
    );
    return { ...profile, accounts };
  });
  await entry.database.model(profileCollection).collection.insertMany(profiles as never[]);
  await addTransactions(entry, [...rowsOf.values()].flat());
  return { ids: profiles.map((profile) => profile._id), rowsOf };
}

const newestFirst = (a: TransactionRow, b: TransactionRow): number =>
  b.transactedAt.getTime() - a.transactedAt.getTime() || (a._id < b._id ? 1 : -1);

function naive(rows: readonly TransactionRow[], filter: TransactionListFilter): string[] {
  return rows
    .filter((row) => filter.from == null || row.transactedAt >= filter.from)
    .filter((row) => filter.to == null || row.transactedAt < filter.to)
    .filter((row) => filter.types == null || filter.types.includes(row.type))
    .filter((row) => filter.system == null || row.system === filter.system)
    .sort(newestFirst)
    .map((row) => row._id);
}

async function viewsOf(context: OperationContext, brand: string, ids: readonly string[]): Promise<ProfileView[]> {
  const views = await Promise.all(ids.map((id) => viewProfile(context, group.entry(brand), id)));
  return views as ProfileView[];
}

/** Names of the commands a brand's database was sent during the work. */
async function commandsOf(brand: string, work: () => Promise<unknown>): Promise<string[]> {
  const client = group.entry(brand).database.connection.getClient();
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

const withoutCount = { selection: new Map([['Transaction', new Set(['id', 'total'])]]) };

describe('the last transactions of several profiles', () => {
  it.each([10, 50])('of %i come with one command and are those a plain computation finds', async (count) => {
    const people = await somePeople('wren', count);
    const context = group.context(withoutCount);
    const views = await viewsOf(context, 'wren', people.ids);
    let pages: Awaited<ReturnType<typeof transactionsOf>>[] = [];
    const commands = await commandsOf('wren', async () => {
      pages = await Promise.all(views.map((view) => transactionsOf(context, view, { first: 7 })));
    });
    expect(commands).toEqual(['aggregate']);
    pages.forEach((page, index) => {
      const expected = naive(people.rowsOf.get(people.ids[index] as string) ?? [], {});
      expect(page.nodes.map((node) => node._id)).toEqual(expected.slice(0, 7));
      expect(page.pageInfo.hasNextPage).toBe(expected.length > 7);
    });
    expect(context.world.breached).toBeNull();
  });

  it.each<[string, TransactionListFilter]>([
    ['a range of instants', { from: new Date('2026-01-03T00:00:00Z'), to: new Date('2026-01-07T00:00:00Z') }],
    ['types', { types: ['RETURN', 'EXCHANGE'] }],
    ['a system', { system: 'shopify' }],
    ['everything at once', { from: new Date('2026-01-02T00:00:00Z'), types: ['PURCHASE'], system: 'pos' }],
    ['nothing', { types: [] }],
  ])('can be filtered by %s, and counted', async (_what, filter) => {
    const people = await somePeople('wren', 8);
    const context = group.context();
    const views = await viewsOf(context, 'wren', people.ids);
    const pages = await Promise.all(views.map((view) => transactionsOf(context, view, { first: 5, filter })));
    pages.forEach((page, index) => {
      const expected = naive(people.rowsOf.get(people.ids[index] as string) ?? [], filter);
      expect(page.nodes.map((node) => node._id)).toEqual(expected.slice(0, 5));
      expect(page.totalCount).toBe(expected.length);
    });
  });

  it('are counted with one more command, only when that is selected', async () => {
    const people = await somePeople('wren', 12);
    const selection = new Map([['TransactionConnection', new Set(['totalCount'])]]);
    const context = group.context({ selection });
    const views = await viewsOf(context, 'wren', people.ids);
    const commands = await commandsOf('wren', () =>
      Promise.all(views.map((view) => transactionsOf(context, view, { first: 2 }))),
    );
    expect(commands).toEqual(['aggregate', 'aggregate']);
  });

  it('bring no lines that nobody selected', async () => {
    const people = await somePeople('wren', 3);
    const context = group.context(withoutCount);
    const [view] = await viewsOf(context, 'wren', people.ids);
    const page = await transactionsOf(context, view as ProfileView, { first: 1 });
    expect(page.nodes.every((node) => node.items === undefined)).toBe(true);
  });

  it('mark the world as breached when a merge came between the profiles and their rows', async () => {
    const [winner, loser, other] = await Promise.all([
      aProfile(group, 'wren'),
      aProfile(group, 'wren'),
      aProfile(group, 'wren'),
    ]);
    const context = group.context(withoutCount);
    const views = await viewsOf(context, 'wren', [winner._id, other._id]);
    await craftMerge(group, loser, winner);
    await Promise.all(views.map((view) => transactionsOf(context, view, { first: 3 })));
    expect(context.world.breached).toMatch(/accounts/);
  });

  it('stay what they were when the profile itself was merged away meanwhile', async () => {
    const [winner, loser, other] = await Promise.all([
      aProfile(group, 'wren'),
      aProfile(group, 'wren'),
      aProfile(group, 'wren'),
    ]);
    const sale = await aTransaction(group, 'wren', loser._id);
    const context = group.context(withoutCount);
    const views = await viewsOf(context, 'wren', [loser._id, other._id]);
    await craftMerge(group, loser, winner);
    const [page] = await Promise.all(views.map((view) => transactionsOf(context, view, { first: 3 })));
    expect(page?.nodes.map((node) => node._id)).toEqual([sale._id]);
    expect(context.world.breached).toBeNull();
  });
});

describe('paging through one profile', () => {
  it('loses and doubles nothing although many sales share an instant', async () => {
    const people = await somePeople('alder', 6);
    for (const [index, id] of people.ids.entries()) {
      const expected = naive(people.rowsOf.get(id) ?? [], {});
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const context = group.context();
        const [view] = await viewsOf(context, 'alder', [id]);
        const page = await transactionsOf(context, view as ProfileView, { first: 1 + index, after });
        expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
        expect(page.edges.map((edge) => edge.node._id)).toEqual(page.nodes.map((node) => node._id));
        seen.push(...page.nodes.map((node) => node._id));
        after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      } while (after !== null);
      expect(seen).toEqual(expected);
    }
  });

  it('goes on after a merge with a cursor from before it', async () => {
    const [winner, loser] = await Promise.all([aProfile(group, 'alder'), aProfile(group, 'alder')]);
    const at = (day: number) => ({ transactedAt: new Date(Date.UTC(2026, 1, day)) });
    for (const day of [1, 2, 3, 4]) await aTransaction(group, 'alder', loser._id, at(day));
    const first = await transactionsOf(group.context(), loser, { first: 2 });
    await craftMerge(group, loser, winner);
    const context = group.context();
    const [view] = await viewsOf(context, 'alder', [loser._id]);
    const rest = await transactionsOf(context, view as ProfileView, { first: 5, after: first.pageInfo.endCursor });
    expect(rest.nodes.map((node) => node.transactedAt.getUTCDate())).toEqual([2, 1]);
  });

  it('refuses a cursor of another profile, of another filter, and one that is none', async () => {
    const [one, two] = await Promise.all([aProfile(group, 'alder'), aProfile(group, 'alder')]);
    await aTransaction(group, 'alder', one._id);
    const { pageInfo } = await transactionsOf(group.context(), one, { first: 1 });
    const after = pageInfo.endCursor;
    const invalid = { code: 'CURSOR_INVALID' };
    await expect(transactionsOf(group.context(), two, { after })).rejects.toMatchObject(invalid);
    await expect(transactionsOf(group.context(), one, { after, filter: { system: 'pos' } })).rejects.toMatchObject(
      invalid,
    );
    for (const forged of ['', 'x', '{}', 'a'.repeat(2_000), Buffer.from('[1]').toString('base64url')]) {
      await expect(transactionsOf(group.context(), one, { after: forged })).rejects.toMatchObject(invalid);
    }
  });

  it('refuses a page of more than a hundred rows', async () => {
    const profile = await aProfile(group, 'alder');
    for (const first of [-1, 101, 1.5]) {
      await expect(transactionsOf(group.context(), profile, { first })).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
      });
    }
    expect((await transactionsOf(group.context(), profile, { first: 0 })).nodes).toEqual([]);
  });
});

describe('one transaction', () => {
  it('is found by id and by the number of its system', async () => {
    const profile = await aProfile(group, 'hearth');
    const row = await aTransaction(group, 'hearth', profile._id);
    const byId = await findTransaction(group.context(), { id: transactionId('hearth', row) });
    const external = { brand: 'hearth', system: row.system, externalId: row.externalId };
    const byNumber = await findTransaction(group.context(), { external });
    expect([byId?._id, byNumber?._id]).toEqual([row._id, row._id]);
  });

  it('is null alike when it is not there, on another account, and in a brand that is not the actor’s', async () => {
    const row = await aTransaction(group, 'hearth', randomUUID());
    const context = group.context();
    const actor = { ...(context.actor as NonNullable<typeof context.actor>), brandHandles: new Set(['wren']) };
    const missing = transactionId('hearth', { ...row, _id: randomUUID() });
    const elsewhere = transactionId('hearth', { ...row, accountId: randomUUID() });
    expect(await findTransaction(group.context(), { id: missing })).toBeNull();
    expect(await findTransaction(group.context(), { id: elsewhere })).toBeNull();
    expect(await findTransaction(group.context({ actor }), { id: transactionId('hearth', row) })).toBeNull();
    const external = { brand: 'nowhere', system: 'pos', externalId: '1' };
    expect(await findTransaction(group.context(), { external })).toBeNull();
  });

  it('is counted and summed for previews', async () => {
    const [account, other] = [randomUUID(), randomUUID()];
    await addTransactions(group.entry('hearth'), [
      aTransactionRow('hearth', account, { total: 1_000 }),
      aTransactionRow('hearth', other, { total: -250 }),
      aTransactionRow('hearth', randomUUID(), { total: 99 }),
    ]);
    const figures = await countTransactions(group.context(), group.entry('hearth'), [account, other]);
    expect(figures).toEqual({ count: 2, isCapped: false, sums: [{ amount: '7.50', currencyCode: 'AUD' }] });
    expect(await countTransactions(group.context(), group.entry('hearth'), [randomUUID()])).toEqual({
      count: 0,
      isCapped: false,
      sums: [],
    });
  });
});
