import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/brands/database.js';
import { findPending } from '../../src/events/outbox.store.js';
import { Deadline } from '../../src/kernel/clock.js';
import { deliveryStates } from '../../src/webhooks/delivery.js';
import { findDeliveries, findDue, findEarlier } from '../../src/webhooks/delivery.store.js';
import { aFact, leaveFacts } from '../events/facts.js';
import { openGroup, type TestGroup } from '../support/group.js';

let group: TestGroup;
let database: Database;

beforeAll(async () => {
  group = await openGroup({ isMonitored: true });
  database = group.entry('wren').database;
  await leaveFacts(
    database,
    Array.from({ length: 50 }, () => aFact()),
  );
});

afterAll(() => group.close());

/** Names of all stages of an explained plan, however deep. */
function stagesOf(plan: unknown): string[] {
  if (Array.isArray(plan)) return plan.flatMap(stagesOf);
  if (plan === null || typeof plan !== 'object') return [];
  return Object.entries(plan).flatMap(([name, value]) =>
    name === 'stage' && typeof value === 'string' ? [value] : stagesOf(value),
  );
}

/** Stages by which the one read is answered that the work makes. */
async function planOf(work: () => Promise<unknown>): Promise<string[]> {
  const finds: Record<string, unknown>[] = [];
  const client = database.connection.getClient();
  const listen = ({ command }: { command: Record<string, unknown> }) => {
    if ('find' in command) finds.push(command);
  };
  client.on('commandStarted', listen);
  await work();
  client.off('commandStarted', listen);
  expect(finds).toHaveLength(1);
  const [{ find, filter, sort, limit } = {}] = finds;
  const explained = await database.connection.db?.command({ explain: { find, filter, sort, limit } });
  return stagesOf(explained?.['queryPlanner']?.winningPlan ?? explained);
}

const deadline = Deadline.after(60_000);
const endpoint = 'wren/crm';
const partitions = Array.from({ length: 16 }, (_, partition) => partition);

describe('reads of facts and deliveries', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['the first pending facts', () => findPending(database, { partitions, after: null, limit: 200, deadline })],
    [
      'the next pending facts',
      () => findPending(database, { partitions, after: { at: new Date(), id: 'x' }, limit: 200, deadline }),
    ],
    ['what is due for an endpoint', () => findDue(database, { endpoint, now: new Date(), limit: 100, deadline })],
    ['what comes before a delivery', () => findEarlier(database, { lane: `${endpoint}:1`, n: 2 }, deadline)],
    ...[null, ...deliveryStates].map((state): [string, () => Promise<unknown>] => [
      `deliveries that are ${state ?? 'in any state'}`,
      () => findDeliveries(database, { endpoint, state, limit: 20, deadline }),
    ]),
  ])('find %s by an index, in order', async (_what, work) => {
    const stages = await planOf(work);
    expect(stages).toContain('IXSCAN');
    for (const stage of ['COLLSCAN', 'SORT']) expect(stages).not.toContain(stage);
  });
});
