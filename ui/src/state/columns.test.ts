import { describe, expect, it } from 'vitest';

import { canHide, COLUMNS, drawn, shown, toggled, tracks, USUAL_COLUMNS, type Columns } from './columns';

const hiding = (...hidden: Columns['hidden']): Columns => ({ hidden, widths: {} });

describe('the columns of the transactions', () => {
  it('are all shown where there is room, and the source where there are several', () => {
    expect(shown(USUAL_COLUMNS, true, Infinity)).toEqual([...COLUMNS]);
    expect(shown(USUAL_COLUMNS, false, Infinity)).not.toContain('source');
  });

  it('leave out what a colleague would say last when room is short', () => {
    expect(shown(USUAL_COLUMNS, true, 816)).toEqual(['time', 'customer', 'merchant', 'where', 'score', 'amount']);
    expect(shown(USUAL_COLUMNS, true, 396)).toEqual(['time', 'customer', 'amount']);
  });

  it('leave out nothing for want of room that a hidden one has made', () => {
    expect(shown(hiding('where', 'merchant'), false, 816)).toContain('channel');
  });

  it('never lose both the time and the amount', () => {
    const all = COLUMNS.reduce(toggled, USUAL_COLUMNS);
    expect(all.hidden).toContain('time');
    expect(all.hidden).not.toContain('amount');
    expect(canHide('amount', all)).toBe(false);
    expect(canHide('amount', toggled(all, 'time'))).toBe(true);
  });

  it('keep the width that was drawn, until it is as usual again', () => {
    const wide = drawn(USUAL_COLUMNS, 'customer', 200);
    expect(tracks(['time', 'customer'], wide)).toBe('104px minmax(48px, 200px)');
    expect(drawn(wide, 'customer', null)).toEqual(USUAL_COLUMNS);
  });
});
