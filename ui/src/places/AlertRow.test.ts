import { mount, unmount } from 'svelte';
import { afterEach, describe, expect, it } from 'vitest';

import { anAlert, NO_FACTS } from '../state/fixtures';
import AlertRow from './AlertRow.svelte';

let shown: Record<string, unknown> | undefined;

function show(facts: Partial<typeof NO_FACTS>) {
  shown = mount(AlertRow, {
    target: document.body,
    props: { alert: anAlert(1, { severity: 'critical', facts: { ...NO_FACTS, ...facts } }), source: null, chosen: false, onchoose: () => {} },
  });
  return document.body;
}

afterEach(async () => {
  if (shown) await unmount(shown);
});

describe('an alert’s row', () => {
  it('shows hostile texts as text', () => {
    const page = show({ title: '<img src=x onerror=alert(1)>', customer_name: '<script>alert(1)</script>' });
    expect(page.querySelector('img, script')).toBeNull();
    expect(page.textContent).toContain('<img src=x onerror=alert(1)>');
    expect(page.textContent).toContain('<script>alert(1)</script>');
  });

  it('sets each text apart, so that it cannot turn its neighbours around', () => {
    const page = show({ title: '\u202eabc', customer_name: 'مرحبا' });
    for (const text of page.querySelectorAll('.title, .customer')) {
      expect(text.querySelector('bdi')?.getAttribute('dir')).toBe('auto');
    }
  });

  it('says its severity to those who cannot see the shape', () => {
    expect(show({}).querySelector('svg[role=img]')?.getAttribute('aria-label')).toBe('Critical');
  });

  it('says the scenario in words, and once', () => {
    expect(show({ scenario: 'card_testing', title: '14 small payments' }).textContent).toContain(
      'Card testing: 14 small payments',
    );
  });
});
