import { describe, it } from 'vitest';
import { mergeCrashRounds } from '../merges/explorer/crash-rounds.js';
import { searchSize } from '../support/search-size.js';

/** Few here; the long search has many. */
const rounds = searchSize(2);

describe('a gateway that is killed while it merges', () => {
  it('leaves every merge whole or absent, and another one goes on', async () => {
    await mergeCrashRounds(rounds, Number(process.env['MERGE_SEED']) || 20_261_122);
  }, 180_000);
});
