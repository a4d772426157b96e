import { randomUUID } from 'node:crypto';
import { World } from '../../src/access/world.js';
import { loadConfigFile } from '../../src/brands/load-config.js';
import { openCsv } from '../../src/imports/csv-rows.js';
import type { CustomerRow, RefusedRow } from '../../src/imports/customer-row.js';
import { importCustomers } from '../../src/imports/import.service.js';
import { keyColumns, readShopifyCustomer } from '../../src/imports/shopify-customer.js';
import { Deadline, systemClock } from '../../src/kernel/clock.js';
import { newUuid } from '../../src/kernel/ids.js';
import { createLogger } from '../../src/kernel/logger.js';
import { openGroup } from '../../src/open-group.js';

/** How long the rows took one by one. */
export interface NaiveResult {
  readonly rows: number;
  readonly durationMs: number;
}

/** Takes the rows of a file in as a loop would: each looked up by itself and written in a transaction of its own. */
const [configFile, file] = process.argv.slice(2) as [string, string];
const log = createLogger({ level: 'error' });
const group = await openGroup({ config: loadConfigFile(configFile, {}), env: {}, clock: systemClock, log });
const entry = group.brands.get('wren');

async function* one(row: CustomerRow | RefusedRow): AsyncGenerator<CustomerRow | RefusedRow> {
  yield row;
}

async function takeIn(row: CustomerRow | RefusedRow): Promise<void> {
  await importCustomers({
    context: {
      requestId: randomUUID(),
      actor: null,
      brands: group.brands,
      clock: systemClock,
      deadline: Deadline.after(3_600_000),
      log,
      selection: null,
      world: new World(),
    },
    entry,
    rows: one(row),
    importId: newUuid(),
    isDryRun: false,
    onRow: () => {},
  });
}

const csv = await openCsv(file, keyColumns);
const rows: (CustomerRow | RefusedRow)[] = [];
for await (const row of csv.rows()) {
  rows.push(row.isReadable ? readShopifyCustomer(row.line, row.cells, entry.brand.phoneRegion) : row);
}
const startedAtMs = performance.now();
for (const row of rows) await takeIn(row);
const result: NaiveResult = { rows: rows.length, durationMs: performance.now() - startedAtMs };
await group.close();
process.send?.(result, () => process.disconnect());
