import type { View } from '../state/view.svelte';
import { t } from '../text/text.svelte';
import { fit } from './find';
import type { Keys } from './keys';
import { COMMANDS } from './table';

/** As many of the commands that were last used come first. */
const RECENT_MOST = 8;

/** A line of the palette. */
export interface Entry {
  id: string;
  /** What it belongs to, in words. */
  group: string;
  words: string;
  keys: Keys | null;
  run(view: View): void;
}

/** All that can be done now: the commands, and to show one source alone. */
export function entriesOf(view: View): Entry[] {
  const commands = COMMANDS.filter((command) => command.when(view)).map(({ id, group, text, keys, run }) => ({
    id,
    group: t(`group.${group}`),
    words: t(text),
    keys: keys[0] ?? null,
    run,
  }));
  return [...commands, ...sourcesOf(view)];
}

function sourcesOf(view: View): Entry[] {
  const sources = view.desk.overview?.sources ?? [];
  if (sources.length < 2) return [];
  const group = t('filter.source');
  const ones = sources
    .filter(({ id }) => id !== view.source)
    .map(({ id, name }): Entry => ({ id: `source_${id}`, group, words: name, keys: null, run: () => show(view, id) }));
  const all: Entry = { id: 'source_all', group, words: t('filter.all_sources'), keys: null, run: () => show(view, null) };
  return view.source === null ? ones : [all, ...ones];
}

function show(view: View, source: number | null): void {
  view.only(source);
  if (view.place === 'sources') view.place = 'alerts';
}

/** The entries that what is typed fits, those that were used last first, then the best. */
export function found(entries: readonly Entry[], query: string, recent: readonly string[]): Entry[] {
  const fits = entries.flatMap((entry) => {
    const own = fit(query, entry.words);
    const words = fit(query, `${entry.group} ${entry.words}`);
    if (own === null && words === null) return [];
    const used = recent.indexOf(entry.id);
    return { entry, used: used < 0 ? RECENT_MOST : used, passed: own ?? words ?? 0 };
  });
  return fits.sort((a, b) => a.used - b.used || a.passed - b.passed).map(({ entry }) => entry);
}

/** The last used with this one at their head. */
export function used(id: string, recent: readonly string[]): string[] {
  return [id, ...recent.filter((other) => other !== id)].slice(0, RECENT_MOST);
}
