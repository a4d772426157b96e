import { createConnection, type Socket } from 'node:net';
import { BSON, type Document } from 'bson';

const OP_MSG = 2013;

/** Bytes of a command's body and of the documents of its sequence, framed as they are: nothing is checked. */
export function frameBytes(body: Uint8Array, sequence?: { name: string; documents: readonly Uint8Array[] }): Buffer {
  const sections = [Buffer.from([0]), body];
  if (sequence) {
    const content = Buffer.concat([Buffer.from(`${sequence.name}\0`), ...sequence.documents]);
    const size = Buffer.alloc(4);
    size.writeInt32LE(content.length + 4, 0);
    sections.push(Buffer.from([1]), size, content);
  }
  const content = Buffer.concat(sections);
  const head = Buffer.alloc(20);
  head.writeInt32LE(content.length + 20, 0);
  head.writeInt32LE(1, 4);
  head.writeInt32LE(OP_MSG, 12);
  return Buffer.concat([head, content]);
}

/** One connection that sends bytes as they are and reads whole replies; opened again after the server closed it. */
export class RawConnection {
  readonly #path: string;
  #socket: Socket | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** The body of the reply, documents of a batch as bytes; undefined when the server closed the connection. */
  async send(message: Buffer): Promise<Document | undefined> {
    this.#socket ??= createConnection(this.#path);
    const socket = this.#socket;
    const reply = await new Promise<Buffer | undefined>((resolve) => {
      let received = Buffer.alloc(0);
      const finish = (result: Buffer | undefined): void => {
        socket.removeAllListeners();
        if (!result) this.#socket = undefined;
        resolve(result);
      };
      socket.on('data', (piece) => {
        received = Buffer.concat([received, piece]);
        if (received.length >= 4 && received.length >= received.readInt32LE(0)) finish(received);
      });
      socket.on('error', () => finish(undefined));
      socket.on('close', () => finish(undefined));
      socket.write(message);
    });
    return reply && BSON.deserialize(reply.subarray(21), { fieldsAsRaw: { firstBatch: true } });
  }

  /** {@link send} for a command that is valid by itself. */
  async command(body: Document): Promise<Document> {
    const reply = await this.send(frameBytes(BSON.serialize(body)));
    if (!reply) throw new Error('wanted a reply, got the end of the connection');
    return reply;
  }

  close(): void {
    this.#socket?.destroy();
  }
}

/** An element of BSON: type, name and content, all as they are. */
export type Element = readonly [type: number, name: string | Uint8Array, content: Uint8Array];

/** BSON bytes written by hand. */
export function documentOf(...elements: readonly Element[]): Buffer {
  const content = Buffer.concat(
    elements.flatMap(([type, name, bytes]) => [
      Buffer.from([type]),
      typeof name === 'string' ? Buffer.from(name) : name,
      Buffer.from([0]),
      bytes,
    ]),
  );
  const size = Buffer.alloc(4);
  size.writeInt32LE(content.length + 5, 0);
  return Buffer.concat([size, content, Buffer.from([0])]);
}

/** Content of an int. */
export function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value, 0);
  return bytes;
}

/** Content of a string: its length, its bytes as they are, NUL. */
export function text(value: string | Uint8Array): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([int(bytes.length + 1), bytes, Buffer.from([0])]);
}
