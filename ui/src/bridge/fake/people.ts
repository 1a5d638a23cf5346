import type { Facts, Severity } from '../types';

/** A sequence of numbers that is the same each time, so that pictures can be compared. */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

export function pick<T>(roll: () => number, from: readonly T[]): T {
  return from[Math.floor(roll() * from.length)] as T;
}

const CUSTOMERS = [
  'Amélie Rousseau', 'Jonas Weber', 'Sofia Marchetti', 'Daniel Okafor', 'Ingrid Halvorsen', 'Mateus Carvalho',
  'Hannah Schmidt', 'Yuki Tanaka', 'Zeynep Arslan', 'Luc Fontaine', 'Priya Raman', 'Oskar Lindqvist', 'نور الهدى',
  'Katarzyna Wójcik', 'Thomas Bernard', 'Elena Petrova',
] as const;
const MERCHANTS = [
  'Carrefour Market', 'Galaxy Electronics', 'Steam Games', 'Air France', 'Le Bon Marché', 'NordicPay', 'Uber', 'Zalando',
  'Shell', 'Booking', 'Apple Store', 'Quick Cash ATM', 'Bijouterie Marchand',
] as const;
const PLACES = [
  ['FR', 'Paris', 'EUR'], ['FR', 'Lyon', 'EUR'], ['DE', 'Berlin', 'EUR'], ['GB', 'London', 'GBP'], ['US', 'Miami', 'USD'],
  ['JP', 'Osaka', 'JPY'], ['CH', 'Genève', 'CHF'], ['BR', 'São Paulo', 'BRL'],
] as const;
const CHANNELS = ['card', 'online', 'atm', 'transfer', 'mobile'] as const;

export const ANALYSTS = ['m.laurent', 'p.nguyen', 'a.diallo'] as const;

/** What happened, in the words of a backend. */
export const STORIES: readonly (readonly [string, Severity, (roll: () => number) => string])[] = [
  ['card_testing', 'critical', (roll) => `${9 + Math.floor(roll() * 12)} small payments in 3 minutes`],
  ['impossible_travel', 'critical', () => 'Paris and Osaka within 40 minutes'],
  ['velocity', 'high', (roll) => `${4 + Math.floor(roll() * 9)} payments in 10 minutes`],
  ['unusual_amount', 'high', (roll) => `${6 + Math.floor(roll() * 30)} times the usual amount`],
  ['structuring', 'medium', () => '4 payments just below the reporting limit'],
  ['new_device', 'medium', () => 'First payment from a device in another country'],
  ['unusual_amount', 'low', () => 'Twice the usual amount at a known merchant'],
];

/** What a hostile or broken server might send. All of it has to stay text. */
export const HOSTILE: readonly Partial<Facts>[] = [
  { title: '<img src=x onerror="document.title=`hacked`"><script>alert(1)</script>', customer_name: '<b>Bold</b>' },
  { title: '\u202Eyllufmrah ton ma I\u202C and the rest of the sentence', customer_name: 'مرحبا بالعالم' },
  { amount: '999999999999999999999999999999.99', currency: 'EUR', customer_name: 'W'.repeat(300) },
  {
    factors: [
      { name: '<b>__proto__</b>', weight: -1e300, text: '\u202Etxet' },
      { name: 'toString', weight: 1e-9, text: null },
    ],
    details: [
      { name: 'constructor', value: '<script>alert(1)</script>' },
      { name: 'constructor', value: 'W'.repeat(200) },
    ],
  },
  { amount: '0.00012345', currency: 'XBT', scenario: 'ZERO_DAY__new-scenario' },
];

/** Made-up facts of a payment. */
export function paymentOf(roll: () => number): Omit<Facts, 'severity' | 'state' | 'owner' | 'scenario' | 'title'> {
  const [country, city, currency] = pick(roll, PLACES);
  const whole = Math.floor(Math.exp(roll() * 6 + 2.5) * (currency === 'JPY' ? 150 : 1));
  const cents = currency === 'JPY' ? '' : `.${String(Math.floor(roll() * 100)).padStart(2, '0')}`;
  const person = Math.floor(roll() * CUSTOMERS.length);
  return {
    occurred_at: null,
    score: Math.round(roll() ** 3 * 100) / 100,
    customer: `C-${100_482 + person * 37}`,
    customer_name: CUSTOMERS[person] ?? null,
    amount: `${whole}${cents}`,
    currency,
    country,
    city,
    channel: pick(roll, CHANNELS),
    merchant: pick(roll, MERCHANTS),
    transaction: null,
    progress: null,
    factors: [],
    details: [],
  };
}
