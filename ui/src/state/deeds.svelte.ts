import { asProblem } from '../bridge/bridge';
import type { AcknowledgedTogether, Alert, AlertAction, SnoozeFor, SnoozeOf } from '../bridge/types';
import type { Command } from '../commands/table';
import { t } from '../text/text.svelte';
import { deedWords } from '../text/deed';
import { alertWords } from '../text/words';
import { isGiven, requestsOf, type Decision } from './decisions';
import { Doing } from './doing.svelte';
import { Undoing } from './undoing.svelte';
import type { View } from './view.svelte';

/** What the analyst does to alerts: at their servers, or on this desk. */
export class Deeds {
  /** What is to be done to many alerts, once the analyst has said that it is meant. */
  asked = $state.raw<Command | null>(null);
  /** The alerts for which the snooze menu is open. */
  snoozing = $state.raw<Alert[] | null>(null);

  readonly doing: Doing;
  readonly undoing: Undoing;

  readonly #view: View;
  /** The found alerts that are being asked for. */
  readonly #asking = new Set<number>();
  /** How often alerts were acknowledged from the tray, as far as it was said. */
  #together = 0;

  constructor(view: View) {
    this.#view = view;
    this.undoing = new Undoing(view.bridge);
    this.doing = new Doing(view.bridge);
  }

  /** The alerts that a key is about: those that are chosen, else the one on which the cursor stands. */
  get meant(): readonly Alert[] {
    const { place, groups, alerts, alert, search, selectedAlert } = this.#view;
    const open = alert.detail?.alert;
    if (place === 'search') {
      const id = this.#found;
      if (id === null) return [];
      const known = open?.id === id ? open : search.alert(id);
      return known ? [known] : [];
    }
    if (place !== 'alerts' || groups.by !== null) return [];
    const { chosen, rows } = alerts;
    if (chosen.size > 0) return chosen.of(rows);
    const one = rows.find(({ id }) => id === selectedAlert) ?? (open?.id === selectedAlert ? open : undefined);
    return one ? [one] : [];
  }

  /** The found alert that a key is about, unless it is open: how it stands has to be asked for. */
  get untold(): number | null {
    return this.#found === this.#view.alert.detail?.alert.id ? null : this.#found;
  }

  get #found(): number | null {
    return this.#view.place === 'search' ? (this.#view.reading?.alert?.() ?? null) : null;
  }

  /** Asks how a found alert stands; gives nothing where it cannot be told, or is being asked for already. */
  async ask(id: number): Promise<Alert | undefined> {
    if (this.#asking.has(id)) {
      this.#view.say(t('act.busy'));
      return undefined;
    }
    let alert: Alert | undefined;
    this.#asking.add(id);
    await this.#view.try(async () => ({ alert } = await this.#view.bridge.alert(id)));
    this.#asking.delete(id);
    if (alert) this.#view.search.hear([alert]);
    return alert;
  }

  /** Whether an alert is still to be decided: nothing that the analyst has done to it waits or went wrong. */
  isLeft({ id, state }: Alert): boolean {
    return ['open', 'investigating'].includes(state) && !this.doing.busy.has(id) && this.#view.outbox.of(id) === undefined;
  }

  /** What the servers are to be asked for so that this is done to alerts: not what waits to be sent, or is so. */
  requests(decision: Decision, meant: readonly Alert[]): AlertAction[] {
    return requestsOf(meant, (id) => this.#view.sourceOf(id), decision).filter(({ alert, action, state }) => {
      const deed = this.#view.outbox.of(alert);
      const waits = deed?.standing.kind === 'waiting' && deed.action === action && deed.state === state;
      return !waits;
    });
  }

  /** Says "seen" of these alerts on this desk. */
  async acknowledge(alerts: readonly Alert[]): Promise<void> {
    const ids = alerts.map(({ id }) => id);
    if (!(await this.#view.try(() => this.#view.bridge.acknowledge(ids)))) return;
    this.#view.alerts.chosen.drop(ids);
    this.undoing.note({ alerts: ids, seen: ids });
    this.#say(t('alert.seen'), alerts);
  }

  /** What was acknowledged from the tray can be undone here. */
  follow({ alerts, change }: AcknowledgedTogether): void {
    if (change === this.#together) return;
    this.#together = change;
    this.undoing.note({ alerts: [], all: change });
    this.#view.say(t('command.acknowledged_all', { n: alerts }), true);
  }

  /** Snoozes these alerts, and goes on to the next, or what they are of. */
  async snooze(alerts: readonly Alert[], of: SnoozeOf, lasts: SnoozeFor): Promise<void> {
    const ids = alerts.map(({ id }) => id);
    const done = await this.#view.try(async () => {
      this.undoing.note({ alerts: ids, snoozed: await this.#view.bridge.snooze({ alerts: ids, of, lasts }) });
    });
    if (!done) return;
    this.#view.alerts.chosen.drop(ids);
    if (of === 'alert') this.#view.reading?.goOn?.(ids);
    this.#say(t(of === 'alert' ? 'filter.snoozed' : `snooze.done_${of}`), alerts);
  }

  /** Ends snoozes of alerts, and of customers and scenarios, now. */
  async wake(ids: number[], snoozes: number[]): Promise<void> {
    if (await this.#view.try(() => this.#view.bridge.wake(ids, snoozes))) this.#view.say(t('snooze.woken'));
  }

  /** Has the servers do this to alerts; who decides goes on to the next at once. Those that are refused stay chosen. */
  async do(decision: Decision, meant: readonly Alert[], stays = !isGiven(decision)): Promise<void> {
    const requests = this.requests(decision, meant);
    const asking = this.doing.ask(decision, requests);
    if (!stays) this.#view.reading?.goOn?.(requests.map(({ alert }) => alert));
    const { taken, deeds } = await asking;
    const [request] = requests;
    this.#view.alerts.chosen.drop(taken);
    this.undoing.note({ alerts: taken, deeds });
    if (!request || taken.length === 0) return;
    this.#say(t('act.taken', { deed: deedWords(request) }), meant.filter(({ id }) => taken.includes(id)));
  }

  /** Undoes what was done last, and shows what came back. */
  async undo(): Promise<void> {
    const view = this.#view;
    try {
      const ids = await this.undoing.undo();
      // What came back is in the list, if it is of it, before it is looked for there.
      await view.desk.ask();
      await view.alerts.follow(view.desk.overview?.alerts_change ?? 0);
      if (ids.length === 0) return view.say(t('command.undone'));
      const told = await Promise.all(ids.slice(0, 1).map((id) => view.bridge.alert(id)));
      const isListed = ids.some((id) => view.reading?.point?.(id));
      const where = isListed ? '' : t(view.alert.id === ids[0] ? 'command.undone_beside' : 'command.undone_elsewhere');
      this.#say(t('command.undone'), ids.length > 1 ? ids : told.map(({ alert }) => alert), where);
    } catch (error) {
      const problem = asProblem(error);
      if (problem.code === 'not_offered') view.say(t('command.not_undone'));
      else view.problem = problem;
    }
  }

  /** Says what was done to these alerts, and with `where` that it was undone. */
  #say(what: string, alerts: readonly (Alert | number)[], where?: string): void {
    const [first] = alerts;
    const named = alerts.length === 1 && typeof first === 'object';
    const words = named ? t('said.one', { what, alert: alertWords(first) }) : t('said.many', { what, n: alerts.length });
    this.#view.say([words, where].filter(Boolean).join(' '), where === undefined);
  }
}
