import type { ActionKind, Alert, AlertAction, AlertState, SourceView } from '../bridge/types';

/** The states that an analyst gives, in the order of the work. */
const GIVEN = ['investigating', 'escalated', 'resolved', 'false_positive'] as const satisfies AlertState[];

/** What an analyst can have done to an alert at its server, in the order in which it is offered. */
export const DECISIONS = [...GIVEN, 'assign', 'acknowledge'] as const;
export type Decision = (typeof DECISIONS)[number];

type Given = (typeof GIVEN)[number];
/** Whether it decides about an alert: who has done so goes on to the next. The others begin the work with it. */
export const isGiven = (decision: Decision): decision is Given => (GIVEN as readonly Decision[]).includes(decision);

/** Whether a source can be asked to do this. */
export function takes(source: SourceView | undefined, decision: Decision): boolean {
  const action: ActionKind = isGiven(decision) ? 'change_state' : decision === 'assign' ? 'assign' : 'acknowledge';
  if (!source?.actions.includes(action)) return false;
  return decision !== 'assign' || source.user !== '';
}

/** What its source is asked for so that this is done to an alert; `null`: it is so already. */
export function requestOf(alert: Alert, source: SourceView, decision: Decision): AlertAction | null {
  const request = { alert: alert.id, state: null, owner: null };
  if (isGiven(decision)) return decision === alert.state ? null : { ...request, action: 'change_state', state: decision };
  if (decision === 'acknowledge') return { ...request, action: 'acknowledge' };
  return source.user === alert.facts.owner ? null : { ...request, action: 'assign', owner: source.user };
}

/** The source of a number, unless it is gone. */
type SourceOf = (id: number) => SourceView | undefined;

/** Whether the sources of all these alerts can be asked to do this. */
export function allTake(alerts: readonly Alert[], sourceOf: SourceOf, decision: Decision): boolean {
  return alerts.every((alert) => takes(sourceOf(alert.source), decision));
}

/** What is asked for so that this is done to all these alerts: nothing for those whose source cannot, or that are so. */
export function requestsOf(alerts: readonly Alert[], sourceOf: SourceOf, decision: Decision): AlertAction[] {
  return alerts.flatMap((alert) => {
    const source = sourceOf(alert.source);
    const request = source && takes(source, decision) ? requestOf(alert, source, decision) : null;
    return request ?? [];
  });
}
