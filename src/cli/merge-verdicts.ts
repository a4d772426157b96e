import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { BrandEntry } from '../brands/brands.js';
import { AppError } from '../kernel/errors.js';
import { formatNodeId } from '../kernel/ids.js';
import { type CheckedFileRow, fileVerdicts } from '../merge-batches/batch-file.service.js';
import { type MergeBatchView, rowViewOf } from '../merge-batches/merge-batch.js';
import type { MergeLine } from './merge-file.js';
import { paint, print, say } from './terminal.js';

/** What became of one line. `WOULD_MERGE` in a dry run only; `UNREADABLE` where two profiles could not be told. */
export interface LineVerdict {
  readonly line: number;
  readonly winner: string;
  readonly loser: string;
  readonly verdict: string;
  readonly code: string | null;
  readonly message: string | null;
  readonly mergeId: string | null;
}

const header = ['line', 'winner', 'loser', 'verdict', 'code', 'message', 'merge'];
const unreadable = 'The line does not name two profiles by id; give winner and loser as prof_… or as a UUID';

/**
 * Tells what became of every line of a file of merges: all of them in a CSV file or as JSON when asked for, else those
 * with something to say.
 */
export class MergeVerdicts {
  readonly #out: WriteStream | null;
  readonly #isJson: boolean;
  readonly #brand: string;
  readonly #counts = new Map<string, number>();

  private constructor(brand: string, out: WriteStream | null, isJson: boolean) {
    this.#brand = brand;
    this.#out = out;
    this.#isJson = isJson;
  }

  /** Opens the verdict file, if one is wanted. @throws AppError `FILE_UNREADABLE` when it cannot be written. */
  static async open(
    brand: string,
    options: { readonly verdicts?: string; readonly json?: boolean },
  ): Promise<MergeVerdicts> {
    const { verdicts: file, json } = options;
    if (file === undefined) return new MergeVerdicts(brand, null, json === true);
    const out = createWriteStream(file, { mode: 0o600 });
    try {
      await once(out, 'open');
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown';
      throw new AppError('FILE_UNREADABLE', `${file} cannot be written: ${reason}`, { cause });
    }
    out.write(`${header.join(',')}\n`);
    return new MergeVerdicts(brand, out, json === true);
  }

  /** Lines refused or not readable. */
  get problems(): number {
    return [...this.#counts].reduce((sum, [code, count]) => (code === 'ok' ? sum : sum + count), 0);
  }

  /** A line of a dry run. */
  async checked({ row, number, refusal }: CheckedFileRow<MergeLine>): Promise<void> {
    if (number === null) return this.#tell(this.#unreadable(row));
    const verdict = refusal === null ? 'WOULD_MERGE' : 'REFUSED';
    const { line, winner, loser } = row;
    await this.#tell({
      ...{ line, winner, loser, verdict },
      code: refusal?.code ?? null,
      message: refusal?.message ?? null,
      mergeId: null,
    });
  }

  /** Every line of a file, with what its row in the batch came to. */
  async ofBatch(entry: BrandEntry, batch: MergeBatchView, rows: AsyncIterable<MergeLine>): Promise<void> {
    for await (const { row, stored } of fileVerdicts(entry, batch, rows)) {
      if (stored === null) {
        await this.#tell(this.#unreadable(row));
        continue;
      }
      const { status, refusal, mergeId } = rowViewOf(stored, batch);
      const { line, winner, loser } = row;
      await this.#tell({
        ...{ line, winner, loser, verdict: status },
        code: refusal?.code ?? null,
        message: refusal?.message ?? null,
        mergeId: mergeId === undefined ? null : formatNodeId('merge', this.#brand, mergeId),
      });
    }
  }

  #unreadable({ line, winner, loser }: MergeLine): LineVerdict {
    return { line, winner, loser, verdict: 'UNREADABLE', code: null, message: unreadable, mergeId: null };
  }

  async #tell(verdict: LineVerdict): Promise<void> {
    const isProblem = verdict.verdict === 'REFUSED' || verdict.verdict === 'UNREADABLE';
    const kind = isProblem ? (verdict.code ?? verdict.verdict) : 'ok';
    if (verdict.verdict !== 'WAITING' && verdict.verdict !== 'CANCELLED' && verdict.verdict !== 'RUNNING') {
      this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    }
    if (this.#isJson) print(JSON.stringify(verdict));
    else if (isProblem)
      print(`line ${String(verdict.line).padEnd(7)} ${kind.padEnd(20)} ${verdict.message ?? ''}`.trimEnd());
    if (this.#out === null) return;
    const { line, winner, loser, code, message, mergeId } = verdict;
    const cells = [line, winner, loser, verdict.verdict, code, message, mergeId];
    if (!this.#out.write(`${cells.map(cell).join(',')}\n`)) await once(this.#out, 'drain');
  }

  /** Closes the verdict file. */
  async end(): Promise<void> {
    if (this.#out === null) return;
    this.#out.end();
    await once(this.#out, 'close');
  }

  /** Says how many lines came to what; sets the exit code when one had a problem. */
  summary(what: string): void {
    const refused = this.problems;
    const done = this.#counts.get('ok') ?? 0;
    if (refused > 0) process.exitCode = 1;
    if (this.#isJson) {
      print(JSON.stringify({ summary: { [what === 'merged' ? 'merged' : 'wouldMerge']: done, refused } }));
      return;
    }
    say(`${paint('green', `${done} ${what}`)}, ${refused > 0 ? paint('red', `${refused} refused`) : '0 refused'}`);
    for (const [code, count] of this.#counts)
      if (code !== 'ok') say(paint('dim', `  ${String(count).padStart(7)} ${code}`));
  }
}

function cell(value: string | number | null): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
