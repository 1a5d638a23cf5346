// Sizes and durations in few digits.

const KILO = 1_000;

/** How many bytes, in the largest unit of which there is one. */
export function sizeWords(bytes: number, locale: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  const last = units.length - 1;
  const step = Math.min(last, bytes < KILO ? 0 : Math.floor(Math.log10(bytes) / 3));
  const size = bytes / KILO ** step;
  return size.toLocaleString(locale, { style: 'unit', unit: units[step] ?? 'byte', unitDisplay: 'short', maximumFractionDigits: 1 });
}

/** How long, to the millisecond below a second and to three digits above; the units are the same in every language. */
export function durationWords(milliseconds: number, locale: string): string {
  if (milliseconds < KILO) return `${milliseconds.toLocaleString(locale)}\u00a0ms`;
  return `${(milliseconds / KILO).toLocaleString(locale, { maximumSignificantDigits: 3 })}\u00a0s`;
}
