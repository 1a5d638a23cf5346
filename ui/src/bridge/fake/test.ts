import type { Step, StepFound, Tested } from '../types';
import { failure } from './answers';
import type { Scene } from './scene';

/** A step of the made-up server takes this long, in milliseconds. */
const STEP = 90;
const DAY = 86_400_000;

/** The steps of a test as far as so many are taken: the made-up server refuses at its sign-in what the scene has refused. */
export function stepsAt(taken: number, tested: Tested, { refusing }: Scene, now: number): Step[] {
  const found: StepFound[] = [
    { what: 'addresses', host: 'source' in tested ? 'fraud.bank.example' : new URL(tested.sign_in.url).hostname, count: 2 },
    { what: 'encrypted', version: 'TLS 1.3', valid_until: now + 80 * DAY },
    { what: 'accepted' },
    { what: 'opened', transport: 'websocket', fallback: false },
    'source' in tested ? { what: 'came' } : { what: 'nothing', seconds: 10 },
  ];
  const names = ['address', 'connection', 'sign_in', 'stream', 'event'] as const;
  return names.map((name, index): Step => {
    const at = found[index];
    if (index >= taken || !at) return { name, standing: { state: 'waiting' } };
    if (refusing && index > 2) return { name, standing: { state: 'not_reached' } };
    if (refusing && index === 2) return { name, standing: { state: 'failed', why: failure(refusing) } };
    return { name, standing: { state: 'fine', ms: at.what === 'nothing' ? at.seconds * 1000 : 7 + 31 * index, found: at } };
  });
}

/** Takes one step after the other, until the test is stopped. */
export async function testing(tested: Tested, scene: Scene, tell: (steps: Step[]) => void, isStopped: () => boolean): Promise<void> {
  for (let taken = 0; taken <= 5 && !isStopped(); taken++) {
    tell(stepsAt(taken, tested, scene, Date.now()));
    await new Promise((resolve) => setTimeout(resolve, STEP));
  }
}
