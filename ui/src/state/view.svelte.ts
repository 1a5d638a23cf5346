import { MediaQuery } from 'svelte/reactivity';

import { asProblem, type Bridge, type Problem, type Show } from '../bridge/bridge';
import type {
  Activity,
  Alert,
  AlertDetail,
  EventDetail,
  Overview,
  ProfileView,
  SourceId,
  SourceView,
  Transaction,
} from '../bridge/types';
import { language, speak, t } from '../text/text.svelte';
import { alertWords } from '../text/words';
import { AlertList, type Told } from './alerts.svelte';
import { ChartsOf } from './charts.svelte';
import { clock } from './clock.svelte';
import { Deeds } from './deeds.svelte';
import { Desk } from './desk.svelte';
import { Groups } from './groups.svelte';
import { Feed, type FeedFilter } from './feed.svelte';
import { activityOf, transactionsOf, type ActivityFilter } from './feeds';
import { Notices } from './notices.svelte';
import { Opened } from './opened.svelte';
import { Outbox } from './outbox.svelte';
import { Preferences } from './preferences.svelte';
import { Search } from './search.svelte';
import { SettingsOf } from './settings.svelte';
import { asking, calledOf, type Known } from '../search/question';
import type { Reading } from './reading';

export type Place = 'search' | 'alerts' | 'transactions' | 'activity' | 'overview' | 'sources' | 'settings';

/** Where the analyst is: what a page leaves to the one after it. */
interface Left {
  place: Place;
  source: SourceId | null;
  alert: number | null;
  search: string;
}

/** What the sign-in dialog is for: a source to sign in to again, or a new one. */
export interface SigningIn {
  source: SourceView | null;
  /** Its settings are what is wanted. */
  settings?: boolean;
  /** With which profile to begin. */
  profile?: string;
}

/** Where there is this little room, as in a page that is enlarged, the side bar is narrow until it is asked for. */
const LITTLE_ROOM = 'max-width: 760px';

/** What is said can be read in this time, in milliseconds. */
const SAID_FOR = 5_000;
/** Alerts out of sight are asked for this often: for the sake of those who are told of critical ones. */
const UNSEEN_EVERY = 1_000;

/** The state of the window. It holds what is shown and asks the desk for everything else. */
export class View {
  #place = $state<Place>('alerts');
  /** The one source that all lists show; `null`: all sources. */
  source = $state<SourceId | null>(null);
  /** The alert on which the cursor stands. */
  selectedAlert = $state<number | null>(null);
  signingIn = $state.raw<SigningIn | null>(null);
  /** What is open for the keyboard's sake. */
  aid = $state<'palette' | 'sheet' | null>(null);
  /** What the palette begins with. */
  asks = '';
  /** The list in sight; `null` where there is none. */
  reading = $state.raw<Reading | null>(null);
  /** The last thing the analyst asked for that failed. */
  problem = $state.raw<Problem | null>(null);
  /** Where a link or a file led that was opened last and led nowhere: no longer worth a word once something else is opened. */
  #astray: Problem | null = null;
  /** What is said to those who hear the window. */
  announcement = $state('');
  /** What came of what the analyst did last; for a moment. */
  said = $state.raw<{ words: string; undone: boolean } | null>(null);
  #saying: ReturnType<typeof setTimeout> | undefined;
  /** The profiles that one can sign in with; empty until they have been asked for. */
  profiles = $state.raw<ProfileView[]>([]);
  /** Whether a group of alerts is searched for: who closes it goes back to the groups. */
  inGroup = $state(false);
  /** Whether the diagnostics are to come into sight. */
  diagnosing = $state(false);

  /** The list that came into sight last: an effect that ends is shown what was, so it cannot ask `reading`. */
  #reader: Reading | null = null;
  /** The sources as they were last told. */
  #sources: number[] = [];
  /** Asks by itself where the desk is silent. */
  #asking: ReturnType<typeof setInterval> | undefined;
  #isOver = false;
  /** Runs until alerts out of sight are asked for. */
  #unseen: ReturnType<typeof setTimeout> | undefined;

  readonly #littleRoom = new MediaQuery(LITTLE_ROOM);
  /** Whether the side bar is shown whole all the same. */
  #sideAsked = $state(false);

  readonly desk: Desk;
  readonly alerts: AlertList;
  readonly transactions: Feed<Transaction, FeedFilter>;
  readonly activity: Feed<Activity, ActivityFilter>;
  readonly charts: ChartsOf;
  readonly groups: Groups;
  /** What is open beside each list. */
  readonly alert: Opened<AlertDetail>;
  readonly transaction: Opened<EventDetail>;
  readonly entry: Opened<EventDetail>;
  readonly outbox: Outbox;
  readonly search: Search;
  readonly settings: SettingsOf;
  readonly preferences = new Preferences();
  readonly deeds: Deeds;
  readonly notices = new Notices(this.preferences);

