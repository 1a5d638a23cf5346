// Speaks a language in tests, as the program would have the page do.
import en from '../../../src-tauri/crates/core/messages/en.json';
import fr from '../../../src-tauri/crates/core/messages/fr.json';
import { speak as speakBy, type Language } from './text.svelte';

export function speak(wanted: Language): void {
  speakBy(wanted, { en, fr }[wanted]);
}

speak('en');
