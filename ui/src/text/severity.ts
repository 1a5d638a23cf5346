import type { Severity } from '../bridge/types';

/** The order in which severities are told. */
export const WORST_FIRST: Severity[] = ['critical', 'high', 'medium', 'low'];