  constructor(readonly bridge: Bridge) {
    this.alerts = new AlertList(bridge, (told) => this.#hear(told));
    this.transactions = new Feed(transactionsOf(bridge));
    this.activity = new Feed(activityOf(bridge), (before, now) => {
      if (this.entry.id === before) void this.entry.open(now);
    });
    this.charts = new ChartsOf(bridge);
    this.groups = new Groups(bridge);
    this.deeds = new Deeds(this);
    this.alert = new Opened((id) => bridge.alert(id));
    this.transaction = new Opened((id) => bridge.event(id));
    this.entry = new Opened((id) => bridge.event(id));
    this.outbox = new Outbox(bridge);
    this.settings = new SettingsOf(bridge);
    this.search = new Search(bridge, () => this.known());
    this.desk = new Desk(bridge, [
      (overview) => overview.language !== language() && void this.try(() => this.learn()),
      (overview) => this.notices.follow(overview),
      (overview) => this.#forgetRemoved(overview),
      (overview) => this.#follow(overview),
      ({ acknowledged }) => this.deeds.follow(acknowledged),
      (overview) => void this.try(() => this.#followOutbox(overview)),
    ]);
  }

  /** What is shown. */
  get place(): Place {
    return this.#place;
  }

  set place(place: Place) {
    if (place === this.#place) return;
    this.forgetAstray();
    this.#place = place;
    this.inGroup = false;
    if (place === 'overview') this.charts.show();
    else this.charts.hide();
    if (place === 'alerts') void this.alerts.follow(this.desk.overview?.alerts_change ?? 0);
    else if (place === 'transactions' || place === 'activity') void this[place].show();
  }

  /** Whether the side bar has only shapes. */
  get sideCollapsed(): boolean {
    return this.#littleRoom.current ? !this.#sideAsked : this.preferences.liked.sideCollapsed;
  }

  toggleSide(): void {
    if (this.#littleRoom.current) this.#sideAsked = !this.#sideAsked;
    else this.preferences.set({ sideCollapsed: !this.preferences.liked.sideCollapsed });
  }

  /** Begins to watch the desk; resolves once it has said how things stand and which alerts there are, or cannot. */
  async start(): Promise<void> {
    clock.start();
    const watcher = {
      overview: (overview: Overview) => this.desk.receive(overview),
      show: (show: Show) => this.#go(show),
    };
    const watched = this.bridge.watch(watcher);
    const told = this.try(() => Promise.all([watched, this.desk.ask()]));
    const listed = this.alerts.load();
    void this.try(() => this.readProfiles());
    void this.settings.load();
    void this.try(async () => {
      // What is to be shown from then on is heard.
      await watched;
      const { show, left } = await this.bridge.opened();
      if (left) this.#goOn(JSON.parse(left) as Left, show);
      if (show) this.#go(show);
    });
    document.addEventListener('visibilitychange', () => void this.try(() => this.desk.askIfSilent()));
    this.#asking = setInterval(() => void this.try(() => this.desk.askIfSilent()), 5_000);
    await Promise.all([told, listed]);
  }

  /** Learns the texts of the language that is spoken. */
  async learn(): Promise<void> {
    const { language, messages } = await this.bridge.texts();
    if (!this.#isOver) speak(language, messages);
  }

  /** Ends: nothing of it speaks or asks any more. */
  stop(): void {
    this.#isOver = true;
    clearInterval(this.#asking);
    clearTimeout(this.#unseen);
    clearTimeout(this.#saying);
  }

  /** Copies a text, and says so. */
  async copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.say(t('copy.done'));
    } catch (error) {
      this.problem = { code: 'not_copied', message: asProblem(error).message };
    }
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

  /** Ends the program. */
  quit(): void {
    void this.try(() => this.bridge.quit());
  }

  /** Where the analyst is. */
  get left(): Left {
    const { place, source, alert, search } = this;
    return { place, source, alert: alert.id, search: search.text };
  }

  /** Goes where the window before this one was closed; what is shown now needs no question from before. */
  #goOn({ place, source, alert, search }: Left, show: Show | null): void {
    this.only(source);
    if (alert !== null) this.openAlert(alert);
    if (place === 'search' && !show?.place) this.find(search);
    else this.place = place;
  }

  /** Goes where the window was opened to. */
  #go({ place, alert, profile, told }: Show): void {
    this.forgetAstray();
    if (place === 'alerts') this.show(alert);
    else if (place) this.place = place;
    if (profile) this.signingIn = { source: null, profile };
    if (told) this.problem = this.#astray = told;
  }

  /** Something else is opened. */
  forgetAstray(): void {
    if (this.problem === this.#astray) this.problem = null;
  }

  /** Goes to an alert; `null`: to the list. */
  show(alert: number | null): void {
    this.place = 'alerts';
    this.groups.choose(null);
    if (alert !== null) this.openAlert(alert);
  }

  /** Shows the alerts of a group, by a question that finds them. */
  openGroup(value: string): void {
    const { by } = this.groups;
    if (by === null) return;
    const { severities } = this.alerts.filter;
    const narrowed = severities.length > 0 ? ` severity:${severities.join(',')}` : '';
    const called = by === 'source' ? calledOf(Number(value), this.known().sources) : value;
    this.find(`${asking(by, called)}${narrowed} is:open`, true);
  }

  /** Asks this in the place Search. */
  find(text: string, inGroup = false): void {
    this.place = 'search';
    this.inGroup = inGroup;
    void this.search.ask(text);
  }

  openAlert(id: number): void {
    this.forgetAstray();
    this.selectedAlert = id;
    void this.alert.open(id);
  }

  /** Shows this source alone in all lists; `null`: all sources. */
  only(source: SourceId | null): void {
    if (source === this.source) return;
    this.source = source;
    void this.alerts.choose({ ...this.alerts.filter, source });
    void this.transactions.choose({ ...this.transactions.filter, source });
    void this.activity.choose({ ...this.activity.filter, source });
    void this.search.ask(this.search.text);
    this.charts.only(source);
  }

  /** This list is in sight from now on; gives what ends that. */
  read(list: Reading): () => void {
    this.reading = this.#reader = list;
    return () => {
      if (this.#reader === list) this.reading = null;
    };
  }

  /** The profile that a source speaks by, unless it is gone. */
  profileOf(source: SourceView): ProfileView | undefined {
    return this.profiles.find(({ name }) => name === source.profile);
  }

  /** Asks for the profiles: files of the analyst's own may have come. */
  async readProfiles(): Promise<void> {
    this.profiles = await this.bridge.profiles();
  }

  /** Goes to the diagnostics. */
  diagnose(): void {
    this.place = 'sources';
    this.diagnosing = true;
  }

  /** Begins to sign in to a source again; the simulation asks for nothing. */
  signIn(source: SourceView): void {
    if (source.simulated) void this.try(() => this.bridge.trySimulation());
    else this.signingIn = { source };
  }

  /** Pauses a source, or lets it go on. */
  pause({ id }: SourceView, paused: boolean): void {
    void this.try(() => this.bridge.pauseSource(id, paused));
  }

  /** Begins to change what of a source is wanted. */
  changeSettings(source: SourceView): void {
    this.signingIn = { source, settings: true };
  }

  /** Says something to those who hear the window; the same words are said again. */
  tell(words: string): void {
    this.announcement = words === this.announcement ? `${words}\u00a0` : words;
  }

  /** Says what came of what the analyst did, also to those who see the window, and that it can be `undone`. */
  say(words: string, undone = false): void {
    this.tell(words);
    this.said = { words, undone };
    clearTimeout(this.#saying);
    this.#saying = setTimeout(() => (this.said = null), SAID_FOR);
  }

  /** What a question may name, and when it is asked. */
  known(): Known {
    return { now: Date.now(), sources: this.desk.overview?.sources ?? [], only: this.source };
  }

  /** The source of this number, unless it is gone. */
  sourceOf(id: SourceId): SourceView | undefined {
    return this.desk.overview?.sources.find((source) => source.id === id);
  }

  /** A source's name; its number if it is gone. */
  sourceName(id: SourceId): string {
    return this.sourceOf(id)?.name ?? String(id);
  }

  /** Whether rows say which source they are of: there are several to see. */
  get namesSources(): boolean {
    return this.source === null && (this.desk.overview?.sources.length ?? 0) > 1;
  }

  /** Lets the list in sight keep up; the others need not. */
  #follow(overview: Overview): void {
    this.charts.note();
    this.groups.note();
    for (const place of ['transactions', 'activity'] as const) {
      if (place === this.#place) void this[place].follow(overview);
      else this[place].note(overview);
    }
    if (this.#place === 'alerts') {
      void this.alerts.follow(overview.alerts_change);
    } else {
      this.#unseen ??= setTimeout(() => {
        this.#unseen = undefined;
        void this.alerts.follow(this.desk.overview?.alerts_change ?? 0);
      }, UNSEEN_EVERY);
    }
  }

  /** What is open says what became of what was done to it. */
  async #followOutbox(overview: Overview): Promise<void> {
    if (await this.outbox.follow(overview)) await this.alert.reload();
  }

  /** What came from a source that is gone is gone too, and no change tells of it. */
  #forgetRemoved({ sources }: Overview): void {
    const ids = sources.map((source) => source.id);
    const removed = this.#sources.some((id) => !ids.includes(id));
    this.#sources = ids;
    if (!removed) return;
    if (this.source !== null && !ids.includes(this.source)) this.only(null);
    void this.alerts.load().then(() => this.alert.reload());
    void this.transactions.load().then(() => this.transaction.reload());
    void this.activity.load().then(() => this.entry.reload());
  }

  #hear(told: Told): void {
    const { id } = this.alert;
    if (told === 'anew' || told.changed.some((alert) => alert.id === id)) void this.alert.reload();
    this.search.hear(told === 'anew' ? this.alerts.rows : told.changed);
    if (told !== 'anew') this.#announce(told.arrived);
  }

  #announce(arrived: Alert[]): void {
    const critical = arrived.filter((alert) => alert.severity === 'critical' && !alert.acknowledged);
    const [first] = critical;
    if (!first) return;
    this.tell(
      critical.length === 1
        ? t('announce.critical_one', { title: alertWords(first) })
        : t('announce.critical', { n: critical.length }),
    );
  }
}
