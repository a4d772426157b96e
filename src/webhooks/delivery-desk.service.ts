import type { BrandHandle } from '../brands/brand.js';
import type { Brands } from '../brands/brands.js';
import type { Database } from '../brands/database.js';
import { Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import { newUuid, uuidToBase62 } from '../kernel/ids.js';
import type { DeliveryRow, DeliveryState } from './delivery.js';
import { findDeliveries, findNamed, reopen, setEndpointGone } from './delivery.store.js';
import type { Endpoint } from './endpoint.js';
import type { Send, SendOutcome } from './send.js';

/** Time that one command may take. */
const commandMs = 10_000;
/** Dead letters of one read and one write. */
const replayPage = 500;

/** A delivery as operators see it: what is sent is left out. */
export interface DeliveryView {
  readonly id: string;
  readonly endpoint: string;
  readonly kind: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** When the fact happened. */
  readonly at: Date;
  readonly nextAt: Date | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
}

/** Which deliveries are meant. */
export interface DeliveryFilter {
  readonly brand?: BrandHandle;
  /** Name of an endpoint. */
  readonly endpoint?: string;
  readonly state?: DeliveryState;
}

function viewOf(row: DeliveryRow): DeliveryView {
  return {
    id: row._id,
    endpoint: row.endpoint,
    kind: row.kind,
    state: row.state,
    attempts: row.attempts,
    at: row.at,
    nextAt: row.nextAt ?? null,
    lastStatus: row.lastStatus ?? null,
    lastError: row.lastError ?? null,
  };
}

/** What operators do about deliveries. Works on the databases alone, so beside any number of running servers. */
export class DeliveryDesk {
  constructor(
    private readonly brands: Brands,
    private readonly endpoints: readonly Endpoint[],
  ) {}

  /**
   * The endpoints that a filter means.
   * @throws AppError `USAGE` when none is configured by that name.
   */
  endpointsOf({ brand, endpoint }: DeliveryFilter): Endpoint[] {
    const found = this.endpoints.filter(
      (each) => (brand === undefined || each.brand === brand) && (endpoint === undefined || each.name === endpoint),
    );
    if (found.length > 0 || endpoint === undefined) return found;
    const known = this.endpoints.map(({ key }) => key).join(', ');
    throw new AppError('USAGE', `"${endpoint}" is not a configured webhook; known: ${known === '' ? 'none' : known}`);
  }

  /** Deliveries, newest first; waiting ones by when they are attempted next. */
  async list(filter: DeliveryFilter, limit: number): Promise<DeliveryView[]> {
    const rows: DeliveryRow[] = [];
    for (const [database, endpoint] of this.#placesOf(this.endpointsOf(filter))) {
      rows.push(...(await this.#find(database, endpoint, filter.state ?? null, limit)));
    }
    const timeOf = (row: DeliveryRow): number => -(filter.state === 'DEAD' ? (row.deadAt ?? row.at) : row.at).getTime();
    const orderOf = (row: DeliveryRow): number =>
      filter.state === 'PENDING' ? (row.nextAt ?? row.at).getTime() : timeOf(row);
    return rows
      .sort((a, b) => orderOf(a) - orderOf(b))
      .slice(0, limit)
      .map(viewOf);
  }

  /**
   * Sends one delivery afresh, or all of one event, whatever their state; endpoints that were gone are tried again.
   * @returns ids of the deliveries; none when the id is unknown.
   */
  async replay(id: string, now: Date): Promise<string[]> {
    const ids: string[] = [];
    for (const database of [...this.brands.all().map((entry) => entry.database), this.brands.registry]) {
      const deadline = Deadline.after(commandMs);
      const keys = this.endpoints.map(({ key }) => key);
      const rows = await database.run(deadline, () => findNamed(database, id, keys, deadline));
      await this.#reopen(database, rows, now);
      ids.push(...rows.map((row) => row._id));
    }
    return ids;
  }

  /** Sends every dead letter afresh that a filter means. Returns how many there were. */
  async replayDead(filter: DeliveryFilter, now: Date): Promise<number> {
    let count = 0;
    for (const [database, endpoint] of this.#placesOf(this.endpointsOf(filter))) {
      for (;;) {
        const rows = await this.#find(database, endpoint, 'DEAD', replayPage);
        // What dies again while this goes on is not taken twice.
        const earlier = rows.filter((row) => (row.deadAt ?? row.at) <= now);
        await this.#reopen(database, earlier, now);
        count += earlier.length;
        if (earlier.length < replayPage) break;
      }
    }
    return count;
  }

  #find(database: Database, { key }: Endpoint, state: DeliveryState | null, limit: number): Promise<DeliveryRow[]> {
    const deadline = Deadline.after(commandMs);
    return database.run(deadline, () => findDeliveries(database, { endpoint: key, state, limit, deadline }));
  }

  /** Where deliveries to endpoints lie: with the fact, so in the brand, or in the registry for links. */
  #placesOf(endpoints: readonly Endpoint[]): [Database, Endpoint][] {
    return endpoints.flatMap((endpoint): [Database, Endpoint][] => [
      [this.brands.get(endpoint.brand).database, endpoint],
      ...([...endpoint.events].some((event) => event.startsWith('link.'))
        ? [[this.brands.registry, endpoint] as [Database, Endpoint]]
        : []),
    ]);
  }

  async #reopen(database: Database, rows: readonly DeliveryRow[], now: Date): Promise<void> {
    const keys = new Set(rows.map((row) => row.endpoint));
    for (const endpoint of this.endpoints.filter(({ key }) => keys.has(key))) {
      await database.run(Deadline.after(commandMs), () => setEndpointGone(database, endpoint, null));
    }
    const ids = rows.map((row) => row._id);
    await database.run(Deadline.after(commandMs), () => reopen(database, ids, now));
  }
}

/** Sends a signed message about nothing, to try an endpoint out. It is sent once and not kept. */
export async function sendPing(
  endpoint: Endpoint,
  send: Send,
  now: Date,
): Promise<{ readonly id: string; readonly outcome: SendOutcome }> {
  const id = `ping_${uuidToBase62(newUuid())}`;
  const data = { brand: endpoint.brand, endpoint: endpoint.name };
  const body = JSON.stringify({ type: 'kindred.ping', timestamp: now.toISOString(), data });
  return { id, outcome: await send(endpoint, { id, body }, now) };
}
