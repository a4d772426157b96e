// Makes tokens beside the server that owns the data: one process of the built command for any number of them.

import { readConfig } from '../../dist/cli/group-options.js';
import { systemClock } from '../../dist/kernel/clock.js';
import { createLogger } from '../../dist/kernel/logger.js';
import { openGroup } from '../../dist/open-group.js';

const [configFile, wanted] = process.argv.slice(2);
const group = await openGroup({
  config: readConfig(configFile),
  env: {},
  clock: systemClock,
  log: createLogger({ level: 'silent' }),
  mayAttach: true,
});
const made = [];
for (const [name, input] of Object.entries(JSON.parse(wanted)))
  made.push([name, (await group.tokens.create(input)).token]);
await group.close();
process.stdout.write(JSON.stringify(Object.fromEntries(made)));
