import type { Settings } from '../bridge/types';
import { LANGUAGES, THEMES } from '../state/settings.svelte';
import type { View } from '../state/view.svelte';
import { t } from '../text/text.svelte';
import { fit } from './find';
import type { Keys } from './keys';
import { COMMANDS, keysOf, run } from './table';

/** When a day begins, in hours: as in a snooze. */
const MORNING = 8;
/** As many of the commands that were last used come first. */
const RECENT_MOST = 8;

/** A line of the palette. */
export interface Entry {
  id: string;
  words: string;
  keys: Keys | null;
  /** Why it cannot be done now. */
  why?: string | undefined;
  run(): void;
}

/** All that can be done, and why it cannot be now: the commands, the sources, what is set, and notifications. */
export function entriesOf(view: View): Entry[] {
  const { meant } = view.deeds;
  const commands = COMMANDS.filter(({ id }) => id !== 'palette').map(
    (command): Entry => ({
      why: command.when(view, meant) ? undefined : command.otherwise?.(view, meant) || t('palette.not_here'),
      id: command.id,
      words: command.group === 'go' ? t('palette.go', { place: t(command.text) }) : t(command.text),
      keys: keysOf(command, view)[0] ?? null,
      run: () => run(command, view),
    }),
  );
  return [...commands, ...sourcesOf(view), ...pausesOf(view), ...choicesOf(view), ...quietOf(view)];
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

/** Each way in which the window can look and speak. */
function choicesOf(view: View): Entry[] {
  const { settings } = view;
  function entry(name: 'theme' | 'language', choice: string, words: string, set: (window: Settings['window']) => void): Entry {
    const isSo = settings.window[name] === choice;
    return {
      id: `${name}_${choice}`,
      words: t('palette.set', { setting: t(`settings.${name}`), choice: words }),
      keys: null,
      why: settings.isLocked(`window.${name}`) ? t('settings.locked') : isSo ? t('palette.is_so') : undefined,
      run: () => void settings.change(({ window }) => set(window)),
    };
  }
  return [
    ...THEMES.map((theme) => entry('theme', theme, t(`settings.theme.${theme}`), (window) => (window.theme = theme))),
    ...LANGUAGES.map((one) => entry('language', one, t(`settings.language.${one}`), (window) => (window.language = one))),
  ];
}

/** To pause notifications for a while, and to have them again. */
function quietOf(view: View): Entry[] {
  const pause = (minutes: number | null) => void view.try(() => view.bridge.pauseNotifications(minutes));
  const morning = new Date();
  morning.setDate(morning.getDate() + 1);
  morning.setHours(MORNING, 0, 0, 0);
  const until = Math.ceil((morning.getTime() - Date.now()) / 60_000);
  const lasts = [[15, t('pause.quarter')], [60, t('snooze.hour')], [until, t('snooze.tomorrow')]] as const;
  return [
    ...lasts.map(([minutes, time], index): Entry => ({
      id: `quiet_${index}`,
      words: t('pause.for', { time }),
      keys: null,
      run: () => pause(minutes),
    })),
    {
      id: 'quiet_end',
      words: t('pause.resume'),
      keys: null,
      why: view.desk.overview?.paused_until ? undefined : t('pause.not_paused'),
      run: () => pause(null),
    },
  ];
}

function show(view: View, source: number | null): void {
  view.only(source);
  if (view.place === 'sources') view.place = 'alerts';
}

/**
 * The entries that what is typed fits, those that were used last first, then the best. What cannot be done now comes last, and
 * only to those who ask for it.
 */
export function found(entries: readonly Entry[], query: string, recent: readonly string[]): Entry[] {
  const fits = entries.flatMap((entry) => {
    const passed = entry.why && query.trim() === '' ? null : fit(query, entry.words);
    const used = recent.indexOf(entry.id);
    return passed === null ? [] : { entry, passed, used: used < 0 ? RECENT_MOST : used };
  });
  return fits.sort((a, b) => Number(!!a.entry.why) - Number(!!b.entry.why) || a.used - b.used || a.passed - b.passed).map(({ entry }) => entry);
}

/** The last used with this one at their head. */
export function used(id: string, recent: readonly string[]): string[] {
  return [id, ...recent.filter((other) => other !== id)].slice(0, RECENT_MOST);
}
