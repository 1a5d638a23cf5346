import type { Snooze, Snoozed, SnoozeFor, SnoozeOf, SnoozeRequest } from '../types';
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

  /** Snoozes; tells how it was before. */
  make({ alerts, of, lasts }: SnoozeRequest, now: number): Snoozed {
    const until = endOf(lasts, now);
    this.change++;
    const wanted = this.record.alerts.filter(({ id }) => alerts.includes(id));
    if (of === 'alert') {
      const before = wanted.map(({ id, snoozed_until, acknowledged }) => ({ id, until: snoozed_until, acknowledged_at: acknowledged ? now : null }));
      for (const { id } of wanted) this.record.alter(id, { snoozed_until: until, acknowledged: false });
      return { alerts: before, others: [] };
    }
    const made = new Map(wanted.map(({ source, facts }) => [`${source} ${nameOf(of, facts)}`, { source, name: nameOf(of, facts) ?? '' }]));
    const added = [...made.values()].map(({ source, name }): Snooze => ({ id: ++this.#last, source, of, name, until }));
    const isAgain = (known: Snooze) => added.some((one) => one.of === known.of && one.name === known.name && one.source === known.source);
    const before = added.map(({ id, source, name }) => ({
      id,
      until: this.others.find((one) => one.of === of && one.name === name && one.source === source)?.until ?? null,
    }));
    this.others = [...this.others.filter((known) => !isAgain(known)), ...added].sort((a, b) => a.until - b.until);
    return { alerts: [], others: before };
  }

  undo({ alerts, others }: Snoozed): void {
    this.change++;
    for (const { id, until, acknowledged_at } of alerts) {
      this.record.alter(id, { snoozed_until: until, acknowledged: acknowledged_at !== null });
    }
    const before = new Map(others.map(({ id, until }) => [id, until]));
    this.others = this.others
      .filter(({ id }) => before.get(id) !== null)
      .map((one) => ({ ...one, until: before.get(one.id) ?? one.until }));
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
