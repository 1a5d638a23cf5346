import type { Detail, Factor } from '../bridge/types';

/** A longer answer is shown as text: nobody reads that many fields. */
const ANSWER_LIMIT = 20_000;
/** A number with more digits than these would be rounded, so its answer stays text. */
const TOO_EXACT = /(?:^|[^.\d])\d{16}|\.\d{18}/;

/** A server's answer to "analyse" that can be shown as fields. */
export interface Answer {
  factors: Factor[];
  fields: Detail[];
}

/** Reads an answer that is a flat object, with a list of factors at the most; `null` for any other. */
export function answerOf(text: string): Answer | null {
  if (text.length > ANSWER_LIMIT || TOO_EXACT.test(text)) return null;
  const answer = parsed(text);
  if (!isObject(answer)) return null;
  const fields: Detail[] = [];
  let factors: Factor[] = [];
  for (const [name, value] of Object.entries(answer)) {
    const read = name === 'factors' ? factorsOf(value) : null;
    if (read) factors = read;
    else if (isPlain(value)) fields.push({ name, value: value === null ? '' : String(value) });
    else if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
      for (const item of value) fields.push({ name, value: item });
    } else return null;
  }
  return fields.length + factors.length > 0 ? { fields, factors } : null;
}

function factorsOf(value: unknown): Factor[] | null {
  if (!Array.isArray(value)) return null;
  const factors = value.map(factorOf);
  return factors.every((factor) => factor !== null) ? factors : null;
}

function factorOf(value: unknown): Factor | null {
  if (typeof value === 'string') return { name: value, weight: null, text: null };
  if (!isObject(value)) return null;
  const name = value['name'] ?? value['factor'];
  const weight = value['weight'] ?? value['impact'] ?? null;
  const text = value['text'] ?? value['description'] ?? null;
  if (typeof name !== 'string' || !(weight === null || typeof weight === 'number')) return null;
  return text === null || typeof text === 'string' ? { name, weight, text } : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPlain(value: unknown): value is string | number | boolean | null {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
