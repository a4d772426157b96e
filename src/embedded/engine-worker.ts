import { parentPort, workerData } from 'node:worker_threads';
import { type ServerOptions, startServer } from './server.js';
import { DataFolderError } from './store/folder-lock.js';

/** Messages between {@link startEngine} and this worker. */
export type WorkerMessage =
  | { kind: 'ready'; port: number }
  | { kind: 'failed'; message: string; code: string | undefined }
  | { kind: 'closed' };

const port = parentPort;
if (!port) throw new Error('wanted to run as a worker thread of the embedded engine');

try {
  const server = await startServer(workerData as ServerOptions);
  port.on('message', (message: unknown) => {
    if (message !== 'close') return;
    void server.close().then(() => {
      port.postMessage({ kind: 'closed' } satisfies WorkerMessage);
      port.close();
    });
  });
  port.postMessage({ kind: 'ready', port: server.port } satisfies WorkerMessage);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof DataFolderError ? error.code : undefined;
  port.postMessage({ kind: 'failed', message, code } satisfies WorkerMessage);
}
