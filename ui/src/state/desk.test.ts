import { describe, expect, it, vi } from 'vitest';

import type { Bridge } from '../bridge/bridge';
import { Desk } from './desk.svelte';
import { anOverview } from './fixtures';

function deskOver(answers = anOverview(9)) {
  const bridge = { overview: vi.fn(async () => answers), painted: vi.fn(async () => {}) };
  const follow = vi.fn();
  return { desk: new Desk(bridge as unknown as Bridge, [follow]), bridge, follow };
}

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

describe('the state of the desk', () => {
  it('says which number has been painted, once it has', async () => {
    const { desk, bridge } = deskOver();
    desk.receive(anOverview(4));
    expect(bridge.painted).not.toHaveBeenCalled();
    await frame();
    expect(bridge.painted).toHaveBeenCalledWith(4);
    expect(document.documentElement.dataset['ready']).toBe('true');
    expect(document.documentElement.dataset['number']).toBe('4');
  });

  it('asks again when a number was skipped', async () => {
    const { desk, bridge } = deskOver();
    desk.receive(anOverview(4));
    desk.receive(anOverview(5));
    expect(bridge.overview).not.toHaveBeenCalled();
    desk.receive(anOverview(7));
    await vi.waitFor(() => expect(desk.overview?.number).toBe(9));
  });

  it('never lets an older number replace a newer one', () => {
    const { desk, follow } = deskOver();
    desk.receive(anOverview(5));
    desk.receive(anOverview(3));
    expect(desk.overview?.number).toBe(5);
    expect(follow).toHaveBeenCalledTimes(1);
  });

  it('beats for news, and not for a link that changed', () => {
    const { desk } = deskOver();
    desk.receive(anOverview(1, { newest_transaction: 1 }));
    desk.receive(anOverview(2, { newest_transaction: 1 }));
    expect(desk.beats).toBe(0);
    desk.receive(anOverview(3, { newest_transaction: 2 }));
    expect(desk.beats).toBe(1);
  });
});
