import type { Bridge, Watcher } from '../bridge';
import type { Alert, Diagnostics, Failure, FailureCode, Overview, SignIn, SourceView } from '../types';
import { Record } from './record';
import { linkOf, sourcesOf, type Scene } from './scene';

const TRANSACTION_EVERY = 1_700;
const ALERT_EVERY = 7_000;

/** A desk made up in the page. It keeps the promises of the real one: numbers grow, cursors mean the same. */
export function fakeBridge(scene: Scene): Bridge {
  const now = Date.now();
  const record = new Record(scene.filled && !scene.first, now);
  let sources: SourceView[] = sourcesOf(scene, now);
  let number = 0;
  let pausedUntil: number | null = null;
  let watcher: Watcher | null = null;

  const overview = (): Overview => ({
    number,
    version: '0.1.0',
    language: scene.language,
    sources,
    open: record.counts(() => true),
    unacknowledged: record.counts((alert) => !alert.acknowledged),
    alerts_change: record.change,
    newest_transaction: record.newest,
    transactions: record.transactions.length,
    paused_until: pausedUntil,
    notices: scene.notices,
  });

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

  function begin(): number {
    const [first] = sourcesOf({ ...scene, first: false, link: 'live' }, Date.now());
    if (first) sources = [...sources, { ...first, id: sources.length + 1, name: 'Simulation', simulated: true }];
    push();
    return sources.length;
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
    opened: async () => null,

    alerts: (filter, before, limit) =>
      list(() => {
        const all = record.listed(filter);
        const from = before === null ? 0 : all.findIndex(({ id }) => id === before.id) + 1;
        const rows = all.slice(from, from + limit);
        const last = rows.at(-1);
        const more = from + limit < all.length && last;
        return {
          rows,
          next: more ? { occurred_at: last.occurred_at, id: last.id } : null,
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
    alert: (id) =>
      list(() => {
        const alert = find(id);
        return {
          alert,
          history: historyOf(alert),
          transaction: record.transactions.find(({ subject }) => subject === alert.facts.transaction) ?? null,
          raw: JSON.stringify({ type: 'fraudAlert', payload: { id: alert.subject, ...alert.facts } }),
        };
      }),
    acknowledge: (ids) =>
      answer(() => {
        record.acknowledge(ids);
        push();
      }),
    transactions: ({ source, before, after, limit }) =>
      list(() => {
        const all = record.transactions.filter((row) => source === null || row.source === source);
        if (after !== null) {
          const above = all.filter(({ id }) => id > after).slice(0, limit);
          return { rows: above.reverse(), next: null };
        }
        const below = all.filter(({ id }) => before === null || id < before).reverse();
        return { rows: below.slice(0, limit), next: below.length > limit ? (below[limit - 1]?.id ?? null) : null };
      }),
    event: (id) =>
      list(() => {
        const transaction = record.transactions.find((known) => known.id === id);
        if (!transaction) throw failure('not_found');
        const raw = JSON.stringify({ type: 'newTransaction', payload: { id: transaction.subject, ...transaction.facts } });
        return { ...transaction, kind: 'transaction', raw };
      }),

    profiles: async () => [{ name: 'big-defend', title: 'Big Defend IA', url: 'http://localhost:8000' }],
    signIn: (request: SignIn) =>
      answer(() => {
        if (request.password !== 'vigie') throw failure('password_refused');
        return begin();
      }),
    trySimulation: () => answer(begin),
    signOut: async (source) => setLink(source, 'signed_out'),
    removeSource: async (source) => {
      sources = sources.filter(({ id }) => id !== source);
      push();
    },
    retry: async (source) => {
      setLink(source, 'connecting');
      setTimeout(() => setLink(source, 'live'), 900);
    },

    pauseNotifications: async (minutes) => {
      pausedUntil = minutes === null ? null : Date.now() + minutes * 60_000;
      push();
    },
    diagnostics: () => answer(() => diagnosticsAt(now)),
    quit: async () => window.close(),
  };
}

function failure(code: FailureCode): Failure {
  return { code, message: `the fake desk was asked to fail: ${code}` };
}

function historyOf(alert: Alert) {
  const opened = {
    event: alert.id * 10,
    received_at: alert.received_at,
    state: 'open' as const,
    severity: alert.severity,
    owner: null,
    title: alert.facts.title,
  };
  if (alert.state === 'open') return [opened];
  const taken = { ...opened, event: opened.event + 1, received_at: alert.received_at + 95_000, state: alert.state, owner: alert.facts.owner, title: null };
  return [taken, opened];
}

function diagnosticsAt(now: number): Diagnostics {
  return {
    store: '/home/marie/.local/share/example.vigie/vigie.db',
    rejected: [
      { source: 1, received_at: now - 340_000, reason: 'not_json', detail: 'expected value at line 1 column 1', length: 52, head: '<html><body>502 Bad Gateway</body></html>' },
      { source: 1, received_at: now - 5_400_000, reason: 'not_a_message', detail: 'there is no type', length: 19, head: '{"hello":"\u202eworld"}' },
      { source: 1, received_at: now - 9_400_000, reason: 'too_large', detail: 'longer than 1048576 bytes', length: 4_203_112, head: '{"type":"newTransaction","payload":{"note":"AAAAAAAAAAAAAAAAAAAA' },
    ],
    gaps: [
      { source: 1, start: now - 1_380_000, end: null, reason: 'unreachable', closed_at: null },
      { source: 1, start: now - 8_900_000, end: now - 8_700_000, reason: 'closed', closed_at: now - 8_699_000 },
    ],
  };
}
