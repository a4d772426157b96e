import type { Database } from '../brands/database.js';
import { eachAtMost, PacedLoop } from '../events/paced-loop.js';
import { type Clock, Deadline } from '../kernel/clock.js';
import type { Logger } from '../kernel/logger.js';
import { type DeliveryError, type DeliveryRow, holdsBack, retryWaitMs } from './delivery.js';
import {
  changeOpen,
  type DeliveryChange,
  findDue,
  findEarlier,
  findEndpointState,
  setEndpointGone,
} from './delivery.store.js';
import type { Endpoint } from './endpoint.js';
import type { Send, SendOutcome } from './send.js';

/** How long an attempt may be under way before another process makes the next: three times what a receiver has. */
const leaseMs = 30_000;
/** Time that one command may take. */
const commandMs = 10_000;
/** Deliveries of one read. */
const pageSize = 100;
/** Deliveries to one endpoint under way at once. */
const lanesAtOnce = 8;
/** Days that a delivery is kept after the receiver took it. */
const keptDays = 30;
/** Bounds of the wait behind an earlier delivery of the same subject. */
const behindMs = { least: 1_000, most: 60_000 } as const;
/** The answer of a receiver that wants nothing more (RFC 9110 §15.5.11). */
const statusGone = 410;

/** What a {@link DeliveryRunner} is made of. */
export interface DeliveryRunnerOptions {
  readonly database: Database;
  readonly endpoint: Endpoint;
  readonly send: Send;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called after an attempt and before its outcome is noted. When it throws, the process has died there, as it were. For tests. */
  readonly afterSend?: (row: DeliveryRow) => Promise<void> | void;
}

/**
 * Sends what one database holds for one endpoint. Each delivery is leased for its attempt, so any number of processes may
 * do this side by side. One slow receiver delays nobody but itself: every endpoint has a runner of its own.
 */
export class DeliveryRunner {
  readonly #options: DeliveryRunnerOptions;
  readonly #loop: PacedLoop;
  #isFailing = false;
  #isStopping = false;

  constructor(options: DeliveryRunnerOptions) {
    this.#options = options;
    this.#loop = new PacedLoop({ look: () => this.#look(), onError: (error) => this.#noteFailure(error) });
  }

  /** Begins to send, what earlier processes have left included. */
  start(): void {
    this.#isStopping = false;
    this.#loop.start();
  }

  /** Lets attempts under way end. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#loop.stop();
  }

  /** Looks soon. */
  poke(): void {
    this.#loop.poke();
  }

  /** Attempts what can be attempted now; for tests and orderly ends. Not beside a started runner. */
  async idle(): Promise<void> {
    while (await this.#look());
  }

  async #look(): Promise<boolean> {
    const { endpoint, clock } = this.#options;
    const rows = await this.#run((database, deadline) =>
      findDue(database, { endpoint: endpoint.key, now: clock.now(), limit: pageSize, deadline }),
    );
    this.#isFailing = false;
    if (rows.length === 0) return false;
    const isGone = await this.#isGone();
    const lanes = new Map<string, DeliveryRow[]>();
    for (const row of rows) lanes.set(row.lane, [...(lanes.get(row.lane) ?? []), row]);
    await eachAtMost([...lanes.values()], lanesAtOnce, async (lane) => {
      for (const row of lane.sort((a, b) => a.n - b.n)) {
        if (this.#isStopping) return;
        if (isGone) await this.#giveUp(row, { lastError: 'ENDPOINT_GONE' });
        else if (!(await this.#waitsBehind(row))) await this.#attempt(row);
      }
    });
    return !this.#isStopping;
  }

  async #isGone(): Promise<boolean> {
    const { endpoint } = this.#options;
    const state = await this.#run((database, deadline) => findEndpointState(database, endpoint.key, deadline));
    return state?.goneAt !== undefined && state.urlDigest === endpoint.urlDigest;
  }

  /** Moves a delivery behind an earlier one of its subject that is still tried. Returns whether there is one. */
  async #waitsBehind(row: DeliveryRow): Promise<boolean> {
    const earlier = await this.#run((database, deadline) => findEarlier(database, row, deadline));
    if (earlier === null || !holdsBack(earlier)) return false;
    const nowMs = this.#options.clock.now().getTime();
    const waitMs = Math.max(behindMs.least, (earlier.nextAt?.getTime() ?? nowMs) - nowMs);
    await this.#change(row, { set: { nextAt: new Date(nowMs + Math.min(behindMs.most, waitMs)) } });
    return true;
  }

