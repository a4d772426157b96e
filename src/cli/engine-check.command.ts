import { checkDataFolder, type DatabaseReport, meaningOf } from './data-folder.js';
import { paint, paintOut, print, say, startProgress } from './terminal.js';

interface CheckOptions {
  readonly json?: boolean;
}

/** Findings printed as lines; JSON has all of them. */
const maxLines = 50;

/** `kindred engine check`: report on standard output, progress and verdict on standard error; 1 when something is wrong. */
export async function runEngineCheck(folder: string, options: CheckOptions): Promise<void> {
  const progress = startProgress('Checking', 100);
  const reports = await checkDataFolder(folder, (database, done, total) =>
    progress.update((100 * done) / total, database),
  ).finally(() => progress.end());
  const findings = reports.flatMap((report) => report.findings);
  if (options.json) print(JSON.stringify({ folder, isSound: findings.length === 0, databases: reports }));
  else tell(reports);
  if (findings.length > 0) process.exitCode = 1;
}

function tell(reports: readonly DatabaseReport[]): void {
  const rows = reports.flatMap((report) =>
    report.collections.map(({ name, documents, indexes, findings }) => {
      const entries = Object.values(indexes).reduce((sum, count) => sum + count, 0);
      const verdict = findings === 0 ? 'ok' : `${findings} wrong`;
      return [report.name, name, String(documents), String(Object.keys(indexes).length), String(entries), verdict];
    }),
  );
  printTable([['database', 'collection', 'documents', 'indexes', 'entries', ''], ...rows]);
  const findings = reports.flatMap((report) => report.findings);
  for (const { code, database, collection, index, document, detail } of findings.slice(0, maxLines)) {
    const place = [database, collection, index].filter((each) => each !== null).join(' / ');
    print(`${paintOut('red', code)}  ${place}${document === null ? '' : `  ${document}`}  ${detail}`);
  }
  if (findings.length > maxLines) print(`and ${findings.length - maxLines} more; --json has all`);
  for (const code of new Set(findings.map((finding) => finding.code)))
    say(paint('dim', `  ${code}: ${meaningOf(code)}`));
  if (findings.length === 0) {
    say(`${paint('green', 'Sound')}: ${reports.length} databases, every index equals a full scan.`);
    return;
  }
  const isReadable = !findings.some(({ code }) => code === 'DATA_FILE_DAMAGED' || code === 'CATALOGUE_UNREADABLE');
  const advice = isReadable
    ? 'restore the folder from a copy, or take the documents out with kindred export'
    : 'restore the folder from a copy';
  say(`${paint('red', `${findings.length} wrong`)}: nothing was changed; ${advice}.`);
}

/** Columns as wide as they need to be; numbers to the right. */
function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column >= 2 && column <= 4 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
    print(cells.join('  ').trimEnd());
  }
}
