import { createConnection, type Socket } from 'node:net';
import { BSON, type Document } from 'bson';
import { frameCommand } from './raw-client.js';

interface Waiting {
  resolve(reply: Document): void;
  reject(error: Error): void;
}

/** One connection that sends commands as they are, without what a driver adds: sessions and numbers are the caller's. */
export class WireConnection {
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];
  #received = Buffer.alloc(0);
  #end: Error | undefined;

  constructor(path: string) {
    this.#socket = createConnection(path);
    this.#socket.on('data', (piece) => this.#take(piece));
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('the connection has ended')));
  }

  /** The reply, whatever it says; rejects when the connection ends before it came. */
  send(command: Document): Promise<Document> {
    if (this.#end) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#socket.write(frameCommand(command));
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(piece: Buffer): void {
    this.#received = Buffer.concat([this.#received, piece]);
    while (this.#received.length >= 4 && this.#received.length >= this.#received.readInt32LE(0)) {
      const length = this.#received.readInt32LE(0);
      const reply = BSON.deserialize(this.#received.subarray(21, length));
      this.#received = this.#received.subarray(length);
      this.#waiting.shift()?.resolve(reply);
    }
  }

  #fail(error: Error): void {
    this.#end ??= error;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
  }
}
