import { hostname, totalmem } from 'node:os';
import { Long, ObjectId, Timestamp } from 'bson';
import { type Document, isDocument } from '../bson/value.js';
import { badValue, engineError } from '../engine-error.js';
import { SESSION_TIMEOUT_MINUTES } from '../sessions/session.js';
import { MAX_DOCUMENT_BYTES } from '../store/documents.js';
import { documentRange, indexRange } from '../store/keyspace.js';
import { MAX_MESSAGE_BYTES } from '../wire/frame.js';
import type { Reply } from '../wire/reply.js';
import { type CommandContext, collectionNameOf, databaseOf } from './context.js';
import { checkFields, documentOption, numberOption } from './options.js';
import { MAX_WRITE_BATCH } from './write.commands.js';

/** What the engine tells shells and drivers it is: the newest release whose commands the closed list covers. */
export const SERVER_VERSION = '7.0.14';

/** Wire version of that release. */
const MAX_WIRE_VERSION = 21;

/** Name of the one-node replica set. */
export const SET_NAME = 'embedded';

const ELECTION_ID = new ObjectId('7fffffff0000000000000001');

/** `hello` and `isMaster`: a single-node replica set. Without `topologyVersion`, so that clients poll. */
export function helloCommand(context: CommandContext): Reply {
  const now = new Date();
  const { address } = context.engine;
  const isPrimary = context.name === 'hello' ? { isWritablePrimary: true } : { ismaster: true };
  return {
    body: {
      helloOk: true,
      ...isPrimary,
      setName: SET_NAME,
      setVersion: 1,
      secondary: false,
      hosts: [address],
      primary: address,
      me: address,
      electionId: ELECTION_ID,
      lastWrite: {
        opTime: { ts: new Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 }), t: Long.ONE },
        lastWriteDate: now,
      },
      maxBsonObjectSize: MAX_DOCUMENT_BYTES,
      maxMessageSizeBytes: MAX_MESSAGE_BYTES,
      maxWriteBatchSize: MAX_WRITE_BATCH,
      localTime: now,
      logicalSessionTimeoutMinutes: SESSION_TIMEOUT_MINUTES,
      connectionId: context.connection.id,
      minWireVersion: 0,
      maxWireVersion: MAX_WIRE_VERSION,
      readOnly: false,
      ok: 1,
    },
  };
}

/** `ping`. */
export function pingCommand(): Reply {
  return { body: { ok: 1 } };
}

/** `buildInfo`. */
export function buildInfoCommand(): Reply {
  return {
    body: {
      version: SERVER_VERSION,
      gitVersion: 'embedded',
      modules: ['embedded'],
      versionArray: [...SERVER_VERSION.split('.').map(Number), 0],
      bits: 64,
      debug: false,
      maxBsonObjectSize: MAX_DOCUMENT_BYTES,
      storageEngines: ['lmdb'],
      ok: 1,
    },
  };
}

/** `connectionStatus`: nobody is logged in, there are no users. */
export function connectionStatusCommand(): Reply {
  return { body: { authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] }, ok: 1 } };
}

const PARAMETERS: Document = { featureCompatibilityVersion: { version: SERVER_VERSION.slice(0, 3) } };

/** `getParameter`: the parameters asked for that exist here; 72 when none does. */
export function getParameterCommand(context: CommandContext): Reply {
  const wantsAll = context.body['getParameter'] === '*';
  const names = Object.keys(PARAMETERS).filter((name) => wantsAll || name in context.body);
  if (names.length === 0) throw engineError('InvalidOptions', 'no option found to get');
  return { body: { ...Object.fromEntries(names.map((name) => [name, PARAMETERS[name]])), ok: 1 } };
}

/** `getCmdLineOpts`. */
export function getCmdLineOptsCommand(): Reply {
  return { body: { argv: ['embedded'], parsed: {}, ok: 1 } };
}

/** `hostInfo`. */
export function hostInfoCommand(): Reply {
  const system = { currentTime: new Date(), hostname: hostname(), memSizeMB: Math.round(totalmem() / 2 ** 20) };
  return { body: { system, os: { type: process.platform }, extra: {}, ok: 1 } };
}

