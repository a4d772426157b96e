import type { EngineState } from './commands/context.js';
import { dispatch } from './commands/dispatch.js';
import { FaultBoard } from './commands/faults.js';
import { CursorTable } from './sessions/cursor-table.js';
import { SessionTable } from './sessions/session.js';
import { startUpkeep } from './sessions/upkeep.js';
import type { Durability } from './store/database.js';
import { DatabaseFolder } from './store/database-folder.js';
import { unusable } from './store/folder-lock.js';
import { type ListenAddress, type Listener, listen } from './wire/listener.js';

/** What a server needs to know, the same on the calling thread and in the worker. */
export interface ServerOptions {
  folder: string;
  durability: Durability;
  listenAt: ListenAddress;
  hasFaults: boolean;
}

/** A running server. */
export interface Server {
  /** Port for TCP, 0 for a socket file. */
  port: number;
  close(): Promise<void>;
}

/** Starts serving a folder that the caller has locked. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const databases = new DatabaseFolder(options.folder, options.durability);
  try {
    // Every database is opened now: a damaged one is told at the start, and expired documents go in all of them.
    databases.all();
  } catch (error) {
    await databases.close();
    throw unusable(options.folder, error);
  }
  const engine: EngineState = {
    databases,
    sessions: new SessionTable(),
    cursors: new CursorTable(),
    faults: options.hasFaults ? new FaultBoard() : undefined,
    address: '',
    startedAt: Date.now(),
  };
  const { listenAt } = options;
  const listener: Listener = await listen(listenAt, (request, connection) => dispatch(engine, request, connection));
  engine.address = 'path' in listenAt ? listenAt.path : `${listenAt.host}:${listener.port}`;
  const upkeep = startUpkeep(engine);
  return {
    port: listener.port,
    close: async () => {
      await upkeep.stop();
      await listener.close();
      engine.sessions.endAll();
      await databases.close();
    },
  };
}
