import type { Alert } from '../bridge/types';
import { allTake, type Decision } from '../state/decisions';
import { isOpen } from '../state/merge';
import type { Place, View } from '../state/view.svelte';
import { capsOf } from '../text/keys';
import { t, type Key } from '../text/text.svelte';
import { isSign, LEADER, type Keys, type Step } from './keys';

/** What a command is for: so the sheet of keys is divided. */
export const GROUPS = ['decide', 'move', 'choose', 'go', 'window'] as const;
export type Group = (typeof GROUPS)[number];

/** Something that the analyst can have done: keys, the sheet of keys and the palette are all made from these. */
export interface Command {
  /** Its name in the preferences. */
  id: string;
  group: Group;
  text: Key;
  keys: readonly Keys[];
  /** Whether it goes on while its key is held down. */
  repeats?: boolean;
  /** Whether there is anything for it to do now; `meant` are the alerts that it is about. */
  when(view: View, meant: readonly Alert[]): boolean;
  /** What is said where its key is pressed in vain. */
  otherwise?(view: View, meant: readonly Alert[]): string;
  run(view: View, meant: readonly Alert[]): void;
}

/** Rows that a page key moves by. */
const PAGE_STEP = 10;

/** The places, each with the letter that comes after the leader. */
const LETTERS: Record<Place, string> = {
  search: 'f',
  alerts: 'a',
  transactions: 't',
  activity: 'c',
  overview: 'o',
  sources: 's',
  settings: 'e',
};

/** Whether there is a window to work in: before the first source there are no places. */
const isBegun = (view: View) => (view.desk.overview?.sources.length ?? 0) > 0;
const hasList = (view: View) => view.reading !== null;
const isInAlerts = (view: View) => view.place === 'alerts' && view.groups.by === null && isBegun(view);
const hasAlerts = (view: View) => isInAlerts(view) && view.reading !== null;
/** The feed in sight. */
const feedOf = (view: View) =>
  isBegun(view) && (view.place === 'transactions' || view.place === 'activity') ? view[view.place] : null;
/** What is said where a key is about no alert: in places without alerts nothing. */
const noneMeant = (view: View) => (isInAlerts(view) || view.place === 'search' ? t('command.none_chosen') : '');
const cursorIsOnAlert = (view: View) => hasAlerts(view) && view.alerts.rows.some(({ id }) => id === view.selectedAlert);

function decides(decision: Decision, keys: readonly Keys[]): Command {
  const sourceOf = (view: View) => (id: number) => view.sourceOf(id);
  return {
    id: decision,
    group: 'decide',
    text: `act.${decision}`,
    keys,
    when: (view, meant) => allTake(meant, sourceOf(view), decision) && view.deeds.requests(decision, meant).some(({ alert }) => !view.deeds.doing.busy.has(alert)),
    otherwise: (view, meant) => {
      if (meant.length === 0) return noneMeant(view);
      if (!allTake(meant, sourceOf(view), decision)) return t('failure.not_offered');
      return meant.some(({ id }) => view.deeds.doing.busy.has(id)) ? t('act.busy') : t('command.is_so');
    },
    run: (view, meant) => void view.deeds.do(decision, meant),
  };
}

function moves(id: string, text: Key, keys: readonly Keys[], step: Step): Command {
  return { id, group: 'move', text, keys, repeats: true, when: hasList, run: (view) => view.reading?.move(step, false) };
}

function draws(id: string, text: Key, keys: readonly Keys[], by: number): Command {
  const run = (view: View) => view.reading?.move({ by }, true);
  return { id, group: 'choose', text, keys, repeats: true, when: hasAlerts, run };
}

const unseen = (alerts: readonly Alert[]) => alerts.filter(({ acknowledged }) => !acknowledged);

const places = Object.entries(LETTERS) as [Place, string][];

