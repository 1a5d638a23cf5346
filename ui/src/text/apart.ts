/** What is written from right to left, or says that what follows is. */
const TURNS = /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]/;
/** What says so to all that comes after it. */
const CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g;

/** A text as it is put into a sentence, which it cannot reorder. */
export function apart(text: string): string {
  return TURNS.test(text) ? `\u2068${text.replace(CONTROLS, '')}\u2069` : text;
}
