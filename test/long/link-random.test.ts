import { expect, it } from 'vitest';
import { searchLinks } from '../links/explorer/random-links.js';
import { runSeed } from '../merges/rows.js';

const seed = Number(process.env['LINK_SEED']) || runSeed();
const histories = Number(process.env['LINK_HISTORIES']) || 10_000;

it(`${histories} random histories of links, merges and readers keep every rule (LINK_SEED=${seed})`, async () => {
  const startedAtMs = Date.now();
  const file = 'test/links/explorer/link-random.test';
  const replay = (each: number): string => `LINK_SEED=${each} LINK_HISTORIES=1 npx vitest run ${file}`;
  const { failure, ...counts } = await searchLinks(seed, histories, replay);
  const tookMs = Date.now() - startedAtMs;
  process.stdout.write(`histories from LINK_SEED=${seed}: ${JSON.stringify(counts)} in ${tookMs} ms\n`);
  expect(failure, failure ?? '').toBeNull();
}, 7_200_000);
