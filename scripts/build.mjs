// Builds dist/: the server by tsc, the GraphiQL page by vite. Each part only when its sources are newer than it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

function newestMs(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}

function run(root, name, args) {
  const result = spawnSync(process.execPath, [join(root, 'node_modules', name, ...args[0]), ...args.slice(1)], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (result.status !== 0) throw new Error(`${name} failed\n${result.stdout ?? ''}${result.stderr ?? ''}`);
}

const parts = [
  {
    title: 'server',
    stamp: '.built-server',
    sources: ['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'],
    isThere: (root) => existsSync(join(root, 'node_modules', 'typescript')),
    build: (root) => run(root, 'typescript', [['bin', 'tsc'], '-p', 'tsconfig.build.json']),
  },
  {
    title: 'GraphiQL page',
    stamp: '.built-graphiql',
    sources: [join('src', 'graphiql'), 'package-lock.json'],
    isThere: (root) =>
      existsSync(join(root, 'node_modules', 'vite')) && existsSync(join(root, 'src', 'graphiql', 'vite.config.ts')),
    build: (root) =>
      run(root, 'vite', [
        ['bin', 'vite.js'],
        'build',
        '--config',
        join('src', 'graphiql', 'vite.config.ts'),
        '--logLevel',
        'error',
      ]),
  },
];

/** Builds what is stale. `isForced` builds everything anew. */
export async function buildIfStale({ root = join(here, '..'), log = () => {}, isForced = false } = {}) {
  const dist = join(root, 'dist');
  if (isForced) rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  for (const part of parts) {
    const stamp = join(dist, part.stamp);
    const builtMs = existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
    const changedMs = Math.max(...part.sources.map((source) => newestMs(join(root, source))));
    if (builtMs >= changedMs || !part.isThere(root)) continue;
    const startedAt = Date.now();
    part.build(root);
    writeFileSync(stamp, new Date(startedAt).toISOString());
    // What changes while the build runs is newer than its stamp, and so is built the next time.
    utimesSync(stamp, startedAt / 1000, startedAt / 1000);
    log(`Built the ${part.title} in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await buildIfStale({ log: console.log, isForced: process.argv.includes('--force') });
}
