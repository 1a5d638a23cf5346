// Has axe-core look at every place in every look, and sees that it holds where there is little room and where every text is
// hostile; keeps a picture of each: `npm run axe [-- name…]`.
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';

import { layout } from './hold.mjs';
import { SCENES } from './scenes.mjs';
import { FOLDER, pageIn, play, raise } from './stage.mjs';

const PICTURES = `${FOLDER}checked/`;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** WCAG 2.2 AA with all before it, and what is good practice. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Pages open at a time. */
const AT_ONCE = 4;
/** Elements named for each rule: one token that is too pale is seen in hundreds. */
const MOST_SAID = 8;
/** What a look does not say is so: a page keeps what it was shown in before. What is moving is not read yet. */
const USUAL = { reducedMotion: 'reduce', forcedColors: 'none', contrast: 'no-preference' };

/** The names of the scenes that show a place, or a state of one that has parts of its own. */
const PLACES = [
  'alerts',
  'alerts-small',
  'alerts-detail',
  'hostile',
  'chosen',
  'actions-waiting',
  'actions-overtaken',
  'transactions',
  'transactions-small',
  'transactions-detail',
  'analysis',
  'activity',
  'activity-detail',
  'overview',
  'overview-hour-tables',
  'search',
  'search-small',
  'search-decided',
  'five-sources',
  'settings-streams',
  'source-edit',
  'source-moved-test',
  'source-test',
  'source-test-refused',
  'sources-paused',
  'add-own',
  'diagnostics',
  'settings-place',
  'palette',
  'sheet',
  'snooze-menu',
  'snoozed',
  'groups',
  'first',
  'sixteen',
  'notices-database',
  'offline',
  'empty',
  'failing',
];

/** A page in a language changes its looks as it stands. */
const ENGLISH = {
  query: 'language=en',
  locale: 'en-GB',
  looks: {
    light: { colorScheme: 'light' },
    dark: { colorScheme: 'dark' },
    contrast: { colorScheme: 'dark', forcedColors: 'active', contrast: 'more' },
  },
};
const FRENCH = { query: 'language=fr', locale: 'fr-FR', looks: { french: { colorScheme: 'light' } } };

/** Twice as large in the window that most have, and in the smallest there is: half as much room. Then no scene's own size counts. */
const TWICE = [
  { query: 'language=en', locale: 'en-GB', size: { width: 640, height: 400 }, looks: { twice: { colorScheme: 'light' } } },
  { query: 'language=fr', locale: 'fr-FR', size: { width: 512, height: 320 }, looks: { 'twice-small': { colorScheme: 'dark' } } },
];
const HOSTILE = ['markup', 'long', 'bidi'].map((how) => ({
  query: `language=en&hostile=${how}`,
  locale: 'en-GB',
  looks: { [how]: { colorScheme: 'light' } },
}));
/** Where texts of servers are shown. */
const HOSTILE_PLACES = [
  'alerts',
  'alerts-detail',
  'alerts-customer',
  'alerts-detail-small',
  'chosen',
  'actions-waiting',
  'actions-overtaken',
  'transactions-detail',
  'transactions-small-dark',
  'analysis',
  'activity',
  'activity-detail',
  'overview',
  'overview-hour-tables',
  'search',
  'search-offers-small',
  'search-kept-hostile',
  'one-of-five',
  'five-sources',
  'settings-streams',
  'remove-source',
  'diagnostics',
  'palette',
];

/** What axe finds in a page: the rule, and how an element breaks it. */
async function findings(page) {
  const { violations } = await page.evaluate(
    (tags) => globalThis.axe.run({ runOnly: tags, rules: { 'target-size': { enabled: true } }, resultTypes: ['violations'] }),
    TAGS,
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, any, all, none }) => {
      const why = [...any, ...all, ...none].map(({ message }) => message).join(' ');
      return [`${id}: ${help}`, `${target.join(' ')}\n      ${why}`];
    }),
  );
}

/** Opens a place in a language and looks at it in each look. */
async function check(stage, page, place, { query, looks, size }, tell) {
  const scene = SCENES[place];
  const [first, ...others] = Object.entries(looks);
  const where = `${place} (${first[0]})`;
  const said = (trouble) => tell(where, 'The page itself complains', trouble);
  const viewport = size ?? scene.size;
  await play(stage, page, { ...scene, query: `${scene.query ?? ''}&${query}` }, { viewport, ...USUAL, ...first[1] }, said);
  // What axe has to say of a place it says in the room and with the texts that the place was made for.
  const isUsual = !size && !query.includes('hostile');
  if (isUsual) await page.evaluate(AXE);
  for (const [look, media] of [first, ...others]) {
    await page.emulateMedia({ ...USUAL, ...media });
    await page.screenshot({ path: `${PICTURES}${place}-${look}.png` });
    if (isUsual) for (const [rule, how] of await findings(page)) tell(`${place} (${look})`, rule, how);
  }
  for (const [rule, how] of await page.evaluate(layout)) tell(where, rule, how);
}

const wanted = process.argv.slice(2);
const isWanted = (place) => wanted.length === 0 || wanted.includes(place);
const work = [
  ...PLACES.filter(isWanted).flatMap((place) => [ENGLISH, FRENCH, ...TWICE].map((how) => [place, how])),
  ...HOSTILE_PLACES.filter(isWanted).flatMap((place) => HOSTILE.map((how) => [place, how])),
];
/** By rule, how it is broken and where. */
const found = new Map();
const tell = (where, rule, how) => {
  const ways = found.get(rule) ?? new Map();
  found.set(rule, ways.set(how, (ways.get(how) ?? new Set()).add(where)));
};

const begun = performance.now();
const total = work.length;
if (total === 0) throw new Error(`No such place. There are ${PLACES.join(', ')}.`);
rmSync(PICTURES, { recursive: true, force: true });
const stage = await raise();
const worker = async () => {
  const pages = new Map();
  for (let next = work.shift(); next; next = work.shift()) {
    const [place, { looks, locale }] = next;
    if (!pages.has(locale)) pages.set(locale, await pageIn(stage, locale));
    const hindered = ({ message }) => tell(`${place} (${Object.keys(looks)[0]})`, 'Cannot be worked in', message.split('\n')[0]);
    await check(stage, pages.get(locale), ...next, tell).catch(hindered);
  }
};
try {
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
} finally {
  await stage.strike();
}

for (const [rule, ways] of found) {
  console.error(`\n${rule}`);
  for (const [how, where] of [...ways].slice(0, MOST_SAID)) console.error(`    ${how}\n      in ${[...where].join(', ')}`);
  if (ways.size > MOST_SAID) console.error(`    and ${ways.size - MOST_SAID} more`);
}
const took = ((performance.now() - begun) / 1000).toFixed(1);
console.log(`\n${total} pages looked at in ${took} s: ${found.size === 0 ? 'nothing is found' : `rules broken: ${found.size}`}. Pictures: ${PICTURES}`);
if (found.size > 0) process.exitCode = 1;
