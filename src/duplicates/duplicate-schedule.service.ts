import type { BrandEntry } from '../brands/brands.js';
import type { Clock } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import type { Logger } from '../kernel/logger.js';
import { lastScan, scanForDuplicates } from './duplicate-scan.service.js';

/** How often it is looked whether a scan is due. */
const lookEveryMs = 60_000;
/** First look after the start: requests that waited for it go first. */
const firstLookMs = 5_000;
/** Share of the time a scan leaves to requests. */
const idleShare = 0.5;
const hourMs = 3_600_000;

/** What a {@link DuplicateSchedule} is made of. */
export interface DuplicateScheduleOptions {
  readonly entries: readonly BrandEntry[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly secret: Uint8Array;
  /** Hours from the end of one scan of a brand to the next; 0 never scans. */
  readonly everyHours: number;
}

/**
 * Scans each brand when it never was, when its last scan is old enough, or when a process left one unfinished. One brand
 * after the other, slowly. Several processes share the work by the lease of each scan.
 */
export class DuplicateSchedule {
  readonly #options: DuplicateScheduleOptions;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #isStopping = false;

  constructor(options: DuplicateScheduleOptions) {
    this.#options = options;
  }

  /** Begins to look for brands that are due. */
  start(): void {
    if (this.#options.everyHours > 0) this.#schedule(firstLookMs);
  }

  /** Ends after the batch under way; the scan is left to be carried on. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#looking;
  }

  #schedule(delayMs: number): void {
    if (this.#isStopping) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.look().finally(() => this.#schedule(lookEveryMs));
    }, delayMs);
    this.#timer.unref();
  }

  /** Scans every brand that is due now. Never rejects: what fails is tried again at the next look. */
  async look(): Promise<void> {
    for (const entry of this.#options.entries) {
      if (this.#isStopping) return;
      try {
        if (await this.#isDue(entry)) await this.#scan(entry);
      } catch (error) {
        const isElsewhere = error instanceof AppError && error.code === 'RETRY';
        if (!isElsewhere) {
          this.#options.log.warn(
            { brand_id: entry.brand.handle, err: error },
            'A scan for duplicates will go on later',
          );
        }
      }
    }
  }

  async #isDue(entry: BrandEntry): Promise<boolean> {
    const scan = await lastScan(entry);
    const now = this.#options.clock.now().getTime();
    if (scan === null) return true;
    if (scan.phase !== 'DONE') return scan.leaseUntil.getTime() <= now;
    return now - (scan.endedAt?.getTime() ?? 0) >= this.#options.everyHours * hourMs;
  }

  async #scan(entry: BrandEntry): Promise<void> {
    const { clock, log, secret } = this.#options;
    const { scan, durationMs } = await scanForDuplicates({
      entry,
      clock,
      secret,
      idleShare,
      shouldStop: () => this.#isStopping,
    });
    if (scan.phase === 'DONE') {
      log.info({ brand_id: entry.brand.handle, duration_ms: durationMs, ...scan.counts }, 'Looked for duplicates');
    }
  }
}
