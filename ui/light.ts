import { gzipSync } from 'node:zlib';

import type { Plugin } from 'vite';

/** The most that the page's script and styles may have together, in bytes as gzip packs them at its best. */
const MOST = 120_000;

/** What a build has written: scripts, styles, and other things. */
export type Written = Record<string, { fileName: string } & ({ type: 'chunk'; code: string } | { type: 'asset'; source: string | Uint8Array })>;

/** How many bytes all scripts and styles have, packed, also those that are loaded later. */
export function weigh(written: Written): number {
  return Object.values(written)
    .filter(({ type, fileName }) => type === 'chunk' || /\.(js|css)$/.test(fileName))
    .map((file) => gzipSync(file.type === 'chunk' ? file.code : file.source, { level: 9 }).length)
    .reduce((sum, bytes) => sum + bytes, 0);
}

/** Refuses a page that has grown heavy; one that brings a fake desk with it is not weighed. */
export function light(): Plugin {
  return {
    name: 'light',
    apply: 'build',
    enforce: 'post',
    writeBundle(_, written) {
      if (!('index.html' in written)) return;
      const bytes = weigh(written);
      const told = `script and styles have ${(bytes / 1_000).toFixed(1)} kB gzipped of the ${MOST / 1_000} they may have`;
      if (bytes > MOST) this.error(told);
      this.info(told);
    },
  };
}
