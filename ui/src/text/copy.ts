import type { Alert, AlertDetail, SourceView } from '../bridge/types';
import { locale, t } from './text.svelte';
import { exactWords } from './time';
import { alertWords, channelWords, customerWords, moneyWords, scoreWords, whereWords } from './words';

/** An alert as a colleague would read it in a letter: a line for each thing that is known. */
export function alertText({ alert }: AlertDetail, source: string): string {
  const { facts } = alert;
  const known: [string, string][] = [
    [t('field.state'), t(`state.${alert.state}`)],
    [t('field.occurred'), exactWords(alert.occurred_at, locale())],
    [t('field.customer'), customerWords(facts)],
    [t('field.customer_id'), facts.customer ?? ''],
    [t('field.amount'), moneyWords(facts)],
    [t('field.merchant'), facts.merchant ?? ''],
    [t('field.where'), whereWords(facts)],
    [t('field.channel'), channelWords(facts.channel)],
    [t('field.score'), scoreWords(facts.score)],
    [t('field.owner'), facts.owner ?? ''],
    [t('field.source'), source],
    [t('field.alert_id'), alert.subject],
    [t('field.transaction_id'), facts.transaction ?? ''],
  ];
  const lines = known.filter(([, value]) => value !== '').map(([name, value]) => `${name}: ${value}`);
  return [`${t(`severity.${alert.severity}`)} · ${alertWords(alert)}`, ...lines].join('\n');
}

/** A link that opens the alert on any desk that has it: by the server's identifier and the source's address. */
export function alertLink({ subject }: Alert, source?: SourceView): string {
  const at = source ? `?at=${encodeURIComponent(source.url)}` : '';
  return `vigie://alert/${encodeURIComponent(subject)}${at}`;
}
