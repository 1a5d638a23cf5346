// A desk with a million stored alerts, each page of which takes a while, for `screens/scroll.mjs`.
import { fakeBridge } from '../src/bridge/fake';
import { sceneFrom } from '../src/bridge/fake/scene';
import type { Bridge } from '../src/bridge/bridge';
import { start } from '../src/start';

const STORED = 1_000_000;
/** How long the way to the store and back takes, in milliseconds: more than it does. */
const WAY = 5;

const fake = fakeBridge(sceneFrom(new URLSearchParams('still')));
const now = Date.now();
const likeness = await fake.alerts({ severities: [], source: null, closed: true, snoozed: false, worst_first: false }, { before: null, after: null, limit: 200 });

/** Alert `id` of them all, the newest of which has the greatest number. */
function alertOf(id: number) {
  const like = likeness.rows[id % likeness.rows.length];
  if (!like) throw new Error('there is no alert to be like');
  return { ...like, id, subject: `ALR-${id}`, occurred_at: now - (STORED - id) * 1000, change: id };
}

const alerts: Bridge['alerts'] = async (_, { before, after, limit }) => {
  await new Promise((resolve) => setTimeout(resolve, WAY));
  const first = after ? Math.min(STORED, after.id + limit) : before ? before.id - 1 : STORED;
  const last = after ? after.id + 1 : Math.max(1, first - limit + 1);
  const rows = Array.from({ length: Math.max(0, first - last + 1) }, (_, index) => alertOf(first - index));
  const end = rows.at(-1);
  const next = !after && end && end.id > 1 ? { severity: 'high' as const, occurred_at: end.occurred_at, id: end.id } : null;
  return { rows, next, total: STORED, change: STORED };
};

await start({
  ...fake,
  alerts,
  alertChanges: async (since) => ({ rows: [], change: since, reset: false }),
  overview: async () => ({ ...(await fake.overview()), alerts_change: STORED }),
});
