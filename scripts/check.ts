import { pathToFileURL } from 'node:url';

/** Whether the module at `moduleUrl` is the program that was started, rather than imported by a test. */
export function isRunDirectly(moduleUrl: string): boolean {
  const program = process.argv[1];
  return program !== undefined && pathToFileURL(program).href === moduleUrl;
}

/** The first line in which two texts differ, with both readings; null when they are the same. */
export function firstDifference(committed: string, wanted: string): string | null {
  if (committed === wanted) return null;
  const before = committed.split('\n');
  const after = wanted.split('\n');
  const line = after.findIndex((text, index) => text !== before[index]);
  const at = line === -1 ? after.length : line;
  return `  line ${at + 1}\n  committed: ${before[at] ?? '(end of file)'}\n  wanted:    ${after[at] ?? '(end of file)'}`;
}