  async #attempt(row: DeliveryRow): Promise<void> {
    const { endpoint, clock, send, afterSend } = this.#options;
    const now = clock.now();
    const lease = { fence: row.fence + 1, attempts: row.attempts + 1, nextAt: new Date(now.getTime() + leaseMs) };
    if (!(await this.#change(row, { set: lease }))) return;
    const leased = { ...row, ...lease };
    const outcome = await send(endpoint, { id: row.eventId, body: row.body }, now);
    await afterSend?.(leased);
    await this.#note(leased, outcome);
  }

  async #note(row: DeliveryRow, outcome: SendOutcome): Promise<void> {
    const status = 'status' in outcome ? outcome.status : null;
    if (status !== null && status >= 200 && status < 300) return this.#noteDelivered(row, status);
    if (status === statusGone) return this.#noteGone(row);
    const failure = 'error' in outcome ? { lastError: outcome.error } : { lastError: 'STATUS' as const };
    const change = { ...failure, ...(status === null ? {} : { lastStatus: status }) };
    const waitMs = retryWaitMs(row.attempts, Math.random());
    if (waitMs === null) return this.#giveUp(row, change);
    const { clock, log, endpoint } = this.#options;
    await this.#change(row, {
      set: { ...change, nextAt: new Date(clock.now().getTime() + waitMs) },
      ...(status === null ? { unset: ['lastStatus' as const] } : {}),
    });
    const details = { endpoint: endpoint.key, delivery_id: row._id, status, reason: failure.lastError };
    log.info({ ...details, attempts: row.attempts, wait_ms: waitMs }, 'A delivery failed; it will be tried again');
  }

  async #noteDelivered(row: DeliveryRow, status: number): Promise<void> {
    const now = this.#options.clock.now();
    const expireAt = new Date(now.getTime() + keptDays * 86_400_000);
    await this.#change(row, {
      set: { state: 'DELIVERED', deliveredAt: now, lastStatus: status, expireAt },
      unset: ['open', 'nextAt', 'lastError'],
    });
  }

  async #noteGone(row: DeliveryRow): Promise<void> {
    const { endpoint, clock, log } = this.#options;
    await this.#run((database) => setEndpointGone(database, endpoint, clock.now()));
    log.warn({ endpoint: endpoint.key }, 'An endpoint says that it is gone; nothing is sent to it until a replay');
    await this.#giveUp(row, { lastStatus: statusGone, lastError: 'ENDPOINT_GONE' });
  }

  async #giveUp(row: DeliveryRow, why: { lastError: DeliveryError; lastStatus?: number }): Promise<void> {
    const { clock, log, endpoint } = this.#options;
    const set = { state: 'DEAD' as const, deadAt: clock.now(), ...why };
    if (!(await this.#change(row, { set, unset: ['open', 'nextAt'] }))) return;
    log.warn(
      { endpoint: endpoint.key, delivery_id: row._id, attempts: row.attempts, reason: why.lastError },
      'A delivery was given up; it is kept to be replayed with: kindred events retry',
    );
  }

  #change(row: DeliveryRow, change: DeliveryChange): Promise<boolean> {
    return this.#run((database) => changeOpen(database, row, change));
  }

  #run<T>(ask: (database: Database, deadline: Deadline) => Promise<T>): Promise<T> {
    const { database } = this.#options;
    const deadline = Deadline.after(commandMs);
    return database.run(deadline, () => ask(database, deadline));
  }

  #noteFailure(error: unknown): void {
    const { log, endpoint, database } = this.#options;
    // One line per outage, not one per look.
    const level = this.#isFailing ? 'debug' : 'warn';
    this.#isFailing = true;
    const details = { brand_id: database.owner, endpoint: endpoint.key, err: error };
    log[level](details, 'Deliveries cannot be made now; trying again');
  }
}
