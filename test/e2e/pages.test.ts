import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot, runKindred } from '../support/kindred-command.js';
import { ServerProcess } from '../support/server-process.js';
import { until } from '../support/until.js';

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
  it('The pages of the demo: not tried, because no Chromium was found (set CHROMIUM_PATH)', ({ annotate }) =>
    annotate('Not tried: no Chromium was found').then(() => {}));
} else {
  describe('the pages of the demo, in a browser', () => {
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
        await page.locator('.graphiql-execute-button').dispatchEvent('click');
        const answer = page.locator('.graphiql-response .view-lines');
        await expect.poll(() => answer.innerText(), { timeout: 30_000 }).toContain('prof_');
        expect(outside).toEqual([]);
      } finally {
        await browser.close();
      }
    }, 120_000);

    /** Enrols a customer of the demo and gives the address in the message that reaches her. */
    async function activationUrl(): Promise<string> {
      const admin = server.demoTokens().find((each) => each.role === 'group-admin')?.token ?? '';
      const by = { email: { brand: 'alder', email: 'mei@example.org' } };
      const { profile } = await server.data<{
        profile: { id: string; linkOptions: { brand: { handle: string }; notice: { id: string } | null }[] };
      }>(
        'query Offer($by: ProfileLookup!) { profile(by: $by) { id linkOptions { brand { handle } notice { id } } } }',
        { by },
        admin,
      );
      const noticeId = profile.linkOptions.find((each) => each.brand.handle === 'hearth')?.notice?.id;
      const consent = { method: 'VERBAL', isConfirmed: true, noticeId, givenAt: new Date().toISOString() };
      const input = { profileId: profile.id, toBrand: 'hearth', consent, idempotencyKey: 'pages-enrol' };
      const { crossBrandLinkEnrol } = await server.data<{ crossBrandLinkEnrol: { userErrors: object[] } }>(
        'mutation Enrol($input: CrossBrandLinkEnrolInput!) { crossBrandLinkEnrol(input: $input) { userErrors { code message } } }',
        { input },
        admin,
      );
      expect(crossBrandLinkEnrol.userErrors).toEqual([]);
      const config = JSON.parse(await readFile(join(packageRoot, 'brands.config.json'), 'utf8')) as object;
      const configFile = join(folder, 'brands.config.json');
      await writeFile(configFile, JSON.stringify({ ...config, embedded: { folder: 'data' } }));
      return until('the message arrives', async () => {
        const { stdout } = await runKindred(['mailbox', '--brand', 'alder', '--config', configFile]);
        return /http:\/\/\S+\/activate#\S+/.exec(stdout)?.[0] ?? null;
      });
    }

    it('lets the customer read what would be shared, accept, keep a receipt and take it all back; the link works once', async () => {
      const url = await activationUrl();
      expect(url.startsWith(server.url)).toBe(true);
      const browser = await chromium.launch({ executablePath, args: flags });
      try {
        const page = await browser.newPage();
        await page.goto(url);
        await expect.poll(() => page.locator('h1').innerText()).toBe('Alder Menswear invites you to Hearth Homewares');
        expect(await page.locator('#attributes li').allInnerTexts()).toEqual([
          'First name',
          'Last name',
          'E-mail address',
        ]);
        await page.locator('#accept').click();
        await expect.poll(() => page.locator('h1').innerText()).toBe('Your membership is open');
        expect(await page.locator('#receipt').inputValue()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
        await page.locator('#withdraw a').click();
        await expect.poll(() => page.locator('h1').innerText()).toBe('Take back your consent');
        expect(page.url()).not.toContain('#');
        await page.locator('#code').focus();
        await page.keyboard.press('Enter');
        await expect.poll(() => page.locator('h1').innerText()).toBe('Your consent is taken back');
        const again = await browser.newPage();
        await again.goto(url);
        await expect.poll(() => again.locator('h1').innerText()).toBe('This link does not work any more');
      } finally {
        await browser.close();
      }
    }, 120_000);
  });
}
