import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';

/** Pages of 8 kB allow keys of 4,026 bytes: two cut keys (index values and `_id`) fit. */
export const PAGE_BYTES = 8192;

/** Where LMDB's magic number stands in each of the two meta pages, behind the page header. */
const MAGIC_OFFSET = 24;
const MAGIC = 0xbeefc0de;

/**
 * Refuses a data file that LMDB did not write or that was cut short: LMDB maps the file into memory, and a wrong one
 * would end the process instead of raising an error.
 */
export function checkDataFile(path: string): void {
  if (!existsSync(path)) return;
  const { size } = statSync(path);
  if (size === 0) return;
  const file = openSync(path, 'r');
  try {
    for (const page of [0, 1]) {
      const word = Buffer.alloc(4);
      readSync(file, word, 0, 4, page * PAGE_BYTES + MAGIC_OFFSET);
      if (word.readUInt32LE(0) !== MAGIC) throw new Error(`${path} is damaged or no data file; restore it from a copy`);
    }
  } finally {
    closeSync(file);
  }
}
