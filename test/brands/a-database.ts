import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { inject, onTestFinished } from 'vitest';
import { type CollectionDefinition, defineCollection } from '../../src/brands/collection.js';
import { Database, type DatabaseOptions } from '../../src/brands/database.js';
import { startEngine } from '../../src/embedded/engine.js';
import { createLogger } from '../../src/kernel/logger.js';

/** A row of the one collection these tests use. */
export interface Thing {
  _id: string;
  colour?: string;
  count?: number;
}

/** The collection, with two indexes. */
export const things: CollectionDefinition<Thing> = defineCollection<Thing>(
  'things',
  { colour: String, count: Number },
  [{ key: { colour: 1, _id: 1 } }, { key: { count: 1 }, sparse: true }],
);

/** A database that was made but not opened; closed after the test. */
export function aDatabase(options: Partial<DatabaseOptions> & Pick<DatabaseOptions, 'uri'>): Database {
  const database = new Database({
    owner: 'wren',
    name: 'shop',
    isEmbedded: true,
    collections: [things],
    selectionTimeoutMs: 1_000,
    log: createLogger({ level: 'silent' }),
    ...options,
  });
  onTestFinished(() => database.close());
  return database;
}

/** An open database on the server of the test run; dropped after the test. */
export async function anOpenDatabase(options: Partial<DatabaseOptions> = {}): Promise<Database> {
  const name = options.name ?? `t${randomUUID().slice(0, 8)}`;
  const { uri, isEmbedded } = inject('databaseServer');
  const database = aDatabase({
    uri: uri.replace('__database__', name),
    isEmbedded,
    selectionTimeoutMs: 5_000,
    ...options,
    name,
  });
  // By a client of its own: the test may have closed the database.
  onTestFinished(async () => {
    const client = await new mongoose.mongo.MongoClient(uri.replace('__database__', name)).connect();
    await client.db(name).dropDatabase();
    await client.close();
  });
  await database.open();
  return database;
}

/** An engine of the test's own on a loopback port; closed after the test. */
export async function anEnginePort(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'brands-test-'));
  const engine = await startEngine({ folder, isInline: true, durability: 'relaxed', listen: 'tcp' });
  onTestFinished(async () => {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  });
  return Number(engine.address.split(':').at(-1));
}

/** How a client of one port of this machine addresses it. */
export function uriOf(port: number): string {
  return `mongodb://127.0.0.1:${port}/?directConnection=true`;
}

/** A port of this machine on which nothing listens. */
export async function aDeadPort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

/** The error a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    () => null,
    (error: unknown) => ({ error }),
  );
  if (outcome === null) throw new Error('wanted a rejection, got an answer');
  return outcome.error;
}
