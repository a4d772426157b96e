import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import mongoose from 'mongoose';
import { onTestFinished } from 'vitest';

const { BSON } = mongoose.mongo;

const opReply = 1;
const opQuery = 2_004;
const headerBytes = 16;

/** What a standalone server says of itself: writable, and a member of no set. */
const standaloneHello = {
  ok: 1,
  isWritablePrimary: true,
  ismaster: true,
  helloOk: true,
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  minWireVersion: 0,
  maxWireVersion: 21,
};

/** A server that answers everything as a standalone mongod answers `hello`; closed after the test. Returns its port. */
export async function aStandaloneMongod(port = 0): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let waiting = Buffer.alloc(0);
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      waiting = Buffer.concat([waiting, bytes]);
      while (waiting.length >= headerBytes && waiting.length >= waiting.readInt32LE(0)) {
        const length = waiting.readInt32LE(0);
        socket.write(replyTo(waiting.readInt32LE(4), waiting.readInt32LE(12)));
        waiting = waiting.subarray(length);
      }
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function replyTo(requestId: number, opCode: number): Buffer {
  const document = BSON.serialize(standaloneHello);
  // OP_REPLY: flags, cursor, start, count. OP_MSG: flags and one section of kind 0.
  const front = opCode === opQuery ? Buffer.alloc(20) : Buffer.alloc(5);
  if (opCode === opQuery) front.writeInt32LE(1, 16);
  const header = Buffer.alloc(headerBytes);
  header.writeInt32LE(headerBytes + front.length + document.length, 0);
  header.writeInt32LE(requestId, 8);
  header.writeInt32LE(opCode === opQuery ? opReply : opCode, 12);
  return Buffer.concat([header, front, document]);
}
