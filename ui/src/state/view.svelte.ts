import { asProblem, type Bridge, type Problem } from '../bridge/bridge';
import type { Alert, AlertDetail, EventDetail, Notice, Overview, SourceView } from '../bridge/types';
import { speak, t } from '../text/text.svelte';
import { alertWords } from '../text/words';
import { AlertList, type Told } from './alerts.svelte';
import { clock } from './clock.svelte';
import { Desk } from './desk.svelte';
import { Feed } from './feed.svelte';
import { Opened } from './opened.svelte';
import { Preferences } from './preferences.svelte';

export type Place = 'alerts' | 'transactions' | 'sources';

/** What the sign-in dialog is for: a source to sign in to again, or a new one. */
export type SigningIn = { source: SourceView | null };

/** A notice that nobody may wave away: what arrives is not being kept. */
const LASTING: Notice = 'store_fails';

/** The state of the window. It holds what is shown and asks the desk for everything else. */
export class View {
  place = $state<Place>('alerts');
  /** The alert and the transaction on which the cursor stands. */
  selectedAlert = $state<number | null>(null);
  selectedTransaction = $state<number | null>(null);
  signingIn = $state.raw<SigningIn | null>(null);
  /** The last thing the analyst asked for that failed. */
  problem = $state.raw<Problem | null>(null);
  /** What is said to those who hear the window. */
  announcement = $state('');

  /** The sources as they were last told. */
  #sources: number[] = [];

  readonly desk: Desk;
  readonly alerts: AlertList;
  readonly feed: Feed;
  readonly alert: Opened<AlertDetail>;
  readonly event: Opened<EventDetail>;
  readonly preferences = new Preferences();

  constructor(readonly bridge: Bridge) {
    this.alerts = new AlertList(bridge, (told) => this.#hear(told));
    this.feed = new Feed(bridge);
    this.alert = new Opened((id) => bridge.alert(id));
    this.event = new Opened((id) => bridge.event(id));
    this.desk = new Desk(bridge, [
      (overview) => speak(overview.language),
      (overview) => this.#forgetDismissed(overview),
      (overview) => this.#forgetRemoved(overview),
      (overview) => void this.alerts.follow(overview.alerts_change),
      (overview) => void this.feed.follow(overview),
    ]);
  }

  /** Begins to watch the desk. */
  start(): void {
    clock.start();
    const watcher = {
      overview: (overview: Overview) => this.desk.receive(overview),
      show: (alert: number | null) => this.show(alert),
    };
    void this.try(async () => {
      await this.bridge.watch(watcher);
      await this.desk.ask();
    });
    void this.alerts.load();
    void this.feed.load();
    void this.try(async () => {
      const first = await this.bridge.opened();
      if (first !== null) this.show(first);
    });
    document.addEventListener('visibilitychange', () => void this.try(() => this.desk.askIfSilent()));
    setInterval(() => void this.try(() => this.desk.askIfSilent()), 5_000);
  }

  /** Does what the analyst asked for; a failure is shown, not swallowed. Whether it worked is the answer. */
  async try(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      this.problem = asProblem(error);
      return false;
    }
  }

  /** Goes to an alert; `null`: to the list. */
  show(alert: number | null): void {
    this.place = 'alerts';
    if (alert !== null) this.openAlert(alert);
  }

  openAlert(id: number): void {
    this.selectedAlert = id;
    void this.alert.open(id);
  }

  openTransaction(id: number): void {
    this.selectedTransaction = id;
    void this.event.open(id);
  }

  /** Begins to sign in to a source again; the simulation asks for nothing. */
  signIn(source: SourceView): void {
    if (source.simulated) void this.try(() => this.bridge.trySimulation());
    else this.signingIn = { source };
  }

  /** Says "seen" of these alerts on this desk. */
  async acknowledge(ids: number[]): Promise<void> {
    await this.try(() => this.bridge.acknowledge(ids));
  }

  /** The notices that the analyst has not waved away. */
  get notices(): Notice[] {
    const { dismissed } = this.preferences.liked;
    return (this.desk.overview?.notices ?? []).filter((notice) => notice === LASTING || !dismissed.includes(notice));
  }

  dismissible(notice: Notice): boolean {
    return notice !== LASTING;
  }

  dismiss(notice: Notice): void {
    this.preferences.set({ dismissed: [...this.preferences.liked.dismissed, notice] });
  }

  /** A source's name; its number if it is gone. */
  sourceName(id: number): string {
    return this.desk.overview?.sources.find((source) => source.id === id)?.name ?? String(id);
  }

  /** What is over is worth telling again should it come back. */
  #forgetDismissed({ notices }: Overview): void {
    const { dismissed } = this.preferences.liked;
    const still = dismissed.filter((notice) => notices.includes(notice));
    if (still.length < dismissed.length) this.preferences.set({ dismissed: still });
  }

  /** What came from a source that is gone is gone too, and no change tells of it. */
  #forgetRemoved({ sources }: Overview): void {
    const ids = sources.map((source) => source.id);
    const removed = this.#sources.some((id) => !ids.includes(id));
    this.#sources = ids;
    if (!removed) return;
    void this.alerts.load().then(() => this.alert.reload());
    void this.feed.load().then(() => this.event.reload());
  }

  #hear(told: Told): void {
    const { id } = this.alert;
    if (told === 'anew' || told.changed.some((alert) => alert.id === id)) void this.alert.reload();
    if (told !== 'anew') this.#announce(told.arrived);
  }

  #announce(arrived: Alert[]): void {
    const critical = arrived.filter((alert) => alert.severity === 'critical' && !alert.acknowledged);
    const [first] = critical;
    if (!first) return;
    this.announcement =
      critical.length === 1
        ? t('announce.critical_one', { title: alertWords(first) })
        : t('announce.critical', { n: critical.length });
  }
}
