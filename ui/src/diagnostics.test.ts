import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';

import type { Bridge } from './bridge/bridge';
import { fakeBridge } from './bridge/fake';
import { sceneFrom } from './bridge/fake/scene';
import { all, one, open, press, refuse, until, useWindow, words } from './window.fixture';

useWindow();

describe('a profile file that is wrong', () => {
  it('is a notice that leads to the diagnostics, which name file and line first', async () => {
    await open('notices=profile_wrong');
    press('to-diagnostics');
    await until(() => expect(words(one('profile-problems'))).toContain('branch.toml line 14'));
    expect(document.activeElement).toBe(one('diagnostics'));
    const texts = words(one('diagnostics'));
    expect(texts.indexOf('branch.toml')).toBeLessThan(texts.indexOf('Stretches that may have been missed'));
    expect(texts).toContain('More was missed than the server gives.');
  });
});

describe('the diagnostics', () => {
  /** Opens them on a scene, read. */
  async function diagnose(scene: string, over: Partial<Bridge> = {}) {
    const view = await open(scene, over);
    press('nav-sources');
    await until(() => expect(all('latencies')).toHaveLength(1));
    flushSync();
    return view;
  }
  const cellsOf = (row: Element | null) => [...(row?.querySelectorAll<HTMLElement>('td, th') ?? [])].map(words);
  const row = (source: number) => cellsOf(one('figures').querySelector(`[data-source="${source}"]`));
  const rows = (hook: string) => [...one(hook).querySelectorAll('tbody tr')].map(cellsOf);

  it('tell what became of what each source has sent', async () => {
    await diagnose('sources=5');
    expect(row(1)).toEqual(['Retail cards', '48,215', '–', '47,010', '1,202', '3 Not JSON 2 · Too large 1', '1', '2 · 1 open', '12 ms · 80 ms · 1.9 s']);
    expect(row(2)[7]).toBe('4 · 4 not recoverable');
    expect(row(3)[8]).toBe('–');
  });

  it('say of which moment they are: what arrives meanwhile is not in them yet', async () => {
    await diagnose('sources=2');
    expect(words(one('diagnostics'))).toMatch(/What Vigie did since \S.* · as of \S.*\d:\d\d/);
  });

  it('tell how much arrives a second, once they were read twice', async () => {
    const { diagnostics } = fakeBridge(sceneFrom(new URLSearchParams('still')));
    const first = await diagnostics();
    const { figures } = first;
    const [source] = figures.sources;
    if (!source) throw new Error('nothing has arrived');
    const later = (ms: number, more: number) => ({
      ...first,
      figures: { ...figures, until: figures.until + ms, sources: [{ ...source, received: source.received + more }] },
    });
    // The last one comes so soon after that it would tell of a flood by itself.
    const told = vi.fn().mockResolvedValueOnce(first).mockResolvedValueOnce(later(4_000, 50)).mockResolvedValue(later(4_010, 60));
    const view = await diagnose('', { diagnostics: told });
    const again = async (rate: string) => {
      const overview = view.desk.overview;
      if (!overview) throw new Error('there is nothing to begin with');
      const sources = overview.sources.map((one) => ({ ...one, rejected: one.rejected + 1 }));
      view.desk.receive({ ...overview, number: overview.number + 1, sources });
      await until(() => expect(row(1)[2]).toBe(rate));
    };
    expect(row(1)[2]).toBe('–');
    await again('12.5');
    await again('15');
  });

  it('tell how long everything took, and what became of alerts', async () => {
    await diagnose('sources=2');
    expect(rows('latencies')).toEqual([
      ['From arrival until stored', '2 ms', '9 ms', '31 ms'],
      ['From arrival until notified alone', '6 ms', '18 ms', '18 ms'],
      ['From arrival until in the window', 'nothing measured yet'],
    ]);
    expect(rows('notifications')).toEqual(
      expect.arrayContaining([
        ['Notified together, 31 alerts in all', '2'],
        ['Below the severity in the settings', '204'],
        ['Held back by a pause', '6'],
      ]),
    );
  });

  it('say where the data and the log are, and how much there is', async () => {
    await diagnose('sources=2');
    const said = words(one('diagnostics'));
    expect(said).toContain('vigie.db (912.4 MB, 1,204,518 events)');
    expect(said).toContain('The log is in /home/marie/.local/share/example.vigie/logs');
  });

  it('are read anew while they are looked at, and no longer', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const { diagnostics } = fakeBridge(sceneFrom(new URLSearchParams('still')));
      const asked = vi.fn(diagnostics);
      await diagnose('sources=2', { diagnostics: asked });
      const before = asked.mock.calls.length;
      vi.advanceTimersByTime(5_000);
      expect(asked.mock.calls.length).toBe(before + 1);
      press('nav-alerts');
      vi.advanceTimersByTime(60_000);
      expect(asked.mock.calls.length).toBe(before + 1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('save a report and say where it is', async () => {
    const saveReport = vi.fn(async () => '/home/marie/Downloads/vigie-report.json');
    await diagnose('sources=2', { saveReport });
    press('save-report');
    await until(() => expect(words(one('report-saved'))).toContain('/home/marie/Downloads/vigie-report.json'));
    expect(saveReport).toHaveBeenCalledTimes(1);
    expect((one('save-report') as HTMLButtonElement).disabled).toBe(false);
  });

  it('say why a report was not saved', async () => {
    await diagnose('sources=2', { saveReport: refuse('report_not_saved') });
    press('save-report');
    await until(() => expect(words(one('diagnostics'))).toContain('The report could not be saved.'));
  });
});
