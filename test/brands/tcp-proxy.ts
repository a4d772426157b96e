import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Stands in front of a server on an address of its own, so that the server can seem to go away and come back. */
export interface TcpProxy {
  readonly port: number;
  /** Ends every connection and refuses new ones. */
  close(): Promise<void>;
  /** Accepts again on the same address. */
  reopen(): Promise<void>;
  /** Goes on accepting and swallows every byte, both ways. */
  mute(): void;
  /** Lets bytes through again on new connections. */
  unmute(): void;
}

/** A proxy to a port of this machine; closed after the test. */
export async function aTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let isMute = false;
  const server = createServer((socket) => {
    const upstream = connect(targetPort, '127.0.0.1');
    const isMutedFromBirth = isMute;
    for (const [from, to] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => {
        if (!isMute && !isMutedFromBirth) to.write(bytes);
      });
      // An error is followed by close, which is what matters.
      from.on('error', () => from.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, 'close');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  onTestFinished(close);
  return {
    port,
    close,
    reopen: () => listen(port),
    mute: () => {
      isMute = true;
    },
    unmute: () => {
      isMute = false;
    },
  };
}
