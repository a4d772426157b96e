import { expect, it } from 'vitest';
import { runSeed } from '../../merges/rows.js';
import { searchSize } from '../../support/search-size.js';
import { searchLinks } from './random-links.js';

const seed = Number(process.env['LINK_SEED']) || runSeed();
const histories = Number(process.env['LINK_HISTORIES']) || searchSize(5_000);
const file = 'test/links/explorer/link-random.test';

it(`${histories} random histories of links, merges and readers keep every rule (LINK_SEED=${seed})`, async () => {
  const replay = (each: number): string => `LINK_SEED=${each} LINK_HISTORIES=1 npx vitest run ${file}`;
  const { failure, ...counts } = await searchLinks(seed, histories, replay);
  process.stdout.write(`histories from LINK_SEED=${seed}: ${JSON.stringify(counts)}\n`);
  expect(failure, failure ?? '').toBeNull();
}, 300_000);
