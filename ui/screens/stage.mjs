// What the pictures and the checks of the window stand on: the page served, and one browser to open it in.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';
import { build, preview } from 'vite';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const FOLDER = fileURLToPath(new URL('../../target/screens/', import.meta.url));
export const LARGE = { width: 1440, height: 900 };
/** What is not there by then, in milliseconds, is not to come. */
const PATIENCE = 10_000;
/** In milliseconds: until the fake desk has told all it has, and until what was done in the page has settled. */
const [TOLD, SETTLED] = [600, 500];

/** Where systems have Chromium; else Google's own is looked for where it installs itself. */
const CHROMIUM = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find((file) => file && existsSync(file));

/** Serves the page and starts the browser. */
export async function raise() {
  // Built once: each page would ask for hundreds of modules else.
  const outDir = `${FOLDER}page`;
  await build({ root: ROOT, logLevel: 'error', build: { outDir, emptyOutDir: true, rolldownOptions: { input: 'fake.html' } } });
  const server = await preview({ root: ROOT, logLevel: 'error', build: { outDir }, preview: { open: false } });
  const browser = await chromium.launch({
    ...(CHROMIUM ? { executablePath: CHROMIUM } : { channel: 'chrome' }),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const [address] = server.resolvedUrls.local;
  const strike = async () => {
    await browser.close();
    await server.close();
  };
  return { browser, address, strike };
}

/** Opens the page in a context of its own, plays a scene in it, and tells what goes wrong meanwhile. */
export async function play({ browser, address }, { query = '', act }, looks, tell) {
  const context = await browser.newContext({ viewport: LARGE, timezoneId: 'Europe/Paris', ...looks });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  page.on('pageerror', (error) => tell(error.message));
  page.on('dialog', (dialog) => {
    tell(`A dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => message.type() === 'error' && tell(message.text()));
  await page.goto(`${address}fake.html?still&${query}`);
  await page.waitForTimeout(TOLD);
  await act?.(page);
  await page.waitForTimeout(SETTLED);
  return page;
}
