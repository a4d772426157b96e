import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

const require = createRequire(import.meta.url);

export default defineConfig({
  resolve: {
    // Vite would load the module build of graphql beside the CommonJS one that its dependents load: two realms.
    alias: [{ find: /^graphql$/, replacement: require.resolve('graphql') }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/long/**', '**/node_modules/**'],
    globalSetup: ['test/support/database-server.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Most of what a test makes dies young.
    execArgv: ['--max-semi-space-size=64'],
    maxWorkers: 3,
    // Files share the modules of their worker: loading them anew for each file took a fifth of the time. So no test may leave
    // anything behind in a module, which the random order of files would bring to light.
    isolate: false,
    sequence: { shuffle: { files: true, tests: false } },
  },
});
