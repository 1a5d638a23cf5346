import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { fakeBridge } from '../bridge/fake';
import { sceneFrom } from '../bridge/fake/scene';
import type { Charts, SourceId, Span } from '../bridge/types';
import { ChartsOf, IDLE, PACE } from './charts.svelte';

const bridge = fakeBridge(sceneFrom(new URLSearchParams('still')));
let asked: ReturnType<typeof vi.fn<(span: Span, source: SourceId | null) => Promise<Charts>>>;
let charts: ChartsOf;

/** Time passes, and what was asked meanwhile is answered. */
const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => {
  vi.useFakeTimers();
  asked = vi.fn(bridge.charts);
  charts = new ChartsOf({ ...bridge, charts: asked });
});

afterEach(() => {
  charts.hide();
  vi.useRealTimers();
});

describe('the figures of a span', () => {
  it('are read when they are looked at, and for nobody else', async () => {
    charts.note();
    charts.only(2);
    await pass(IDLE);
    expect(asked).not.toHaveBeenCalled();
    charts.show();
    await pass(0);
    expect(asked.mock.calls).toEqual([['day', 2]]);
    expect(charts.phase).toBe('ready');
    charts.hide();
    charts.note();
    await pass(10 * IDLE);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('are read again once in their pace, however much arrives', async () => {
    charts.show();
    charts.choose('hour');
    await pass(0);
    asked.mockClear();
    for (let pushed = 0; pushed < 100; pushed++) {
      charts.note();
      await pass(PACE.hour / 50);
    }
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it('are read again though nothing arrives, because time goes on', async () => {
    charts.show();
    await pass(IDLE - 1);
    expect(asked).toHaveBeenCalledTimes(1);
    await pass(PACE.day + 1);
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it('are those of the span that was chosen last, whichever answer comes first', async () => {
    let late: (told: Charts) => void = () => {};
    asked.mockImplementationOnce(() => new Promise((resolve) => (late = resolve)));
    charts.show();
    charts.choose('week');
    await pass(0);
    late(await bridge.charts('day', null));
    await pass(0);
    expect(charts.told?.span).toBe('week');
  });

  it('stay when they cannot be read again, and the reason is told until they can', async () => {
    charts.show();
    await pass(0);
    asked.mockRejectedValueOnce({ code: 'store', message: 'no' });
    charts.note();
    await pass(PACE.day);
    expect(charts.told?.span).toBe('day');
    expect(charts.problem?.code).toBe('store');
    charts.note();
    await pass(PACE.day);
    expect(charts.problem).toBeNull();
  });
});
