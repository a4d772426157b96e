import { createServer, type Server, type Socket } from 'node:net';
import { FrameError, FrameReader, parseRequest, type Request } from './frame.js';
import { frameReply, type Reply } from './reply.js';

/** One client connection, as commands see it. */
export interface Connection {
  readonly id: number;
  /** Ends the connection without another byte. */
  drop(): void;
}

/** Answers one request; `undefined` means that nothing is sent. Must not reject. */
export type RequestHandler = (request: Request, connection: Connection) => Promise<Reply | undefined>;

/** A listening server; closing it ends all connections. */
export interface Listener {
  close(): Promise<void>;
  /** Port for TCP, 0 for a socket file. */
  port: number;
}

/** Where to listen: a socket file or a port (0 for any) on loopback. */
export type ListenAddress = { path: string } | { host: string; port: number };

/** Listens for clients; requests of one connection are answered in their order. */
export function listen(address: ListenAddress, handle: RequestHandler): Promise<Listener> {
  const sockets = new Set<Socket>();
  let lastId = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    // A reset by the client is an ordinary end; 'close' follows.
    socket.on('error', () => socket.destroy());
    serve(socket, ++lastId, handle);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      const bound = server.address();
      const port = bound && typeof bound === 'object' ? bound.port : 0;
      resolve({ port, close: () => closeAll(server, sockets) });
    });
  });
}

function closeAll(server: Server, sockets: Set<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}

function serve(socket: Socket, id: number, handle: RequestHandler): void {
  const reader = new FrameReader();
  const connection: Connection = { id, drop: () => socket.destroy() };
  let queue: Promise<void> = Promise.resolve();
  socket.on('data', (piece) => {
    try {
      for (const message of reader.push(piece)) {
        const request = parseRequest(message);
        queue = queue
          .then(() => answer(socket, connection, request, handle))
          .catch((error: unknown) => giveUp(socket, error));
      }
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      socket.destroy();
    }
  });
}

/** A reply that cannot be made or sent: the client has to see a broken connection, not wait for ever. */
function giveUp(socket: Socket, error: unknown): void {
  process.stderr.write(
    `embedded engine: no reply possible: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  socket.destroy();
}

async function answer(socket: Socket, connection: Connection, request: Request, handle: RequestHandler): Promise<void> {
  if (socket.destroyed) return;
  const reply = await handle(request, connection);
  if (!reply || request.isUnacknowledged || socket.destroyed) return;
  socket.write(frameReply(request, reply));
}
