import { vi } from 'vitest';
import { main } from '../../src/main.js';

/** What a command line has printed, and the exit code it would have ended with. */
export interface Printed {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command line in this process: for those that end before a database is opened, without the cost of a process.
 * The environment has only the variables given here beside what tests run with.
 */
export async function runHere(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Printed> {
  const printed = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      printed[stream] += String(text);
      return true;
    }),
  );
  const exitCode = process.exitCode;
  for (const name of ['PORT', 'KINDRED_CONFIG', 'KINDRED_LOG', 'KINDRED_SECRET']) vi.stubEnv(name, env[name]);
  try {
    process.exitCode = undefined;
    return { code: await main(words), ...printed };
  } finally {
    process.exitCode = exitCode;
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
  }
}
