/** The longest text that is looked for, in letters: more than any command is long. */
export const QUERY_MOST = 64;
/** The most words of a text that are looked through: the name of a source may be as long as a server likes. */
const WORDS_MOST = 32;

/** A text's words as they are compared: without accents and capitals. */
function wordsOf(text: string): string[] {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

/**
 * How well what is typed fits a text by the beginnings of its words, in their order: `fa po`, `fapo` and `fp` all fit
 * “False positive”. Gives how many words are passed over first, so that less is better; `null`: it does not fit.
 */
export function fit(query: string, text: string): number | null {
  const letters = wordsOf(query.slice(0, QUERY_MOST)).join('');
  const words = wordsOf(text).slice(0, WORDS_MOST);
  if (letters === '') return 0;

  /** Places in query and words from which nothing fits, so that none is tried twice. */
  const vain = new Set<number>();
  /** Whether the query fits from a letter on, with this word as the next that it begins. */
  function fits(at: number, word: number): boolean {
    const place = at * WORDS_MOST + word;
    if (vain.has(place)) return false;
    for (let next = at + common(letters, at, words[word] ?? ''); next > at; next--) {
      if (next === letters.length) return true;
      for (let other = word + 1; other < words.length; other++) if (fits(next, other)) return true;
    }
    vain.add(place);
    return false;
  }

  const passed = words.findIndex((_, word) => fits(0, word));
  return passed < 0 ? null : passed;
}

/** How many letters of the query, from this place on, a word begins with. */
function common(letters: string, at: number, word: string): number {
  let length = 0;
  while (length < word.length && at + length < letters.length && word[length] === letters[at + length]) length++;
  return length;
}
