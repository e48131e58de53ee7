import {
  type Clock,
  checkOptionNames,
  InvalidConfiguration,
  type Logger,
  type Random,
  type RouterAuthenticator,
  silent,
  type UriRule,
} from '@wamp-run/protocol';
import { checkAuthenticators } from './login/authenticators.js';
import { oneOf } from './one-of.js';
import { type RealmOptions, type RealmSettings, settleRealm } from './realm-options.js';
import { type RouterLimits, settleLimits } from './router-limits.js';
import type { OutgoingBounds } from './session.js';
import { checkTimeout } from './timeout.js';

/** How a router is made. */
export interface RouterOptions {
  /**
   * Its realms: names, or names with options; no two the same. At least one, unless there is `realmOnDemand`. Default
   * `['realm1']`.
   */
  readonly realms?: readonly (string | RealmOptions)[];
  /**
   * Asked when a client wants to join a realm that is not there. What it returns are the options of that realm, which then
   * is made, and goes with all that it retains when its last session leaves; undefined refuses the client with
   * `wamp.error.no_such_realm`. The name is a URI. Default: there are no such realms.
   */
  readonly realmOnDemand?: (name: string) => Omit<RealmOptions, 'name'> | undefined;
  /** Time, for all that takes its time. */
  readonly clock: Clock;
  /**
   * The time of day in milliseconds since 1970: when subscriptions and registrations were made, and events published.
   * Default: `Date.now`.
   */
  readonly wallTime?: () => number;
  /** Randomness, for session ids, publication ids and the authids of anonymous sessions. */
  readonly random: Random;
  /** Default: says nothing. */
  readonly log?: Logger;
  /** What WELCOME calls this router. Default `wamp-run`. */
  readonly agent?: string;
  /** The rule for realms, topics and procedures. Error URIs are only ever held to `loose`. Default `loose`. */
  readonly uriRule?: UriRule;
  /**
   * Whether a request id that is not the next one ends the session, as the specification has it. `false` lets clients in
   * that go on counting when they connect again. Default `true`.
   */
  readonly strictRequestIds?: boolean;
  /**
   * How clients log in, in realms that do not say it themselves; no two of one method. A client's methods are taken in
   * its order, and of those that are here the first that does not pass decides. Default: clients join anonymously.
   */
  readonly authenticators?: readonly RouterAuthenticator[];
  /** Milliseconds within which HELLO must come. Default 10 000. */
  readonly handshakeTimeout?: number;
  /** Milliseconds from HELLO within which a login must be over, in however many rounds. Default 30 000. */
  readonly loginTimeout?: number;
  /**
   * Milliseconds after which a client from which nothing has come is told GOODBYE `wamp.close.idle`; at the latest after
   * twice that. Pings of the wire do not count: a client that only listens is idle. 0 for no such bound. Default 0.
   */
  readonly idleTimeout?: number;
  /**
   * Milliseconds that a transport may stay open after GOODBYE both ways, and that `close` waits for the clients' GOODBYE.
   * Default 2 000.
   */
  readonly closeTimeout?: number;
  /** The bounds of all else. Default: those of `RouterLimits`, each one by one. */
  readonly limits?: Partial<RouterLimits>;
  /**
   * What becomes of a subscriber that does not read its events (`limits.queuedBytes`): they are dropped and counted until
   * it does, or it is closed with ABORT `wamp.close.queue_exceeded`. Default `drop`.
   */
  readonly slowSubscribers?: 'drop' | 'close';
}

/** The options with their defaults, checked. */
export interface RouterSettings
  extends Required<Omit<RouterOptions, 'realms' | 'realmOnDemand' | 'authenticators' | 'limits' | 'slowSubscribers'>> {
  readonly realms: readonly RealmSettings[];
  readonly realmOnDemand: RouterOptions['realmOnDemand'];
  readonly authenticators: RouterOptions['authenticators'];
  readonly limits: RouterLimits;
  /** How much may wait for a client. */
  readonly outgoing: OutgoingBounds;
}

const NAMES = {
  realms: true,
  realmOnDemand: true,
  clock: true,
  wallTime: true,
  random: true,
  log: true,
  agent: true,
  uriRule: true,
  strictRequestIds: true,
  authenticators: true,
  handshakeTimeout: true,
  loginTimeout: true,
  idleTimeout: true,
  closeTimeout: true,
  limits: true,
  slowSubscribers: true,
} as const;

/** What holds of these options where nothing else is said. */
export const ROUTER_DEFAULTS = {
  agent: 'wamp-run',
  uriRule: 'loose',
  strictRequestIds: true,
  handshakeTimeout: 10_000,
  loginTimeout: 30_000,
  idleTimeout: 0,
  closeTimeout: 2_000,
  slowSubscribers: 'drop',
} as const satisfies Partial<RouterOptions>;

/** Fills in the defaults. Throws InvalidConfiguration, naming the option. */
export function settle(options: RouterOptions): RouterSettings {
  checkOptionNames<RouterOptions>(options, NAMES, '');
  const uriRule = options.uriRule ?? ROUTER_DEFAULTS.uriRule;
  if (uriRule !== 'loose' && uriRule !== 'strict') {
    throw new InvalidConfiguration(`uriRule: expected loose or strict, got ${JSON.stringify(uriRule)}`);
  }
  checkAuthenticators(options.authenticators, 'authenticators');
  const limits = settleLimits(options.limits ?? {});
  const { queuedBytes, queuedBytesInAll } = limits;
  const slowSubscribers = oneOf('slowSubscribers', options.slowSubscribers ?? ROUTER_DEFAULTS.slowSubscribers, [
    'drop',
    'close',
  ]);
  return {
    realms: settleRealms(options, uriRule),
    realmOnDemand: options.realmOnDemand,
    authenticators: options.authenticators,
    clock: options.clock,
    wallTime: options.wallTime ?? Date.now,
    random: options.random,
    log: options.log ?? silent,
    agent: options.agent ?? ROUTER_DEFAULTS.agent,
    uriRule,
    strictRequestIds: options.strictRequestIds ?? ROUTER_DEFAULTS.strictRequestIds,
    handshakeTimeout: checkTimeout('handshakeTimeout', options.handshakeTimeout ?? ROUTER_DEFAULTS.handshakeTimeout, 1),
    loginTimeout: checkTimeout('loginTimeout', options.loginTimeout ?? ROUTER_DEFAULTS.loginTimeout, 1),
    idleTimeout: checkTimeout('idleTimeout', options.idleTimeout ?? ROUTER_DEFAULTS.idleTimeout, 0),
    closeTimeout: checkTimeout('closeTimeout', options.closeTimeout ?? ROUTER_DEFAULTS.closeTimeout, 0),
    limits,
    outgoing: { queuedBytes, queuedBytesInAll, slowSubscribers },
  };
}

function settleRealms({ realms = ['realm1'], realmOnDemand }: RouterOptions, rule: UriRule): readonly RealmSettings[] {
  if (!Array.isArray(realms) || (realms.length === 0 && realmOnDemand === undefined)) {
    throw new InvalidConfiguration('realms: expected a list with at least one realm');
  }
  const settled = realms.map((realm, index) => settleRealm(realm, `realms[${index}]`, rule));
  const names = settled.map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) < index) {
      throw new InvalidConfiguration(`realms[${index}]: ${JSON.stringify(name)} is listed twice`);
    }
  }
  return settled;
}
