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
/**
 * In milliseconds: when nothing has changed for so long the page is there, and has settled after what was done in it, which may
 * have loaded more; and what is not settled by then never will be.
 */
const [THERE, CALM, SETTLED] = [100, 200, 2_000];

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

/** A page to play scenes in, one after the other: what it has loaded and compiled once it need not again. */
export async function pageIn({ browser }, locale) {
  const context = await browser.newContext({ viewport: LARGE, timezoneId: 'Europe/Paris', locale });
  context.setDefaultTimeout(PATIENCE);
  return context.newPage();
}

/** Plays a scene in a page, anew whatever was played in it before, and tells what goes wrong meanwhile. */
export async function play({ address }, page, { query = '', act }, { viewport = LARGE, ...media }, tell) {
  for (const event of ['pageerror', 'dialog', 'console']) page.removeAllListeners(event);
  if (page.url().startsWith(address)) await page.evaluate(() => localStorage.clear());
  page.on('pageerror', (error) => tell(error.message));
  page.on('dialog', (dialog) => {
    tell(`A dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => message.type() === 'error' && tell(message.text()));
  await page.setViewportSize(viewport);
  await page.emulateMedia(media);
  await page.goto(`${address}fake.html?still&${query}`);
  await settled(page, THERE);
  await act?.(page);
  if (act) await settled(page, CALM);
}

/** Waits until nothing has changed in the page for a while, or something always does. */
const settled = (page, calm) =>
  page.evaluate(
    ([calm, most]) =>
      new Promise((done) => {
        let timer;
        const wait = () => {
          clearTimeout(timer);
          // Before the window is there, nothing is settled.
          if (document.documentElement.dataset.ready) timer = setTimeout(done, calm);
        };
        new MutationObserver(wait).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
        wait();
        setTimeout(done, most);
      }),
    [calm, SETTLED],
  );
