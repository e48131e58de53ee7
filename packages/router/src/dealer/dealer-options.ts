import type { Clock, Random, UriRule } from '@wamp-run/protocol';
import type { Identity } from '../handshake.js';
import type { RegistrationEvents } from './registration-events.js';

/** What bounds the dealer of a realm. */
export interface DealerLimits {
  /** Registrations that one session may have. */
  readonly registrations: number;
  /** Calls of one session that are not answered yet, waiting ones among them. */
  readonly pendingCalls: number;
  /** Calls that wait for one registration, all of whose callees are at their limit of concurrency. */
  readonly waitingCalls: number;
}

/** The limits of a dealer that is not given others. */
export const DEALER_LIMITS: DealerLimits = {
  registrations: 10_000,
  pendingCalls: 10_000,
  waitingCalls: 1_000,
};

/**
 * Whether sessions learn who calls them, or whose events they get: the one who calls or publishes asks for it
 * (`disclose_me`), or a callee asks for it (`disclose_caller`); always; or never, and asking is refused.
 */
export type Disclosure = 'asked' | 'always' | 'never';

/** The level of trust of a call, in the eyes of the router's owner: a whole number of at least 0. */
export type CallTrustLevel = (action: 'call', uri: string, session: Identity) => number | undefined;

/** What a dealer is made of. */
export interface DealerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly uriRule: UriRule;
  /** Default: DEALER_LIMITS. */
  readonly limits?: DealerLimits;
  /** Default `asked`. */
  readonly disclosure?: Disclosure;
  /** Default: no call has a level. */
  readonly trustLevel?: CallTrustLevel | undefined;
  /** Default: nobody is told. */
  readonly events?: RegistrationEvents;
}

/** The options with their defaults. */
export interface DealerSettings {
  readonly clock: Clock;
  readonly random: Random;
  readonly uriRule: UriRule;
  readonly limits: DealerLimits;
  readonly disclosure: Disclosure;
  readonly trustLevel: CallTrustLevel | undefined;
  readonly events: RegistrationEvents | undefined;
}

export function dealerSettings(options: DealerOptions): DealerSettings {
  return {
    clock: options.clock,
    random: options.random,
    uriRule: options.uriRule,
    limits: options.limits ?? DEALER_LIMITS,
    disclosure: options.disclosure ?? 'asked',
    trustLevel: options.trustLevel,
    events: options.events,
  };
}
