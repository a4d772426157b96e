import { Brands } from '../../src/brands/brands.js';
import type { Database } from '../../src/brands/database.js';
import { createLogger } from '../../src/kernel/logger.js';
import type { DeliveryRow } from '../../src/webhooks/delivery.js';
import { type Endpoint, readEndpoints } from '../../src/webhooks/endpoint.js';
import { Publisher, type PublisherOptions } from '../../src/webhooks/publisher.js';
import { webhookDeliveryCollection } from '../../src/webhooks/webhook.model.js';
import { aClock, clearFacts } from '../events/facts.js';
import { openGroup, type TestGroup } from '../support/group.js';
import { aSecret, configWith, type WebhookInput } from './endpoints.js';
import { openReceiver, type Receiver } from './receiver.js';

/** A group whose brand wren tells one receiver what happens. */
export interface PublishingGroup {
  readonly group: TestGroup;
  readonly wren: Database;
  readonly receiver: Receiver;
  readonly clock: ReturnType<typeof aClock>;
  readonly secret: string;
  readonly endpoints: Endpoint[];
  /** Everything that was logged, as it would be written. */
  readonly logged: string[];
  /** A process that tells and sends; not started. */
  publisher(overrides?: Partial<PublisherOptions>): Publisher;
  deliveries(database?: Database): Promise<DeliveryRow[]>;
  /** Forgets facts, deliveries, requests and log lines. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the group and the receiver; `also` are further webhooks of wren, made for the receiver's URL. */
export async function openPublishing(
  webhook: WebhookInput,
  also: (url: string) => { wren?: WebhookInput[]; hearth?: WebhookInput[] } = () => ({}),
): Promise<PublishingGroup> {
  const receiver = await openReceiver();
  const secret = aSecret();
  const shared = { name: 'crm', url: receiver.url, secretEnv: 'CRM_SECRET', allowPrivate: true };
  const more = also(receiver.url);
  const withShared = (rows: readonly WebhookInput[] = []) => rows.map((row) => ({ ...shared, ...row }));
  const config = configWith(withShared([webhook, ...(more.wren ?? [])]), withShared(more.hearth));
  const group = await openGroup({ config });
  const wren = group.entry('wren').database;
  const clock = aClock();
  const logged: string[] = [];
  const log = createLogger({ level: 'debug', stream: { write: (line: string) => logged.push(line) } });
  const endpoints = readEndpoints(config, { CRM_SECRET: secret });
  // Brands without webhooks have nothing to tell; leaving them out saves their leases in every test.
  const told = new Set(endpoints.map((endpoint) => endpoint.brand));
  const brands = new Brands(
    group.brands.all().filter((entry) => told.has(entry.brand.handle)),
    group.brands.registry,
  );
  const databases = [...brands.all().map((entry) => entry.database), group.brands.registry];
  return {
    group,
    wren,
    receiver,
    clock,
    secret,
    endpoints,
    logged,
    publisher: (overrides = {}) => new Publisher({ brands, endpoints, clock, log, ...overrides }),
    deliveries: async (database = wren) =>
      (await database
        .model(webhookDeliveryCollection)
        .find({}, null, { lean: true, sort: { at: 1 } })) as unknown as DeliveryRow[],
    clear: async () => {
      for (const database of databases) {
        await clearFacts(database);
        for (const name of ['webhookDeliveries', 'webhookEndpoints'])
          await database.connection.db?.collection(name).deleteMany({});
      }
      clock.reset();
      receiver.received.length = 0;
      receiver.answer(204);
      logged.length = 0;
    },
    close: async () => {
      await receiver.close();
      await group.close();
    },
  };
}
