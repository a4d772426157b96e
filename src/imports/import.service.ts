import type { OperationContext } from '../access/context.js';
import { isDuplicateKey } from '../brands/brand-error.js';
import type { BrandEntry } from '../brands/brands.js';
import { runTransaction } from '../brands/transaction.js';
import { findClaims, findIdentityClaims } from '../claims/claim.store.js';
import { StaleRead } from '../events/commit-once.js';
import { Deadline, pause } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import { freePending } from '../profiles/own-sign-up.service.js';
import type { ProfileRow } from '../profiles/profile.js';
import { ownerOfClaim, readProfiles } from '../profiles/profile.service.js';
import type { CustomerRow, RefusedRow, RowReport } from './customer-row.js';
import type { Draft, Owners } from './draft.js';
import { type ImportPlan, keysOf, planImport } from './import-plan.js';
import { draftWrites, writeDrafts } from './import-write.js';

/** Rows that are looked up together. */
const rowsPerBatch = 1_000;
/** Profiles written in one transaction: about 700 documents and half a megabyte of log. */
const draftsPerTransaction = 100;
/** Transactions of a batch that run side by side. */
const transactionsInFlight = 2;
/** A transaction may wait so long for rivals before the run fails. */
const transactionDeadlineMs = 60_000;
/** Attempts at the same rows before they are halved, so that one bad row costs only itself. */
const attemptsBeforeHalving = 2;
/** Attempts at a single row before the run fails. */
const attemptsMax = 10;

/** Identity handle of the source whose exports are read. */
const sourceHandle = 'shopify';

/** How a run went, in rows. */
export interface ImportSummary {
  readonly isDryRun: boolean;
  rows: number;
  created: number;
  updated: number;
  unchanged: number;
  refused: number;
  /** Rows of any verdict with at least one note. */
  withNotes: number;
  durationMs: number;
}

/** One run over one file. */
export interface ImportOptions {
  readonly context: OperationContext;
  readonly entry: BrandEntry;
  readonly rows: AsyncIterable<CustomerRow | RefusedRow>;
  /** Names the run in audit rows. */
  readonly importId: Uuid;
  readonly isDryRun: boolean;
  /** Called once per row, in the order of the file within a batch. */
  readonly onRow: (report: RowReport) => void;
}

/**
 * Takes customers into a brand: each row to the profile that owns its identity, else its e-mail, else its mobile, else to
 * a new one. Rows fill what is empty and never overwrite; a second run changes nothing. Memory stays flat: one batch at
 * a time. Every transaction writes its profiles with their events and one audit row.
 * @throws AppError `CONFIG_INVALID` when the brand has no identity handle for the source; `BRAND_UNAVAILABLE`; `RETRY`.
 */
export async function importCustomers(options: ImportOptions): Promise<ImportSummary> {
  const handle = options.entry.brand.identityHandles.find((each) => each.handle === sourceHandle);
  if (handle === undefined) {
    throw new AppError(
      'CONFIG_INVALID',
      `The brand ${options.entry.brand.handle} has no identity handle "${sourceHandle}"; add it to identityHandles`,
    );
  }
  const startedAtMs = Date.now();
  const summary: ImportSummary = {
    isDryRun: options.isDryRun,
    rows: 0,
    created: 0,
    updated: 0,
    unchanged: 0,
    refused: 0,
    withNotes: 0,
    durationMs: 0,
  };
  const run = new ImportRun(options, handle.isMultiple);
  let batch: (CustomerRow | RefusedRow)[] = [];
  const finish = async (): Promise<void> => {
    for (const report of await run.batch(batch)) {
      count(summary, report);
      options.onRow(report);
    }
    batch = [];
  };
  for await (const row of options.rows) {
    batch.push(row);
    if (batch.length === rowsPerBatch) await finish();
  }
  await finish();
  summary.durationMs = Date.now() - startedAtMs;
  return summary;
}

