import type { ActionKind, Alert, AlertAction, AlertState, SourceView } from '../bridge/types';

/** The states that an analyst gives, in the order of the work. */
const GIVEN = ['investigating', 'escalated', 'resolved', 'false_positive'] as const satisfies AlertState[];

/** What an analyst can have done to an alert at its server, in the order in which it is offered. */
export const DEEDS = [...GIVEN, 'assign', 'acknowledge'] as const;
export type DeedKind = (typeof DEEDS)[number];

type Given = (typeof GIVEN)[number];
const isGiven = (deed: DeedKind): deed is Given => (GIVEN as readonly DeedKind[]).includes(deed);

/** Whether a source can be asked to do this. */
export function takes(source: SourceView | undefined, deed: DeedKind): boolean {
  const action: ActionKind = isGiven(deed) ? 'change_state' : deed === 'assign' ? 'assign' : 'acknowledge';
  if (!source?.actions.includes(action)) return false;
  return deed !== 'assign' || source.user !== '';
}

/** What its source is asked for so that this is done to an alert; `null`: it is so already. */
export function requestOf(alert: Alert, source: SourceView, deed: DeedKind): AlertAction | null {
  const request = { alert: alert.id, state: null, owner: null };
  if (isGiven(deed)) return deed === alert.state ? null : { ...request, action: 'change_state', state: deed };
  if (deed === 'acknowledge') return { ...request, action: 'acknowledge' };
  return source.user === alert.facts.owner ? null : { ...request, action: 'assign', owner: source.user };
}

/** The source of a number, unless it is gone. */
type SourceOf = (id: number) => SourceView | undefined;

/** Whether the sources of all these alerts can be asked to do this. */
export function allTake(alerts: readonly Alert[], sourceOf: SourceOf, deed: DeedKind): boolean {
  return alerts.every((alert) => takes(sourceOf(alert.source), deed));
}

/** What is asked for so that this is done to all these alerts: nothing for those whose source cannot, or that are so. */
export function requestsOf(alerts: readonly Alert[], sourceOf: SourceOf, deed: DeedKind): AlertAction[] {
  return alerts.flatMap((alert) => {
    const source = sourceOf(alert.source);
    const request = source && takes(source, deed) ? requestOf(alert, source, deed) : null;
    return request ?? [];
  });
}
