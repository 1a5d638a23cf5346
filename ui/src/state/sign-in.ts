import type { Problem } from '../bridge/bridge';
import type { SignIn } from '../bridge/types';
import type { Key } from '../text/text.svelte';

export type Input = 'profile' | 'url' | 'user' | 'password' | 'remember';

/** Beside which field a refusal is told; what belongs to none is told under the form. */
const TOLD_AT: Partial<Record<Problem['code'], Input>> = {
  unknown_profile: 'profile',
  bad_address: 'url',
  unreachable: 'url',
  insecure: 'url',
  unavailable: 'url',
  not_understood: 'url',
  password_refused: 'password',
  forbidden: 'user',
  vault: 'remember',
};

/** The field that a refusal is about; `null`: the whole. */
export function fieldOf(problem: Problem): Input | null {
  return TOLD_AT[problem.code] ?? null;
}

/** What is missing before there is anything to ask the server: the first empty field. */
export function missing(request: SignIn): { field: Input; key: Key } | null {
  if (request.profile === '') return { field: 'profile', key: 'sign_in.missing.profile' };
  if (request.url.trim() === '') return { field: 'url', key: 'sign_in.missing.url' };
  if (request.user.trim() === '') return { field: 'user', key: 'sign_in.missing.user' };
  if (request.password === '') return { field: 'password', key: 'sign_in.missing.password' };
  return null;
}
