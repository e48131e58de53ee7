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

/** What a peer announced: for each role it plays, the features it has there. */
export class PeerRoles {
  readonly #features: ReadonlyMap<string, ReadonlySet<string>>;

  /** From the `roles` dict of HELLO or WELCOME. Roles may come as `{}` or with `features`. */
  constructor(roles: Dict) {
    const features = new Map<string, ReadonlySet<string>>();
    for (const [role, details] of Object.entries(roles)) {
      const announced = isObject(details) && isObject(details.features) ? details.features : {};
      features.set(role, new Set(Object.keys(announced).filter((key) => announced[key] === true)));
    }
    this.#features = features;
  }

  plays(role: Role): boolean {
    return this.#features.has(role);
  }

  has(role: Role, feature: Feature): boolean {
    return this.#features.get(role)?.has(feature) ?? false;
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
