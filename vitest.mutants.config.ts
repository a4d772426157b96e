import { defineConfig } from 'vitest/config';
import { mutantPlugin } from './test/mutants/mutant-plugin.js';
import shortRun from './vitest.config.js';

const name = process.env['MUTANT'];

/** The tests that must notice planted bugs; they need no database server, so a run begins at once. `MUTANT` names the bug. */
export default defineConfig({
  ...shortRun,
  plugins: name === undefined ? [] : [mutantPlugin(name)],
  test: { ...shortRun.test, globalSetup: [], bail: 1 },
});
