import { Agent, request } from 'node:http';
import type { RunningStack } from './stacks.js';
import { type QueryName, queries } from './synthetic-schema.js';

const connections = 8;

/** A client of one server over connections that stay open. */
export class LoadClient {
  readonly #stack: RunningStack;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: 'fifo' });

  constructor(stack: RunningStack) {
    this.#stack = stack;
  }

  /** Sends one query and gives the body back, without a newline at its end. */
  post(name: QueryName): Promise<string> {
    const body = JSON.stringify(queries[name]);
    const { url, authorization } = this.#stack;
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...(authorization === null ? {} : { authorization }),
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { method: 'POST', agent: this.#agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8').trimEnd();
          if (response.statusCode === 200) resolve(text);
          else reject(new Error(`Status ${response.statusCode}: ${text.slice(0, 300)}`));
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  /** Sends so many queries, eight at a time, and requires that each is answered at full length. */
  async fire(name: QueryName, count: number, bodyLength: number): Promise<void> {
    let left = count;
    const worker = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const text = await this.post(name);
        if (text.length !== bodyLength) throw new Error(`Wanted ${bodyLength} characters, got ${text.length}`);
      }
    };
    await Promise.all(Array.from({ length: connections }, worker));
  }

  close(): void {
    this.#agent.destroy();
  }
}
