import type { View } from '../state/view.svelte';
import { isHeard, isSign, keyOf, LEADER, type Keys } from './keys';
import { COMMANDS, run, type Command } from './table';

/** Within this time after the leader the second key has to come, in milliseconds. */
const LEADER_LASTS = 1_500;
/** The one command that a dialog does not hold up. */
const QUIT = 'quit';

/** Hears the keys of the whole window and runs what they mean. */
export class Keyboard {
  readonly #view: View;
  readonly #now: () => number;
  /** When the leader was pressed; what comes after it is never taken for a key of its own. */
  #led: number | null = null;

  constructor(view: View, now: () => number = Date.now) {
    this.#view = view;
    this.#now = now;
  }

  press(event: KeyboardEvent): void {
    const key = keyOf(event);
    if (key === null || event.defaultPrevented || isModifier(event.key)) return;
    const led = this.#led !== null && this.#now() - this.#led < LEADER_LASTS;
    this.#led = null;
    if (!isHeard(key, event.target) || (isSign(key) && !this.#view.settings.window.single_keys)) return;
    const isOpen = document.querySelector('dialog[open]') !== null;
    if (key === LEADER && !led && !isOpen) {
      this.#led = this.#now();
      event.preventDefault();
      return;
    }
    const isSecond = led && key.length === 1;
    const command = this.#meant(isSecond ? `${LEADER} ${key}` : key, isOpen);
    if (!command) return;
    event.preventDefault();
    if (command.repeats || !event.repeat) run(command, this.#view);
  }

  /** The command of this key: the first that has something to do, else the first that has something to say. */
  #meant(keys: Keys, isOpen: boolean): Command | undefined {
    const named = COMMANDS.filter((command) => command.keys.includes(keys) && (!isOpen || command.id === QUIT));
    return named.find((command) => command.when(this.#view, this.#view.deeds.meant)) ?? named.find(({ otherwise }) => otherwise);
  }
}

const isModifier = (key: string) => ['Shift', 'Control', 'Alt', 'Meta', 'CapsLock'].includes(key);
