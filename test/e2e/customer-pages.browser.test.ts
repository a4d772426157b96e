import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../src/kernel/errors.js';
import { receiptTokenOf } from '../links/link-group.js';
import { openPageStage, type PageStage } from '../links/page-stage.js';
import { chromiumPath, confine, launchChromium, withoutChromium } from '../support/chromium.js';
import { expectAccessible, expectAnswer, focused, narrowPx, tabStops, violations } from '../support/page-checks.js';

if (chromiumPath === undefined) {
  it(`The pages for customers in a browser: not tried, because ${withoutChromium}`, ({ annotate }) =>
    annotate(`Not tried: ${withoutChromium}`).then(() => {}));
} else {
  describe('the pages for customers, in a browser', () => {
    let stage: PageStage;
    let browser: Browser;
    let address: string;
    beforeAll(async () => {
      [stage, browser] = await Promise.all([openPageStage(), launchChromium()]);
      address = await stage.listen();
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      await stage?.close();
    });

    /** Opens a page in a context of its own, which may ask this server alone and carries no code in any address. */
    async function inBrowser(options: BrowserContextOptions, visit: (page: Page) => Promise<void>): Promise<void> {
      const context: BrowserContext = await browser.newContext(options);
      const outside = await confine(context, address);
      const asked: string[] = [];
      const complaints: string[] = [];
      context.on('request', (request) => {
        const { pathname, search } = new URL(request.url());
        asked.push(`${pathname}${search}`);
        if (request.headers()['referer'] !== undefined) complaints.push(`A referrer was sent to ${pathname}`);
      });
      context.on('console', (message) => {
        if (/Content Security Policy|Refused to/i.test(message.text())) complaints.push(message.text());
      });
      try {
        await visit(await context.newPage());
        expect(outside).toEqual([]);
        expect(asked.filter((path) => !/^\/(activate|withdraw|favicon\.ico)$/.test(path))).toEqual([]);
        expect(complaints).toEqual([]);
        expect(await context.cookies()).toEqual([]);
      } finally {
        await context.close();
      }
    }

    const narrow = { bypassCSP: true, viewport: { width: narrowPx, height: 640 } };
    const asReceipt = async () => receiptTokenOf(await stage.group.activate((await stage.invited()).code));

    it('are accessible in every state of an invitation', async () => {
      const [accepted, declined, ended] = [await stage.invited(), await stage.invited('alder'), await stage.invited()];
      await inBrowser(narrow, async (page) => {
        await page.goto(`${address}/activate`);
        await expectAccessible(page, 'Open your invitation');
        await page.goto(`${address}/activate#${declined.code}`);
        await expectAccessible(page, 'Alder invites you to Hearth');
        await page.getByRole('button', { name: 'No, thank you' }).click();
        await expectAccessible(page, 'You have said no, and nothing was opened');
      });
      await inBrowser(narrow, async (page) => {
        await page.goto(`${address}/activate#${accepted.code}`);
        await page.getByRole('button', { name: 'Yes, open my membership at Hearth' }).click();
        await expectAccessible(page, 'Your membership is open');
      });
      stage.group.clock.forward(ended.link.activateBy.getTime() - stage.group.clock.now().getTime());
      await inBrowser(narrow, async (page) => {
        await page.goto(`${address}/activate#${ended.code}`);
        await expectAccessible(page, 'This code does not work');
        expect(await focused(page)).toBe('trouble');
        expect(await page.locator('#code').inputValue()).toBe('');
      });
    }, 120_000);

    it('are accessible in every state of a withdrawal', async () => {
      const code = await asReceipt();
      await inBrowser(narrow, async (page) => {
        await page.goto(`${address}/withdraw`);
        await expectAccessible(page, 'Take back your consent');
        await page.locator('#code').fill('made up');
        await page.keyboard.press('Enter');
        await expectAccessible(page, 'This code does not work');
        await page.goto(`${address}/withdraw#${code}`);
        await page.getByRole('button', { name: 'Show what I agreed to' }).click();
        await expectAccessible(page, 'What you agreed to');
        await page.getByRole('button', { name: 'Take back my consent' }).click();
        await expectAccessible(page, 'Your consent is taken back');
      });
    }, 120_000);

    it('are accessible when nothing can be done just now', async () => {
      const { code } = await stage.invited();
      const cutOff = new AppError('BRAND_UNAVAILABLE', 'cut off', { details: { brand: 'registry' } });
      const spy = vi.spyOn(stage.group.brands.registry, 'run').mockRejectedValue(cutOff);
      try {
        await inBrowser(narrow, async (page) => {
          await page.goto(`${address}/activate#${code}`);
          await expectAccessible(page, 'Not possible just now');
          expect(await focused(page)).toBe('trouble');
          // The check itself: it sees a field without a label.
          await page.evaluate("document.querySelector('label').remove()");
          expect((await violations(page)).join()).toContain('label:');
          spy.mockRestore();
          await page.getByRole('button', { name: 'Show the invitation' }).click();
          await expectAnswer(page, 'Wren invites you to Hearth');
        });
      } finally {
        spy.mockRestore();
      }
    }, 120_000);

    it('let a customer accept and take it all back by keyboard alone, from the address in the message', async () => {
      const { link, code } = await stage.invited();
      await inBrowser({}, async (page) => {
        await page.goto(`${address}/activate#${code}`);
        await expectAnswer(page, 'Wren invites you to Hearth');
        expect(page.url()).toBe(`${address}/activate`);
        expect(await tabStops(page, 3)).toEqual(['Yes, open my membership at Hearth', 'quiet-days', 'No, thank you']);
        await page.keyboard.press('Shift+Tab');
        await page.keyboard.press('Shift+Tab');
        await page.keyboard.press('Enter');
        await expectAnswer(page, 'Your membership is open');
        expect(page.url()).toBe(`${address}/activate`);
        expect((await stage.group.link(link._id)).state).toBe('ACTIVE');
        const [account, receipt, file, back] = await tabStops(page, 4);
        expect([account, receipt, file]).toEqual([
          'Go to your account at Hearth',
          'receipt',
          'Save the receipt as a file',
        ]);
        expect(back).toMatch(new RegExp(`^${address}/withdraw#[\\w-]{43}$`));
        const jws = await page.locator('#receipt').inputValue();
        await page.keyboard.press('Shift+Tab');
        const [saved] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
        expect(saved.suggestedFilename()).toBe('receipt.jws');
        expect(saved.url()).toBe(`data:application/jose,${jws}`);
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        await expect.poll(() => page.title(), { timeout: 20_000 }).toBe('Take back your consent');
        await expect.poll(() => page.url()).toBe(`${address}/withdraw`);
        expect(await page.locator('#code').inputValue()).toBe(back?.split('#')[1]);
        expect(await tabStops(page, 4)).toEqual(['code', 'KEEP', 'Take back my consent', 'Show what I agreed to']);
        await page.keyboard.press('Enter');
        await expectAnswer(page, 'What you agreed to');
        await tabStops(page, 2);
        await page.keyboard.press('ArrowDown');
        expect(await focused(page)).toBe('ERASE_UNTOUCHED');
        await tabStops(page, 1);
        await page.keyboard.press('Enter');
        await expectAnswer(page, 'Your consent is taken back');
      });
      expect((await stage.group.link(link._id)).state).toBe('WITHDRAWN');
      expect(stage.log.filter((line) => line.includes(code))).toEqual([]);
    }, 120_000);

    it('let a customer decline by keyboard alone, and say for how long', async () => {
      const { link, code } = await stage.invited();
      await inBrowser({}, async (page) => {
        await page.goto(`${address}/activate#${code}`);
        await expectAnswer(page, 'Wren invites you to Hearth');
        expect(await tabStops(page, 2)).toEqual(['Yes, open my membership at Hearth', 'quiet-days']);
        await page.keyboard.press('ArrowDown');
        expect(await tabStops(page, 1)).toEqual(['No, thank you']);
        await page.keyboard.press('Space');
        await expectAnswer(page, 'You have said no, and nothing was opened');
      });
      const quietUntil = new Date(stage.group.clock.now().getTime() + 30 * 86_400_000);
      expect(await stage.group.link(link._id)).toMatchObject({ state: 'DECLINED', quietUntil });
    }, 120_000);

    it.each([
      { answer: 'Yes, open my membership at Hearth', tabs: 1, title: 'Your membership is open', state: 'ACTIVE' },
      {
        ...{ answer: 'No, thank you', tabs: 3, state: 'DECLINED' },
        title: 'You have said no, and nothing was opened',
      },
    ])(
      'take the code by hand where no script runs: $answer',
      async ({ answer, tabs, title, state }) => {
        const { link, code } = await stage.invited();
        await inBrowser({ javaScriptEnabled: false }, async (page) => {
          await page.goto(`${address}/activate#${code}`);
          expect(await page.title()).toBe('Open your invitation');
          expect(await tabStops(page, 2)).toEqual(['code', 'Show the invitation']);
          await page.keyboard.press('Shift+Tab');
          await page.keyboard.type(code);
          await page.keyboard.press('Enter');
          await expectAnswer(page, 'Wren invites you to Hearth');
          expect((await tabStops(page, tabs)).at(-1)).toBe(answer);
          await page.keyboard.press('Enter');
          await expectAnswer(page, title);
        });
        expect((await stage.group.link(link._id)).state).toBe(state);
      },
      120_000,
    );

    it('take consent back where no script runs', async () => {
      const code = await asReceipt();
      await inBrowser({ javaScriptEnabled: false }, async (page) => {
        await page.goto(`${address}/withdraw`);
        expect(await tabStops(page, 1)).toEqual(['code']);
        await page.keyboard.type(code);
        await page.keyboard.press('Enter');
        await expectAnswer(page, 'Your consent is taken back');
      });
    }, 120_000);

    it('take the next code that is put into the address of a page that is open', async () => {
      const { code } = await stage.invited('alder');
      await inBrowser({}, async (page) => {
        await page.goto(`${address}/activate#made-up`);
        await expect.poll(() => page.title(), { timeout: 20_000 }).toBe('This code does not work');
        await page.evaluate(`location.hash = '${code}'`);
        await expectAnswer(page, 'Alder invites you to Hearth');
        expect(page.url()).toBe(`${address}/activate`);
      });
    }, 120_000);
  });
}
