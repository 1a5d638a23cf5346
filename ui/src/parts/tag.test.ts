import { afterEach, expect, it, vi } from 'vitest';

const setLanguage = (value: string) => Object.defineProperty(navigator, 'language', { value, configurable: true });

afterEach(() => {
  vi.resetModules();
  Reflect.deleteProperty(navigator, 'language');
});

it('a system without a language has charts too', async () => {
  setLanguage('C');
  await import('./plot');
  expect(navigator.language).toBe('en');
});

it('the language of a system that has one stays', async () => {
  setLanguage('fr-CH');
  await import('./tag');
  expect(navigator.language).toBe('fr-CH');
});
