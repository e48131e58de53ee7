import {
  DEFAULT_LIMITS,
  type RealmOptions,
  ROUTER_DEFAULTS,
  type RouterLimits,
  type RouterOptions,
} from '@wamp-run/router';
import { VERSION } from '../version.js';
import { PRINCIPALS_SHAPE, type PrincipalEntry } from './principal-entry.js';
import { AUTHENTICATION_SHAPE, type RouterAuthentication } from './router-authentication.js';
import { REALM_SHAPE } from './router-realm.js';
import type { Shape } from './shape.js';

/** What the configuration says of the router that is brought along, or run alone: its options, and how clients log in. */
export interface RouterSection
  extends Pick<
    RouterOptions,
    | 'agent'
    | 'uriRule'
    | 'strictRequestIds'
    | 'handshakeTimeout'
    | 'loginTimeout'
    | 'idleTimeout'
    | 'closeTimeout'
    | 'limits'
    | 'slowSubscribers'
    | 'realmOnDemand'
    | 'authenticators'
  > {
  /** Where it listens. Default: 127.0.0.1. */
  readonly host?: string;
  /** The port; 0 takes any that is free. Default: 8080. */
  readonly port?: number;
  /** Where it listens instead of at host and port: `ws://host:port/path`, `rs://host:port`, `unix:/path`, `http://…`. */
  readonly listen?: readonly string[];
  /** Its realms, besides those that the components join. */
  readonly realms?: readonly (string | RealmOptions)[];
  /**
   * The methods by which clients log in, in realms that do not say it themselves (`authenticators`). Default: where there
   * are no `authenticators` either, clients join anonymously.
   */
  readonly authentication?: RouterAuthentication;
  /** Who may log in by them: the path of a JSON or YAML file with a list, or the list. Default: nobody. */
  readonly principals?: string | readonly PrincipalEntry[];
  /**
   * The role of the components that run in the same process, which need no login. In a realm whose `roles` have none of
   * that name it may do everything. Used as soon as anything is said of logins, roles or authorizers. Default: `trusted`.
   */
  readonly componentRole?: string;
}

const text = (what: string): Shape => ({ kind: 'text', what });
const MS: Shape = { kind: 'number', what: 'a number of milliseconds', least: 0 };

const LIMITS = {
  sessions: 'clients of its own router in total',
  sessionsPerAddress: 'clients from one network address',
  realms: 'realms that are made on demand',
  handshakes: 'clients that have not joined yet',
  handshakesPerAddress: 'the same from one network address',
  heldMessages: 'messages of a session that wait for an authorizer',
  heldBytes: 'bytes of them',
  subscriptions: 'subscriptions of a session',
  registrations: 'registrations of a session',
  pendingCalls: 'calls of a session that are not answered',
  waitingCalls: 'calls that wait for one registration',
  keptCallBytes: "bytes of a session's calls that wait",
  testaments: 'testaments of a session',
  testamentBytes: 'bytes of them',
  queuedBytes: 'bytes that wait for a client, for events',
  queuedBytesInAll: 'bytes that wait for a client, in all',
  retainedEvents: 'retained events of a realm',
  retainedBytes: 'bytes of them',
  historyAnswer: 'events in one answer of `get_events`',
} as const satisfies Record<keyof RouterLimits, string>;

/** An option of the router as a setting: what it has to be, and its default. */
export interface RouterKey {
  readonly shape: Shape;
  readonly doc: string;
  readonly default: unknown;
}

/** The name of one: `handshakeTimeout`, `limits.sessions`. */
export type RouterKeyName =
  | Exclude<keyof RouterSection, 'host' | 'port' | 'listen' | 'limits'>
  | `limits.${keyof RouterLimits}`;

/** The options that the router itself has, without where it listens; each bound apart. Keys as in a file, below `router`. */
export const ROUTER_KEYS: Readonly<Record<RouterKeyName, RouterKey>> = {
  realms: {
    shape: { kind: 'list', least: 1, what: 'a list of realms: names, or objects with a name', of: REALM_SHAPE },
    doc: 'the realms of its own router, besides those that components join: names, or objects with `name`, `disclosure`, `metaApi`, `history`, `roles`, `authorizer` and `authenticator`',
    default: [],
  },
  authentication: {
    shape: AUTHENTICATION_SHAPE,
    doc: 'the methods by which clients log in at its own router, each with its options: `{ ticket: {}, cryptosign: {} }`',
    default: undefined,
  },
  principals: {
    shape: { kind: 'either', text: { kind: 'text', what: 'the path of a file', path: true }, keys: PRINCIPALS_SHAPE },
    doc: 'who may log in by them: a JSON or YAML file with a list, or the list',
    default: undefined,
  },
  componentRole: {
    shape: text('a role'),
    doc: 'the role of components in the same process, where anything is said of logins or roles; where `roles` have none of that name it may do everything',
    default: 'trusted',
  },
  authenticators: {
    shape: { kind: 'code', what: 'a list of authenticators' },
    doc: "authenticators of a program's own, besides `authentication`; in JavaScript",
    default: undefined,
  },
  realmOnDemand: {
    shape: { kind: 'code', what: 'a function' },
    doc: 'gives the options of realms that are not there yet; in JavaScript',
    default: undefined,
  },
  agent: { shape: text('a text'), doc: 'what WELCOME calls its own router', default: `wamp-run-${VERSION}` },
  uriRule: {
    shape: { kind: 'word', words: ['loose', 'strict'] },
    doc: 'the rule for realms, topics and procedures',
    default: ROUTER_DEFAULTS.uriRule,
  },
  strictRequestIds: {
    shape: { kind: 'switch' },
    doc: 'whether a request id that is not the next one ends the session',
    default: ROUTER_DEFAULTS.strictRequestIds,
  },
  handshakeTimeout: {
    shape: MS,
    doc: 'how long its own router waits for HELLO (ms)',
    default: ROUTER_DEFAULTS.handshakeTimeout,
  },
  loginTimeout: {
    shape: MS,
    doc: 'how long a login at its own router may take (ms)',
    default: ROUTER_DEFAULTS.loginTimeout,
  },
  idleTimeout: {
    shape: MS,
    doc: 'after how long a silence its own router ends a session (ms); 0: never',
    default: ROUTER_DEFAULTS.idleTimeout,
  },
  closeTimeout: {
    shape: MS,
    doc: 'how long its own router waits for GOODBYE (ms)',
    default: ROUTER_DEFAULTS.closeTimeout,
  },
  slowSubscribers: {
    shape: { kind: 'word', words: ['drop', 'close'] },
    doc: 'what becomes of subscribers that do not read: events are dropped, or the session is closed',
    default: ROUTER_DEFAULTS.slowSubscribers,
  },
  ...limitKeys(),
};

function limitKeys(): Record<`limits.${keyof RouterLimits}`, RouterKey> {
  const shape: Shape = { kind: 'number', what: 'a whole number', least: 0 };
  const keys = (Object.keys(LIMITS) as (keyof RouterLimits)[]).map((name): [string, RouterKey] => [
    `limits.${name}`,
    { shape, doc: LIMITS[name], default: DEFAULT_LIMITS[name] },
  ]);
  return Object.fromEntries(keys) as Record<`limits.${keyof RouterLimits}`, RouterKey>;
}
