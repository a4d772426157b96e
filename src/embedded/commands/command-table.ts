import {
  createCommand,
  dropCommand,
  dropDatabaseCommand,
  listCollectionsCommand,
  listDatabasesCommand,
} from './catalogue.commands.js';
import type { CommandEntry } from './context.js';
import * as diagnostic from './diagnostic.commands.js';
import { explainCommand } from './explain.commands.js';
import { findAndModifyCommand } from './find-and-modify.commands.js';
import { createIndexesCommand, dropIndexesCommand, listIndexesCommand } from './index.commands.js';
import {
  AGGREGATE_OPTIONS,
  aggregateCommand,
  countCommand,
  FIND_OPTIONS,
  findCommand,
  getMoreCommand,
  killCursorsCommand,
} from './read.commands.js';
import { abortCommand, commitCommand, endSessionsCommand } from './transaction.commands.js';
import { deleteCommand, insertCommand, updateCommand } from './write.commands.js';

const HELLO: CommandEntry = {
  handler: diagnostic.helloCommand,
  options: [
    'helloOk',
    'client',
    'compression',
    'topologyVersion',
    'maxAwaitTimeMS',
    'saslSupportedMechs',
    'speculativeAuthenticate',
    'loadBalanced',
    'backpressure',
    'hello',
    'isMaster',
    'ismaster',
  ],
};

const FIND_AND_MODIFY: CommandEntry = {
  handler: findAndModifyCommand,
  options: ['query', 'sort', 'remove', 'update', 'new', 'upsert', 'fields', 'stmtId'],
  isAllowedInTransaction: true,
  isRetryable: true,
};

const BULK = { isAllowedInTransaction: true, isRetryable: true };

const TABLE: Record<string, CommandEntry> = {
  hello: HELLO,
  isMaster: HELLO,
  ismaster: HELLO,
  ping: { handler: diagnostic.pingCommand, options: [] },
  buildInfo: { handler: diagnostic.buildInfoCommand, options: [] },
  buildinfo: { handler: diagnostic.buildInfoCommand, options: [] },
  find: { handler: findCommand, options: FIND_OPTIONS, isAllowedInTransaction: true },
  getMore: { handler: getMoreCommand, options: ['collection', 'batchSize'], isAllowedInTransaction: true },
  killCursors: { handler: killCursorsCommand, options: ['cursors'], isAllowedInTransaction: true },
  aggregate: { handler: aggregateCommand, options: AGGREGATE_OPTIONS, isAllowedInTransaction: true },
  count: { handler: countCommand, options: ['query'] },
  insert: { handler: insertCommand, options: ['documents', 'ordered', 'stmtId', 'stmtIds'], ...BULK },
  update: { handler: updateCommand, options: ['updates', 'ordered', 'stmtId', 'stmtIds'], ...BULK },
  delete: { handler: deleteCommand, options: ['deletes', 'ordered', 'stmtId', 'stmtIds'], ...BULK },
  findAndModify: FIND_AND_MODIFY,
  findandmodify: FIND_AND_MODIFY,
  create: { handler: createCommand, options: [] },
  drop: { handler: dropCommand, options: [] },
  dropDatabase: { handler: dropDatabaseCommand, options: [] },
  createIndexes: { handler: createIndexesCommand, options: ['indexes'] },
  listIndexes: { handler: listIndexesCommand, options: ['cursor'] },
  dropIndexes: { handler: dropIndexesCommand, options: ['index'] },
  listCollections: {
    handler: listCollectionsCommand,
    options: ['filter', 'nameOnly', 'cursor', 'authorizedCollections'],
  },
  listDatabases: { handler: listDatabasesCommand, options: ['filter', 'nameOnly', 'authorizedDatabases'] },
  explain: { handler: explainCommand, options: ['verbosity'] },
  endSessions: { handler: endSessionsCommand, options: [] },
  commitTransaction: { handler: commitCommand, options: ['recoveryToken'] },
  abortTransaction: { handler: abortCommand, options: ['recoveryToken'] },
  connectionStatus: { handler: diagnostic.connectionStatusCommand, options: ['showPrivileges'] },
  getParameter: { handler: diagnostic.getParameterCommand, options: ['featureCompatibilityVersion'] },
  getCmdLineOpts: { handler: diagnostic.getCmdLineOptsCommand, options: [] },
  hostInfo: { handler: diagnostic.hostInfoCommand, options: [] },
  serverStatus: { handler: diagnostic.serverStatusCommand, options: [] },
  collStats: { handler: diagnostic.collStatsCommand, options: ['scale'] },
  dbStats: { handler: diagnostic.dbStatsCommand, options: ['scale'] },
  dbstats: { handler: diagnostic.dbStatsCommand, options: ['scale'] },
  replSetGetStatus: { handler: diagnostic.replSetGetStatusCommand, options: [] },
  getLog: { handler: diagnostic.getLogCommand, options: [] },
};

/** Every command the engine answers; what is not in here gets error 59. */
export const COMMANDS: ReadonlyMap<string, CommandEntry> = new Map(Object.entries(TABLE));
