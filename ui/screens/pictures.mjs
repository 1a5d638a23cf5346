// Takes pictures of the window's places, fed by the fake desk: `npm run screens [-- name…]`.
import { SCENES } from './scenes.mjs';
import { FOLDER, LARGE, pageIn, play, raise } from './stage.mjs';

const stage = await raise();
const wanted = process.argv.slice(2);
for (const [name, scene] of Object.entries(SCENES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const { size = LARGE, dark = false, contrast = false, locale = 'en-GB' } = scene;
  const looks = { viewport: size, colorScheme: dark ? 'dark' : 'light', forcedColors: contrast ? 'active' : 'none' };
  const page = await pageIn(stage, locale);
  await play(stage, page, scene, looks, (trouble) => console.error(`${name}: ${trouble}`));
  await page.screenshot({ path: `${FOLDER}${name}.png` });
  await page.context().close();
}
await stage.strike();
