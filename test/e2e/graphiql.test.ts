import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServerProcess } from '../support/server-process.js';

const candidates = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const executablePath = candidates.find((path) => path !== undefined && path !== '' && existsSync(path));
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

if (executablePath === undefined) {
  it('GraphiQL on the demo: not tried, because no Chromium was found (set CHROMIUM_PATH)', ({ annotate }) =>
    annotate('Not tried: no Chromium was found').then(() => {}));
} else {
  describe('GraphiQL on the demo, in a browser', () => {
    let folder: string;
    let server: ServerProcess;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'kindred-graphiql-'));
      server = await ServerProcess.demo(folder);
    }, 120_000);
    afterAll(async () => {
      await server?.end();
      await rm(folder, { recursive: true, force: true });
    });

    it('answers the prefilled cross-brand query at the press of a button, and asks nobody outside', async () => {
      const browser = await chromium.launch({ executablePath, args: flags });
      try {
        const context = await browser.newContext();
        const outside: string[] = [];
        await context.route('**/*', (route) => {
          const url = route.request().url();
          if (url.startsWith(server.url) || url.startsWith('data:') || url.startsWith('blob:')) return route.continue();
          outside.push(url);
          return route.abort();
        });
        const page = await context.newPage();
        const token = server.demoTokens().find((each) => each.role === 'group-app')?.token;
        await page.goto(`${server.url}/graphiql#token=${token}`);
        await expect
          .poll(() => page.locator('.graphiql-query-editor .view-lines').innerText(), { timeout: 30_000 })
          .toContain('profileSearch');
        expect(page.url()).not.toContain('kin_');
        await page.locator('.graphiql-execute-button').click();
        const answer = page.locator('.graphiql-response .view-lines');
        await expect.poll(() => answer.innerText(), { timeout: 30_000 }).toContain('prof_');
        expect(outside).toEqual([]);
      } finally {
        await browser.close();
      }
    }, 120_000);
  });
}
