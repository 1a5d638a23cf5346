import type { Detail, Facts, Kind, SourceView } from '../types';
import { paymentOf, pick } from './people';

/** Something that a backend of some profile tells, beside transactions and alerts. */
export interface Happening {
  kind: Kind;
  what: string;
  subject: string;
  facts: Facts;
}

type Roll = () => number;
type Teller = (roll: Roll, number: number) => Happening;

const SYMBOLS = ['CARREF', 'GALAXY', 'AIRFRA', 'NORDIC', 'BIJOUT', 'ZALAND'] as const;
const ADDRESSES = ['GDQK7PXR4YQZ2M5HJ6N3', 'GB4TLZ8WCXV9K2R7YH1P', 'GCM5Q2JX7RT9ZL4V8NKD'] as const;
const STEPS = ['Collecting payments', 'Weighing the factors', 'Comparing with the branch', 'Writing the answer'] as const;

const detailsOf = (given: Record<string, string>): Detail[] => Object.entries(given).map(([name, value]) => ({ name, value }));

function factsOf(roll: Roll, over: Partial<Facts>): Facts {
  const { customer, customer_name } = paymentOf(roll);
  return {
    occurred_at: null,
    severity: null,
    score: null,
    state: null,
    owner: null,
    scenario: null,
    title: null,
    customer,
    customer_name,
    amount: null,
    currency: null,
    country: null,
    city: null,
    channel: null,
    merchant: null,
    transaction: null,
    progress: null,
    factors: [],
    details: [],
    ...over,
  };
}

const euros = (roll: Roll, most: number) => (roll() * most).toFixed(2);
const nobody = { customer: null, customer_name: null };

const order: Teller = (roll, number) => {
  const what = pick(roll, ['order_placed', 'order_executed', 'order_executed', 'order_cancelled']);
  const price = euros(roll, 180);
  const quantity = 1 + Math.floor(roll() * 400);
  return {
    kind: 'order',
    what,
    subject: `ORD-${7_000 + number}`,
    facts: factsOf(roll, {
      amount: (Number(price) * quantity).toFixed(2),
      currency: 'EUR',
      details: detailsOf({ symbol: pick(roll, SYMBOLS), side: pick(roll, ['BUY', 'SELL']), quantity: String(quantity), price, status: what.slice(6).toUpperCase() }),
    }),
  };
};

const position: Teller = (roll) => {
  const symbol = pick(roll, SYMBOLS);
  const details = detailsOf({ symbol, quantity: String(Math.floor(roll() * 900)), average_price: euros(roll, 180), current_price: euros(roll, 180), unrealized_pnl: (roll() * 4000 - 2000).toFixed(2) });
  const what = pick(roll, ['position_updated', 'position_updated', 'position_opened', 'position_closed']);
  return { kind: 'position', what, subject: `POS-${symbol}`, facts: factsOf(roll, { ...nobody, currency: 'EUR', details }) };
};

const balance: Teller = (roll) => {
  const details = detailsOf({ balance: euros(roll, 90_000), available_margin: euros(roll, 60_000), used_margin: euros(roll, 30_000) });
  const what = pick(roll, ['balance_updated', 'margin_blocked', 'margin_released']);
  return { kind: 'balance', what, subject: 'ACC-114', facts: factsOf(roll, { ...nobody, currency: 'EUR', details }) };
};

const watchlist: Teller = (roll, number) => ({
  kind: 'watchlist',
  what: pick(roll, ['watchlist_item_added', 'watchlist_item_removed', 'watchlist_updated']),
  subject: `WATCH-${number}`,
  facts: factsOf(roll, { ...nobody, details: detailsOf({ symbol: pick(roll, SYMBOLS), watchlist: 'Large caps' }) }),
});

const stream: Teller = (roll, number) => {
  const what = pick(roll, ['stream.created', 'stream.topped_up', 'stream.topped_up', 'stream.withdrawn', 'stream.cancelled', 'stream.completed']);
  return {
    kind: 'payment_stream',
    what,
    subject: String(1 + (number % 9)),
    facts: factsOf(roll, {
      ...nobody,
      amount: String(Math.floor(roll() * 9e10)),
      currency: 'USDC',
      details: detailsOf({ sender: pick(roll, ADDRESSES), recipient: pick(roll, ADDRESSES), token: 'CUSDC4ZT', rate_per_second: '1000000', deposited: '86400000000000000000' }),
    }),
  };
};

const analysis: Teller = (roll, number) => ({
  kind: 'analysis',
  what: 'credit_analysis',
  subject: `AN-${number}`,
  facts: factsOf(roll, {
    score: roll(),
    factors: [
      { name: 'payment_history', weight: 0.34, text: 'Paid late twice in twelve months' },
      { name: 'credit_utilisation', weight: 0.21, text: 'Uses 78 % of what is granted' },
      { name: 'account_age', weight: -0.18, text: 'Customer for eleven years' },
      { name: 'recent_inquiries', weight: 0.05, text: null },
    ],
    details: detailsOf({ recommendation: 'Ask for proof of income', risk_level: pick(roll, ['low', 'medium', 'high']) }),
  }),
});

const riskScore: Teller = (roll) => {
  const facts = factsOf(roll, { score: roll(), details: detailsOf({ previous: roll().toFixed(2) }) });
  return { kind: 'metrics', what: 'risk_score_update', subject: facts.customer ?? '', facts };
};

const calculation: Teller = (roll, number) => {
  const quarter = number % 5;
  return {
    kind: 'progress',
    what: 'calculation_progress',
    subject: `CALC-${1_040 + Math.floor(number / 40)}`,
    facts: factsOf(roll, { progress: quarter / 4, details: detailsOf({ step: STEPS[Math.min(quarter, 3)] ?? '' }) }),
  };
};

const portfolio: Teller = (roll) => ({
  kind: 'portfolio',
  what: 'portfolio_update',
  subject: pick(roll, ['PF-NORTH', 'PF-SOUTH']),
  facts: factsOf(roll, { ...nobody, currency: 'EUR', details: detailsOf({ total_value: euros(roll, 4e6), change_percent: (roll() * 6 - 3).toFixed(2), transactions: String(Math.floor(roll() * 9000)) }) }),
});

const figures: Teller = (roll) => ({
  kind: 'metrics',
  what: 'riskUpdate',
  subject: 'risk',
  facts: factsOf(roll, { ...nobody, score: 0.021 + roll() / 100, details: detailsOf({ total_transactions: String(9_000 + Math.floor(roll() * 900)), open_alerts: String(Math.floor(roll() * 90)), critical_alerts: String(Math.floor(roll() * 9)), amount_at_risk: euros(roll, 90_000) }) }),
});

const unknown: Teller = (roll, number) => ({
  kind: 'other',
  what: pick(roll, ['maintenance-notice', 'branchHours']),
  subject: `X-${number}`,
  facts: factsOf(roll, { ...nobody, details: detailsOf({ note: 'Tonight from 22:00', 'x-origin': '<b>core</b>' }) }),
});

/** What each profile's backend tells. */
const TELLERS: Record<string, readonly Teller[]> = {
  'big-defend': [figures],
  aml: [unknown],
  credit: [analysis, riskScore, riskScore, calculation, portfolio],
  trading: [order, order, position, balance, watchlist],
  flowfi: [stream],
};

/** Something that happens at this source. */
export function happeningAt(source: SourceView, roll: Roll, number: number): Happening {
  return pick(roll, TELLERS[source.profile] ?? [unknown])(roll, number);
}
