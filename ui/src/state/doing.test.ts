import { describe, expect, it, vi } from 'vitest';

import type { Bridge } from '../bridge/bridge';
import type { AlertAction } from '../bridge/types';
import { AT_ONCE, Doing } from './doing.svelte';

const asked = (alert: number): AlertAction => ({ alert, action: 'change_state', state: 'resolved', owner: null });
const over = (act: Bridge['act']) => new Doing({ act } as Bridge);
const many = Array.from({ length: 25 }, (_, index) => asked(index + 1));

describe('what the servers are asked to do', () => {
  it('is asked for one by one, and never more at once than is good for a server', async () => {
    let now = 0;
    let most = 0;
    const act = vi.fn(async () => {
      most = Math.max(most, ++now);
      await Promise.resolve();
      now--;
      return 1;
    });
    const { taken } = await over(act).ask('resolved', many);
    expect(act).toHaveBeenCalledTimes(many.length);
    expect(taken.sort((a, b) => a - b)).toEqual(many.map(({ alert }) => alert));
    expect(most).toBe(AT_ONCE);
  });

  it('is counted by the reason where it is refused; the rest is done', async () => {
    const doing = over(async ({ alert }) => {
      if (alert % 10 === 0) throw { code: 'forbidden', message: '403' };
      if (alert === 7) throw { code: 'unreachable', message: '' };
      return alert;
    });
    const { taken } = await doing.ask('resolved', many);
    expect(taken).toHaveLength(22);
    expect(doing.refused?.reasons.map(({ problem, n }) => [problem.code, n])).toEqual([['unreachable', 1], ['forbidden', 2]]);
    expect(doing.busy.size).toBe(0);
  });

  it('is not asked for twice while it is under way', async () => {
    let answer = () => {};
    const act = vi.fn(() => new Promise<number>((resolve) => (answer = () => resolve(1))));
    const doing = over(act);
    const first = doing.ask('resolved', [asked(1)]);
    expect((await doing.ask('resolved', [asked(1)])).taken).toEqual([]);
    answer();
    expect((await first).taken).toEqual([1]);
    expect(act).toHaveBeenCalledTimes(1);
  });
});
