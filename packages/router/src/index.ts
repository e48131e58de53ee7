/**
 * An embeddable WAMP router: realms, a broker and a dealer, over any transport that is handed in.
 *
 * @packageDocumentation
 */
export type {
  AuthorizationAnswer,
  AuthorizationCacheOptions,
  AuthorizationRequest,
  Authorize,
  AuthorizerOptions,
} from './authorization/authorizer.js';
export type { Action, RoleOptions, Rule } from './authorization/rule.js';
export type { Disclosure } from './dealer/dealer-options.js';
export type { Identity } from './handshake.js';
export type { EventRange, EventStore, HistoryEvent } from './history/event-store.js';
export { type MemoryEventStoreOptions, memoryEventStore } from './history/memory-event-store.js';
export type { AuthenticatorProcedure } from './login/procedure-authenticator.js';
export type { RealmCounts } from './realm.js';
export type { HistoryOptions, HistoryTopic, RealmOptions, TrustedAction, TrustLevel } from './realm-options.js';
export { type AskOptions, type ForgetOptions, Router, type RouterCounts } from './router.js';
export { DEFAULT_LIMITS, type RouterLimits } from './router-limits.js';
export { ROUTER_DEFAULTS, type RouterOptions } from './router-options.js';
