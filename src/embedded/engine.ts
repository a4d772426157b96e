import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { WorkerMessage } from './engine-worker.js';
import { type Server, type ServerOptions, startServer } from './server.js';
import type { Durability } from './store/database.js';
import { lockFolder } from './store/folder-lock.js';
import type { ListenAddress } from './wire/listener.js';

/** How to run the embedded engine. */
export interface EngineOptions {
  /** Data folder; made when missing. Must belong to the engine and to no other process. */
  folder: string;
  /** `durable` (default): on disk before a write is acknowledged. `relaxed`: survives a crash of the process only. */
  durability?: Durability;
  /** `socket` (default): a socket file only this user can reach. `tcp`: loopback; always used on Windows. */
  listen?: 'socket' | 'tcp';
  /** Serve on the calling thread instead of in a worker thread. */
  isInline?: boolean;
  /** Offer `configureFailPoint`. For tests. */
  faults?: boolean;
}

/** A running embedded engine. */
export interface Engine {
  /** Connection string for one database, with the options that the engine needs. */
  uri(database: string): string;
  /** Socket path or host:port. */
  address: string;
  /** Settles when the server ends: after {@link Engine.close}, or with an error when it dies by itself. */
  ended: Promise<void>;
  /** Ends all connections, aborts open transactions, and gives the folder free. */
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';

/** Young objects of the worker: bulk inserts would grow them to three times this, without being faster for it. */
const YOUNG_MEGABYTES = 16;

/**
 * Starts the embedded engine on a folder. Errors with a code: `DATA_FOLDER_LOCKED` (another process has it),
 * `DATA_FOLDER_FOREIGN` (not ours, or a newer format), `DATA_FOLDER_UNUSABLE` (cannot be made or read).
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const folder = resolve(options.folder);
  const releaseLock = lockFolder(folder);
  const isSocket = options.listen !== 'tcp' && process.platform !== 'win32';
  const socketFolder = isSocket ? mkdtempSync(join(tmpdir(), 'engine-')) : undefined;
  const listenAt: ListenAddress = socketFolder ? { path: join(socketFolder, 'db.sock') } : { host: LOOPBACK, port: 0 };
  const releaseAll = (): void => {
    if (socketFolder) rmSync(socketFolder, { recursive: true, force: true });
    releaseLock();
  };
  const serverOptions: ServerOptions = {
    folder,
    durability: options.durability ?? 'durable',
    listenAt,
    hasFaults: options.faults ?? false,
  };
  try {
    const running = options.isInline ? inline(await startServer(serverOptions)) : await startWorker(serverOptions);
    const ended = running.ended.finally(releaseAll);
    // Without a listener of its own, a worker that dies must not pass unnoticed: the rejection stays unhandled then.
    let closing: Promise<void> | undefined;
    return {
      address: addressOf(listenAt, running.port),
      uri: (database) => uriOf(listenAt, running.port, database),
      ended,
      close: () => {
        closing ??= running.close().then(() => ended);
        return closing;
      },
    };
  } catch (error) {
    releaseAll();
    throw error;
  }
}

interface Running {
  port: number;
  ended: Promise<void>;
  close(): Promise<void>;
}

function inline(server: Server): Running {
  let end!: () => void;
  const ended = new Promise<void>((settle) => {
    end = settle;
  });
  return { port: server.port, ended, close: () => server.close().then(end) };
}

function startWorker(options: ServerOptions): Promise<Running> {
  const entry = new URL('./engine-worker.js', import.meta.url);
  if (!existsSync(fileURLToPath(entry))) {
    throw new Error(`wanted the built worker at ${fileURLToPath(entry)}; build first, or start with isInline`);
  }
  // Flags of the process, such as an input type or a loader, are not meant for the built worker.
  const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MEGABYTES };
  const worker = new Worker(entry, { workerData: options, execArgv: [], resourceLimits });
  return new Promise((started, failed) => {
    const ended = new Promise<void>((settle, die) => {
      let isClosed = false;
      worker.on('message', (message: WorkerMessage) => {
        if (message.kind === 'ready') started({ port: message.port, ended, close: () => closeWorker(worker, ended) });
        else if (message.kind === 'closed') isClosed = true;
        else failed(Object.assign(new Error(message.message), message.code ? { code: message.code } : {}));
      });
      worker.on('error', (error) => {
        failed(error);
        die(error);
      });
      worker.on('exit', (code) => {
        const error = new Error(`the embedded engine's worker ended by itself with code ${code}`);
        failed(error);
        if (isClosed) settle();
        else die(error);
      });
    });
    // Until the start has succeeded, the rejection above is reported by the start itself.
    ended.catch(() => undefined);
  });
}

async function closeWorker(worker: Worker, ended: Promise<void>): Promise<void> {
  worker.postMessage('close');
  await ended;
}

function addressOf(listenAt: ListenAddress, port: number): string {
  return 'path' in listenAt ? listenAt.path : `${listenAt.host}:${port}`;
}

function uriOf(listenAt: ListenAddress, port: number, database: string): string {
  const host = encodeURIComponent(addressOf(listenAt, port)).replace('%3A', ':');
  return `mongodb://${host}/${encodeURIComponent(database)}?directConnection=true&retryWrites=true`;
}
