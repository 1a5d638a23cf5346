import { gzipSync } from 'node:zlib';

import { expect, it } from 'vitest';

import { weigh, type Written } from './light';

const [script, later, styles] = ['let a = 1;'.repeat(50), 'let b = 2;'.repeat(70), 'a{color:red}'.repeat(30)];

it('weighs every script and all styles as they are packed, and nothing else', () => {
  const written: Written = {
    'index.html': { type: 'asset', fileName: 'index.html', source: '<!doctype html>' },
    'assets/index.js': { type: 'chunk', fileName: 'assets/index.js', code: script },
    'assets/plot.js': { type: 'chunk', fileName: 'assets/plot.js', code: later },
    'assets/style.css': { type: 'asset', fileName: 'assets/style.css', source: styles },
  };
  const packed = [script, later, styles].reduce((sum, text) => sum + gzipSync(text).length, 0);
  expect(weigh(written)).toBe(packed);
});
