import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where tests find a database server: `uri` with `__database__` in the place of the database's name. */
    databaseServer: { readonly uri: string; readonly isEmbedded: boolean };
  }
}

/** Starts the embedded engine for the whole run, or takes the server that MONGODB_URI names. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['MONGODB_URI'];
  if (given !== undefined && given !== '') {
    project.provide('databaseServer', { uri: given, isEmbedded: false });
    return async () => {};
  }
  const { startEngine } = await import('../../src/embedded/engine.js');
  const folder = await mkdtemp(join(tmpdir(), 'kindred-test-'));
  const engine = await startEngine({ folder, isInline: true, durability: 'relaxed', faults: true });
  project.provide('databaseServer', { uri: engine.uri('__database__'), isEmbedded: true });
  return async () => {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  };
}
