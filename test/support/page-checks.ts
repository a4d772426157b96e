import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** WCAG 2.2 up to level AA, and what axe calls good practice. */
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Width below which nobody has to scroll sideways (WCAG 1.4.10); also a window of 1280 at 400 %. */
export const narrowPx = 320;

interface AxeViolation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe finds on a page as it is shown. */
export async function violations(page: Page): Promise<string[]> {
  const found = (await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(axeTags)}, resultTypes: ['violations'] }).then((all) => all.violations)`,
  )) as AxeViolation[];
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** Fails unless a page that is shown now can be read by everybody, in the light and in the dark. */
export async function expectAccessible(page: Page, title: string): Promise<void> {
  await expect.poll(() => page.title(), { timeout: 20_000 }).toBe(title);
  await page.addScriptTag({ path: axePath });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page), `${title}, ${colorScheme}`).toEqual([]);
  }
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(narrowPx);
}

/** The element that has the focus: its id where it has one, its words otherwise. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(
    '(() => { const it = document.activeElement; return it === document.body ? "" : it.id || it.innerText || it.value; })()',
  );
}

/** Where Tab leads next, so many times. */
export async function tabStops(page: Page, count: number): Promise<string[]> {
  const stops: string[] = [];
  for (let n = 0; n < count; n += 1) {
    await page.keyboard.press('Tab');
    stops.push(await focused(page));
  }
  return stops;
}

/** Waits for a page that answers, and fails unless its heading has the focus: it may be all that somebody hears. */
export async function expectAnswer(page: Page, heading: string): Promise<void> {
  await expect.poll(() => page.title(), { timeout: 20_000 }).toBe(heading);
  await expect.poll(() => focused(page), { timeout: 20_000 }).toBe(heading);
}
