import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';

const candidates = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
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

/** Where a Chromium is; undefined when there is none, or one is not where it was said to be. */
export const chromiumPath: string | undefined = candidates.find(
  (path) => path !== undefined && path !== '' && existsSync(path),
);

/** Says, where a test of pages would stand, why it was not tried. */
export const withoutChromium = 'no Chromium was found (set CHROMIUM_PATH)';

/** A browser of its own, without network of its own. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: flags });
}

/** Lets pages ask this server alone, and gives the list of whatever else they ask for. */
export async function confine(context: BrowserContext, address: string): Promise<string[]> {
  const outside: string[] = [];
  await context.route('**/*', (route) => {
    const url = route.request().url();
    if (url.startsWith(`${address}/`) || url.startsWith('data:') || url.startsWith('blob:')) return route.continue();
    outside.push(url);
    return route.abort();
  });
  return outside;
}
