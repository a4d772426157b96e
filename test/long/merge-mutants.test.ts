import { itKillsAll } from '../mutants/kill-mutants.js';
import { mutants } from '../mutants/mutants.js';

itKillsAll({
  mutants,
  files: ['test/merges/schedules', 'test/merges/explorer/merge-histories'],
  env: { MERGE_SEED: process.env['MERGE_SEED'] ?? '20261122', MERGE_HISTORIES: '600' },
});