/** Every command. Where two have a key in common, it means the first of them that has something to do. */
export const COMMANDS: readonly Command[] = [
  {
    id: 'seen',
    group: 'decide',
    text: 'alert.acknowledge',
    keys: ['a'],
    when: (_view, meant) => unseen(meant).length > 0,
    otherwise: (view, meant) => (meant.length === 0 ? noneMeant(view) : t('command.is_so')),
    run: (view, meant) => void view.deeds.acknowledge(unseen(meant)),
  },
  decides('resolved', ['r']),
  decides('false_positive', ['f']),
  decides('investigating', ['i']),
  decides('escalated', ['e']),
  decides('assign', ['m']),
  decides('acknowledge', ['Shift+a']),
  {
    id: 'snooze',
    group: 'decide',
    text: 'snooze.snooze',
    keys: ['s'],
    when: (_view, meant) => meant.some(isOpen),
    otherwise: (view, meant) => (meant.length === 0 ? noneMeant(view) : t('snooze.closed')),
    run: (view, meant) => (view.deeds.snoozing = meant.filter(isOpen)),
  },
  {
    id: 'undo',
    group: 'window',
    text: 'command.undo',
    keys: ['u', 'Mod+z'],
    when: (view) => view.deeds.undoing.can,
    otherwise: () => t('command.nothing_to_undo'),
    run: (view) => void view.deeds.undo(),
  },

  {
    id: 'choose',
    group: 'choose',
    text: 'command.choose',
    keys: ['x'],
    when: cursorIsOnAlert,
    otherwise: (view) => (view.place === 'search' ? t('command.only_in_alerts') : hasAlerts(view) ? t('command.none_chosen') : ''),
    run: (view) => view.selectedAlert !== null && view.alerts.chosen.toggle(view.selectedAlert),
  },
  draws('choose_down', 'command.choose_down', ['Shift+j', 'Shift+ArrowDown'], 1),
  draws('choose_up', 'command.choose_up', ['Shift+k', 'Shift+ArrowUp'], -1),
  {
    id: 'choose_all',
    group: 'choose',
    text: 'command.choose_all',
    keys: ['Mod+a'],
    when: hasAlerts,
    run: (view) => view.alerts.chosen.all(view.alerts.rows),
  },
  {
    id: 'choose_none',
    group: 'choose',
    text: 'command.choose_none',
    keys: ['Escape'],
    when: (view) => isInAlerts(view) && view.alerts.chosen.size > 0,
    run: (view) => view.alerts.chosen.clear(),
  },
  ...places.map(
    ([place, letter]): Command => ({
      id: `go_${place}`,
      group: 'go',
      text: `place.${place}`,
      keys: [`${LEADER} ${letter}`],
      when: isBegun,
      run: (view) => (view.place = place),
    }),
  ),

  {
    id: 'search',
    group: 'window',
    text: 'search.label',
    keys: ['/'],
    when: isBegun,
    run: (view) => {
      view.place = 'search';
      // Where the place is in sight already.
      const box = document.querySelector<HTMLInputElement>('main [data-search]');
      box?.focus();
      box?.select();
    },
  },
  {
    id: 'pause',
    group: 'window',
    text: 'command.pause',
    keys: ['p'],
    when: (view) => feedOf(view) !== null,
    run: (view) => {
      const feed = feedOf(view);
      void feed?.pause(!feed.paused);
    },
  },
  {
    id: 'worst_first',
    group: 'window',
    text: 'filter.worst_first',
    keys: [],
    when: isInAlerts,
    run: ({ alerts }) => void alerts.choose({ ...alerts.filter, worst_first: !alerts.filter.worst_first }),
  },
  ...(['customer', 'scenario', 'source'] as const).map(
    (by): Command => ({
      id: `by_${by}`,
      group: 'window',
      text: `filter.by.${by}`,
      keys: [],
      when: (view) => isBegun(view) && view.place === 'alerts',
      run: ({ groups }) => groups.choose(groups.by === by ? null : by),
    }),
  ),
  {
    id: 'closed_too',
    group: 'window',
    text: 'filter.closed',
    keys: [],
    when: isInAlerts,
    run: ({ alerts }) => void alerts.choose({ ...alerts.filter, closed: !alerts.filter.closed, snoozed: false }),
  },
  {
    id: 'snoozed',
    group: 'window',
    text: 'filter.snoozed',
    keys: [],
    when: isInAlerts,
    run: ({ alerts }) => void alerts.choose({ ...alerts.filter, snoozed: !alerts.filter.snoozed, closed: false }),
  },
  {
    id: 'dense',
    group: 'window',
    text: 'view.dense',
    keys: [],
    when: (view) => isBegun(view) && !view.settings.isLocked('window.dense'),
    otherwise: (view) => (isBegun(view) ? t('settings.locked') : ''),
    run: ({ settings }) => void settings.makeDense(),
  },
  {
    id: 'side',
    group: 'window',
    text: 'side.toggle',
    keys: [],
    when: isBegun,
    run: (view) => view.toggleSide(),
  },
  {
    id: 'palette',
    group: 'window',
    text: 'palette.title',
    keys: ['Mod+k'],
    when: (view) => isBegun(view) && view.aid === null,
    run: (view) => (view.aid = 'palette'),
  },
  {
    id: 'sheet',
    group: 'window',
    text: 'sheet.title',
    keys: ['?'],
    when: isBegun,
    run: (view) => (view.aid = 'sheet'),
  },
  { id: 'quit', group: 'window', text: 'quit.quit', keys: ['Mod+q'], when: () => true, run: (view) => view.quit() },

  moves('next', 'command.next', ['j', 'ArrowDown'], { by: 1 }),
  moves('previous', 'command.previous', ['k', 'ArrowUp'], { by: -1 }),
  moves('page_down', 'command.page_down', ['PageDown'], { by: PAGE_STEP }),
  moves('page_up', 'command.page_up', ['PageUp'], { by: -PAGE_STEP }),
  moves('first', 'command.first', ['Home'], { to: 'first' }),
  moves('last', 'command.last', ['End'], { to: 'last' }),
  {
    id: 'open',
    group: 'move',
    text: 'command.open',
    keys: ['Enter'],
    when: hasList,
    run: (view) => view.reading?.open(),
  },
  {
    id: 'close',
    group: 'move',
    text: 'command.close',
    keys: ['Escape'],
    when: (view) => view.reading?.isOpen() ?? false,
    run: (view) => view.reading?.close(),
  },
];

