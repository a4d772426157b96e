import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/graphql/schema.js';
import { chromiumPath, launchChromium, withoutChromium } from '../support/chromium.js';
import { openSynthetic, type Synthetic } from './synthetic-server.js';

const builtFolder = join(packageRoot, 'dist');
const missing =
  chromiumPath === undefined
    ? withoutChromium
    : existsSync(join(builtFolder, 'graphiql', 'index.html'))
      ? null
      : 'GraphiQL is not built (npm run build)';

describe('the page /graphiql', () => {
  test('says how to build it while it is not built', async () => {
    const synthetic = await openSynthetic();
    const response = await synthetic.server.inject({ url: '/graphiql' });
    expect(response.statusCode).toBe(404);
    expect(response.headers['content-type']).toMatch(/^text\/plain/);
    expect(response.body).toContain('npm run build');
    await synthetic.server.close();
  });
});

if (missing !== null) {
  test(`in a browser: not tried, because ${missing}`, ({ annotate }) =>
    annotate(`Not tried: ${missing}`).then(() => {}));
} else {
  describe('the page /graphiql in a browser', () => {
    let synthetic: Synthetic;
    let browser: Browser;
    beforeAll(async () => {
      synthetic = await openSynthetic({ builtFolder });
      browser = await launchChromium();
    });
    afterAll(async () => {
      await browser.close();
      await synthetic.server.close();
    });

    test('loads, offers the cross-brand query, shows what the server says to it without a token, and asks nobody outside', async () => {
      const address = await synthetic.server.listen(0, '127.0.0.1');
      const context = await browser.newContext();
      const outside: string[] = [];
      const complaints: string[] = [];
      await context.route('**/*', (route) => {
        const url = route.request().url();
        if (url.startsWith(address) || url.startsWith('data:') || url.startsWith('blob:')) return route.continue();
        outside.push(url);
        return route.abort();
      });
      const page = await context.newPage();
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await page.goto(`${address}/graphiql`);
      const editor = page.locator('.graphiql-query-editor .view-lines');
      await editor.waitFor();
      await expect.poll(() => editor.innerText(), { timeout: 20_000 }).toContain('profileSearch');
      // Not by pointer: the editor's suggestions may lie over the button for as long as they are open.
      await page.locator('.graphiql-execute-button').dispatchEvent('click');
      const answer = page.locator('.graphiql-response .view-lines');
      await expect.poll(() => answer.innerText(), { timeout: 20_000 }).toContain('UNAUTHENTICATED');
      expect(outside).toEqual([]);
      expect(complaints.filter((text) => /Content Security Policy|Refused to/.test(text))).toEqual([]);
      await context.close();
      // A browser on a busy machine takes its time.
    }, 90_000);
  });
}
