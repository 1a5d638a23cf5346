import { order } from '../../state/merge';
import en from '../../../../src-tauri/crates/core/messages/en.json';
import fr from '../../../../src-tauri/crates/core/messages/fr.json';
import type { Bridge, FeedRange, Watcher } from '../bridge';
import type { Alert, AlertAction, FailureCode, Overview, SignIn, SourceEdit, SourceView, Updates } from '../types';
import { ANSWER, diagnosticsAt, failure, historyOf, rawOf, setAsideAt } from './answers';
import { FakeOutbox } from './outbox';
import { chartsOf } from './charts';
import { Record } from './record';
import type { Scene } from './scene';
import { settingsOf } from './settings';
import { searched, valuesOf } from './search';
import { groupsOf } from './groups';
import { FakeSnoozes } from './snoozes';
import { linkOf, PROFILES, sourcesOf } from './sources';
import { testing } from './test';

const TRANSACTION_EVERY = 1_700;
const ACTIVITY_EVERY = 1_100;
/** How long the made-up server thinks, in milliseconds. */
const THINKS = 700;
/** How long after its answer the made-up server tells what came of it, in milliseconds. */
const TELLS_AFTER = 1_500;
const ALERT_EVERY = 7_000;

/** A desk made up in the page. It keeps the promises of the real one: numbers grow, cursors mean the same. */
export function fakeBridge(scene: Scene): Bridge {
  const now = Date.now();
  let sources: SourceView[] = sourcesOf(scene, now);
  const record = new Record(sources, scene.filled && !scene.first, now, scene.tame);
  const outbox = new FakeOutbox();
  const snoozes = new FakeSnoozes(record);
  let kept = settingsOf(scene);
  let number = 0;
  /** Grows with each test that begins or ends. */
  let tests = 0;
  let pausedUntil: number | null = null;
  let watcher: Watcher | null = null;

  let updates: Updates =
    scene.update === null
      ? { kind: 'current', looked_at: null }
      : scene.update === 'none'
        ? { kind: 'unavailable' }
        : { kind: 'offered', update: { version: scene.update, notes: 'Quicker search.' }, asks: true, failed: null };

  const overview = (): Overview => ({
    number,
    version: '0.1.0',
    language: spoken(),
    sources,
    open: record.counts(() => true),
    unacknowledged: record.counts((alert) => !alert.acknowledged),
    alerts_change: record.change,
    newest_transaction: record.newest,
    transactions: record.transactions.length,
    newest_activity: record.newestActivity,
    activity: record.activity.length,
    outbox: outbox.counts(),
    snoozes: snoozes.counts(),
    acknowledged: { alerts: 0, change: 0 },
    paused_until: pausedUntil,
    quiet_until: null,
    notices: scene.notices,
    set_aside: scene.notices.includes('set_aside') ? setAsideAt(scene.begun, now) : null,
    updates,
  });

  /** What is set, else what the scene plays as the system's language. */
  function spoken(): string {
    const { language } = kept.settings.window;
    return language === 'system' ? scene.language : language;
  }

  function push(): void {
    number++;
    watcher?.overview(overview());
  }

  async function answer<T>(give: () => T): Promise<T> {
    if (scene.delay > 0) await new Promise((resolve) => setTimeout(resolve, scene.delay));
    return give();
  }

  async function list<T>(give: () => T): Promise<T> {
    return answer(() => {
      if (scene.failing) throw failure(scene.failing);
      return give();
    });
  }

  function setLink(id: number, name: string): void {
    const at = Date.now();
    sources = sources.map((source) => (source.id === id ? { ...source, link: linkOf(name, at) } : source));
    push();
  }

  function edit({ source: id, name, parameters }: SourceEdit, where: Partial<SourceView> = {}): void {
    sources = sources.map((one) => (one.id === id ? { ...one, ...where, name: name || one.name, parameters } : one));
  }

  function reconnect(id: number): void {
    setLink(id, 'connecting');
    setTimeout(() => setLink(id, 'live'), 900);
  }

  function begin(): number {
    const [first] = sourcesOf({ ...scene, first: false, link: 'live' }, Date.now());
    if (first) sources = [...sources, { ...first, id: sources.length + 1, name: 'Simulation', simulated: true }];
    push();
    return sources.length;
  }

  /** What the server is asked to do, after it has thought. */
  async function ask<T>(give: () => T): Promise<T> {
    await new Promise((resolve) => setTimeout(resolve, THINKS));
    if (scene.refusing) throw failure(scene.refusing);
    return give();
  }

  /** Does what was asked for, if there is a connection; some time later the server tells of it. */
  function post(deed: number, { alert: id, action, state, owner }: AlertAction): void {
    const source = sources.find((one) => one.id === find(id).source);
    if (source?.link.state !== 'live') return;
    if (scene.refusing || scene.overtaken) {
      if (scene.overtaken) record.alter(id, { state: scene.overtaken, facts: { ...find(id).facts, owner: 'paul.durand@bank.example' } });
      outbox.settle(deed, scene.overtaken ? { kind: 'conflict' } : { kind: 'refused', status: 403 }, Date.now());
      push();
      return;
    }
    outbox.settle(deed, { kind: 'confirmed' }, Date.now());
    push();
    setTimeout(() => {
      const { facts } = find(id);
      if (action === 'change_state' && state) record.alter(id, { state, facts: { ...facts, state } });
      if (action === 'assign') record.alter(id, { facts: { ...facts, owner } });
      push();
    }, TELLS_AFTER);
  }

  function find(id: number): Alert {
    const alert = record.alerts.find((known) => known.id === id);
    if (!alert) throw failure('not_found');
    return alert;
  }

  if (!scene.still) {
    setInterval(() => {
      if (sources.length === 0) return;
      record.pay(Date.now());
      push();
    }, TRANSACTION_EVERY);
    setInterval(() => {
      if (sources.length === 0) return;
      record.happen(Date.now());
      push();
    }, ACTIVITY_EVERY);
    setInterval(() => {
      if (sources.length === 0) return;
      const alert = record.raise(Date.now(), true);
      alert.acknowledged = false;
      push();
    }, ALERT_EVERY);
  }

  return {
    overview: () => answer(overview),
    watch: async (newWatcher) => {
      watcher = newWatcher;
      push();
    },
    painted: async () => {},
    opened: async () => ({ show: null, left: null }),
    leave: async () => {},
    takeBack: async () => {},
    texts: async () => (spoken() === 'fr' ? { language: 'fr', messages: fr } : { language: 'en', messages: en }),

    alerts: (filter, { before, after, limit }) =>
      list(() => {
        const all = record.listed(filter);
        const above = after === null ? null : all.filter((alert) => order(alert, after, filter.worst_first) < 0).slice(-limit);
        const below = before === null ? all : all.filter((alert) => order(alert, before, filter.worst_first) > 0);
        const rows = above ?? below.slice(0, limit);
        const last = rows.at(-1);
        const more = above === null && below.length > limit && last;
        return {
          rows,
          next: more ? { severity: last.severity, occurred_at: last.occurred_at, id: last.id } : null,
          total: all.length,
          change: record.change,
        };
      }),
    alertChanges: (since, limit) =>
      list(() => {
        const rows = record.alerts.filter(({ change }) => change > since).sort((a, b) => a.change - b.change);
        const told = rows.slice(0, limit);
        return { rows: told, change: told.at(-1)?.change ?? since, reset: false };
      }),
    alertGroups: (by, filter) => list(() => groupsOf(record, by, filter)),
    alert: (id) =>
      list(() => {
        const alert = find(id);
        return {
          alert,
          history: historyOf(alert),
          deeds: outbox.of(id),
          transaction: record.transactions.find(({ subject }) => subject === alert.facts.transaction) ?? null,
          raw: rawOf('fraudAlert', alert),
        };
      }),
    unacknowledge: (ids) =>
      answer(() => {
        record.acknowledge(ids, false);
        push();
      }),
    acknowledge: (ids) =>
      answer(() => {
        record.acknowledge(ids);
        push();
      }),
    snooze: (request) =>
      answer(() => {
        const made = snoozes.make(request, Date.now());
        push();
        return made;
      }),
    lookForUpdate: () =>
      answer(() => {
        if (updates.kind === 'offered') updates = { ...updates, asks: true };
        push();
      }),
    putOffUpdate: () =>
      answer(() => {
        if (updates.kind === 'offered') updates = { ...updates, asks: false };
        push();
      }),
    installUpdate: () =>
      answer(() => {
        if (updates.kind === 'offered') updates = { kind: 'installing', update: updates.update };
        push();
      }),
    undoSnooze: (snoozed) =>
      answer(() => {
        snoozes.undo(snoozed);
        push();
      }),
    wake: (alerts, others) =>
      answer(() => {
        snoozes.wake(alerts, others);
        push();
      }),
    snoozes: () => answer(() => snoozes.others),
    transactions: (range) => list(() => pageOf(record.transactions, range)),
    activity: (range) =>
      list(() => pageOf(record.activity.filter(({ kind }) => range.kind === null || range.kind === kind), range)),
    event: (id) =>
      list(() => {
        const transaction = record.transactions.find((known) => known.id === id);
        if (transaction) return { ...transaction, kind: 'transaction', what: 'newTransaction', raw: rawOf('newTransaction', transaction) };
        const activity = record.activity.find((known) => known.id === id);
        if (!activity) throw failure('not_found');
        return { ...activity, raw: rawOf(activity.what ?? '', activity) };
      }),
    search: (query, before, limit) => list(() => searched(record, query, before, limit)),
    searchValues: () => answer(() => valuesOf(record)),
    act: (request) =>
      answer(() => {
        const { id } = outbox.keep(request, find(request.alert), Date.now());
        setTimeout(() => post(id, request), THINKS);
        push();
        return id;
      }),
    outbox: () => answer(() => outbox.unsettled()),
    withdraw: (deed) =>
      answer(() => {
        outbox.settle(deed, { kind: 'withdrawn' }, Date.now());
        push();
      }),
    undo: (deed) =>
      answer(() => {
        const { alert, action, before_state, standing } = outbox.deed(deed);
        if (standing.kind !== 'confirmed') outbox.settle(deed, { kind: 'withdrawn' }, Date.now());
        else if (action !== 'change_state') throw failure('not_offered');
        else record.alter(alert, { state: before_state });
        push();
      }),
    insist: (deed) =>
      answer(() => {
        outbox.settle(deed, { kind: 'confirmed' }, Date.now());
        push();
      }),
    charts: (span, source) =>
      list(() => {
        const ofSource = (row: { source: number }) => source === null || row.source === source;
        return chartsOf(span, source, Date.now(), scene.filled && !scene.first, {
          open: record.counts(ofSource),
          acknowledged: record.counts((alert) => ofSource(alert) && alert.acknowledged),
          metrics: record.standingMetrics().filter(ofSource),
        });
      }),
    analyse: () => ask(() => ANSWER),

    profiles: async () => PROFILES,
    signIn: (request: SignIn) =>
      answer(() => {
        const refusal = refusalOf(request);
        if (refusal) throw failure(refusal.code, refusal.message);
        if (request.source === null) return begin();
        const { source: id, name, url, user, parameters } = request;
        edit({ source: id, name, parameters }, { url, user });
        setLink(id, 'live');
        return id;
      }),
    testSource: (tested, tell) => {
      const own = ++tests;
      return testing(tested, scene, tell, () => tests !== own);
    },
    stopTest: async () => void tests++,
    editSource: (changed) =>
      answer(() => {
        const refusal = refusalOf({ ...changed, profile: '', password: '' });
        if (refusal) throw failure(refusal.code, refusal.message);
        edit(changed);
        push();
      }),
    trySimulation: () => answer(begin),
    signOut: async (source) => setLink(source, 'signed_out'),
    removeSource: async (source) => {
      sources = sources.filter(({ id }) => id !== source);
      push();
    },
    pauseSource: async (source, paused) => (paused ? setLink(source, 'paused') : reconnect(source)),
    retry: async (source) => reconnect(source),

    settings: () => answer(() => kept),
    setSettings: (settings) =>
      answer(() => {
        if (scene.refusing) throw failure(scene.refusing);
        kept = { ...kept, settings };
        push();
        return kept;
      }),
    pauseNotifications: async (minutes) => {
      pausedUntil = minutes === null ? null : Date.now() + minutes * 60_000;
      push();
    },
    diagnostics: () => answer(() => diagnosticsAt(now, sources, scene.notices.includes('profile_wrong'))),
    saveReport: () => ask(() => '/home/marie/Downloads/vigie-report-20260131-140207.json'),
    quit: async () => window.close(),
  };
}

/** A page as the store gives it, from rows oldest first. */
function pageOf<Row extends { id: number; source: number }>(rows: Row[], { source, before, after, limit }: FeedRange) {
  const all = rows.filter((row) => source === null || row.source === source);
  if (after !== null) {
    const above = all.filter(({ id }) => id > after).slice(0, limit);
    return { rows: above.reverse(), next: null };
  }
  const below = all.filter(({ id }) => before === null || id < before).reverse();
  return { rows: below.slice(0, limit), next: below.length > limit ? (below[limit - 1]?.id ?? null) : null };
}

/** The made-up server knows one password, takes every key but `wrong`, and no value that is `0`. */
function refusalOf({ profile: name, password, parameters }: Pick<SignIn, 'profile' | 'password' | 'parameters'>): { code: FailureCode; message: string } | null {
  const secret = PROFILES.find((profile) => profile.name === name)?.sign_in.secret;
  if (secret === 'password' && password !== 'vigie') return { code: 'password_refused', message: '401' };
  if (password === 'wrong') return { code: 'credential_refused', message: '401' };
  const zero = Object.entries(parameters).find(([, values]) => values.includes('0'));
  return zero ? { code: 'bad_parameter', message: `${zero[0]}: 0 is no identifier` } : null;
}
