import { describe, expect, it } from 'vitest';

import type { FailureCode, ParameterView } from '../bridge/types';
import { aProfile, aSource } from './fixtures';
import { fieldOf, missing, requestOf, typedFor, valuesOf } from './sign-in';

const STREAMS: ParameterView = { name: 'streams', title: 'Streams', example: '1, 2', many: true, required: false };
const CALCULATION: ParameterView = { name: 'calculation', title: 'Calculation', example: 'c-1', many: false, required: true };

const flowfi = aProfile({ name: 'flowfi', sign_in: { user: false, secret: 'token', optional: true }, parameters: [STREAMS, CALCULATION] });
const open = aProfile({ name: 'open', sign_in: { user: true, secret: null, optional: false } });

function typed(over: Partial<ReturnType<typeof typedFor>> = {}) {
  return { ...typedFor(null), url: ' http://x ', profile: 'flowfi', user: 'marie ', password: 'secret', ...over };
}

describe('what is sent to sign in', () => {
  it('has the values of a parameter, however they were separated', () => {
    expect(valuesOf(' 1, 2  3,\n4 ', STREAMS)).toEqual(['1', '2', '3', '4']);
    expect(valuesOf(' a b, c ', CALCULATION)).toEqual(['a b, c']);
    expect(valuesOf('  ', CALCULATION)).toEqual([]);
  });

  it('is no more than the profile asks for', () => {
    const request = requestOf(typed({ parameters: { streams: '1 2', other: 'x' } }), flowfi, null);
    expect(request).toMatchObject({ source: null, url: 'http://x', user: '', password: 'secret', parameters: { streams: ['1', '2'] } });
    expect(requestOf(typed(), open, null)).toMatchObject({ user: 'marie', password: '', remember: false });
  });

  it('names the source that is signed in to again, with what it has', () => {
    const source = aSource({ id: 7, profile: 'flowfi', parameters: { streams: ['1', '2'] } });
    expect(typedFor(source).parameters).toEqual({ streams: '1, 2' });
    expect(requestOf(typedFor(source), flowfi, source)).toMatchObject({ source: 7, parameters: { streams: ['1', '2'] } });
  });
});

describe('what is missing', () => {
  const lacking = (over: Parameters<typeof typed>[0], profile = flowfi) => missing(requestOf(typed(over), profile, null), profile);

  it('is a required parameter', () => {
    expect(lacking({})).toEqual({ field: 'parameter.calculation', key: 'sign_in.missing.parameter' });
    expect(lacking({ parameters: { calculation: 'c-1' } })).toBeNull();
  });

  it('is no secret that may be left empty or is not asked for', () => {
    expect(lacking({ password: '', parameters: { calculation: 'c-1' } })).toBeNull();
    expect(lacking({ password: '' }, open)).toBeNull();
    expect(lacking({ password: '' }, aProfile({ sign_in: { user: false, secret: 'key', optional: false } }))).toEqual({
      field: 'password',
      key: 'sign_in.missing.key',
    });
  });

  it('is a user only where one is asked for', () => {
    expect(lacking({ user: ' ' }, open)?.field).toBe('user');
    expect(lacking({ user: ' ', parameters: { calculation: 'c-1' } })).toBeNull();
  });
});

describe('a refusal', () => {
  const at = (code: FailureCode, profile = flowfi, message = '') => fieldOf({ code, message }, profile);

  it('is told at the parameter that it names', () => {
    expect(at('bad_parameter', flowfi, 'the parameter "calculation" is missing')).toBe('parameter.calculation');
    expect(at('bad_parameter', flowfi, 'streams: no more than 100')).toBe('parameter.streams');
    expect(at('bad_parameter', flowfi, 'upstreams')).toBeNull();
    expect(at('bad_parameter', aProfile({ parameters: [STREAMS] }))).toBe('parameter.streams');
    expect(at('bad_parameter', open, 'streams')).toBeNull();
  });

  it('of a credential is told at the secret, or at who signs in', () => {
    expect(at('credential_refused')).toBe('password');
    expect(at('credential_refused', open)).toBe('user');
    expect(at('credential_refused', aProfile({ sign_in: { user: false, secret: null, optional: false } }))).toBeNull();
  });

  it('is never told at a field that is not there', () => {
    expect(at('forbidden')).toBeNull();
    expect(at('vault', open)).toBeNull();
  });
});
