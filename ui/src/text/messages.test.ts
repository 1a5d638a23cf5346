import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeEach, describe, expect, it } from 'vitest';

import en from '../../../src-tauri/crates/core/messages/en.json';
import fr from '../../../src-tauri/crates/core/messages/fr.json';
import { t } from './text.svelte';
import { speak } from './speak.fixture';

type Message = string | Record<string, string>;
const ENGLISH: Record<string, Message> = en;
const FRENCH: Record<string, Message> = fr;

/** Said by tray and notifications, not by the window. */
const NATIVE = 'native.';

const forms = (message: Message) => (typeof message === 'string' ? [message] : Object.values(message));
const params = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

/** The window's code without its tests. */
function code(): string {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => /\.(ts|svelte)$/.test(file) && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join('src', file), 'utf8'))
    .join('\n');
}

describe('the message table', () => {
  it('has the same messages in every language', () => {
    expect(Object.keys(FRENCH).sort()).toEqual(Object.keys(ENGLISH).sort());
  });

  it.each(Object.keys(ENGLISH))('has the same params in every form of %s', (key) => {
    const [first, ...others] = [ENGLISH[key], FRENCH[key]].flatMap((message) => forms(message ?? '')).map(params);
    for (const other of others) expect(other).toEqual(first);
  });

  it('has what plurals need', () => {
    for (const table of [ENGLISH, FRENCH]) {
      for (const message of Object.values(table)) {
        if (typeof message !== 'string') expect(Object.keys(message)).toEqual(expect.arrayContaining(['one', 'other']));
      }
    }
  });

  it('has no message that nobody says', () => {
    const said = code();
    // A key is named whole, or by its beginning: `severity.${…}`.
    const isSaid = (key: string) =>
      said.includes(`'${key}'`) || said.includes(`\`${key.slice(0, key.lastIndexOf('.') + 1)}\${`);
    expect(Object.keys(ENGLISH).filter((key) => !key.startsWith(NATIVE) && !isSaid(key))).toEqual([]);
  });

  it('has a typographic apostrophe where a straight one would be careless', () => {
    const careless = Object.entries({ ...FRENCH }).filter(([, message]) => forms(message).some((text) => text.includes("'")));
    expect(careless).toEqual([]);
  });
});

describe('a message', () => {
  beforeEach(() => speak('en'));

  it('chooses its plural by the language', () => {
    expect(t('announce.critical', { n: 1 })).toBe('1 new critical alert');
    expect(t('announce.critical', { n: 0 })).toBe('0 new critical alerts');
    speak('fr');
    expect(t('announce.critical', { n: 0 })).toBe('0 nouvelle alerte critique');
    expect(t('announce.critical', { n: 2 })).toBe('2 nouvelles alertes critiques');
  });

  it('is not reordered by a param that turns the direction, and is as it was by any other', () => {
    const said = t('alert.title', { scenario: '\u202emoc.knab\u2069', title: '\u0627\u0633\u0645' });
    expect(said).toBe('\u2068moc.knab\u2069: \u2068\u0627\u0633\u0645\u2069');
    expect(t('alert.title', { scenario: 'Élan', title: '12 €' })).toBe('Élan: 12 €');
  });

  it('takes a param as text, whatever is in it', () => {
    expect(t('alert.title', { scenario: '$& {title}', title: '$1' })).toBe('$& {title}: $1');
  });
});
