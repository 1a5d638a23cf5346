import type { Alert, Begun, Diagnostics, Facts, Failure, FailureCode, FiguresView, HistoryEntry, SetAside, SourceView, SpreadView } from '../types';

/** What the made-up server answers to "analyse". */
export const ANSWER = JSON.stringify({
  fraud_probability: 0.82,
  risk_level: 'high',
  recommendation: 'Call the customer before the payment leaves',
  factors: [
    { factor: 'amount_deviation', impact: 0.48, description: 'Nine times the usual amount' },
    { factor: 'night_time', impact: 0.2, description: 'Between two and four in the morning' },
    { factor: 'known_device', impact: -0.31, description: 'Used for three years' },
  ],
});

/** A damaged database that was set aside as the window was opened. */
export function setAsideAt(begun: Begun['with'], now: number): SetAside {
  return {
    path: '/home/marie/.local/share/example.vigie/vigie.damaged-2026-11-26T05-41-02Z.sqlite',
    begun: begun === 'backup' ? { with: 'backup', at: now - 14 * 3_600_000 } : { with: begun },
  };
}

export function failure(code: FailureCode, message = `the fake desk was asked to fail: ${code}`): Failure {
  return { code, message };
}

/** A message as a backend would have sent it. */
export function rawOf(type: string, { subject, facts }: { subject: string; facts: Facts }): string {
  return JSON.stringify({ type, payload: { id: subject, ...facts } });
}

export function historyOf(alert: Alert): HistoryEntry[] {
  const opened: HistoryEntry = {
    event: alert.id * 10,
    received_at: alert.received_at,
    state: 'open',
    severity: alert.severity,
    owner: null,
    title: alert.facts.title,
  };
  if (alert.state === 'open') return [opened];
  const taken = { ...opened, event: opened.event + 1, received_at: alert.received_at + 95_000, state: alert.state, owner: alert.facts.owner, title: null };
  return [taken, opened];
}

const spread = (times: number, p50: number, p99: number, max: number): SpreadView => ({ times, p50, p99, max });

/** What the made-up desk did since it started in the morning. */
function figuresAt(now: number, sources: SourceView[]): FiguresView {
  return {
    since: now - 6 * 3_600_000,
    until: now,
    sources: sources.map(({ id, rejected }) => ({
      source: id,
      received: Math.floor(47_010 / id) + Math.floor(1_202 / id) + rejected,
      stored: Math.floor(47_010 / id),
      duplicates: Math.floor(1_202 / id),
      rejected: rejected === 0 ? [] : [{ reason: 'not_json', frames: rejected - 1 }, { reason: 'too_large', frames: 1 }],
      reconnects: id % 3,
      gaps: id > 2 ? { all: 0, lasting: 0, lost: 0 } : { all: 2 * id, lasting: id % 2, lost: id === 2 ? 4 : 0 },
      lag: id === 3 ? null : spread(40_000, 12 * id, 80 * id, 1_900 * id),
    })),
    notifications: {
      alone: 14,
      digests: 2,
      in_digests: 31,
      storms: 1,
      in_storms: 57,
      missed: 19,
      quiet_hours: 8,
      failed: 0,
      below_level: 204,
      by_rule: 12,
      known: 37,
      closed: 9,
      acknowledged: 3,
      held: 6,
      snoozed: 3,
      waiting: 0,
    },
    latency: { committed: spread(47_010, 2, 9, 31), asked_for: spread(14, 6, 18, 18), handed: null },
    store: { events: 1_204_518, bytes: 912_384_000 },
  };
}

export function diagnosticsAt(now: number, sources: SourceView[], wrongProfile: boolean): Diagnostics {
  const gap = (source: number, ago: number, how: string, lasted: number) => ({
    source,
    start: now - ago,
    end: now - ago + lasted,
    reason: 'silent',
    closed_at: null,
    how,
  });
  return {
    store: '/home/marie/.local/share/example.vigie/vigie.db',
    log: '/home/marie/.local/share/example.vigie/logs',
    figures: figuresAt(now, sources),
    profiles: wrongProfile
      ? [
          {
            file: '/home/marie/.config/example.vigie/profiles/branch.toml',
            message: 'line 14: sign_in.kind: unknown variant `basic`. Use one of none, bearer, api_key, user, password, session.',
          },
        ]
      : [],
    rejected: [
      { source: 1, received_at: now - 340_000, reason: 'not_json', detail: 'expected value at line 1 column 1', length: 52, head: '<html><body>502 Bad Gateway</body></html>' },
      { source: 1, received_at: now - 5_400_000, reason: 'not_a_message', detail: 'there is no type', length: 19, head: '{"hello":"\u202eworld"}' },
      { source: 1, received_at: now - 9_400_000, reason: 'too_large', detail: 'longer than 1048576 bytes', length: 4_203_112, head: '{"type":"newTransaction","payload":{"note":"AAAAAAAAAAAAAAAAAAAA' },
    ],
    gaps: [
      { source: 1, start: now - 1_380_000, end: null, reason: 'unreachable', closed_at: null, how: null },
      { source: 1, start: now - 8_900_000, end: now - 8_700_000, reason: 'closed', closed_at: now - 8_699_000, how: 'lists' },
      gap(2, 9_200_000, 'not_replayable', 40_000),
      gap(2, 9_900_000, 'snapshot', 75_000),
      gap(2, 12_400_000, 'list_full', 600_000),
      gap(2, 14_000_000, 'begun_anew', 9_000),
    ],
  };
}
