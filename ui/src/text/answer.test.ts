import { describe, expect, it } from 'vitest';

import { answerOf } from './answer';

describe('a server’s answer to “analyse”', () => {
  it('is fields and factors where it is a flat object', () => {
    const text = JSON.stringify({
      fraud_probability: 0.87,
      recommendation: 'block',
      recommendations: ['call the customer', 'block the card'],
      note: null,
      factors: [{ factor: 'new_device', impact: -0.31, description: 'first seen' }, 'night'],
    });
    expect(answerOf(text)).toEqual({
      fields: [
        { name: 'fraud_probability', value: '0.87' },
        { name: 'recommendation', value: 'block' },
        { name: 'recommendations', value: 'call the customer' },
        { name: 'recommendations', value: 'block the card' },
        { name: 'note', value: '' },
      ],
      factors: [
        { name: 'new_device', weight: -0.31, text: 'first seen' },
        { name: 'night', weight: null, text: null },
      ],
    });
  });

  it.each([
    ['nested', '{"a":{"b":1}}'],
    ['a list', '[1,2]'],
    ['no JSON', '<html>502</html>'],
    ['nothing', '{}'],
    ['a number that would be rounded', '{"n":12345678901234567}'],
    ['factors of another make', '{"factors":[{"name":1}]}'],
    ['without end', '['.repeat(19_999)],
    ['too long', `{"a":"${'x'.repeat(20_000)}"}`],
  ])('stays text where it is %s', (_, text) => {
    expect(answerOf(text)).toBeNull();
  });

  it('keeps the long decimals that servers write', () => {
    expect(answerOf('{"score":0.30000000000000004}')?.fields).toEqual([{ name: 'score', value: '0.30000000000000004' }]);
  });
});
