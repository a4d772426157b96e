import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { EngineOptions } from '../../src/embedded/engine.js';

/** Inside the project, so that the built files find their packages. */
const BUILD = resolve('node_modules/.cache', `embedded-build-${process.pid}`);

/** Builds the engine for processes of their own; {@link dropBuild} removes it. */
export async function buildEngine(): Promise<void> {
  await promisify(execFile)('npx', ['tsc', '-p', 'tsconfig.build.json', '--outDir', BUILD]);
}

export function dropBuild(): Promise<void> {
  return rm(BUILD, { recursive: true, force: true });
}

/** How to start an engine in a process of its own. */
export interface ProcessOptions {
  durability?: EngineOptions['durability'];
  /** Words put before the command of the process, such as those that limit what it may do. */
  wrapper?: readonly string[];
}

/** An engine in its worker thread, in a process that can be killed. */
export class EngineProcess {
  readonly child: ChildProcess;
  readonly uri: string;

  private constructor(child: ChildProcess, uri: string) {
    this.child = child;
    this.uri = uri;
  }

  /** Starts one; rejects with what the process has said when it ends before it is ready. */
  static async start(folder: string, options: ProcessOptions = {}): Promise<EngineProcess> {
    const { durability = 'durable', wrapper = [] } = options;
    const script = `
      const { startEngine } = await import(${JSON.stringify(`${BUILD}/embedded/engine.js`)});
      try {
        const engine = await startEngine({ folder: ${JSON.stringify(folder)}, durability: '${durability}' });
        process.on('SIGTERM', () => engine.close());
        process.stdout.write(engine.uri('bank') + '\\n');
      } catch (error) {
        process.stdout.write('refused ' + error.code + ' ' + error.message + '\\n');
      }`;
    const words = [...wrapper, process.execPath, '--input-type=module', '-e', script];
    const child = spawn(words[0] as string, words.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
    const kill = (): void => void child.kill('SIGKILL');
    process.on('exit', kill);
    child.on('exit', () => process.removeListener('exit', kill));
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const early = once(child, 'close').then(() => Promise.reject(new Error(`the engine's process ended: ${said}`)));
    early.catch(() => undefined);
    const [line] = (await Promise.race([once(child.stdout.setEncoding('utf8'), 'data'), early])) as [string];
    if (line.startsWith('refused')) throw new Error(line.trim());
    return new EngineProcess(child, line.trim());
  }

  /** Path of the socket. */
  get socket(): string {
    return decodeURIComponent(/^mongodb:\/\/([^/]+)/.exec(this.uri)?.[1] ?? '');
  }

  /** Sends a signal and waits for the end of the process. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    await ended;
  }
}