/** `serverStatus`: version and uptime. */
export function serverStatusCommand(context: CommandContext): Reply {
  const uptimeMillis = Date.now() - context.engine.startedAt;
  return {
    body: {
      host: hostname(),
      version: SERVER_VERSION,
      process: 'embedded',
      pid: Long.fromNumber(process.pid),
      uptime: Math.floor(uptimeMillis / 1000),
      uptimeMillis: Long.fromNumber(uptimeMillis),
      localTime: new Date(),
      storageEngine: { name: 'lmdb', persistent: true },
      ok: 1,
    },
  };
}

/** `replSetGetStatus`: one member, the primary, since the start. */
export function replSetGetStatusCommand(context: CommandContext): Reply {
  const now = new Date();
  const { address, startedAt } = context.engine;
  const uptime = Math.floor((now.getTime() - startedAt) / 1000);
  const member = {
    _id: 0,
    name: address,
    health: 1,
    state: 1,
    stateStr: 'PRIMARY',
    uptime,
    electionDate: new Date(startedAt),
    configVersion: 1,
    configTerm: 1,
    self: true,
  };
  return { body: { set: SET_NAME, date: now, myState: 1, term: Long.ONE, members: [member], ok: 1 } };
}

/** `getLog`: there is no log to show. */
export function getLogCommand(context: CommandContext): Reply {
  if (context.body['getLog'] === '*') return { body: { names: ['global', 'startupWarnings'], ok: 1 } };
  return { body: { totalLinesWritten: 0, log: [], ok: 1 } };
}

/** The unit of sizes in an answer, in bytes. Errors: 14, 51024 below 1. */
function scaleOf(options: Document): number {
  return numberOption(options, 'scale', 1) ?? 1;
}

/** `collStats`: number of documents and indexes; counted, not estimated. No sizes, hence nothing to scale. */
export function collStatsCommand(context: CommandContext): Reply {
  return { body: { ...statsOf(context, collectionNameOf(context)), scaleFactor: scaleOf(context.body), ok: 1 } };
}

/**
 * The rows of a pipeline that is nothing but `$collStats` with `storageStats`, as shells send for `stats()`; undefined for
 * any other pipeline.
 */
export function collStatsRows(context: CommandContext, name: string): Document[] | undefined {
  const pipeline = context.body['pipeline'];
  const [stage] = Array.isArray(pipeline) && pipeline.length === 1 ? pipeline : [];
  const options = isDocument(stage) ? stage['$collStats'] : undefined;
  if (!isDocument(options)) return undefined;
  if (context.transaction) {
    throw engineError('OperationNotSupportedInTransaction', 'Cannot run $collStats in a multi-document transaction.');
  }
  checkFields(options, ['storageStats'], '$collStats');
  const storage = documentOption(options, 'storageStats');
  if (!storage) throw badValue('wanted storageStats in $collStats: nothing else is supported by the embedded engine');
  checkFields(storage, ['scale'], '$collStats.storageStats');
  const { ns, ...storageStats } = statsOf(context, name);
  const scaleFactor = scaleOf(storage);
  return [{ ns, host: hostname(), localTime: new Date(), storageStats: { ...storageStats, scaleFactor } }];
}

function statsOf(context: CommandContext, name: string): Document {
  const database = databaseOf(context);
  const collection = database?.catalogue.find(name);
  const snapshot = collection && database?.openSnapshot();
  const count = collection ? (snapshot?.count(documentRange(collection.id)) ?? 0) : 0;
  const keys = (collection?.indexes ?? []).map((index) => [
    index.specification.name,
    snapshot?.count(indexRange(index.id)) ?? 0,
  ]);
  snapshot?.release();
  return {
    ns: `${context.databaseName}.${name}`,
    count,
    nindexes: collection ? collection.indexes.length + 1 : 0,
    keysPerIndex: Object.fromEntries([['_id_', count], ...keys]),
  };
}

/** `dbStats`: number of collections, indexes and documents. */
export function dbStatsCommand(context: CommandContext): Reply {
  const database = databaseOf(context);
  const collections = database?.catalogue.all() ?? [];
  const snapshot = database?.openSnapshot();
  const objects = collections.reduce((sum, one) => sum + (snapshot?.count(documentRange(one.id)) ?? 0), 0);
  snapshot?.release();
  const indexes = collections.reduce((sum, collection) => sum + collection.indexes.length + 1, 0);
  const scaleFactor = scaleOf(context.body);
  const storageSize = (database?.sizeOnDisk() ?? 0) / scaleFactor;
  const counts = { collections: collections.length, objects, indexes };
  return { body: { db: context.databaseName, ...counts, storageSize, scaleFactor, ok: 1 } };
}
