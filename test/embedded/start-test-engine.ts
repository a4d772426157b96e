import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { onTestFinished } from 'vitest';
import { type Engine, type EngineOptions, startEngine } from '../../src/embedded/engine.js';

export type MongoClient = InstanceType<typeof mongoose.mongo.MongoClient>;
export type ClientOptions = ConstructorParameters<typeof mongoose.mongo.MongoClient>[1];

/** A document whose `_id` is text, as most tests use it. */
export interface Row extends mongoose.mongo.BSON.Document {
  _id: string;
}

/** An empty folder, removed after the test. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'engine-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** An engine on the calling thread, closed after the test. */
export async function makeEngine(options: Partial<EngineOptions> = {}): Promise<Engine> {
  const folder = options.folder ?? (await makeFolder());
  const engine = await startEngine({ durability: 'relaxed', isInline: true, ...options, folder });
  onTestFinished(() => engine.close());
  return engine;
}

/** A connected client, closed after the test. */
export async function makeClient(engine: Engine, options: ClientOptions = {}): Promise<MongoClient> {
  const client = await new mongoose.mongo.MongoClient(engine.uri('shop'), options).connect();
  onTestFinished(() => client.close());
  return client;
}

/** A fresh engine and a client on it. */
export async function makeShop(options: Partial<EngineOptions> = {}, clientOptions: ClientOptions = {}) {
  const engine = await makeEngine(options);
  const client = await makeClient(engine, clientOptions);
  return { engine, client, db: client.db('shop') };
}

/** The error a promise rejects with, as the driver shows it. */
export async function errorOf(promise: Promise<unknown>): Promise<{
  code?: number;
  message: string;
  errorLabels?: string[];
  hasErrorLabel(label: string): boolean;
}> {
  try {
    await promise;
  } catch (error) {
    return error as never;
  }
  throw new Error('wanted a rejection, got success');
}

/** A seeded sequence of numbers from 0 to 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
