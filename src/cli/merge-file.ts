import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type CsvFile, openCsv } from '../imports/csv-rows.js';
import { AppError } from '../kernel/errors.js';
import { isUuid, parseNodeId, type Uuid } from '../kernel/ids.js';
import type { FileRow } from '../merge-batches/batch-file.service.js';

/** Columns of a file of merges. */
const columns = ['winner', 'loser'] as const;

/** A line of a file of merges; `pair` is null when it does not name two profiles. */
export interface MergeLine extends FileRow {
  readonly line: number;
  readonly winner: string;
  readonly loser: string;
}

/** A file of merges that can be read as often as needed. */
export interface MergeFile {
  /** SHA-256 of the content. */
  readonly digest: string;
  /** Bytes of one reading. */
  readonly sizeBytes: number;
  /** Bytes of the reading under way. */
  bytesRead(): number;
  rows(): AsyncIterable<MergeLine>;
  /** Removes what standard input was kept in. */
  drop(): Promise<void>;
}

/**
 * Opens a file of merges; `-` is standard input, which is kept in a temporary file because it is read more than once.
 * @throws AppError `FILE_UNREADABLE`, `CSV_INVALID`.
 */
export async function openMergeFile(name: string, brand: string): Promise<MergeFile> {
  const folder = name === '-' ? await mkdtemp(join(tmpdir(), 'kindred-merge-')) : null;
  const file = folder === null ? name : join(folder, 'standard-input.csv');
  const drop = async (): Promise<void> => {
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  };
  try {
    if (folder !== null) await pipeline(process.stdin, createWriteStream(file, { mode: 0o600 }));
    let current: CsvFile = await openCsv(file, columns);
    const { sizeBytes } = current;
    let isFresh = true;
    const rows = async function* (): AsyncGenerator<MergeLine> {
      if (!isFresh) current = await openCsv(file, columns);
      isFresh = false;
      yield* readLines(current, file, brand);
    };
    return { digest: await digestOf(file), sizeBytes, bytesRead: () => current.bytesRead(), rows, drop };
  } catch (error) {
    await drop();
    throw error;
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function* readLines(csv: CsvFile, file: string, brand: string): AsyncGenerator<MergeLine> {
  for await (const row of csv.rows()) {
    if (!row.isReadable) {
      yield { line: row.line, winner: '', loser: '', pair: null };
      continue;
    }
    const missing = columns.find((column) => row.cells[column] === undefined);
    if (missing !== undefined) {
      throw new AppError('CSV_INVALID', `${file} has no column "${missing}"; it needs the columns winner and loser`);
    }
    const [winner, loser] = columns.map((column) => (row.cells[column] as string).trim()) as [string, string];
    yield { line: row.line, winner, loser, pair: pairOf(winner, loser, brand) };
  }
}

function pairOf(winner: string, loser: string, brand: string): FileRow['pair'] {
  const named = [winner, loser].map((text) => profileNamed(text, brand));
  const [first, second] = named;
  return first == null || second == null ? null : { winner: first, loser: second };
}

/** A profile by its global id, or by the bare UUID that it has in the brand. */
function profileNamed(text: string, brand: string): { readonly brand: string; readonly id: Uuid } | null {
  const local = text.toLowerCase();
  if (isUuid(local)) return { brand, id: local };
  const node = parseNodeId(text);
  return node?.kind === 'prof' ? { brand: node.brand, id: node.uuids[0] as Uuid } : null;
}
