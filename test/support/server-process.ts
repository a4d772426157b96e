import { type CommandResult, type RunningCommand, startKindred } from './kindred-command.js';
import { until } from './until.js';

/** A start may take so long on a busy machine; it decides nothing but when to give up. */
const startWithinMs = 90_000;

/** One entry of `errors`. */
export interface RequestError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string; readonly [name: string]: unknown };
}

/** What a server has answered to an operation. */
export interface Answer<T> {
  readonly status: number;
  /** The body as it came. */
  readonly text: string;
  readonly data: T;
  readonly errors: readonly RequestError[] | undefined;
}

/** What `/readyz` says. */
export interface Readiness {
  readonly status: string;
  readonly databases: readonly { readonly owner: string; readonly state: string }[];
}

/** A token of the demo group. */
export interface DemoToken {
  readonly role: string;
  readonly brand: string | null;
  readonly token: string;
}

/** The built server in a process of its own. */
export class ServerProcess {
  readonly url: string;
  readonly command: RunningCommand;

  private constructor(command: RunningCommand, url: string) {
    this.command = command;
    this.url = url;
  }

  /** Starts `kindred serve` or `kindred demo` on a free port and waits until it is ready. */
  static async start(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    const command = startKindred([...words, '--port', '0'], { env });
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    command.ended.then(over, over);
    try {
      const url = await until(
        'the server tells where it listens',
        () => isOver || (/(http:\/\/[^"\s]+)\/graphql/.exec(Object.values(command.output()).join('\n'))?.[1] ?? null),
        startWithinMs,
      );
      if (typeof url !== 'string') throw new Error(`The server ended: ${command.output().stderr}`);
      const server = new ServerProcess(command, url);
      await until('the server is ready', async () => isOver || (await server.get('/readyz')).status === 200);
      return server;
    } catch (error) {
      command.child.kill('SIGKILL');
      throw error;
    }
  }

  /** The group of a configuration file. */
  static serve(configFile: string, env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    return ServerProcess.start(['serve', '--config', configFile], env);
  }

  /** The demo group, seeded in a folder that is empty or was seeded before. */
  static demo(folder: string, env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    return ServerProcess.start(['demo', '--json', '--folder', folder], env);
  }

  /** What a server started with `demo` has printed. */
  demoTokens(): readonly DemoToken[] {
    const printed = JSON.parse(this.command.output().stdout) as { tokens: DemoToken[] };
    return printed.tokens;
  }

  /** Sends an operation, with or without a token. */
  async ask<T = unknown>(query: string, variables: object = {}, token: string | null = null): Promise<Answer<T>> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    const body = JSON.parse(text) as { data?: T; errors?: RequestError[] };
    return { status: response.status, text, data: body.data as T, errors: body.errors };
  }

  /** Sends an operation that must succeed and gives its data. */
  async data<T = unknown>(query: string, variables: object, token: string | null): Promise<T> {
    const { data, errors } = await this.ask<T>(query, variables, token);
    if (errors !== undefined) throw new Error(`The operation failed: ${JSON.stringify(errors)}${this.#logOf(errors)}`);
    return data;
  }

  /** What the server has logged about failed requests. */
  #logOf(errors: readonly RequestError[]): string {
    const ids = errors.map((error) => String(error.extensions['requestId']));
    const lines = this.command.output().stderr.split('\n');
    return lines.filter((line) => ids.some((id) => line.includes(id))).join('\n');
  }

  get(path: string): Promise<Response> {
    return fetch(`${this.url}${path}`);
  }

  async readiness(): Promise<Readiness> {
    return (await (await this.get('/readyz')).json()) as Readiness;
  }

  /** Sends a signal and waits for the end of the process. */
  end(signal: NodeJS.Signals = 'SIGTERM'): Promise<CommandResult> {
    this.command.child.kill(signal);
    return this.command.ended;
  }
}
