// Scrolls through a million alerts and tells for how long a row was blank at most: `npm run scroll`.
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';
import { createServer } from 'vite';

/** What the issue of the analyst's desk allows, in milliseconds. */
const BLANK_MOST = 100;
/** Pixels in each frame, from reading to dragging the bar to the end, for so many seconds. */
const SCROLLS = [
  [120, 5],
  [1_000, 10],
  [8_000, 20],
  [100_000, 20],
  [-8_000, 10],
  [-100_000, 10],
];
const PAGE = '<!doctype html><html lang="en"><body><div id="window"></div><script type="module" src="/screens/million.ts"></script></body></html>';

/** Scrolls by so much in each frame, and looks at every row in sight after each. */
async function scroll([step, seconds]) {
  const ROW = 40;
  const list = document.querySelector('.list');
  const { left, top, height } = list.getBoundingClientRect();
  const rowAt = (y) => document.elementFromPoint(left + 300, top + y)?.closest('[role=option]');
  const painted = async () => {
    await new Promise(requestAnimationFrame);
    await new Promise((resolve) => setTimeout(resolve));
  };
  const begun = performance.now();
  const from = Number(rowAt(ROW)?.dataset.id);
  let [frames, rows, longest, blankSince] = [0, 0, 0, null];
  while (performance.now() - begun < seconds * 1000) {
    list.scrollTop += step;
    await painted();
    frames++;
    const now = performance.now();
    let isBlank = false;
    for (let y = ROW / 4; y < height - ROW / 4; y += ROW) isBlank ||= !rowAt(y);
    blankSince = isBlank ? (blankSince ?? now) : null;
    if (isBlank) longest = Math.max(longest, now - blankSince);
    rows = Math.max(rows, list.querySelector('.rows').offsetHeight / ROW);
  }
  const passed = Math.abs(from - Number(rowAt(ROW)?.dataset.id));
  return { step, seconds, frames, passed, kept: rows, blank: Math.round(longest), heap: Math.round(performance.memory.usedJSHeapSize / 1e6) };
}

const server = await createServer({ root: fileURLToPath(new URL('..', import.meta.url)), logLevel: 'error', server: { open: false, hmr: false } });
await server.listen();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--enable-precise-memory-info'],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
page.on('pageerror', (error) => console.error(error.message));
await page.route('**/million.html', (route) => route.fulfill({ contentType: 'text/html', body: PAGE }));
await page.goto(new URL('million.html', server.resolvedUrls?.local[0]).href);
await page.locator('[data-testid=alert-row]').first().waitFor();

for (const how of SCROLLS) {
  const { step, seconds, frames, passed, kept, blank, heap } = await page.evaluate(scroll, how);
  console.log(`${step} px a frame for ${seconds} s: ${passed} rows in ${frames} frames, ${kept} kept, ${heap} MB, blank for ${blank} ms at most`);
  if (blank > BLANK_MOST) process.exitCode = 1;
}

await browser.close();
await server.close();
