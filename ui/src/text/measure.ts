// Sizes and durations in few digits.

const KILO = 1_000;

/** How many bytes, in the largest unit that is less than a thousand of them. */
export function sizeWords(bytes: number, locale: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  let [size, unit] = [bytes, 0];
  while (size >= KILO && unit < units.length - 1) {
    size /= KILO;
    unit++;
  }
  const short = units[unit] ?? 'byte';
  return size.toLocaleString(locale, { style: 'unit', unit: short, unitDisplay: 'short', maximumFractionDigits: unit === 0 ? 0 : 1 });
}

/** How long, to the millisecond below a second and to three digits above. */
export function durationWords(milliseconds: number, locale: string): string {
  if (milliseconds < KILO) return milliseconds.toLocaleString(locale, { style: 'unit', unit: 'millisecond' });
  return (milliseconds / KILO).toLocaleString(locale, { style: 'unit', unit: 'second', maximumSignificantDigits: 3 });
}
