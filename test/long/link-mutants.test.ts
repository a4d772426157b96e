import { itKillsAll } from '../mutants/kill-mutants.js';
import { linkMutants } from '../mutants/link-mutants.js';

itKillsAll({
  mutants: linkMutants,
  files: ['test/links/explorer/link-meetings', 'test/links/explorer/link-random'],
  env: { LINK_SEED: process.env['LINK_SEED'] ?? '20261122', LINK_HISTORIES: '4000', KINDRED_SEARCH: 'whole' },
});
