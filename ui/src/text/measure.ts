// Sizes and durations in few digits.

const KILO = 1_000;
const MINUTE = 60 * KILO;
const HOUR = 60 * MINUTE;

/** How many bytes, in the largest unit of which there is one. */
export function sizeWords(bytes: number, locale: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  const last = units.length - 1;
  const step = Math.min(last, bytes < KILO ? 0 : Math.floor(Math.log10(bytes) / 3));
  const size = bytes / KILO ** step;
  return size.toLocaleString(locale, { style: 'unit', unit: units[step] ?? 'byte', unitDisplay: 'short', maximumFractionDigits: 1 });
}

/** How long, in hours or minutes where there are two of them, else in seconds; the units are the same in every language. */
export function durationWords(milliseconds: number, locale: string): string {
  const units = [
    { name: 'h', length: HOUR },
    { name: 'min', length: MINUTE },
  ];
  const unit = units.find(({ length }) => milliseconds >= 2 * length);
  if (unit) return said(Math.round(milliseconds / unit.length), unit.name, locale);
  if (milliseconds < KILO) return said(milliseconds, 'ms', locale);
  return said(milliseconds / KILO, 's', locale);
}

function said(number: number, unit: string, locale: string): string {
  return `${number.toLocaleString(locale, { maximumSignificantDigits: 3 })}\u00a0${unit}`;
}
