import { type ChildProcess, fork } from 'node:child_process';
import { builtFile } from './built.js';

/** Starts a compiled file of the bench in a process of its own. */
export function start(file: string, args: readonly string[] = [], execArgv: readonly string[] = []): ChildProcess {
  return fork(builtFile(file), args, { execArgv: [...execArgv] });
}

/** The next message of a process; fails when it ends without one. */
export function nextMessage<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown): void => {
      child.removeListener('exit', onExit);
      resolve(message as T);
    };
    const onExit = (code: number | null): void => {
      child.removeListener('message', onMessage);
      reject(new Error(`${child.spawnfile} ended with ${code} and no result`));
    };
    child.once('message', onMessage);
    child.once('exit', onExit);
  });
}

/** Waits until a process has ended. */
export function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
  });
}
