import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

const source = fileURLToPath(new URL('src', import.meta.url));
const components = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.svelte'))
  .map((name) => resolve(source, name))
  .sort();

/** The class that ties styles to their component: its number, for hundreds of hashes pack badly. */
function numbered({ filename, css, hash }) {
  const number = components.indexOf(resolve(filename));
  // One that was added while the page is being served.
  return number < 0 ? `svelte-${hash(css)}` : `s${number.toString(36)}`;
}

// The page says of nothing what it is made of.
export default {
  preprocess: vitePreprocess(),
  compilerOptions: { discloseVersion: false, runes: true, cssHash: numbered },
};
