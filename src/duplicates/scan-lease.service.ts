import type { Database } from '../brands/database.js';
import { type Clock, Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import { newUuid } from '../kernel/ids.js';
import { noCounts, type ScanRow } from './duplicate-scan.js';
import { findScan, insertScan, leaseScan, saveScan } from './duplicate-scan.store.js';

/** How long a process may be silent before another goes on where it was. A batch takes about a second. */
const leaseMs = 30_000;
/** One command of a scan may take so long: nobody waits for it. */
const commandDeadlineMs = 60_000;

/** Runs one command of a scan with a deadline of its own. */
export function inScan<T>(database: Database, ask: (deadline: Deadline) => Promise<T>): Promise<T> {
  const deadline = Deadline.after(commandDeadlineMs);
  return database.run(deadline, () => ask(deadline));
}

/** Thrown when another process has taken a scan over: whoever meets it writes no more. */
export class LostScan extends AppError {
  constructor(database: Database) {
    super('RETRY', 'This process was silent too long: another one has taken the scan over and carries it on', {
      details: { brand: database.owner },
    });
  }
}

/** A scan that this process works on. Every saved position renews the lease. */
export class LeasedScan {
  readonly #database: Database;
  readonly #clock: Clock;
  #row: ScanRow;

  constructor(database: Database, clock: Clock, row: ScanRow) {
    this.#database = database;
    this.#clock = clock;
    this.#row = row;
  }

  /** The scan as last saved. */
  get row(): ScanRow {
    return this.#row;
  }

  /** Writes how far it has come, after the effect. @throws LostScan when the lease is another's by now. */
  async save(change: Partial<Pick<ScanRow, 'phase' | 'position' | 'counts' | 'endedAt'>>): Promise<void> {
    const set = { ...change, leaseUntil: new Date(this.#clock.now().getTime() + leaseMs) };
    if (!(await inScan(this.#database, () => saveScan(this.#database, this.#row, set))))
      throw new LostScan(this.#database);
    this.#row = { ...this.#row, ...set };
  }

  /** Lets another process go on at once. */
  async release(): Promise<void> {
    await inScan(this.#database, () => saveScan(this.#database, this.#row, { leaseUntil: this.#clock.now() }));
  }
}

/**
 * Takes a brand's unfinished scan over, or begins a new one, with so many partitions, when the last has ended.
 * @throws AppError `RETRY` while another process is at it.
 */
export async function takeScan(database: Database, clock: Clock, partitions: number): Promise<LeasedScan> {
  const now = clock.now();
  const lease = { owner: newUuid(), until: new Date(now.getTime() + leaseMs), now };
  const row = await inScan(database, () => findScan(database));
  if (row === null) {
    const first = await inScan(database, () => insertScan(database, lease, partitions));
    if (first === null) throw isBusy(database);
    return new LeasedScan(database, clock, first);
  }
  if (row.phase !== 'DONE' && row.leaseUntil > now) throw isBusy(database);
  const fresh = {
    run: row.run + 1,
    phase: 'KEYS',
    partitions,
    position: '',
    counts: noCounts,
    startedAt: now,
  } as const;
  // A scan without partitions was left by a release that kept its keys in another form.
  const isFresh = row.phase === 'DONE' || row.partitions === undefined;
  const leased = await inScan(database, () => leaseScan(database, row, lease, isFresh ? fresh : {}));
  if (leased === null) throw isBusy(database);
  return new LeasedScan(database, clock, leased);
}

function isBusy(database: Database): AppError {
  return new AppError('RETRY', 'Another process is scanning this brand for duplicates; it needs no second one', {
    details: { brand: database.owner },
  });
}
