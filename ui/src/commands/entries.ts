import type { View } from '../state/view.svelte';
import { t } from '../text/text.svelte';
import { fit } from './find';
import type { Keys } from './keys';
import { COMMANDS, run } from './table';

/** As many of the commands that were last used come first. */
const RECENT_MOST = 8;

/** A line of the palette. */
export interface Entry {
  id: string;
  words: string;
  keys: Keys | null;
  run(): void;
}

/** All that can be done now: the commands, and to show one source alone. */
export function entriesOf(view: View): Entry[] {
  const { meant } = view.deeds;
  const commands = COMMANDS.filter((command) => command.when(view, meant)).map(
    (command): Entry => ({
      id: command.id,
      words: command.group === 'go' ? t('palette.go', { place: t(command.text) }) : t(command.text),
      keys: command.keys[0] ?? null,
      run: () => run(command, view),
    }),
  );
  return [...commands, ...sourcesOf(view), ...pausesOf(view)];
}

function sourcesOf(view: View): Entry[] {
  const sources = view.desk.overview?.sources ?? [];
  if (sources.length < 2) return [];
  const entry = (id: number | null, words: string): Entry => ({
    id: `source_${id ?? 'all'}`,
    words,
    keys: null,
    run: () => show(view, id),
  });
  return [
    ...(view.source === null ? [] : [entry(null, t('palette.all'))]),
    ...sources.filter(({ id }) => id !== view.source).map(({ id, name }) => entry(id, t('palette.only', { source: name }))),
  ];
}

/** To pause each source that is signed in, or to let it go on. */
function pausesOf(view: View): Entry[] {
  const signedIn = (view.desk.overview?.sources ?? []).filter(({ link }) => link.state !== 'signed_out');
  return signedIn.map((source): Entry => {
    const paused = source.link.state === 'paused';
    const words = t(paused ? 'palette.go_on' : 'palette.pause', { source: source.name });
    return { id: `pause_${source.id}`, words, keys: null, run: () => view.pause(source, !paused) };
  });
}

function show(view: View, source: number | null): void {
  view.only(source);
  if (view.place === 'sources') view.place = 'alerts';
}

/** The entries that what is typed fits, those that were used last first, then the best. */
export function found(entries: readonly Entry[], query: string, recent: readonly string[]): Entry[] {
  const fits = entries.flatMap((entry) => {
    const passed = fit(query, entry.words);
    const used = recent.indexOf(entry.id);
    return passed === null ? [] : { entry, passed, used: used < 0 ? RECENT_MOST : used };
  });
  return fits.sort((a, b) => a.used - b.used || a.passed - b.passed).map(({ entry }) => entry);
}

/** The last used with this one at their head. */
export function used(id: string, recent: readonly string[]): string[] {
  return [id, ...recent.filter((other) => other !== id)].slice(0, RECENT_MOST);
}
