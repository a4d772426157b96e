import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, confine, launchChromium, withoutChromium } from '../support/chromium.js';
import { packageRoot, runKindred } from '../support/kindred-command.js';
import { ServerProcess } from '../support/server-process.js';
import { until } from '../support/until.js';

if (chromiumPath === undefined) {
  it(`The pages of the demo: not tried, because ${withoutChromium}`, ({ annotate }) =>
    annotate(`Not tried: ${withoutChromium}`).then(() => {}));
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
      const browser = await launchChromium();
      try {
        const context = await browser.newContext();
        const outside = await confine(context, server.url);
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
      const browser = await launchChromium();
      try {
        const context = await browser.newContext();
        const outside = await confine(context, server.url);
        const page = await context.newPage();
        await page.goto(url);
        await expect.poll(() => page.locator('h1').innerText()).toBe('Alder Menswear invites you to Hearth Homewares');
        expect(page.url()).toBe(`${server.url}/activate`);
        expect(await page.locator('li').allInnerTexts()).toEqual(['First name', 'Last name', 'E-mail address']);
        await page.getByRole('button', { name: 'Yes, open my membership at Hearth Homewares' }).click();
        await expect.poll(() => page.locator('h1').innerText()).toBe('Your membership is open');
        expect(await page.locator('#receipt').inputValue()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
        await page.locator('a[href*="/withdraw#"]').click();
        await expect.poll(() => page.locator('h1').innerText()).toBe('Take back your consent');
        expect(page.url()).not.toContain('#');
        await page.locator('#code').focus();
        await page.keyboard.press('Enter');
        await expect.poll(() => page.locator('h1').innerText()).toBe('Your consent is taken back');
        const again = await context.newPage();
        await again.goto(url);
        await expect.poll(() => again.locator('[role=alert]').innerText()).toContain('This code does not work');
        expect(outside).toEqual([]);
        const { stdout, stderr } = server.command.output();
        expect(`${stdout}${stderr}`).not.toContain(url.split('#')[1]);
      } finally {
        await browser.close();
      }
    }, 120_000);
  });
}
