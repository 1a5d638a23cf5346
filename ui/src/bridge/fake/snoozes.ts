import type { Snooze, SnoozeFor, SnoozeOf, SnoozeRequest } from '../types';
import type { Record } from './record';

const HOUR = 3_600_000;

/** What is snoozed at the made-up desk. */
export class FakeSnoozes {
  others: Snooze[] = [];
  change = 0;

  #last = 0;

  constructor(private readonly record: Record) {}

  counts() {
    const alerts = this.record.alerts.filter(({ snoozed_until }) => snoozed_until !== null).length;
    return { alerts, others: this.others.length, change: this.change };
  }

  /** Snoozes; gives the numbers of the customers and scenarios. */
  make({ alerts, of, lasts }: SnoozeRequest, now: number): number[] {
    const until = endOf(lasts, now);
    this.change++;
    if (of === 'alert') {
      for (const id of alerts) this.record.alter(id, { snoozed_until: until });
      return [];
    }
    const wanted = this.record.alerts.filter(({ id }) => alerts.includes(id));
    const made = new Map(wanted.map(({ source, facts }) => [`${source} ${nameOf(of, facts)}`, { source, name: nameOf(of, facts) ?? '' }]));
    const added = [...made.values()].map(({ source, name }): Snooze => ({ id: ++this.#last, source, of, name, until }));
    const isAgain = (known: Snooze) => added.some((one) => one.of === known.of && one.name === known.name && one.source === known.source);
    this.others = [...this.others.filter((known) => !isAgain(known)), ...added].sort((a, b) => a.until - b.until);
    return added.map(({ id }) => id);
  }

  wake(alerts: number[], snoozes: number[]): void {
    this.change++;
    for (const id of alerts) this.record.alter(id, { snoozed_until: null });
    this.others = this.others.filter(({ id }) => !snoozes.includes(id));
  }
}

function nameOf(of: SnoozeOf, facts: { customer: string | null; customer_name: string | null; scenario: string | null }): string | null {
  return of === 'scenario' ? facts.scenario : (facts.customer_name ?? facts.customer);
}

function endOf(lasts: SnoozeFor, now: number): number {
  if (lasts !== 'tomorrow') return now + (lasts === 'hour' ? HOUR : 4 * HOUR);
  const morning = new Date(now);
  morning.setDate(morning.getDate() + 1);
  return morning.setHours(8, 0, 0, 0);
}
