import type { Dict } from './value.js';

/** What a client may be in a session, as HELLO announces it (`details.roles`). */
export type ClientRole = 'publisher' | 'subscriber' | 'caller' | 'callee';
/** What a router is in a session, as WELCOME announces it (`details.roles`). */
export type RouterRole = 'broker' | 'dealer';
/** A role of either side. */
export type Role = ClientRole | RouterRole;

/** The roles of a client, in the order in which HELLO names them. */
export const CLIENT_ROLES: readonly ClientRole[] = ['publisher', 'subscriber', 'caller', 'callee'];
/** The roles of a router. */
export const ROUTER_ROLES: readonly RouterRole[] = ['broker', 'dealer'];

/** The features of the advanced profile that this project has, under the names they are announced by. */
export type Feature =
  | 'progressive_call_results'
  | 'progressive_call_invocations'
  | 'call_canceling'
  | 'call_timeout'
  | 'caller_identification'
  | 'pattern_based_registration'
  | 'shared_registration'
  | 'registration_revocation'
  | 'call_reroute'
  | 'payload_passthru_mode'
  /** Autobahn's form of payload passthru. */
  | 'payload_transparency'
  | 'registration_meta_api'
  | 'session_meta_api'
  | 'testament_meta_api'
  | 'call_trustlevels'
  | 'publisher_exclusion'
  | 'publisher_identification'
  | 'subscriber_blackwhite_listing'
  | 'pattern_based_subscription'
  | 'subscription_revocation'
  | 'subscription_meta_api'
  | 'publication_trustlevels'
  | 'event_history'
  | 'event_retention';

/** Each feature has a bit, so that what a peer announced takes a number for each role: a router has ten thousand peers. */
const BITS: Readonly<Record<Feature, number>> = {
  progressive_call_results: 1 << 0,
  progressive_call_invocations: 1 << 1,
  call_canceling: 1 << 2,
  call_timeout: 1 << 3,
  caller_identification: 1 << 4,
  pattern_based_registration: 1 << 5,
  shared_registration: 1 << 6,
  registration_revocation: 1 << 7,
  call_reroute: 1 << 8,
  payload_passthru_mode: 1 << 9,
  payload_transparency: 1 << 10,
  registration_meta_api: 1 << 11,
  session_meta_api: 1 << 12,
  testament_meta_api: 1 << 13,
  call_trustlevels: 1 << 14,
  publisher_exclusion: 1 << 15,
  publisher_identification: 1 << 16,
  subscriber_blackwhite_listing: 1 << 17,
  pattern_based_subscription: 1 << 18,
  subscription_revocation: 1 << 19,
  subscription_meta_api: 1 << 20,
  publication_trustlevels: 1 << 21,
  event_history: 1 << 22,
  event_retention: 1 << 23,
};

const PLACES: Readonly<Record<Role, number>> = {
  publisher: 0,
  subscriber: 1,
  caller: 2,
  callee: 3,
  broker: 4,
  dealer: 5,
};
const NOT_PLAYED = -1;

/** What a peer announced: for each role it plays, the features it has there. */
export class PeerRoles {
  /** The features of each role, by its place. */
  readonly #features = [NOT_PLAYED, NOT_PLAYED, NOT_PLAYED, NOT_PLAYED, NOT_PLAYED, NOT_PLAYED];

  /** From the `roles` dict of HELLO or WELCOME. Roles may come as `{}` or with `features`. */
  constructor(roles: Dict) {
    for (const role of Object.keys(PLACES) as Role[]) {
      if (!Object.hasOwn(roles, role)) continue;
      const details = roles[role];
      const announced = isObject(details) && isObject(details.features) ? details.features : {};
      let features = 0;
      for (const feature of Object.keys(BITS) as Feature[]) {
        if (Object.hasOwn(announced, feature) && announced[feature] === true) features |= BITS[feature];
      }
      this.#features[PLACES[role]] = features;
    }
  }

  plays(role: Role): boolean {
    return this.#features[PLACES[role]] !== NOT_PLAYED;
  }

  has(role: Role, feature: Feature): boolean {
    const features = this.#features[PLACES[role]] ?? NOT_PLAYED;
    return features !== NOT_PLAYED && (features & BITS[feature]) !== 0;
  }
}

function isObject(value: unknown): value is Dict {
  return typeof value === 'object' && value !== null;
}

/** The `roles` dict that announces these features. */
export function announce(roles: Partial<Record<Role, readonly Feature[]>>): Dict {
  const dict: Dict = {};
  for (const [role, features] of Object.entries(roles)) {
    dict[role] = { features: Object.fromEntries(features.map((feature) => [feature, true])) };
  }
  return dict;
}
