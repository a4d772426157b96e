import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { OperationContext } from '../../src/access/context.js';
import { World } from '../../src/access/world.js';
import { ingestTransaction } from '../../src/activity/ingest.service.js';
import { transactionCollection, transactionKeyCollection } from '../../src/activity/transaction.model.js';
import { type Brands, openBrands } from '../../src/brands/brands.js';
import { brandCollections, registryCollections } from '../../src/collections.js';
import { type Engine, startEngine } from '../../src/embedded/engine.js';
import { Deadline, systemClock } from '../../src/kernel/clock.js';
import { createLogger } from '../../src/kernel/logger.js';
import { profileCollection } from '../../src/profiles/profile.model.js';
import { aSale } from '../support/factories/transaction.js';
import { anActor, groupConfig, testKeys } from '../support/group.js';

// An engine of its own: a fail point strikes every client of its server.
const log = createLogger({ level: 'silent' });
let folder: string;
let engine: Engine;
let brands: Brands;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindred-faults-'));
  engine = await startEngine({ folder, isInline: true, durability: 'relaxed', faults: true });
  const embeddedUri = (name: string) => engine.uri(name);
  const collections = { brandCollections, registryCollections };
  brands = await openBrands({ config: groupConfig(), embeddedUri, ...collections, keys: testKeys, log });
});

afterEach(() => failPoint('off'));

afterAll(async () => {
  await brands.close();
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

function failPoint(mode: 'off' | { times: number } | 'alwaysOn', data: object = {}): Promise<unknown> {
  const db = brands.get('wren').database.connection.db;
  return db?.admin().command({ configureFailPoint: 'failCommand', mode, data }) as Promise<unknown>;
}

function context(): OperationContext {
  const deadline = Deadline.after(15_000);
  return {
    requestId: randomUUID(),
    actor: anActor(),
    brands,
    clock: systemClock,
    deadline,
    log,
    selection: null,
    world: new World(),
  };
}

const aCardSale = () => aSale('wren', { customer: { identity: { handle: 'loyalty-card', identifier: randomUUID() } } });

async function countsOf(): Promise<number[]> {
  const { database } = brands.get('wren');
  const counts = [transactionCollection, transactionKeyCollection, profileCollection].map(async (definition) => {
    const rows = await database.connection
      .collection(definition.name)
      .find({}, { projection: { _id: 1 } })
      .toArray();
    return rows.length;
  });
  return Promise.all(counts);
}

describe('a sale and a database that fails', () => {
  it('is recorded once although the acknowledgement of its commit is lost', async () => {
    const before = await countsOf();
    const input = aCardSale();
    await failPoint(
      { times: 1 },
      { failCommands: ['commitTransaction'], moment: 'afterCommit', closeConnection: true },
    );
    const first = await ingestTransaction(context(), input);
    await failPoint('off');
    const again = await ingestTransaction(context(), input);
    expect([first.outcome, again.outcome]).toEqual(['RECORDED', 'REPLAYED']);
    expect(again.routing).toBe('PROFILE_CREATED');
    expect(again.transaction.accountId).toBe(first.transaction.accountId);
    expect(await countsOf()).toEqual(before.map((count) => count + 1));
  });

  it('is recorded once although conflicts keep undoing it', async () => {
    const before = await countsOf();
    const conflict = { errorCode: 112, errorLabels: ['TransientTransactionError'], probability: 0.2, seed: 20_260_304 };
    await failPoint('alwaysOn', { failCommands: ['insert', 'commitTransaction'], ...conflict });
    const sales = Array.from({ length: 12 }, aCardSale);
    const answers = await Promise.all(
      sales.flatMap((sale) => [sale, sale]).map((sale) => ingestTransaction(context(), sale)),
    );
    await failPoint('off');
    expect(answers.filter((answer) => answer.outcome === 'RECORDED')).toHaveLength(12);
    expect(await countsOf()).toEqual(before.map((count) => count + 12));
  });

  it('leaves nothing behind when the transaction breaks off', async () => {
    const before = await countsOf();
    await failPoint('alwaysOn', { failCommands: ['commitTransaction'], errorCode: 8_000 });
    await expect(ingestTransaction(context(), aCardSale())).rejects.toThrow();
    await failPoint('off');
    expect(await countsOf()).toEqual(before);
  });
});
