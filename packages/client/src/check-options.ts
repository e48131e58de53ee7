import { checkOptionNames, checkUri, InvalidConfiguration } from '@wamp-run/protocol';
import type { ClientOptions } from './client-options.js';
import { EXPOSE_ERRORS } from './failure.js';
import type { Hooks } from './hooks.js';
import { offerLogins } from './login-hello.js';
import { milliseconds } from './milliseconds.js';

/** What is wrong with a value, as `expected …`; undefined where nothing is. */
type Check = (value: unknown) => string | undefined;

const aFunction: Check = (value) => (typeof value === 'function' ? undefined : 'a function');
const aString: Check = (value) => (typeof value === 'string' ? undefined : 'a string');
const anObject: Check = (value) => (typeof value === 'object' && value !== null ? undefined : 'an object');
const oneOf =
  (...words: string[]): Check =>
  (value) =>
    words.includes(value as string) ? undefined : `one of ${words.join(', ')}`;
const isClock: Check = (value) => {
  const { now, after } = (value ?? {}) as { now?: unknown; after?: unknown };
  return typeof now === 'function' && typeof after === 'function' ? undefined : 'a clock, with now and after';
};
/** Looked at where it is read. */
const elsewhere: Check = () => undefined;

const CHECKS: Readonly<Record<keyof ClientOptions, Check>> = {
  connectors: (value) =>
    Array.isArray(value) && value.length > 0 && value.every((each) => typeof each?.connect === 'function')
      ? undefined
      : 'at least one connector',
  realm: aString,
  authenticators: elsewhere,
  authmethods: elsewhere,
  authid: elsewhere,
  authrole: elsewhere,
  authextra: elsewhere,
  resumable: elsewhere,
  resumeSession: elsewhere,
  resumeToken: elsewhere,
  retry: elsewhere,
  isFatal: aFunction,
  whileDisconnected: oneOf('reject', 'queue'),
  maxQueued: (value) => (Number.isSafeInteger(value) && (value as number) > 0 ? undefined : 'a whole number above 0'),
  main: aFunction,
  onMainError: oneOf('retry', 'fail'),
  hooks: anObject,
  joinTimeout: elsewhere,
  callTimeout: elsewhere,
  callRetry: elsewhere,
  requestTimeout: elsewhere,
  leaveTimeout: elsewhere,
  blockedAfter: elsewhere,
  agent: aString,
  exposeErrors: oneOf(...EXPOSE_ERRORS),
  interceptors: elsewhere,
  codec: elsewhere,
  payloadForm: elsewhere,
  clock: isClock,
  random: aFunction,
  log: anObject,
};

const HOOKS: Readonly<Record<keyof Hooks, true>> = {
  onConnect: true,
  onChallenge: true,
  onWelcome: true,
  onJoin: true,
  onReady: true,
  onLeave: true,
  onDisconnect: true,
  onRetry: true,
  onBlocked: true,
  onUserError: true,
};

const REQUIRED: ReadonlySet<string> = new Set([
  'connectors',
  'realm',
  'clock',
  'random',
] satisfies (keyof ClientOptions)[]);

/** Throws InvalidConfiguration (InvalidUriError for a realm that is none), naming the key, where options are wrong. */
export function checkOptions(options: ClientOptions): void {
  checkOptionNames(options, CHECKS, 'client', '.');
  for (const [key, check] of Object.entries(CHECKS)) {
    const value = options[key as keyof ClientOptions];
    const expected = value === undefined && !REQUIRED.has(key) ? undefined : check(value);
    if (expected !== undefined) throw new InvalidConfiguration(`${key}: expected ${expected}`);
  }
  checkUri(options.realm, 'realm');
  offerLogins(options);
  for (const key of ['joinTimeout', 'leaveTimeout', 'callTimeout', 'requestTimeout', 'blockedAfter'] as const) {
    const value = options[key];
    if (value !== undefined) milliseconds(key, value);
  }
  if (options.hooks === undefined) return;
  checkOptionNames(options.hooks, HOOKS, 'hooks', '.');
  for (const [name, hook] of Object.entries(options.hooks)) {
    if (hook !== undefined && typeof hook !== 'function') {
      throw new InvalidConfiguration(`hooks.${name}: expected a function`);
    }
  }
}
