/** How deep lines are indented; deeper ones stay at this margin, so that nesting cannot push text out of sight. */
const INDENT_LIMIT = 24;

/** Raw text made readable, and whether it was cut. */
export interface Readable {
  text: string;
  cut: boolean;
}

/**
 * Lays JSON out in lines, at most `limit` characters of it. It walks the text and never parses: no number is
 * rounded, no key is merged, no nesting is too deep, and what is not JSON stays as it came.
 */
export function readable(raw: string, limit: number): Readable {
  const laidOut = /^\s*[{[]/.test(raw) ? layOut(raw, limit) : raw.slice(0, limit + 1);
  return { text: reveal(laidOut.slice(0, limit)), cut: laidOut.length > limit };
}

function layOut(raw: string, limit: number): string {
  let out = '';
  let depth = 0;
  let quoted = false;
  const line = () => `\n${'  '.repeat(Math.max(0, Math.min(depth, INDENT_LIMIT)))}`;
  for (let at = 0; at < raw.length && out.length <= limit; at++) {
    const char = raw.charAt(at);
    if (quoted) {
      out += char;
      if (char === '\\') out += raw.charAt(++at);
      else if (char === '"') quoted = false;
    } else if (char === '"') {
      quoted = true;
      out += char;
    } else if (char === '{' || char === '[') {
      const end = closing(raw, at);
      if (end > at) {
        out += char + raw.charAt(end);
        at = end;
      } else {
        depth++;
        out += char + line();
      }
    } else if (char === '}' || char === ']') {
      depth--;
      out += line() + char;
    } else if (char === ',') {
      out += char + line();
    } else if (char === ':') {
      out += ': ';
    } else if (!/\s/.test(char)) {
      out += char;
    }
  }
  return out;
}

/** Where an empty object or list that opens at `at` closes; -1 if it is not empty. */
function closing(raw: string, at: number): number {
  let next = at + 1;
  while (next < raw.length && ' \t\r\n'.includes(raw.charAt(next))) next++;
  return raw.charAt(next) === (raw.charAt(at) === '{' ? '}' : ']') ? next : -1;
}

/** Shows the characters that reorder or hide text instead of obeying them. */
function reveal(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
