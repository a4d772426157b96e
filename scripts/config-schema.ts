import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { configSchema } from '../src/brands/config.js';

/** The JSON Schema that editors use for `brands.config.json`, made from the one source of its shape. */
export function configJsonSchema(): string {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' });
  return `${JSON.stringify({ ...schema, title: 'Kindred configuration' }, null, 2)}\n`;
}

const file = join(import.meta.dirname, '..', 'brands.config.schema.json');
if (process.argv[1] === import.meta.filename) {
  const wanted = configJsonSchema();
  if (process.argv.includes('--check')) {
    if (readFileSync(file, 'utf8') !== wanted) {
      process.stderr.write('brands.config.schema.json is stale; run npm run codegen\n');
      process.exit(1);
    }
  } else writeFileSync(file, wanted);
}
