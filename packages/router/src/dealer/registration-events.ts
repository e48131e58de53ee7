import type { Id } from '@wamp-run/protocol';
import type { Registration } from './registration.js';

/**
 * What happens to the registrations of a realm, told as it happens: `created` before the first `registered`, `deleted`
 * after the last `unregistered`. The session is the one that registers, unregisters, leaves, or takes the registration
 * away from others. An observer must not throw.
 */
export interface RegistrationEvents {
  created(registration: Registration, session: Id): void;
  registered(registration: Registration, session: Id): void;
  unregistered(registration: Registration, session: Id): void;
  deleted(registration: Registration, session: Id): void;
}
