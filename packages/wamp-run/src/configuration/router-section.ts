import {
  DEFAULT_LIMITS,
  type RealmOptions,
  ROUTER_DEFAULTS,
  type RouterLimits,
  type RouterOptions,
} from '@wamp-run/router';
import { VERSION } from '../version.js';
import type { Shape } from './shape.js';

/** What the configuration says of the router that is brought along, or run alone: what of its options is data. */
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
  > {
  /** Where it listens. Default: 127.0.0.1. */
  readonly host?: string;
  /** The port; 0 takes any that is free. Default: 8080. */
  readonly port?: number;
  /** Where it listens instead of at host and port: `ws://host:port/path`, `rs://host:port`, `unix:/path`, `http://…`. */
  readonly listen?: readonly string[];
  /** Its realms, besides those that the components join. */
  readonly realms?: readonly (string | Pick<RealmOptions, 'name' | 'disclosure' | 'metaApi' | 'history'>)[];
}

const text = (what: string): Shape => ({ kind: 'text', what });
const MS: Shape = { kind: 'number', what: 'a number of milliseconds', least: 0 };

const REALM: Shape = {
  kind: 'either',
  text: text('a realm'),
  keys: {
    kind: 'keys',
    needs: ['name'],
    keys: {
      name: text('a realm'),
      disclosure: {
        kind: 'word',
        words: ['asked', 'always', 'never'],
        doc: 'Whether callees and subscribers learn who calls and publishes.',
      },
      metaApi: { kind: 'word', words: ['full', 'read', 'none'], doc: 'How much of the meta API there is.' },
      history: {
        kind: 'keys',
        needs: ['topics'],
        doc: 'Topics whose events are kept, in memory.',
        keys: {
          topics: {
            kind: 'list',
            least: 1,
            what: 'a list with at least one topic',
            of: {
              kind: 'keys',
              needs: ['uri'],
              keys: {
                uri: text('a topic'),
                match: { kind: 'word', words: ['exact', 'prefix', 'wildcard'] },
                keep: {
                  kind: 'number',
                  what: 'a whole number of at least 1',
                  least: 1,
                  doc: 'How many events of each topic.',
                },
              },
            },
          },
        },
      },
    },
  },
};

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
    shape: { kind: 'list', least: 1, what: 'a list of realms: names, or objects with a name', of: REALM },
    doc: 'the realms of its own router, besides those that components join: names, or objects with `name`, `disclosure`, `metaApi` and `history`',
    default: [],
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
