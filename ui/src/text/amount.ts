/** The longest amount that is formatted; a longer one is not money and stays as the server wrote it. */
const DIGITS_LIMIT = 15;
/** The most decimals that are shown as part of a formatted amount. */
const DECIMALS_LIMIT = 8;

const PLAIN_DECIMAL = new RegExp(`^-?\\d{1,${DIGITS_LIMIT}}(?:\\.(\\d{1,${DECIMALS_LIMIT}}))?$`);
const CURRENCY = /^[A-Z]{3}$/;
/** The zeros at an amount's end that say nothing: those after its hundredths. */
const IDLE_ZEROS = /(\.\d\d\d*?)0+$/;

const formats = new Map<string, Intl.NumberFormat>();

/** An amount in its own currency, digit for digit; what cannot be formatted so is shown as it came. */
export function amountWords(amount: string | null, currency: string | null, locale: string): string {
  if (amount === null) return '';
  const code = currency?.toUpperCase() ?? '';
  const decimal = PLAIN_DECIMAL.exec(amount);
  if (!decimal || !CURRENCY.test(code)) {
    return [decimalWords(amount.replace(IDLE_ZEROS, '$1'), locale), currency].filter(Boolean).join('\u00a0');
  }
  const words = money(locale, code, decimal[1]?.length ?? 0).format(amount as Intl.StringNumericLiteral);
  // An engine that reads the text as a float changes digits: then the server's own text is better.
  return sameDigits(words, amount) ? words : `${amount}\u00a0${code}`;
}

/** A decimal number as the language writes it, digit for digit; what is none is shown as it came. */
export function decimalWords(value: string, locale: string, style: Intl.NumberFormatOptions = {}): string {
  const decimal = PLAIN_DECIMAL.exec(value);
  if (!decimal) return value;
  const words = format(locale, style, decimal[1]?.length ?? 0).format(value as Intl.StringNumericLiteral);
  return sameDigits(words, value) ? words : value;
}

/** A sum of amounts of one currency; `brief` for the edge of a chart. A sum is a number, and shows no more digits than it has. */
export function sumWords(sum: number, currency: string, locale: string, brief: boolean): string {
  const code = currency.toUpperCase();
  const digits = brief ? ({ notation: 'compact', maximumFractionDigits: 1 } as const) : { maximumFractionDigits: Math.abs(sum) < 1_000 ? 2 : 0 };
  if (brief || !CURRENCY.test(code)) {
    const words = sum.toLocaleString(locale, digits);
    return brief ? words : `${words}\u00a0${currency}`;
  }
  const usual = format(locale, { style: 'currency', currency: code }, null).resolvedOptions().maximumFractionDigits ?? 0;
  return format(locale, { style: 'currency', currency: code }, Math.abs(sum) < 1_000 ? usual : 0).format(sum);
}

function money(locale: string, currency: string, decimals: number): Intl.NumberFormat {
  const style = { style: 'currency', currency } as const;
  const usual = format(locale, style, null).resolvedOptions().minimumFractionDigits ?? 0;
  return format(locale, style, Math.max(decimals, usual));
}

/** A format with so many decimals; `null`: as many as are usual. */
function format(locale: string, style: Intl.NumberFormatOptions, decimals: number | null): Intl.NumberFormat {
  const key = `${locale} ${decimals} ${JSON.stringify(style)}`;
  let found = formats.get(key);
  if (!found) {
    const digits = decimals === null ? {} : { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    found = new Intl.NumberFormat(locale, { ...style, ...digits });
    formats.set(key, found);
  }
  return found;
}

function sameDigits(words: string, amount: string): boolean {
  const digits = (text: string) => text.replace(/\D/g, '').replace(/^0+/, '');
  return digits(words).startsWith(digits(amount));
}
