import type { Clock, Random, UriRule } from '@wamp-run/protocol';
import type { DisclosureRules } from '../disclosure.js';
import type { TrustLevel } from '../realm-options.js';
import type { RegistrationEvents } from './registration-events.js';

/** What bounds the dealer of a realm. Each is a whole number, or Infinity for none. */
export interface DealerLimits {
  /** Registrations that one session may have. Default 10 000. */
  readonly registrations: number;
  /** Calls of one session that are not answered yet, waiting ones among them. Default 10 000. */
  readonly pendingCalls: number;
  /** Calls that wait for one registration, all of whose callees are at their limit of concurrency. Default 1 000. */
  readonly waitingCalls: number;
  /** Bytes of the calls of one session that wait, or that may yet go to another callee. Default 16 MiB. */
  readonly keptCallBytes: number;
}

/** The limits of a dealer that is not given others. */
export const DEALER_LIMITS: DealerLimits = {
  registrations: 10_000,
  pendingCalls: 10_000,
  waitingCalls: 1_000,
  keptCallBytes: 16 * 2 ** 20,
};

/**
 * Whether sessions learn who calls them, or whose events they get: the one who calls or publishes asks for it
 * (`disclose_me`), or a callee asks for it (`disclose_caller`); always; or never, and asking is refused.
 */
export type Disclosure = 'asked' | 'always' | 'never';

/** What a dealer is made of. */
export interface DealerOptions extends DisclosureRules {
  readonly clock: Clock;
  readonly random: Random;
  readonly uriRule: UriRule;
  readonly limits: DealerLimits;
  /** Undefined where no call has a level. */
  readonly trustLevel: TrustLevel | undefined;
  readonly events: RegistrationEvents;
}
