import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** Builds GraphiQL with its workers into the package, so that the page asks nobody but the server it came from. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/graphiql/',
  logLevel: 'warn',
  worker: { format: 'es' },
  build: {
    outDir: fileURLToPath(new URL('../../dist/graphiql', import.meta.url)),
    emptyOutDir: true,
    // The editor alone is larger than what vite warns about; it is loaded once and kept.
    chunkSizeWarningLimit: 10_000,
    reportCompressedSize: false,
    rolldownOptions: {
      onLog: (level, log, handle) => {
        // Libraries mark files for servers that render React; there is none here.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
      },
    },
  },
});
