import type { Database } from '../brands/database.js';
import { type Clock, Deadline } from '../kernel/clock.js';
import { newUuid } from '../kernel/ids.js';
import type { LeaseRow } from './lease.js';
import { findLeases, moveLeases, takeLeases } from './lease.store.js';
import { outboxPartitions } from './outbox.js';

/** Time that leases may take to be read or written. */
const deadlineMs = 10_000;
const partitions = Array.from({ length: outboxPartitions }, (_, partition) => partition);

function leaseId(partition: number): string {
  return `outbox:${partition}`;
}

/** The partitions of one outbox that this process may tell on. The first process takes all; others take over what ends. */
export class PartitionLeases {
  readonly #owner = newUuid();
  readonly #held = new Set<number>();
  #until = new Date(0);

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly leaseMs: number,
  ) {}

  /** Whether the partition is this process's own now. */
  holds(partition: number): boolean {
    return this.#held.has(partition) && this.clock.now() < this.#until;
  }

  /** Partitions that are this process's own now. */
  held(): number[] {
    return partitions.filter((partition) => this.holds(partition));
  }

  /** Keeps what is held, takes what is free, and returns what that makes. One read, or nothing, when nothing changes hands. */
  async hold(): Promise<number[]> {
    if (this.#held.size > 0) await this.renew();
    if (this.#held.size < partitions.length) await this.#takeFree();
    return this.held();
  }

  /** Moves the end of all leases when a third of their time has gone. What was lost meanwhile is let go. */
  async renew(): Promise<void> {
    const left = this.#until.getTime() - this.clock.now().getTime();
    if (left > (this.leaseMs * 2) / 3) return;
    const until = this.#nextEnd();
    const ids = [...this.#held].map(leaseId);
    const kept = await this.#run(() => moveLeases(this.database, ids, { owner: this.#owner, until }));
    // Which one was lost is not worth knowing: the read that follows tells whose each is.
    if (kept !== ids.length) this.#held.clear();
    this.#until = until;
  }

  /** Gives everything back, to be taken at once. */
  async release(): Promise<void> {
    const ids = [...this.#held].map(leaseId);
    this.#held.clear();
    if (ids.length === 0) return;
    await this.#run(() => moveLeases(this.database, ids, { owner: this.#owner, until: this.clock.now() }));
  }

  async #takeFree(): Promise<void> {
    const wanted = partitions.filter((partition) => !this.#held.has(partition)).map(leaseId);
    const rows = await this.#find(wanted);
    const now = this.clock.now();
    const isFree = rows.length < wanted.length || rows.some((row) => row.until <= now || row.owner === this.#owner);
    if (!isFree) return;
    // One end for all: partitions join the leases that are held.
    if (this.#held.size === 0) this.#until = this.#nextEnd();
    const lease = { owner: this.#owner, until: this.#until, now };
    await this.#run(() => takeLeases(this.database, wanted, rows, lease));
    for (const { _id, owner } of await this.#find(wanted))
      if (owner === this.#owner) this.#held.add(Number(_id.split(':')[1]));
  }

  #find(ids: readonly string[]): Promise<LeaseRow[]> {
    const deadline = Deadline.after(deadlineMs);
    return this.database.run(deadline, () => findLeases(this.database, ids, deadline));
  }

  #nextEnd(): Date {
    return new Date(this.clock.now().getTime() + this.leaseMs);
  }

  #run<T>(ask: () => Promise<T>): Promise<T> {
    return this.database.run(Deadline.after(deadlineMs), ask);
  }
}