/** More alerts than this are decided only once the analyst has said so again: they are more than one reads. */
const DECIDED_UNASKED = 10;

/** Runs a command; what decides about an alert that was found does so once it is told how that alert stands. */
export function run(command: Command, view: View, isSure = false): void {
  const { deeds } = view;
  if (command.group !== 'decide' || deeds.untold === null) runOn(deeds.meant, command, view, isSure);
  else void deeds.ask(deeds.untold).then((alert) => alert && runOn([alert], command, view, isSure));
}

/** Runs it on these, or asks whether it is meant where it decides many; where it has nothing to do any more, says why. */
function runOn(meant: readonly Alert[], command: Command, view: View, isSure: boolean): void {
  if (command.when(view, meant)) {
    if (isSure || command.group !== 'decide' || meant.length <= DECIDED_UNASKED) command.run(view, meant);
    else view.deeds.asked = command;
    return;
  }
  const words = command.otherwise?.(view, meant);
  if (words) view.say(words);
}

/** The command of this name. */
export function commandOf(id: string): Command | undefined {
  return COMMANDS.find((command) => command.id === id);
}

/** The keys of a command, but for those that are switched off. */
export function keysOf({ keys }: Command, { settings }: View): readonly Keys[] {
  return settings.window.single_keys ? keys : keys.filter((one) => !isSign(one));
}

/** The caps of a command's first key, as words; empty where it has none. */
export function capOf(id: string, view: View): string {
  const command = commandOf(id);
  const first = command && keysOf(command, view)[0];
  return first ? capsOf(first).join(' ') : '';
}

/** What a command does, with its first key. */
export function hintOf({ id, text }: Command, view: View): string {
  const key = capOf(id, view);
  return key ? t('command.with_key', { words: t(text), key }) : t(text);
}
