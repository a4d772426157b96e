import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { OperationContext } from '../../src/access/context.js';
import { World } from '../../src/access/world.js';
import { type Brands, openBrands } from '../../src/brands/brands.js';
import { brandCollections, registryCollections } from '../../src/collections.js';
import { type Engine, startEngine } from '../../src/embedded/engine.js';
import type { ProfileUpdateInput } from '../../src/generated/resolvers-types.js';
import { Deadline, systemClock } from '../../src/kernel/clock.js';
import { createLogger } from '../../src/kernel/logger.js';
import { createProfile } from '../../src/profiles/profile-create.service.js';
import { updateProfile } from '../../src/profiles/profile-update.service.js';
import { anEmail, profileId } from '../support/factories/profile.js';
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

function context(durationMs = 28_000): OperationContext {
  return {
    requestId: randomUUID(),
    actor: anActor(),
    brands,
    clock: systemClock,
    deadline: Deadline.after(durationMs),
    log,
    selection: null,
    world: new World(),
  };
}

async function countOf(collection: string): Promise<number> {
  const rows = brands
    .get('wren')
    .database.connection.collection(collection)
    .find({}, { projection: { _id: 1 } });
  return (await rows.toArray()).length;
}

const counted = ['profiles', 'claims', 'outbox', 'audit', 'idempotency'];
const counts = () => Promise.all(counted.map(countOf));

const lostAnswer = { failCommands: ['commitTransaction'], moment: 'afterCommit', closeConnection: true };

describe('a creation and a database that fails', () => {
  it('happens once although the acknowledgement of its commit is lost', async () => {
    const before = await counts();
    await failPoint({ times: 1 }, lostAnswer);
    await createProfile(context(), { brand: 'wren', email: anEmail(), idempotencyKey: randomUUID() });
    expect(await counts()).toEqual(before.map((count) => count + 1));
  });

  it('whose answer never arrived is answered as a success when it is sent again', async () => {
    const before = await counts();
    const input = { brand: 'wren', email: anEmail(), idempotencyKey: randomUUID() };
    await failPoint('alwaysOn', lostAnswer);
    await expect(createProfile(context(500), input)).rejects.toThrow();
    await failPoint('off');
    await expect(createProfile(context(), input)).resolves.toMatchObject({ email: input.email });
    expect(await counts()).toEqual(before.map((count) => count + 1));
  });

  it('leaves nothing behind when the transaction breaks off, and can then be sent again', async () => {
    const before = await counts();
    const input = { brand: 'wren', email: anEmail(), idempotencyKey: randomUUID() };
    await failPoint('alwaysOn', { failCommands: ['insert'], errorCode: 8_000 });
    await expect(createProfile(context(), input)).rejects.toThrow();
    await failPoint('off');
    expect(await counts()).toEqual(before);
    await expect(createProfile(context(), input)).resolves.toMatchObject({ email: input.email });
  });

  it('happens once each although conflicts keep undoing it', async () => {
    const before = await counts();
    const conflict = { errorCode: 112, errorLabels: ['TransientTransactionError'], probability: 0.1, seed: 20_261_122 };
    await failPoint('alwaysOn', { failCommands: ['insert', 'commitTransaction'], ...conflict });
    const inputs = Array.from({ length: 8 }, () => ({
      brand: 'wren',
      email: anEmail(),
      idempotencyKey: randomUUID(),
    }));
    await Promise.all([...inputs, ...inputs].map((input) => createProfile(context(), input)));
    await failPoint('off');
    expect(await counts()).toEqual(before.map((count) => count + 8));
  });
});

describe('a change and a database that fails', () => {
  it('is made once although conflicts keep undoing it', async () => {
    const profile = await createProfile(context(), { brand: 'wren', email: anEmail() });
    const conflict = { errorCode: 112, errorLabels: ['TransientTransactionError'], probability: 0.1, seed: 20_261_123 };
    await failPoint('alwaysOn', { failCommands: ['update', 'insert', 'commitTransaction'], ...conflict });
    const tags = ['a', 'b', 'c', 'd'];
    const id = profileId(profile as never);
    const changes: ProfileUpdateInput[] = tags.map((tag) => ({ id, addTags: [tag], idempotencyKey: randomUUID() }));
    await Promise.all([...changes, ...changes].map((change) => updateProfile(context(), change)));
    await failPoint('off');
    await expect(updateProfile(context(), { id })).resolves.toMatchObject({ tags, version: 5 });
  });
});
