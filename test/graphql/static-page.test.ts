import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSynthetic, type Synthetic } from './synthetic-server.js';

let builtFolder: string;
let synthetic: Synthetic;
beforeAll(async () => {
  builtFolder = await mkdtemp(join(tmpdir(), 'kindred-pages-'));
  const folder = join(builtFolder, 'graphiql');
  await mkdir(join(folder, 'assets'), { recursive: true });
  await writeFile(join(folder, 'index.html'), '<title>GraphiQL</title>');
  await writeFile(join(folder, 'assets', 'main-abc.js'), '1');
  await writeFile(join(builtFolder, 'secret.txt'), 'secret');
  synthetic = await openSynthetic({ builtFolder });
});
afterAll(async () => {
  await synthetic.server.close();
  await rm(builtFolder, { recursive: true, force: true });
});

describe('the page /graphiql', () => {
  test('is served with a policy that knows nobody but this server', async () => {
    const response = await synthetic.server.inject({ url: '/graphiql' });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toMatch(/^text\/html/);
    expect(response.headers['cache-control']).toBe('no-cache');
    expect(response.body).toContain('GraphiQL');
    const policy = String(response.headers['content-security-policy']);
    expect(policy).toMatch(/default-src 'none'; script-src 'self'; connect-src 'self'/);
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval|script-src[^;]*unsafe/);
    expect(response.headers['referrer-policy']).toBe('no-referrer');
  });

  test('lets browsers keep the files whose names change with their content', async () => {
    const response = await synthetic.server.inject({ url: '/graphiql/assets/main-abc.js' });
    expect(response.headers['cache-control']).toContain('immutable');
  });

  test.each(['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/nothing.js'])(
    'serves nothing outside its folder: %s',
    async (rest) => {
      const response = await synthetic.server.inject({ url: `/graphiql${rest}` });
      expect(response.statusCode).toBeGreaterThanOrEqual(400);
      expect(response.headers['content-type']).toMatch(/^application\/json/);
      expect(response.body).not.toContain('secret');
    },
  );
});
