import { fileURLToPath } from 'node:url';

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

import { light } from './light.ts';

const workspace = fileURLToPath(new URL('..', import.meta.url));

export default defineConfig({
  plugins: [svelte(), light()],
  // The window is loaded from inside the program, not from the root of a host.
  base: './',
  build: {
    // The oldest WebKit that ships with a system Vigie runs on.
    target: ['es2022', 'safari16'],
    // The policy forbids inline scripts, and what is loaded later is one chunk.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // All styles pack better together.
    cssCodeSplit: false,
  },
  server: {
    // The message table is shared with the Rust side.
    fs: { allow: [workspace] },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts', '*.test.ts'],
    // The page is told its texts by the program.
    setupFiles: ['src/text/speak.fixture.ts', 'src/canvas.fixture.ts'],
    server: { deps: { inline: [/^svelte/] } },
  },
  // Tests mount components, so they need the build of Svelte that runs in a page.
  ...(process.env['VITEST'] ? { resolve: { conditions: ['browser'] } } : {}),
});
