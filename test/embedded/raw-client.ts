import { createConnection, type Socket } from 'node:net';
import { BSON, type Document } from 'bson';

const OP_MSG = 2013;

/** Frames one command as OP_MSG. */
export function frameCommand(command: Document, flags = 0): Buffer {
  const body = BSON.serialize(command);
  const message = Buffer.alloc(21 + body.length);
  message.writeInt32LE(message.length, 0);
  message.writeInt32LE(1, 4);
  message.writeInt32LE(OP_MSG, 12);
  message.writeInt32LE(flags, 16);
  message.set(body, 21);
  return message;
}

/** Reads one whole reply from a socket; rejects when the connection ends first. */
export function readReply(socket: Socket): Promise<Document> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    socket.on('data', (piece) => {
      received = Buffer.concat([received, piece]);
      if (received.length < 4 || received.length < received.readInt32LE(0)) return;
      resolve(BSON.deserialize(received.subarray(21)));
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection ended without a reply')));
  });
}

/** Sends one command on a connection of its own; rejects with the reply when it is an error. */
export async function sendCommand(path: string, command: Document): Promise<Document> {
  const socket = createConnection(path);
  try {
    socket.write(frameCommand(command));
    const reply = await readReply(socket);
    if (reply['ok'] === 1) return reply;
    throw Object.assign(new Error(reply['errmsg']), reply);
  } finally {
    socket.destroy();
  }
}
