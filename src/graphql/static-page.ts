import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** A page for browsers that the server brings along. */
export interface StaticPage {
  /** Path of the page; its files lie below. */
  readonly path: string;
  /** Folder with `index.html` and what it loads. */
  readonly folder: string;
  /** What the page may do beyond loading scripts, styles and answers from this server. */
  readonly contentSecurity: readonly string[];
  /** Answer while the folder is not there. */
  readonly missing: string;
}

/** Nothing from elsewhere, nothing in frames, no forms to anybody. */
const sameOriginOnly = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

/** GraphiQL as built by vite. Its editor writes its own styles and starts workers from files or blobs. */
export function graphiqlPage(folder: string): StaticPage {
  return {
    path: '/graphiql',
    folder,
    contentSecurity: [
      "worker-src 'self' blob:",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data:",
      "font-src 'self' data:",
    ],
    missing: 'GraphiQL is not built. Run: npm run build\n',
  };
}

/** Serves a page from its folder, or says how to build it. */
export async function registerPage(app: FastifyInstance, page: StaticPage): Promise<void> {
  if (!existsSync(join(page.folder, 'index.html'))) {
    app.get(page.path, async (_request, reply) =>
      reply.status(404).type('text/plain; charset=utf-8').send(page.missing),
    );
    return;
  }
  const policy = [...sameOriginOnly, ...page.contentSecurity].join('; ');
  await app.register(async (scope) => {
    scope.addHook('onRequest', async (_request, reply) => {
      reply.header('content-security-policy', policy);
    });
    await scope.register(fastifyStatic, {
      root: page.folder,
      prefix: `${page.path}/`,
      // Names of built files carry a hash of their content; everything else is asked for again each time.
      setHeaders: (reply, path) => {
        const isHashed = path.startsWith(join(page.folder, 'assets'));
        reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
    scope.get(page.path, async (_request, reply) => reply.sendFile('index.html'));
  });
}
