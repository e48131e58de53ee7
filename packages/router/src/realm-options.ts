import {
  checkOptionNames,
  InvalidConfiguration,
  type MatchPolicy,
  type RouterAuthenticator,
  type UriRule,
} from '@wamp-run/protocol';
import { type AuthorizerOptions, type AuthorizerSettings, settleAuthorizer } from './authorization/authorizer.js';
import { type RoleOptions, type RoleSettings, settleRoles } from './authorization/rule.js';
import { checkConfiguredUri } from './configured-uri.js';
import type { Disclosure } from './dealer/dealer-options.js';
import type { Identity } from './handshake.js';
import type { EventStore } from './history/event-store.js';
import { memoryEventStore } from './history/memory-event-store.js';
import { checkAuthenticators } from './login/authenticators.js';
import {
  type AuthenticatorProcedure,
  type AuthenticatorProcedureSettings,
  settleAuthenticatorProcedure,
} from './login/procedure-authenticator.js';
import { oneOf } from './one-of.js';

/** What a session does that a level of trust is given to. */
export type TrustedAction = 'call' | 'publish';

/**
 * How much a caller or publisher is trusted, in the eyes of the router's owner: a whole number of at least 0, which goes
 * along as `trustlevel` in INVOCATION and EVENT; undefined for no statement. One that fails, or gives something else,
 * gives 0. Asked for every call and publication, so it has to be quick.
 */
export type TrustLevel = (action: TrustedAction, uri: string, session: Identity) => number | undefined;

/** A topic, or a pattern of topics, whose events are kept. */
export interface HistoryTopic {
  readonly uri: string;
  /** Default `exact`. */
  readonly match?: MatchPolicy;
  /** How many events are kept of each topic. Default 1 000. */
  readonly keep?: number;
}

/** The history of a realm. */
export interface HistoryOptions {
  /** Which topics have one: at least one. What the router itself publishes has none. */
  readonly topics: readonly HistoryTopic[];
  /** What keeps it. The router does not close it. Default: a `memoryEventStore()` of the realm's own. */
  readonly store?: EventStore;
}

/** How a realm is made. */
export interface RealmOptions {
  /** Its name, a URI. */
  readonly name: string;
  /**
   * Whether callees and subscribers learn who calls and publishes (session id, authid, authrole). `asked`: where the
   * caller or publisher says so (`disclose_me`). `always`: also where it does not. `never`: asking is refused with
   * `wamp.error.option_disallowed.disclose_me`. Default `asked`.
   */
  readonly disclosure?: Disclosure;
  /** Default: there are no trust levels, and they are not announced. */
  readonly trustLevel?: TrustLevel;
  /**
   * Whether sessions can ask for sessions, registrations and subscriptions, and hear of them (`wamp.session.…` and the
   * like). `read`: but not end sessions or take anything away from them. Testaments and histories are there in any case.
   * Default `full`.
   */
  readonly metaApi?: 'full' | 'read' | 'none';
  /** Default: none. */
  readonly history?: HistoryOptions;
  /** How clients log in here. Default: the router's `authenticators`. */
  readonly authenticators?: readonly RouterAuthenticator[];
  /**
   * A procedure that decides who may join, by the methods that it takes, besides `authenticators`. Default: none. Where
   * there is nothing else, nobody joins without it: have it in another realm then.
   */
  readonly authenticator?: AuthenticatorProcedure;
  /**
   * What the sessions of each role may do: what its rules allow, and nothing else. Who would have a role that is not
   * listed is refused with `wamp.error.no_such_role`, unless there is an `authorizer`. Default: where there is no
   * `authorizer` either, everybody may do everything.
   */
  readonly roles?: readonly RoleOptions[];
  /** Who decides on what the rules say nothing of. Default: nobody, and it is not allowed. */
  readonly authorizer?: AuthorizerOptions;
}

/** A history with its defaults in place. */
export interface HistorySettings {
  readonly topics: readonly Required<HistoryTopic>[];
  readonly store: EventStore;
}

/** A realm's options with their defaults, checked. */
export interface RealmSettings {
  readonly name: string;
  readonly disclosure: Disclosure;
  readonly trustLevel: TrustLevel | undefined;
  readonly metaApi: 'full' | 'read' | 'none';
  readonly history: HistorySettings | undefined;
  readonly authenticators: readonly RouterAuthenticator[] | undefined;
  readonly authenticator: AuthenticatorProcedureSettings | undefined;
  readonly roles: readonly RoleSettings[] | undefined;
  readonly authorizer: AuthorizerSettings | undefined;
}

const NAMES = {
  name: true,
  disclosure: true,
  trustLevel: true,
  metaApi: true,
  history: true,
  authenticators: true,
  authenticator: true,
  roles: true,
  authorizer: true,
} as const;

/** Fills in the defaults. Throws InvalidConfiguration, naming the option; `place` is where in the options this stands. */
export function settleRealm(options: string | RealmOptions, place: string, rule: UriRule): RealmSettings {
  if (typeof options !== 'object' || options === null) {
    checkConfiguredUri(options, place, 'exact', rule);
    return settleRealm({ name: options }, place, rule);
  }
  checkOptionNames<RealmOptions>(options, NAMES, place, '.');
  const { name, trustLevel, history, authenticators, authenticator, roles, authorizer } = options;
  checkConfiguredUri(name, `${place}.name`, 'exact', rule);
  if (trustLevel !== undefined && typeof trustLevel !== 'function') {
    throw new InvalidConfiguration(`${place}.trustLevel: expected a function, got ${typeof trustLevel}`);
  }
  checkAuthenticators(authenticators, `${place}.authenticators`);
  return {
    name,
    disclosure: oneOf(`${place}.disclosure`, options.disclosure ?? 'asked', ['asked', 'always', 'never']),
    trustLevel,
    metaApi: oneOf(`${place}.metaApi`, options.metaApi ?? 'full', ['full', 'read', 'none']),
    history: history === undefined ? undefined : settleHistory(history, `${place}.history`, rule),
    authenticators,
    authenticator:
      authenticator && settleAuthenticatorProcedure(authenticator, `${place}.authenticator`, { realm: name, rule }),
    roles: roles && settleRoles(roles, `${place}.roles`, rule),
    authorizer: authorizer && settleAuthorizer(authorizer, `${place}.authorizer`, rule),
  };
}

function settleHistory({ topics, store }: HistoryOptions, place: string, rule: UriRule): HistorySettings {
  if (!Array.isArray(topics) || topics.length === 0) {
    throw new InvalidConfiguration(`${place}.topics: expected a list with at least one topic`);
  }
  const settled = topics.map(({ uri, match, keep }: HistoryTopic, index) => {
    const at = `${place}.topics[${index}]`;
    const policy = oneOf<MatchPolicy>(`${at}.match`, match ?? 'exact', ['exact', 'prefix', 'wildcard']);
    checkConfiguredUri(uri, `${at}.uri`, policy, rule);
    if (keep !== undefined && !(Number.isSafeInteger(keep) && keep >= 1)) {
      throw new InvalidConfiguration(`${at}.keep: expected a whole number of at least 1, got ${String(keep)}`);
    }
    return { uri, match: policy, keep: keep ?? 1_000 };
  });
  return { topics: settled, store: store ?? memoryEventStore() };
}
