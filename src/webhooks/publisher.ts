import type { Brands } from '../brands/brands.js';
import type { Database } from '../brands/database.js';
import type { OutboxFollower } from '../events/follower.js';
import { OutboxRunner } from '../events/outbox-runner.js';
import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/logger.js';
import { DeliveryRunner } from './delivery-runner.js';
import type { Endpoint } from './endpoint.js';
import { createSend, type Send } from './send.js';
import { webhookFollower } from './webhook-follower.js';

/** What a {@link Publisher} is made of. */
export interface PublisherOptions {
  readonly brands: Brands;
  readonly endpoints: readonly Endpoint[];
  readonly clock: Clock;
  readonly log: Logger;
  /** What else happens because of facts, in every database. */
  readonly followers?: readonly OutboxFollower[];
  readonly send?: Send;
}

/** Tells the facts of every brand and of the registry to whoever follows them, receivers outside included. */
export class Publisher {
  readonly #outboxes: readonly OutboxRunner[];
  readonly #deliveries: readonly DeliveryRunner[];

  constructor(options: PublisherOptions) {
    const { brands, endpoints } = options;
    const active = endpoints.filter((endpoint) => endpoint.isActive);
    const places: [Database, readonly Endpoint[]][] = [
      ...brands
        .all()
        .map(({ brand, database }): [Database, readonly Endpoint[]] => [
          database,
          active.filter((endpoint) => endpoint.brand === brand.handle && hasFactsIn(endpoint, 'brand')),
        ]),
      [brands.registry, active.filter((endpoint) => hasFactsIn(endpoint, 'registry'))],
    ];
    const built = places.map(([database, here]) => runnersOf(database, here, options));
    this.#outboxes = built.map(({ outbox }) => outbox);
    this.#deliveries = built.flatMap(({ deliveries }) => deliveries);
  }

  start(): void {
    for (const runner of [...this.#outboxes, ...this.#deliveries]) runner.start();
  }

  /** Lets what is under way end: first what writes deliveries, then what sends them. */
  async stop(): Promise<void> {
    await Promise.all(this.#outboxes.map((runner) => runner.stop()));
    await Promise.all(this.#deliveries.map((runner) => runner.stop()));
  }

  /** Tells and sends what can be told and sent now; for tests. Not beside a started publisher. */
  async idle(): Promise<void> {
    for (const runner of [...this.#outboxes, ...this.#deliveries]) await runner.idle();
  }
}

/** The facts of links lie in the registry, all others in the brand they concern. */
function hasFactsIn(endpoint: Endpoint, place: 'brand' | 'registry'): boolean {
  return [...endpoint.events].some((event) => event.startsWith('link.') === (place === 'registry'));
}

function runnersOf(
  database: Database,
  endpoints: readonly Endpoint[],
  options: PublisherOptions,
): { outbox: OutboxRunner; deliveries: DeliveryRunner[] } {
  const { clock, log, followers = [], send = createSend() } = options;
  const runners = new Map(
    endpoints.map((endpoint) => [endpoint.key, new DeliveryRunner({ database, endpoint, send, clock, log })] as const),
  );
  const webhooks = webhookFollower({ endpoints, clock, onDelivery: ({ key }) => runners.get(key)?.poke() });
  const outbox = new OutboxRunner({ database, clock, log, followers: [webhooks, ...followers] });
  return { outbox, deliveries: [...runners.values()] };
}
