import { describe, expect, it } from 'vitest';

import { allTake, DECISIONS, requestsOf } from './decisions';
import { anAlert, aSource, NO_FACTS } from './fixtures';

const sources = [
  aSource({ id: 1, user: 'marie', actions: ['change_state', 'assign', 'acknowledge'] }),
  aSource({ id: 2, user: '', actions: ['assign'] }),
];
const sourceOf = (id: number) => sources.find((source) => source.id === id);
const offered = (alert: ReturnType<typeof anAlert>) => DECISIONS.filter((decision) => requestsOf([alert], sourceOf, decision).length > 0);

describe('what can be done to an alert', () => {
  it('is what its source can be asked for', () => {
    expect(offered(anAlert(1))).toEqual([...DECISIONS]);
    expect(offered(anAlert(1, { source: 3 }))).toEqual([]);
  });

  it('is not what is so already', () => {
    const alert = anAlert(1, { state: 'escalated', facts: { ...NO_FACTS, owner: 'marie' } });
    expect(offered(alert)).toEqual(['investigating', 'resolved', 'false_positive', 'acknowledge']);
  });

  it('is not to be given to nobody', () => {
    expect(offered(anAlert(1, { source: 2 }))).toEqual([]);
  });

  it('is for several only what all of their sources can', () => {
    const both = [anAlert(1), anAlert(2, { source: 2 })];
    expect(allTake(both, sourceOf, 'resolved')).toBe(false);
    expect(allTake(both.slice(0, 1), sourceOf, 'resolved')).toBe(true);
  });
});