function count(summary: ImportSummary, report: RowReport): void {
  summary.rows += 1;
  summary[report.verdict.toLowerCase() as 'created' | 'updated' | 'unchanged' | 'refused'] += 1;
  if (report.notes.length > 0) summary.withNotes += 1;
}

class ImportRun {
  readonly #options: ImportOptions;
  readonly #isMultiple: boolean;
  /**
   * Dry runs only: keys that earlier batches would have claimed, as 52-bit numbers. The one thing that grows with the
   * file, by about 100 bytes a row.
   */
  readonly #wouldClaim = new Set<number>();

  constructor(options: ImportOptions, isMultiple: boolean) {
    this.#options = options;
    this.#isMultiple = isMultiple;
  }

  async batch(batch: readonly (CustomerRow | RefusedRow)[]): Promise<RowReport[]> {
    const reports: RowReport[] = [];
    const usable: CustomerRow[] = [];
    for (const row of batch) {
      if ('sourceId' in row) usable.push(row);
      else reports.push({ line: row.line, verdict: 'REFUSED', notes: row.notes });
    }
    const plan = await this.#plan(usable);
    reports.push(...plan.refused);
    if (this.#options.isDryRun) {
      for (const key of plan.drafts.flatMap((draft) => draft.newKeys)) this.#wouldClaim.add(shortKey(key.claimId));
      reports.push(...plan.drafts.flatMap((draft) => draft.reports()));
    } else reports.push(...(await this.#commitAll(plan.drafts)));
    return reports.sort((a, b) => a.line - b.line);
  }

  async #commitAll(drafts: readonly Draft[]): Promise<RowReport[]> {
    const reports = drafts.filter((draft) => !draft.isChanged).flatMap((draft) => draft.reports());
    const changed = drafts.filter((draft) => draft.isChanged);
    const parts: Draft[][] = [];
    for (let from = 0; from < changed.length; from += draftsPerTransaction)
      parts.push(changed.slice(from, from + draftsPerTransaction));
    const workers = Array.from({ length: transactionsInFlight }, async () => {
      for (let part = parts.shift(); part !== undefined; part = parts.shift())
        reports.push(...(await this.#commit(part, 1)));
    });
    await Promise.all(workers);
    return reports;
  }

  /** One transaction; when a rival was faster, the same rows are looked up and planned again, later in halves. */
  async #commit(drafts: readonly Draft[], attempt: number): Promise<RowReport[]> {
    const { context, entry, importId } = this.#options;
    const writes = draftWrites(drafts, { context, entry, importId, now: context.clock.now(), handle: sourceHandle });
    try {
      await runTransaction(entry.database, Deadline.after(transactionDeadlineMs), (session) =>
        writeDrafts(entry.database, writes, session),
      );
      return drafts.flatMap((draft) => draft.reports());
    } catch (error) {
      if (!(error instanceof StaleRead) && !isDuplicateKey(error)) throw error;
      if (attempt >= attemptsMax) {
        throw new AppError(
          'RETRY',
          'Other writes kept getting in the way of the import; run it again, it goes on where it stopped',
          { cause: error },
        );
      }
    }
    await pause(10 * attempt * (0.5 + Math.random()));
    const rows = drafts.flatMap((draft) => draft.rows).sort((a, b) => a.line - b.line);
    const halves =
      attempt >= attemptsBeforeHalving && rows.length > 1
        ? [rows.slice(0, rows.length >> 1), rows.slice(rows.length >> 1)]
        : [rows];
    const reports: RowReport[] = [];
    for (const half of halves) {
      const plan = await this.#plan(half);
      const changed = plan.drafts.filter((draft) => draft.isChanged);
      reports.push(
        ...plan.refused,
        ...plan.drafts.filter((draft) => !draft.isChanged).flatMap((draft) => draft.reports()),
      );
      if (changed.length > 0) reports.push(...(await this.#commit(changed, attempt + 1)));
    }
    return reports;
  }

  async #plan(rows: readonly CustomerRow[]): Promise<ImportPlan> {
    const { entry, context } = this.#options;
    const deadline = Deadline.after(transactionDeadlineMs);
    const found = await entry.database.run(deadline, () => this.#owners(rows, deadline));
    const owners = await this.#withoutPending(found, deadline);
    const holders = this.#isMultiple
      ? new Set<Uuid>()
      : await entry.database.run(deadline, () => this.#holders(owners, deadline));
    const repeated = this.#options.isDryRun ? rows.filter((row) => this.#isRepeated(row, owners)) : [];
    const plan = planImport(repeated.length === 0 ? rows : rows.filter((row) => !repeated.includes(row)), owners, {
      handle: sourceHandle,
      isMultiple: this.#isMultiple,
      holders,
      now: context.clock.now(),
    });
    const reports = repeated.map(
      (row): RowReport => ({
        line: row.line,
        verdict: 'UPDATED',
        notes: [...row.notes, { code: 'REPEATED_IN_FILE', column: null }],
      }),
    );
    return { drafts: plan.drafts, refused: [...plan.refused, ...reports] };
  }

  /** Whether a real run would have claimed a key of this row before, for an earlier row. */
  #isRepeated(row: CustomerRow, owners: Owners): boolean {
    const keys = keysOf(row, sourceHandle);
    return (
      keys.every((key) => !owners.has(key.claimId)) && keys.some((key) => this.#wouldClaim.has(shortKey(key.claimId)))
    );
  }

  async #owners(rows: readonly CustomerRow[], deadline: Deadline): Promise<Owners> {
    const { database } = this.#options.entry;
    const claims = await findClaims(
      database,
      rows.flatMap((row) => keysOf(row, sourceHandle).map((key) => key.claimId)),
      { deadline },
    );
    const bornOn = [...new Set([...claims.values()].map((claim) => claim.profileId))];
    const profiles = new Map((await readProfiles(database, bornOn, { deadline })).map((row) => [row._id, row]));
    const owners = new Map<
      string,
      { claim: typeof claims extends Map<string, infer C> ? C : never; profile: ProfileRow }
    >();
    for (const claim of claims.values()) {
      let profile = profiles.get(claim.profileId) ?? null;
      if (profile === null || profile.state === 'MERGED' || !(profile.accounts ?? []).includes(claim.accountId)) {
        profile = (await ownerOfClaim(database, claim, { deadline }))?.profile ?? null;
      }
      // Two claims of one profile must lead to one document.
      if (profile !== null) owners.set(claim._id, { claim, profile: remember(profiles, profile) });
    }
    return owners;
  }

  /** Rows of the brand's own customers come before profiles that wait for somebody, and must not tell of them. */
  async #withoutPending(owners: Owners, deadline: Deadline): Promise<Owners> {
    const waiting = [...owners.values()].filter(({ profile }) => profile.state === 'PENDING');
    if (waiting.length === 0) return owners;
    const { context, entry, isDryRun } = this.#options;
    const ids = waiting.map(({ profile }) => profile._id);
    const freed = isDryRun ? new Set(ids) : await freePending({ ...context, deadline }, entry, ids);
    return new Map([...owners].filter(([, { profile }]) => !freed.has(profile._id)));
  }

  async #holders(owners: Owners, deadline: Deadline): Promise<Set<Uuid>> {
    const byAccount = new Map<Uuid, Uuid>();
    for (const { profile } of owners.values())
      for (const account of profile.accounts ?? []) byAccount.set(account, profile._id);
    const claims = await findIdentityClaims(this.#options.entry.database, [...byAccount.keys()], { deadline });
    return new Set(
      claims.filter((claim) => claim.handle === sourceHandle).map((claim) => byAccount.get(claim.accountId) as Uuid),
    );
  }
}

/** The first 52 bits of a digest: as exact as a number is. */
function shortKey(claimId: string): number {
  return Number.parseInt(claimId.slice(0, 13), 16);
}

function remember(profiles: Map<Uuid, ProfileRow>, profile: ProfileRow): ProfileRow {
  const known = profiles.get(profile._id);
  if (known !== undefined) return known;
  profiles.set(profile._id, profile);
  return profile;
}
