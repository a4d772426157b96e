import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '../../src/embedded/engine.js';
import { groupConfig, openGroup, type TestGroup } from './group.js';

/** When a fail point strikes. */
export type FaultMode = 'off' | 'alwaysOn' | { readonly times: number; readonly skip?: number };

/** A group on an engine of its own that can be made to fail: a fault on the shared one would strike other tests. */
export interface FaultyGroup {
  readonly group: TestGroup;
  /** Sets the engine's fail point; `data` says which commands fail, and how. */
  fail(mode: FaultMode, data?: object): Promise<void>;
  /** Ends faults, group and engine. */
  close(): Promise<void>;
}

/** Opens a group whose every database is on an engine that takes fail points. */
export async function openFaultyGroup(options: { readonly isMonitored?: boolean } = {}): Promise<FaultyGroup> {
  const folder = await mkdtemp(join(tmpdir(), 'kindred-faults-'));
  const engine = await startEngine({ folder, isInline: true, durability: 'relaxed', faults: true });
  const config = groupConfig();
  for (const { database } of [config.registry, ...config.brands]) {
    Object.assign(database, { uri: engine.uri(database.name) });
  }
  const group = await openGroup({ config, ...options });
  const fail = async (mode: FaultMode, data: object = {}): Promise<void> => {
    const admin = group.entry('wren').database.connection.getClient().db('admin');
    await admin.command({ configureFailPoint: 'failCommand', mode, ...(mode === 'off' ? {} : { data }) });
  };
  return {
    group,
    fail,
    close: async () => {
      await fail('off');
      await group.close();
      await engine.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
