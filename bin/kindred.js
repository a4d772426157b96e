#!/usr/bin/env node
// Starts the command line; in a checkout it builds first when sources are newer than what was built.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`kindred needs Node 20.19 or newer; this is ${process.versions.node}\n`);
  process.exit(1);
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
if (existsSync(join(root, 'src', 'main.ts'))) {
  const { buildIfStale } = await import('../scripts/build.mjs');
  await buildIfStale({ root, log: (line) => process.stderr.write(`${line}\n`) });
}
const { main } = await import('../dist/main.js');
process.exitCode = await main(process.argv.slice(2));
