import type { Document } from '../bson/value.js';
import { engineError } from '../engine-error.js';
import type { CursorTable } from '../sessions/cursor-table.js';
import type { Session, SessionTable } from '../sessions/session.js';
import type { Transaction } from '../sessions/transaction.js';
import type { Database } from '../store/database.js';
import type { DatabaseFolder } from '../store/database-folder.js';
import type { Connection } from '../wire/listener.js';
import type { Reply } from '../wire/reply.js';
import type { FaultBoard } from './faults.js';

/** What all commands of one engine share. */
export interface EngineState {
  readonly databases: DatabaseFolder;
  readonly sessions: SessionTable;
  readonly cursors: CursorTable;
  /** Present in test builds only. */
  readonly faults: FaultBoard | undefined;
  /** Where clients connect to, as `hello` names it. */
  address: string;
  readonly startedAt: number;
}

/** One command on its way. */
export interface CommandContext {
  readonly engine: EngineState;
  readonly connection: Connection;
  readonly name: string;
  readonly body: Document;
  readonly databaseName: string;
  readonly session: Session | undefined;
  /** The transaction the command runs in. */
  readonly transaction: Transaction | undefined;
  /** Number of a retryable write outside of transactions. */
  readonly retryNumber: number | undefined;
  /** When `maxTimeMS` is over, in epoch milliseconds. */
  readonly deadline: number | undefined;
}

/** Carries out a command. */
export type Handler = (context: CommandContext) => Promise<Reply> | Reply;

/** One entry of the command table: what is allowed, and who does it. */
export interface CommandEntry {
  readonly handler: Handler;
  /** Options the command takes besides those every command takes. */
  readonly options: readonly string[];
  readonly isAllowedInTransaction?: boolean;
  readonly isRetryable?: boolean;
}

/** The database a command is about; made on first write, undefined while nobody has written to it. */
export function databaseOf(context: CommandContext): Database | undefined {
  return context.transaction?.database ?? context.engine.databases.find(context.databaseName);
}

/** The name after a command's own name, such as the collection of `find`; 73 when it is no string. */
export function collectionNameOf(context: CommandContext): string {
  const name = context.body[context.name];
  if (typeof name === 'string' && name !== '') return name;
  throw engineError('InvalidNamespace', `wanted the name of a collection after "${context.name}"`);
}
