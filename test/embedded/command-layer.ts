import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Binary, type Document, Long } from 'bson';
import type { EngineState } from '../../src/embedded/commands/context.js';
import { dispatch } from '../../src/embedded/commands/dispatch.js';
import { CursorTable } from '../../src/embedded/sessions/cursor-table.js';
import { SessionTable } from '../../src/embedded/sessions/session.js';
import { DatabaseFolder } from '../../src/embedded/store/database-folder.js';
import { OP_MSG } from '../../src/embedded/wire/frame.js';
import type { Reply } from '../../src/embedded/wire/reply.js';

/** The engine's commands without a socket: many thousands a second on one thread. */
export interface CommandLayer {
  readonly engine: EngineState;
  /** Carries out one command on the database `shop`; error replies are answered, not thrown. */
  send(body: Document): Promise<Reply>;
  close(): Promise<void>;
}

/** Opens the commands over a folder of their own. */
export async function openCommandLayer(): Promise<CommandLayer> {
  const folder = await mkdtemp(join(tmpdir(), 'engine-commands-'));
  const databases = new DatabaseFolder(folder, 'relaxed');
  const engine: EngineState = {
    databases,
    sessions: new SessionTable(),
    cursors: new CursorTable(),
    faults: undefined,
    address: '',
    startedAt: Date.now(),
  };
  const connection = { id: 1, drop: () => undefined };
  return {
    engine,
    send: async (body) => {
      const request = {
        requestId: 0,
        operation: OP_MSG,
        body: { ...body, $db: 'shop' },
        isUnacknowledged: false,
      } as const;
      const reply = await dispatch(engine, request, connection);
      if (!reply) throw new Error('wanted a reply');
      return reply;
    },
    close: async () => {
      engine.sessions.endAll();
      await databases.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A session whose commands carry what a transaction needs. */
export class RawSession {
  readonly #lsid: Document;
  #txnNumber = 0;
  #isFirst = true;

  constructor(number: number) {
    const id = Buffer.alloc(16);
    id.writeUInt32BE(number, 0);
    this.#lsid = { id: new Binary(id, Binary.SUBTYPE_UUID) };
  }

  /** Begins the next transaction of this session. */
  begin(): void {
    this.#txnNumber++;
    this.#isFirst = true;
  }

  /** A command as a part of the transaction. */
  inTransaction(body: Document): Document {
    const start = this.#isFirst ? { startTransaction: true } : {};
    this.#isFirst = false;
    return { ...body, lsid: this.#lsid, txnNumber: Long.fromNumber(this.#txnNumber), autocommit: false, ...start };
  }

  /** `commitTransaction` or `abortTransaction`. */
  end(command: 'commitTransaction' | 'abortTransaction'): Document {
    return { [command]: 1, lsid: this.#lsid, txnNumber: Long.fromNumber(this.#txnNumber), autocommit: false };
  }

  /** False until a command was sent in the transaction. */
  get hasStarted(): boolean {
    return !this.#isFirst;
  }
}
