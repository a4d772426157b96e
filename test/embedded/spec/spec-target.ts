import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { startEngine } from '../../../src/embedded/engine.js';
import type { Target } from './run-case.js';

/** An engine with fail points to run cases against, and how to end it. */
export interface SpecTarget extends Target {
  close(): Promise<void>;
}

/** Starts an engine of its own: fail points concern all of its clients. */
export async function startSpecTarget(): Promise<SpecTarget> {
  const folder = await mkdtemp(join(tmpdir(), 'engine-spec-'));
  const engine = await startEngine({ folder, durability: 'relaxed', isInline: true, faults: true });
  const uri = engine.uri('spec');
  const client = await new mongoose.mongo.MongoClient(uri).connect();
  const { version } = await client.db('admin').command({ buildInfo: 1 });
  const close = async (): Promise<void> => {
    await client.close();
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { uri, client, version: String(version), close };
}
