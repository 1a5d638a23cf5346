import type { Activity, Charts, Ranked, SeverityCounts, SourceId, Span } from '../types';
import { dice } from './people';

const MINUTE = 60_000;
const STRETCHES: Record<Span, [number, number]> = { hour: [12, 5], day: [48, 30], week: [56, 180] };
/** When people pay: how much of the most there is at each hour of a day. */
const RHYTHM = [4, 3, 2, 2, 3, 6, 14, 30, 48, 60, 68, 80, 92, 84, 72, 70, 76, 90, 100, 86, 60, 38, 20, 9];
const CURRENCIES = [['EUR', 0.7, 84], ['GBP', 0.16, 71], ['JPY', 0.09, 9_400], ['USD', 0.05, 96]] as const;
const SCENARIOS = [['card_testing', 34], ['velocity', 22], ['unusual_amount', 19], ['impossible_travel', 11], ['structuring', 8], ['new_device', 6]] as const;
const COUNTRIES = [['FR', 41], ['DE', 19], ['GB', 14], ['BR', 9], ['US', 8], ['JP', 5], ['CH', 3], ['<i>XX', 1]] as const;
const CHANNELS = [['online', 46], ['card', 31], ['transfer', 12], ['mobile', 8], ['atm', 3]] as const;
const CUSTOMERS = [['CUS-40128', 9], ['CUS-11873', 7], ['CUS-90054', 5], ['CUS-27719', 4], ['CUS-50632', 4], ['CUS-83310', 3]] as const;

/** What the record knows exactly; the rest is made up, alike at each look. */
export interface Known {
  open: SeverityCounts;
  acknowledged: SeverityCounts;
  metrics: Activity[];
}

/** A span in figures; `filled`: whether anything happened. */
export function chartsOf(span: Span, source: SourceId | null, now: number, filled: boolean, known: Known): Charts {
  const [count, minutes] = STRETCHES[span];
  const step = minutes * MINUTE;
  const from = (Math.floor(now / step) + 1 - count) * step;
  const share = filled ? (source === null ? 1 : 0.7 / source) : 0;
  const stretches = Array.from({ length: count }, (_, index) => stretchAt(from + index * step, minutes, share));
  const alerts = stretches.map((stretch) => stretch.alerts);
  const transactions = stretches.map((stretch) => stretch.payments);
  const raised = alerts.reduce((sum, { critical, high, medium, low }) => sum + critical + high + medium + low, 0);
  const paid = transactions.reduce((sum, payments) => sum + payments, 0);
  const ranked = (values: readonly (readonly [string, number])[], payments: number): Ranked[] =>
    values
      .map(([value, part]) => ({
        value,
        name: null,
        alerts: Math.round((raised * part) / 100),
        transactions: Math.round((payments * part) / 100),
      }))
      .filter(({ alerts }) => alerts > 0);
  const amounts = CURRENCIES.map(([currency, part, usual]) => {
    const roll = dice(usual);
    const sums = transactions.map((payments) => Math.round(payments * part * usual * (0.7 + roll() * 0.6) * 100) / 100);
    return { currency, payments: Math.round(paid * part), sum: sums.reduce((sum, one) => sum + one, 0), sums };
  });
  return {
    ...known,
    span,
    from,
    step,
    read_at: now,
    alerts,
    transactions,
    amounts: filled ? amounts : [],
    scenarios: ranked(SCENARIOS, 0),
    countries: ranked(COUNTRIES, paid),
    channels: ranked(CHANNELS, paid),
    customers: ranked(CUSTOMERS, 0),
    decisions: raised > 0 ? { made: Math.round(raised * 0.8), median_ms: 4 * MINUTE + 12_000 } : { made: 0, median_ms: null },
  };
}

function stretchAt(time: number, minutes: number, share: number): { payments: number; alerts: SeverityCounts } {
  const roll = dice(Math.floor(time / MINUTE));
  // The first numbers of like seeds are alike.
  for (let skipped = 0; skipped < 4; skipped++) roll();
  const busy = ((RHYTHM[new Date(time).getUTCHours()] ?? 0) / 100) * minutes * share;
  const some = (most: number) => Math.round(busy * most * (0.5 + roll()));
  return {
    payments: some(26),
    alerts: { critical: some(0.05), high: some(0.09), medium: some(0.12), low: some(0.06) },
  };
}
