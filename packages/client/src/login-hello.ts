import {
  type ClientAuthenticator,
  type ClientLogin,
  type Dict,
  InvalidConfiguration,
  isDict,
  isId,
  portable,
  setKey,
  typeName,
  type Value,
} from '@wamp-run/protocol';
import type { LoginOptions } from './login-options.js';
import { sameValue } from './same-value.js';

/** What is offered with one HELLO. */
export interface LoginOffer {
  /** The keys of HELLO's details. */
  readonly hello: Dict;
  /** The methods, in the order in which they are preferred. */
  readonly methods: readonly string[];
  /** The logins that have begun, by method. */
  readonly logins: ReadonlyMap<string, ClientLogin>;
}

/** Begins the logins of all authenticators. Throws InvalidConfiguration, naming the key, where options are wrong or do not agree. */
export function offerLogins(options: LoginOptions): LoginOffer {
  checkTypes(options);
  const { authenticators = [], authmethods = [] } = options;
  const authextra = extraOf(options.authextra, 'authextra');
  const logins = new Map<string, ClientLogin>();
  for (const each of authenticators) {
    const { method } = each;
    if (logins.has(method)) throw new InvalidConfiguration(`authenticators: ${method} is there twice`);
    const login = begin(each);
    logins.set(method, login);
    merge(authextra, extraOf(login.authextra, `authextra of ${method}`), method);
  }
  const methods = [...new Set([...logins.keys(), ...authmethods])];
  const hello = withoutUndefined({
    authmethods: methods.length === 0 ? undefined : [...methods],
    authid: agreed('authid', options.authid, authenticators),
    authrole: agreed('authrole', options.authrole, authenticators),
    authextra: Object.keys(authextra).length === 0 ? undefined : authextra,
    resumable: options.resumable,
    // The hyphens are the draft's, and Autobahn's.
    'resume-session': options.resumeSession,
    'resume-token': options.resumeToken,
  });
  return { hello, methods, logins };
}

function begin(authenticator: ClientAuthenticator): ClientLogin {
  const { method } = authenticator;
  let login: unknown;
  try {
    login = authenticator.begin();
  } catch (cause) {
    throw new InvalidConfiguration(`authenticators: ${method}: begin failed`, { cause });
  }
  if (typeof login === 'object' && login !== null) return login;
  throw new InvalidConfiguration(`authenticators: ${method}: begin has to return a login, got ${typeName(login)}`);
}

/** The one value that all name who name one. */
function agreed(
  key: 'authid' | 'authrole',
  given: string | undefined,
  authenticators: readonly ClientAuthenticator[],
): string | undefined {
  let value = given;
  let of = 'the options';
  for (const each of authenticators) {
    const wanted = each[key];
    if (wanted === undefined) continue;
    if (value === undefined) {
      value = wanted;
      of = each.method;
    } else if (value !== wanted) {
      const [first, second] = [JSON.stringify(value), JSON.stringify(wanted)];
      throw new InvalidConfiguration(`${key}: ${of} and ${each.method} do not agree: ${first} and ${second}`);
    }
  }
  return value;
}

/** The values stay out of the error: they may be secret. */
function merge(into: Dict, extra: Dict, method: string): void {
  for (const [key, value] of Object.entries(extra)) {
    if (Object.hasOwn(into, key) && !sameValue(into[key], value)) {
      throw new InvalidConfiguration(`authextra.${key}: ${method} wants another value than what comes before it`);
    }
    setKey(into, key, value);
  }
}

/** A copy, brought under the rules for values here, and not by a serializer: then it would be tried again. */
export function extraOf(extra: unknown, name: string): Dict {
  if (extra === undefined) return {};
  if (!isDict(extra)) throw new InvalidConfiguration(`${name}: expected a dict, got ${typeName(extra)}`);
  try {
    return portable(extra, name, { copy: true }) as Dict;
  } catch (cause) {
    throw new InvalidConfiguration(cause instanceof Error ? cause.message : name, { cause });
  }
}

function withoutUndefined(all: Readonly<Record<string, Value | undefined>>): Dict {
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, Value] => entry[1] !== undefined));
}

function checkTypes(options: LoginOptions): void {
  const { authenticators = [], authmethods = [], authid, authrole, resumable, resumeSession, resumeToken } = options;
  if (!Array.isArray(authenticators)) throw expected('authenticators', 'a list of authenticators', authenticators);
  authenticators.forEach((each: unknown, index) => {
    checkAuthenticator(each, `authenticators[${index}]`);
  });
  if (!Array.isArray(authmethods) || !authmethods.every((each) => typeof each === 'string' && each !== '')) {
    throw expected('authmethods', 'a list of names', authmethods);
  }
  for (const [key, value] of Object.entries({ authid, authrole, resumeToken })) {
    if (value !== undefined && typeof value !== 'string') throw expected(key, 'a string', value);
  }
  if (resumable !== undefined && typeof resumable !== 'boolean')
    throw expected('resumable', 'true or false', resumable);
  if (resumeSession !== undefined && !isId(resumeSession))
    throw expected('resumeSession', 'a session id', resumeSession);
  if ((resumeSession === undefined) !== (resumeToken === undefined)) {
    throw new InvalidConfiguration('resumeSession, resumeToken: give both or none');
  }
}

function checkAuthenticator(value: unknown, place: string): void {
  const {
    method,
    begin: start,
    authid,
    authrole,
  } = (value ?? {}) as Partial<Record<keyof ClientAuthenticator, unknown>>;
  if (typeof method !== 'string' || method === '' || typeof start !== 'function') {
    throw expected(place, 'an authenticator, with method and begin', value);
  }
  for (const [key, each] of Object.entries({ authid, authrole })) {
    if (each !== undefined && typeof each !== 'string') throw expected(`${place}.${key}`, 'a string', each);
  }
}

function expected(key: string, what: string, value: unknown): InvalidConfiguration {
  return new InvalidConfiguration(`${key}: expected ${what}, got ${typeName(value)}`);
}
