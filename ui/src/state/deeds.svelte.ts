import { asProblem } from '../bridge/bridge';
import type { AcknowledgedTogether, Alert, SnoozeFor, SnoozeOf } from '../bridge/types';
import type { Command } from '../commands/table';
import { t } from '../text/text.svelte';
import { requestsOf, type Decision } from './decisions';
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
    this.doing = new Doing(view.bridge, (deeds) => this.undoing.note({ deeds }));
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

  /** Says "seen" of these alerts on this desk. */
  async acknowledge(ids: number[]): Promise<void> {
    if (!(await this.#view.try(() => this.#view.bridge.acknowledge(ids)))) return;
    this.#view.alerts.chosen.drop(ids);
    this.undoing.note({ seen: ids });
  }

  /** What was acknowledged from the tray can be undone here. */
  follow({ alerts, change }: AcknowledgedTogether): void {
    if (change === this.#together) return;
    this.#together = change;
    this.undoing.note({ all: [change] });
    this.#view.say(t('command.acknowledged_all', { n: alerts }), true);
  }

  /** Snoozes these alerts, or what they are of. */
  async snooze(ids: number[], of: SnoozeOf, lasts: SnoozeFor): Promise<void> {
    const done = await this.#view.try(async () => {
      const snoozes = await this.#view.bridge.snooze({ alerts: ids, of, lasts });
      this.undoing.note({ snoozed: of === 'alert' ? ids : [], snoozes });
    });
    if (!done) return;
    this.#view.alerts.chosen.drop(ids);
    this.#view.say(t('snooze.done'), true);
  }

  /** Ends snoozes of alerts, and of customers and scenarios, now. */
  async wake(ids: number[], snoozes: number[]): Promise<void> {
    if (await this.#view.try(() => this.#view.bridge.wake(ids, snoozes))) this.#view.say(t('snooze.woken'));
  }

  /** Has the servers do this to alerts. Those that are refused stay chosen. */
  async do(decision: Decision, meant: readonly Alert[]): Promise<void> {
    const taken = await this.doing.ask(decision, requestsOf(meant, (id) => this.#view.sourceOf(id), decision));
    this.#view.alerts.chosen.drop(taken);
    if (taken.length > 0) this.#view.say(t('act.taken_many', { n: taken.length }), true);
  }

  /** Undoes what was done last. */
  async undo(): Promise<void> {
    try {
      await this.undoing.undo();
      this.#view.say(t('command.undone'));
    } catch (error) {
      const problem = asProblem(error);
      if (problem.code === 'not_offered') this.#view.say(t('command.not_undone'));
      else this.#view.problem = problem;
    }
  }
}
