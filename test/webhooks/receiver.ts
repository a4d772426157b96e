import { createServer, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** One request as it arrived. */
export interface Received {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly message: { readonly type: string; readonly timestamp: string; readonly data: Record<string, unknown> };
}

/** What to do with a request: answer a status, or anything else. */
export type Answering = number | ((response: ServerResponse, received: Received) => unknown);

/** A real receiver on this machine. */
export interface Receiver {
  readonly port: number;
  readonly url: string;
  readonly received: Received[];
  /** Connections that were made to it, whatever came over them. */
  readonly connections: () => number;
  /** How it answers from now on. */
  answer(answering: Answering): void;
  close(): Promise<void>;
}

/** Listens on loopback; with a key and a certificate, by TLS. */
export async function openReceiver(secure?: { readonly key: string; readonly cert: string }): Promise<Receiver> {
  const received: Received[] = [];
  let answering: Answering = 204;
  let connections = 0;
  const server: Server = secure === undefined ? createServer() : createSecureServer(secure);
  server.on('connection', () => {
    connections += 1;
  });
  server.on('request', (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      const one = { headers: request.headers as Record<string, string>, body, message: JSON.parse(body) };
      received.push(one);
      if (typeof answering === 'number') response.writeHead(answering).end();
      else answering(response, one);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${secure === undefined ? 'http' : 'https'}://127.0.0.1:${port}/hooks`,
    received,
    connections: () => connections,
    answer: (next) => {
      answering = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
