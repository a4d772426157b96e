import { defineConfig } from 'vitest/config';
import shortRun from './vitest.config.js';

/** Random searches of `npm test` in their whole size: `npm run test:searches`. */
export default defineConfig({
  ...shortRun,
  test: {
    ...shortRun.test,
    env: { KINDRED_SEARCH: 'whole' },
    include: [
      'test/embedded/model.test.ts',
      'test/embedded/model-isolation.test.ts',
      'test/merges/explorer/merge-histories*.test.ts',
      'test/merges/merge-faults-engine.test.ts',
      'test/links/explorer/link-{random,steps,meetings}.test.ts',
      'test/e2e/merge-crash.test.ts',
      'test/links/copy.properties.test.ts',
    ],
  },
});
