import type { Keys } from '../commands/keys';
import { has, t } from './text.svelte';

const isMac = () => /Mac/.test(navigator.userAgent);

const SIGNS: Record<string, string> = { ArrowDown: '↓', ArrowUp: '↑' };

/** The caps to press, each as it is written on the keyboard. */
export function capsOf(keys: Keys): string[] {
  return keys.split(/[ +]/).map((key) => {
    if (key === 'Mod') return isMac() ? '⌘' : t('key.Control');
    const named = `key.${key}`;
    return SIGNS[key] ?? (has(named) ? t(named) : key.toUpperCase());
  });
}
