import { type FileHandle, open } from 'node:fs/promises';
import { type CsvError, parse } from 'csv-parse';
import { AppError } from '../kernel/errors.js';
import type { RefusedRow, RowNoteCode } from './customer-row.js';

/** Characters of one row: an unclosed quote must not swallow the rest of a large file into memory. */
const rowLengthMax = 262_144;
/** Bytes read to find out the delimiter. */
const headBytes = 65_536;

/** A row as text by column name, or one that could not be read. */
export type CsvRow =
  | { readonly isReadable: true; readonly line: number; readonly cells: Readonly<Record<string, string>> }
  | ({ readonly isReadable: false } & RefusedRow);

/** A CSV file that is being read, and how far. */
export interface CsvFile {
  /** Bytes of the file, for progress. */
  readonly sizeBytes: number;
  /** Bytes read so far. */
  bytesRead(): number;
  rows(): AsyncIterable<CsvRow>;
}

/**
 * Opens a CSV file with a header: comma, semicolon or tab, with or without byte-order mark, any line ending, line breaks
 * inside quotes. Rows that cannot be read come as such and do not stop the others.
 * @param known Names of columns that are understood, in lower case; one of them must be in the header.
 * @throws AppError `FILE_UNREADABLE`, `CSV_INVALID`.
 */
export async function openCsv(file: string, known: readonly string[]): Promise<CsvFile> {
  const handle = await openForReading(file);
  const sizeBytes = (await handle.stat()).size;
  const head = Buffer.alloc(Math.min(headBytes, sizeBytes));
  await handle.read(head, 0, head.length, 0);
  if (sizeBytes === 0) {
    await handle.close();
    throw new AppError('CSV_INVALID', `${file} is empty; a header line and rows were expected`);
  }
  if (head.includes(0)) {
    await handle.close();
    throw new AppError('CSV_INVALID', `${file} is not a text file in UTF-8; export it as "CSV UTF-8"`);
  }
  const delimiter = guessDelimiter(head.toString('utf8'));
  const stream = handle.createReadStream({ start: 0 });
  return { sizeBytes, bytesRead: () => stream.bytesRead, rows: () => readRows(file, stream, delimiter, known) };
}

async function openForReading(file: string): Promise<FileHandle> {
  try {
    const handle = await open(file, 'r');
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
  } catch (cause) {
    throw new AppError(
      'FILE_UNREADABLE',
      `${file} cannot be read: ${(cause as NodeJS.ErrnoException).code ?? 'unknown'}`,
      { cause },
    );
  }
  throw new AppError('FILE_UNREADABLE', `${file} is not a file`);
}

function guessDelimiter(text: string): string {
  const header = text.split(/\r?\n|\r/, 1)[0] ?? '';
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: header.split(delimiter).length }));
  counts.sort((a, b) => b.count - a.count);
  return counts[0]?.delimiter ?? ',';
}

async function* readRows(
  file: string,
  stream: NodeJS.ReadableStream,
  delimiter: string,
  known: readonly string[],
): AsyncGenerator<CsvRow> {
  // The parser runs ahead of what was taken from it, so refused rows wait here until their line is reached.
  const refused: CsvRow[] = [];
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    raw: true,
    max_record_size: rowLengthMax,
    skip_empty_lines: true,
    skip_records_with_error: true,
    columns: (header: string[]) => checkHeader(file, header, known),
    on_skip: (error) => {
      if (error === undefined) return;
      refused.push({ isReadable: false, line: Number(error.lines), notes: [{ code: noteOf(error), column: null }] });
    },
  });
  stream.on('error', (error) => parser.destroy(error));
  let line = 1;
  try {
    for await (const item of stream.pipe(parser) as AsyncIterable<ParsedItem>) {
      line = item.info.lines - lineBreaks(item.raw.trimEnd());
      while (refused[0] !== undefined && refused[0].line < line) yield refused.shift() as CsvRow;
      yield readable(line, item.record);
    }
  } catch (error) {
    if (error instanceof AppError || !isCsvError(error)) throw error;
    throw new AppError(
      'CSV_INVALID',
      `${file} is not CSV after line ${line} (${error.code}); rows before it were handled`,
      { cause: error },
    );
  }
  yield* refused;
}

interface ParsedItem {
  readonly record: Record<string, string>;
  readonly raw: string;
  readonly info: { readonly lines: number };
}

function lineBreaks(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}

function readable(line: number, cells: Record<string, string>): CsvRow {
  const isBroken = Object.values(cells).some((cell) => cell.includes('\uFFFD'));
  if (isBroken) return { isReadable: false, line, notes: [{ code: 'NOT_UTF8', column: null }] };
  return { isReadable: true, line, cells };
}

function checkHeader(file: string, header: readonly string[], known: readonly string[]): string[] {
  const names = header.map((name) => name.trim().toLowerCase());
  if (!names.some((name) => known.includes(name))) {
    throw new AppError(
      'CSV_INVALID',
      `${file} has no header with one of the columns ${known.join(', ')}; its first line has ${names.length} column(s) of other names`,
    );
  }
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  if (twice !== undefined && known.includes(twice)) {
    throw new AppError('CSV_INVALID', `${file} has the column "${twice}" twice; keep one`);
  }
  return names.map((name, index) => (name === '' ? `(column ${index + 1})` : name));
}

function noteOf(error: CsvError): RowNoteCode {
  return error.code === 'CSV_RECORD_INCONSISTENT_COLUMNS' || error.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH'
    ? 'COLUMN_COUNT'
    : 'NOT_READABLE';
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_');
}
