import { matches, order } from '../../state/merge';
import type { Activity, Alert, AlertFilter, AlertState, Factor, Severity, SeverityCounts, SourceId, SourceView, Transaction } from '../types';
import { happeningAt } from './happenings';
import { ANALYSTS, dice, HOSTILE, paymentOf, pick, STORIES } from './people';

const MINUTE = 60_000;
const ALERTS = 640;
const TRANSACTIONS = 4_000;
const ACTIVITY = 900;
const METRICS = 6;
/** Profiles whose backends tell of transactions. */
const PAYING = ['big-defend', 'aml'];

const FACTORS: Factor[] = [
  { name: 'amount_deviation', weight: 0.42, text: 'Twelve times the usual amount' },
  { name: 'new_device', weight: 0.27, text: 'First seen four minutes before' },
  { name: 'known_merchant', weight: -0.16, text: null },
];

/** The made-up record: alerts, transactions and activity, and what arrives. */
export class Record {
  alerts: Alert[] = [];
  transactions: Transaction[] = [];
  activity: Activity[] = [];
  change = 0;
  newest = 0;
  newestActivity = 0;

  readonly #roll = dice(11);

  /** What is told comes from these sources. */
  constructor(
    private readonly sources: readonly SourceView[],
    filled: boolean,
    now: number,
    tame = false,
  ) {
    if (!filled) return;
    for (let index = TRANSACTIONS; index > 0; index--) {
      this.pay(now - index * 2_400);
      if (index <= ACTIVITY) this.happen(now - index * 2_400);
    }
    for (let index = ALERTS; index > 0; index--) {
      this.raise(now - (index - 0.7 * this.#roll()) * 3.2 * MINUTE, index < 40);
    }
    if (tame) return;
    HOSTILE.forEach((facts, index) => {
      const alert = this.alerts[this.alerts.length - 12 - index * 3];
      if (alert) Object.assign(alert, { facts: { ...alert.facts, ...facts } });
    });
  }

  /** A transaction arrives. */
  pay(at: number): void {
    const facts = { ...paymentOf(this.#roll), occurred_at: at, severity: null, state: null, owner: null, scenario: null, title: null };
    this.newest = Math.max(this.newest, this.newestActivity) + 1 + Math.floor(this.#roll() * 2);
    const source = this.#payer();
    this.transactions.push({ id: this.newest, source, subject: `TXN-${880_000 + this.newest}`, received_at: at, facts });
  }

  /** Something else arrives. */
  happen(at: number): void {
    const from = pick(this.#roll, this.sources);
    if (!from) return;
    const happening = happeningAt(from, this.#roll, this.activity.length);
    this.newestActivity = Math.max(this.newest, this.newestActivity) + 1;
    const facts = { ...happening.facts, occurred_at: at };
    this.activity.push({ ...happening, id: this.newestActivity, source: from.id, received_at: at, facts });
  }

  /** An alert is another now. */
  alter(id: number, over: Partial<Alert>): void {
    this.alerts = this.alerts.map((alert) => (alert.id === id ? { ...alert, ...over, change: ++this.change } : alert));
  }

  /** An alert arrives. */
  raise(at: number, recent: boolean): Alert {
    const roll = this.#roll;
    const [scenario, severity, title] = this.#story();
    const state: AlertState = recent ? pick(roll, ['open', 'open', 'open', 'investigating', 'escalated']) : this.#outcome();
    const about = this.transactions.findLast(({ received_at }) => received_at <= at);
    const alert: Alert = {
      id: this.alerts.length + 1,
      source: about?.source ?? 1,
      subject: `ALR-${20_400 + this.alerts.length}`,
      severity,
      state,
      occurred_at: Math.round(at),
      received_at: Math.round(at + 800),
      facts: {
        ...(about?.facts ?? paymentOf(roll)),
        occurred_at: Math.round(at),
        severity,
        state,
        owner: state === 'open' ? null : pick(roll, ANALYSTS),
        scenario,
        title: title(roll),
        score: Math.round((0.5 + roll() * 0.49) * 100) / 100,
        transaction: about?.subject ?? null,
        factors: severity === 'critical' ? FACTORS : [],
      },
      acknowledged: !recent || roll() < 0.25,
      snoozed_until: null,
      change: ++this.change,
    };
    this.alerts.push(alert);
    return alert;
  }

  /** An alert is seen. */
  acknowledge(ids: number[], acknowledged = true): void {
    this.alerts = this.alerts.map((alert) =>
      ids.includes(alert.id) ? { ...alert, acknowledged, change: ++this.change } : alert,
    );
  }

  /** The alerts under a filter, newest first. */
  listed(filter: AlertFilter): Alert[] {
    return this.alerts.filter((alert) => matches(alert, filter)).sort((a, b) => order(a, b, filter.worst_first));
  }

  /** How many of each severity are open. */
  counts(only: (alert: Alert) => boolean): SeverityCounts {
    const open = this.listed({ severities: [], source: null, closed: false, snoozed: false, worst_first: false }).filter(only);
    const count = (severity: Severity) => open.filter((alert) => alert.severity === severity).length;
    return { critical: count('critical'), high: count('high'), medium: count('medium'), low: count('low') };
  }

  /** The newest figures of each backend's own. */
  standingMetrics(): Activity[] {
    const newest = new Map<string, Activity>();
    for (const one of this.activity) if (one.kind === 'metrics') newest.set(`${one.source} ${one.subject}`, one);
    return [...newest.values()].sort((a, b) => b.id - a.id).slice(0, METRICS);
  }

  /** Most payments are at the first source. */
  #payer(): SourceId {
    const [first, ...others] = this.sources.filter(({ profile }) => PAYING.includes(profile));
    return this.#roll() < 0.7 || others.length === 0 ? (first?.id ?? 1) : pick(this.#roll, others).id;
  }

  /** The worst is the rarest. */
  #story() {
    const severity: Severity = pick(this.#roll, ['critical', 'critical', 'high', 'high', 'medium', 'medium', 'low']);
    return pick(this.#roll, STORIES.filter((story) => story[1] === severity));
  }

  #outcome(): AlertState {
    return pick(this.#roll, ['open', 'investigating', 'resolved', 'resolved', 'false_positive', 'false_positive']);
  }
}
