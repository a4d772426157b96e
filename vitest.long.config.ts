import { defineConfig } from 'vitest/config';
import shortRun from './vitest.config.js';

/** Searches that take minutes, with seeds of their own: `npm run test:long`. */
export default defineConfig({
  ...shortRun,
  test: { ...shortRun.test, include: ['test/long/**/*.test.ts'], exclude: [] },
});
