import type { Problem } from '../bridge/bridge';
import type { ParameterView, ProfileView, SignIn, SignInView, SourceView } from '../bridge/types';
import type { Key } from '../text/text.svelte';

export type Input = 'profile' | 'name' | 'url' | 'user' | 'password' | 'remember' | `parameter.${string}`;

/** What the analyst has typed: values of a parameter are one text. */
export interface Typed {
  /** What to call the source; empty: the desk finds a name. */
  name: string;
  url: string;
  profile: string;
  user: string;
  password: string;
  remember: boolean;
  parameters: Record<string, string>;
}

/** What an unknown profile asks for: the server has the last word. */
const USUAL: SignInView = { user: true, secret: 'password', optional: false };

/** Between the values of a parameter that takes many. */
const BETWEEN = /[\s,]+/;

/** What the form holds at first, for a source to sign in to again or for a new one. */
export function typedFor(source: SourceView | null): Typed {
  const given = Object.entries(source?.parameters ?? {});
  return {
    name: source?.name ?? '',
    url: source?.url ?? '',
    profile: source?.profile ?? '',
    user: source?.user ?? '',
    password: '',
    remember: true,
    parameters: Object.fromEntries(given.map(([name, values]) => [name, values.join(', ')])),
  };
}

/** What signing in asks for. */
export function askedBy(profile: ProfileView | undefined): SignInView {
  return profile?.sign_in ?? USUAL;
}

/** The values in what was typed for a parameter. */
export function valuesOf(typed: string, { many }: Pick<ParameterView, 'many'>): string[] {
  const values = many ? typed.split(BETWEEN) : [typed.trim()];
  return values.filter((value) => value !== '');
}

/** The request that what was typed makes; nothing is sent that the profile does not ask for. */
export function requestOf(typed: Typed, profile: ProfileView | undefined, source: SourceView | null): SignIn {
  const { user, secret } = askedBy(profile);
  const parameters: SignIn['parameters'] = {};
  for (const parameter of profile?.parameters ?? []) {
    const values = valuesOf(typed.parameters[parameter.name] ?? '', parameter);
    if (values.length > 0) parameters[parameter.name] = values;
  }
  return {
    source: source?.id ?? null,
    name: typed.name.trim(),
    url: typed.url.trim(),
    profile: typed.profile,
    user: user ? typed.user.trim() : '',
    parameters,
    password: secret === null ? '' : typed.password,
    remember: secret !== null && typed.remember,
  };
}

/** What is missing before there is anything to ask the server: the first empty field. `kept`: the secret is there already. */
export function missing(request: SignIn, profile: ProfileView | undefined, kept = false): { field: Input; key: Key } | null {
  const { user, secret, optional } = askedBy(profile);
  if (request.profile === '') return { field: 'profile', key: 'sign_in.missing.profile' };
  if (request.url === '') return { field: 'url', key: 'sign_in.missing.url' };
  if (user && request.user === '') return { field: 'user', key: 'sign_in.missing.user' };
  if (secret !== null && !optional && !kept && request.password === '') {
    return { field: 'password', key: `sign_in.missing.${secret}` };
  }
  const parameter = profile?.parameters.find(({ name, required }) => required && !request.parameters[name]);
  return parameter ? { field: `parameter.${parameter.name}`, key: 'sign_in.missing.parameter' } : null;
}

/** Beside which field a refusal is told; what belongs to none is told under the form. */
const TOLD_AT: Partial<Record<Problem['code'], Input>> = {
  unknown_profile: 'profile',
  bad_address: 'url',
  same_source: 'url',
  unreachable: 'url',
  insecure: 'url',
  unavailable: 'url',
  not_understood: 'url',
  password_refused: 'password',
  credential_refused: 'password',
  forbidden: 'user',
  vault: 'remember',
};

/** The field that a refusal is about, if the form has it; `null`: the whole. */
export function fieldOf(problem: Problem, profile: ProfileView | undefined): Input | null {
  if (problem.code === 'bad_parameter') return parameterOf(problem.message, profile?.parameters ?? []);
  const { user, secret } = askedBy(profile);
  const field = TOLD_AT[problem.code] ?? null;
  if (field === 'remember' && secret === null) return null;
  if (field === 'password' && secret === null) return user ? 'user' : null;
  return field === 'user' && !user ? null : field;
}

/** The parameter that a message names as a whole word; the only one, where there is but one. */
function parameterOf(message: string, parameters: ParameterView[]): Input | null {
  const words = message.split(/[^\w-]+/);
  const found = parameters.find(({ name }) => words.includes(name)) ?? (parameters.length === 1 ? parameters[0] : undefined);
  return found ? `parameter.${found.name}` : null;
}
