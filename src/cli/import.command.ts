import { randomUUID } from 'node:crypto';
import { World } from '../access/world.js';
import { type CsvFile, openCsv } from '../imports/csv-rows.js';
import { type CustomerRow, type RefusedRow, type RowReport, rowNotes } from '../imports/customer-row.js';
import { type ImportSummary, importCustomers } from '../imports/import.service.js';
import { keyColumns, readShopifyCustomer } from '../imports/shopify-customer.js';
import { Deadline, systemClock } from '../kernel/clock.js';
import { newUuid } from '../kernel/ids.js';
import { brandNamed, openForWork, readConfig } from './group-options.js';
import { paint, print, say, startProgress } from './terminal.js';

interface ImportOptions {
  readonly brand: string;
  readonly dryRun: boolean;
  readonly quiet: boolean;
  readonly config: string;
  readonly json?: boolean;
}

/** `kindred import`: verdicts on standard output, one line per row; progress and summary on standard error. */
export async function runImport(file: string, options: ImportOptions): Promise<void> {
  const csv = await openCsv(file, keyColumns);
  const group = await openForWork(readConfig(options.config));
  try {
    const entry = brandNamed(group, options.brand);
    const progress = startProgress(options.dryRun ? 'Checking ' : 'Importing', csv.sizeBytes);
    let rows = 0;
    const summary = await importCustomers({
      context: {
        requestId: randomUUID(),
        actor: null,
        brands: group.brands,
        clock: systemClock,
        deadline: Deadline.after(24 * 3_600_000),
        log: group.log,
        selection: null,
        world: new World(),
      },
      entry,
      rows: readRows(csv, entry.brand.phoneRegion),
      importId: newUuid(),
      isDryRun: options.dryRun,
      onRow: (report) => {
        rows += 1;
        if (rows % 500 === 0) progress.update(csv.bytesRead(), `${rows} rows`);
        printRow(report, options);
      },
    });
    progress.end();
    finish(summary, options);
  } finally {
    await group.close();
  }
}

async function* readRows(csv: CsvFile, region: string): AsyncGenerator<CustomerRow | RefusedRow> {
  for await (const row of csv.rows()) yield row.isReadable ? readShopifyCustomer(row.line, row.cells, region) : row;
}

function printRow(report: RowReport, options: ImportOptions): void {
  if (options.quiet && report.notes.length === 0) return;
  if (options.json) {
    print(JSON.stringify(report));
    return;
  }
  const notes = report.notes.map((note) => (note.column === null ? note.code : `${note.column}: ${note.code}`));
  print(`line ${String(report.line).padEnd(7)} ${report.verdict.padEnd(9)} ${notes.join(', ')}`.trimEnd());
}

function finish(summary: ImportSummary, options: ImportOptions): void {
  if (options.json) print(JSON.stringify({ summary }));
  else sayNotes(summary);
  if (summary.refused > 0) process.exitCode = 1;
}

function sayNotes(summary: ImportSummary): void {
  const rate = summary.durationMs === 0 ? 0 : Math.round((summary.rows * 1_000) / summary.durationMs);
  const would = summary.isDryRun ? 'Would have been ' : '';
  say(
    `${would}${paint('green', `${summary.created} created`)}, ${summary.updated} updated, ${summary.unchanged} unchanged, ` +
      `${summary.refused > 0 ? paint('red', `${summary.refused} refused`) : '0 refused'} of ${summary.rows} rows ` +
      `in ${(summary.durationMs / 1000).toFixed(1)} s (${rate} rows/s)`,
  );
  if (summary.withNotes === 0) return;
  say(paint('dim', 'What the notes mean:'));
  for (const [code, meaning] of Object.entries(rowNotes)) say(paint('dim', `  ${code.padEnd(19)} ${meaning}`));
}
