import type { Bridge, Watcher } from '../bridge';

/** Texts as no honest server sends them. */
const TEXTS = {
  markup: `<img src=x onerror=document.title='hacked';alert(1)><script>alert(2)</script><style>*{display:none}</style>'\`{{7*7}}`,
  long: `${'W'.repeat(50_000)}${' of a hundred thousand'.repeat(2_300)}`,
  bidi: `\u202e\u2067\u0627\u0633\u0645 moc.knab \u202a\u2069\u2069 ${'Z\u0300\u0301\u0302\u0323\u0324\u0325'.repeat(20)}${'\u0310'.repeat(60)}\u202e`,
};
export type Hostile = keyof typeof TEXTS;

/** What a server, or whoever named a source, may fill with any text; lists of texts among them. */
const FREE = new Set(
  `name text value owner before_owner scenario title customer customer_name amount currency country city channel merchant
  transaction subject what raw user url scenarios countries channels currencies detail head how message`.split(/\s+/),
);
/** What was made by the program, or is a file of the analyst's own. */
const OURS = new Set(['texts', 'settings', 'setSettings', 'profiles', 'signIn']);

/** The same desk with each text of its servers grown hostile. What it was stays its beginning, for lists go by it. */
export function hostile(bridge: Bridge, how: Hostile): Bridge {
  const text = TEXTS[how];
  const spoil = (told: unknown, isFree = false): unknown => {
    if (typeof told === 'string') return isFree ? `${told}${text}` : told;
    return inside(told, (value, key) => spoil(value, key === null ? isFree : FREE.has(key)));
  };
  const mend = (asked: unknown): unknown => (typeof asked === 'string' ? asked.replaceAll(text, '') : inside(asked, mend));

  const answers = {
    ...bridge,
    watch: (watcher: Watcher) =>
      bridge.watch({ ...watcher, overview: (overview) => watcher.overview(spoil(overview) as typeof overview) }),
    analyse: async (event: number) => JSON.stringify(spoil(JSON.parse(await bridge.analyse(event)))),
  };
  const spoiled = Object.entries(answers).map(([name, ask]: [string, (...asked: never[]) => Promise<unknown>]) => {
    if (OURS.has(name) || name === 'watch') return [name, ask];
    return [name, async (...asked: never[]) => spoil(await ask(...(asked.map(mend) as never[])))];
  });
  return Object.fromEntries(spoiled) as Bridge;
}

/** The same with each of its parts changed. */
function inside(told: unknown, change: (value: unknown, key: string | null) => unknown): unknown {
  if (Array.isArray(told)) return told.map((each) => change(each, null));
  if (typeof told !== 'object' || told === null) return told;
  return Object.fromEntries(Object.entries(told).map(([key, value]) => [key, change(value, key)]));
}
