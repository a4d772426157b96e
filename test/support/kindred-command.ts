import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const packageRoot = fileURLToPath(new URL('../../', import.meta.url));
const program = join(packageRoot, 'bin', 'kindred.js');

/** What a command did. */
export interface CommandResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to call a command. */
export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The process is killed after so long. */
  readonly withinMs?: number;
}

/** A command that is running. */
export interface RunningCommand {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<CommandResult>;
  /** What it has printed so far. */
  output(): { readonly stdout: string; readonly stderr: string };
}

/** A new folder for one test file, to be removed with {@link dropFolder}. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'kindred-e2e-'));
}

/** Removes a folder of {@link newFolder}. */
export function dropFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Variables that a command needs from the machine; whatever else is set must not decide a test. */
const inherited = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'LANG', 'SystemRoot'];

function environment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = inherited.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { ...Object.fromEntries(kept), ...extra };
}

/** Starts `kindred` with these words in a process of its own, which never outlives this one. */
export function startKindred(words: readonly string[], options: CommandOptions = {}): RunningCommand {
  const child = spawn(process.execPath, [program, ...words], {
    cwd: options.cwd ?? packageRoot,
    env: environment(options.env ?? {}),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      printed[stream] += text;
    });
  }
  const killChild = (): void => void child.kill('SIGKILL');
  process.on('exit', killChild);
  const ended = new Promise<CommandResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.removeListener('exit', killChild);
      resolve({ code, signal, ...printed });
    });
  });
  return { child, ended, output: () => ({ ...printed }) };
}

/** Runs a command to its end. */
export async function runKindred(words: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const running = startKindred(words, options);
  const timer = setTimeout(() => running.child.kill('SIGKILL'), options.withinMs ?? 60_000);
  try {
    return await running.ended;
  } finally {
    clearTimeout(timer);
  }
}

/** The lines of JSON that a command has printed. */
export function jsonLines<T>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}
