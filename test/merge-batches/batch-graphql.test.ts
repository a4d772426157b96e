import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createServer, type RunningServer } from '../../src/app.js';
import { systemClock } from '../../src/kernel/clock.js';
import { newUuid } from '../../src/kernel/ids.js';
import { createLogger } from '../../src/kernel/logger.js';
import { openGroup } from '../../src/open-group.js';
import { groupConfig, openGroup as openTestGroup, type TestGroup } from '../support/group.js';
import { until } from '../support/until.js';
import { batchInput, people } from './batching.js';

let group: TestGroup;
let server: RunningServer;
let token: string;

beforeAll(async () => {
  const config = groupConfig();
  const { uri } = inject('databaseServer');
  for (const { database } of [config.registry, ...config.brands]) {
    Object.assign(database, { uri: uri.replace('__database__', database.name) });
  }
  group = await openTestGroup({ config });
  const env = { KINDRED_SECRET: Buffer.alloc(32, 7).toString('base64') };
  const log = createLogger({ level: 'silent' });
  const opened = await openGroup({ config, env, clock: systemClock, log });
  server = await createServer(opened);
  ({ token } = await opened.tokens.create({ role: 'group-admin', reference: 'admin_1' }));
});
afterAll(async () => {
  await server?.close();
  await group?.close();
});

async function ask<T>(query: string, variables: object = {}): Promise<T> {
  const response = await server.inject({
    method: 'POST',
    url: '/graphql',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    payload: JSON.stringify({ query, variables }),
  });
  const { data, errors } = JSON.parse(response.body) as { data: T; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}

const shape = `fragment Shape on MergeBatch { id brand { handle } status rowCount mergedCount refusedCount actor { reference }
  createdAt startedAt finishedAt }`;

interface Made {
  readonly mergeBatchCreate: { readonly batch: { readonly id: string } | null; readonly userErrors: readonly object[] };
}

const create = `mutation Create($input: MergeBatchCreateInput!) {
  mergeBatchCreate(input: $input) { batch { ...Shape } userErrors { code field message } } } ${shape}`;
const steer = (order: string): string => `mutation Steer($input: MergeBatch${order}Input!) {
  mergeBatch${order}(input: $input) { batch { ...Shape } userErrors { code field message } } } ${shape}`;
const whole = `query Whole($id: ID!) { node(id: $id) { ... on MergeBatch { ...Shape
  rows(first: 10) { totalCount pageInfo { hasNextPage } edges { cursor }
    nodes { number winnerId loserId status refusal { code field } merge { id batch { id } } } } } } } ${shape}`;

interface Whole {
  readonly node: {
    readonly status: string;
    readonly rows: { readonly nodes: readonly { readonly status: string; readonly merge: object | null }[] };
  };
}

describe('batches in the API', () => {
  it('are made, started, carried out by the server and shown', async () => {
    const [a, b, c] = (await people(group, 'wren', 3)) as [string, string, string];
    const input = batchInput('wren', [
      [a, b],
      [newUuid(), c],
    ]);
    const made = await ask<Made>(create, { input });
    const id = made.mergeBatchCreate.batch?.id as string;
    expect(made.mergeBatchCreate).toMatchObject({
      batch: { status: 'READY', rowCount: 2, refusedCount: 1, actor: { reference: 'admin_1' }, startedAt: null },
      userErrors: [],
    });
    expect(await ask(steer('Start'), { input: { id, idempotencyKey: 'start-batch-1' } })).toMatchObject({
      mergeBatchStart: { batch: { id, brand: { handle: 'wren' } }, userErrors: [] },
    });
    const done = await until('the batch is through', async () => {
      const answer = await ask<Whole>(whole, { id });
      return answer.node.status === 'COMPLETED' ? answer : null;
    });
    expect(done.node).toMatchObject({
      mergedCount: 1,
      refusedCount: 1,
      rows: {
        totalCount: 2,
        pageInfo: { hasNextPage: false },
        nodes: [
          { number: 1, ...input.rows[0], status: 'MERGED', refusal: null, merge: { batch: { id } } },
          {
            number: 2,
            ...input.rows[1],
            status: 'REFUSED',
            refusal: { code: 'NOT_FOUND', field: ['loserId'] },
            merge: null,
          },
        ],
      },
    });
    expect(await ask('{ mergeBatches(brand: "wren", first: 1) { totalCount nodes { id } } }')).toEqual({
      mergeBatches: { totalCount: 1, nodes: [{ id }] },
    });
  });

  it('say in userErrors why nothing was written', async () => {
    const [a, b] = (await people(group, 'alder', 2)) as [string, string];
    const input = batchInput('alder', [
      [a, b],
      [b, a],
    ]);
    expect(await ask(create, { input })).toMatchObject({
      mergeBatchCreate: {
        batch: null,
        userErrors: [
          { code: 'BATCH_NOT_A_FOREST', field: ['input', 'rows', '0', 'loserId'] },
          { code: 'BATCH_NOT_A_FOREST', field: ['input', 'rows', '1', 'loserId'] },
        ],
      },
    });
    const made = await ask<Made>(create, { input: batchInput('alder', [[a, b]]) });
    const id = made.mergeBatchCreate.batch?.id as string;
    expect(await ask(steer('Pause'), { input: { id } })).toMatchObject({
      mergeBatchPause: { batch: null, userErrors: [{ code: 'STATE_NOT_ALLOWED', field: ['input', 'id'] }] },
    });
    expect(await ask(steer('Cancel'), { input: { id } })).toMatchObject({
      mergeBatchCancel: { batch: { status: 'CANCELLED' }, userErrors: [] },
    });
  });
});
