import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { startEngine } from '../../src/embedded/engine.js';
import { DamagedFile, PAGE_BYTES } from '../../src/embedded/store/data-file.js';
import { PageFile } from '../../src/embedded/store/page-file.js';
import { checkDataFile } from '../../src/embedded/store/page-walk.js';
import { makeClient, makeFolder, type Row } from './start-test-engine.js';

export const DOCUMENTS = 600;

/** A stopped folder with a database `shop` of several hundred pages: indexes, long values, free pages, a dropped collection. */
export async function makeStoppedFolder(): Promise<{ folder: string; dataFile: string }> {
  const folder = await makeFolder();
  const engine = await startEngine({ folder, isInline: true });
  const client = await makeClient(engine);
  const rows = client.db('shop').collection<Row>('rows');
  await rows.createIndexes([
    { key: { group: 1, _id: 1 }, name: 'group' },
    { key: { tags: 1 }, name: 'tags' },
    { key: { live: 1 }, name: 'live', partialFilterExpression: { live: true } },
  ]);
  const row = (n: number): Row => ({
    ...{ _id: `id-${String(n).padStart(4, '0')}`, group: `g${n % 9}`, tags: [`t${n % 4}`, `u${n % 5}`], n },
    ...{ live: n % 3 === 0, text: 'words '.repeat(n % 50), ...(n % 40 === 0 ? { body: 'z'.repeat(30_000) } : {}) },
  });
  await rows.insertMany(Array.from({ length: DOCUMENTS }, (_, n) => row(n)));
  await rows.updateOne({ _id: 'id-0001' }, { $set: { n: -1 } });
  await client.db('shop').collection('gone').insertOne({ n: 1 });
  await client.db('shop').collection('gone').drop();
  await client.db('shop').collection('other').insertOne({ n: 1 });
  await client.close();
  await engine.close();
  return { folder, dataFile: join(folder, 'shop', 'data.mdb') };
}

/** Digest of every file below a folder, by path. */
export function bytesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = names.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [path, createHash('sha256').update(readFileSync(path)).digest('hex')]));
}

/** Puts other bytes in the place of a page. */
export function overwritePage(path: string, page: number, bytes: Buffer): void {
  const whole = readFileSync(path);
  bytes.copy(whole, page * PAGE_BYTES);
  writeFileSync(path, whole);
}

/** Pages whose header the last commit needs, found by breaking each: all that a walk visits. */
export function usedPages(path: string): number[] {
  const { lastPage } = withFile(path, (file) => file.header);
  const file = openSync(path, 'r+');
  const header = Buffer.alloc(24);
  try {
    return Array.from({ length: lastPage - 1 }, (_, n) => n + 2).filter((page) => {
      readSync(file, header, 0, header.length, page * PAGE_BYTES);
      writeSync(file, Buffer.alloc(header.length), 0, header.length, page * PAGE_BYTES);
      const isUsed = !passes(path);
      writeSync(file, header, 0, header.length, page * PAGE_BYTES);
      return isUsed;
    });
  } finally {
    closeSync(file);
  }
}

/** Reads a data file without an engine. */
export function withFile<T>(path: string, read: (file: PageFile) => T): T {
  const file = new PageFile(path);
  try {
    return read(file);
  } finally {
    file.close();
  }
}

function passes(path: string): boolean {
  try {
    checkDataFile(path);
    return true;
  } catch (error) {
    if (error instanceof DamagedFile) return false;
    throw error;
  }
}
