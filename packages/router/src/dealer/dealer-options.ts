import type { Clock, Random, UriRule } from '@wamp-run/protocol';
import type { RegistrationEvents } from './registration-events.js';

/** What bounds the dealer of a realm. */
export interface DealerLimits {
  /** Registrations that one session may have. */
  readonly registrationsPerSession: number;
  /** Calls of one session that are not answered yet, waiting ones among them. */
  readonly pendingCallsPerSession: number;
  /** Calls that wait for one registration, all of whose callees are at their limit of concurrency. */
  readonly waitingCallsPerRegistration: number;
}

/** The limits of a dealer that is not given others. */
export const DEALER_LIMITS: DealerLimits = {
  registrationsPerSession: 100_000,
  pendingCallsPerSession: 10_000,
  waitingCallsPerRegistration: 1_000,
};

/**
 * Whether sessions learn who calls them, or whose events they get: the one who calls or publishes asks for it
 * (`disclose_me`), or a callee asks for it (`disclose_caller`); always; or never, and asking is refused.
 */
export type Disclosure = 'asked' | 'always' | 'never';

/** How much a caller is trusted, in the eyes of the router's owner: an integer of at least 0; undefined for no statement. */
export type TrustLevel = (
  session: { readonly id: number; readonly authid: string; readonly authrole: string },
  uri: string,
) => number | undefined;

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
  readonly trustLevel?: TrustLevel;
  /** Default: nobody is told. */
  readonly events?: RegistrationEvents;
}
