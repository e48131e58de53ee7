import { CLOSE_REASONS, ERROR_URIS, type Id } from '@wamp-run/protocol';
import type { Dealer } from '../dealer/dealer.js';
import type { Registrations } from '../dealer/registrations.js';
import {
  failure,
  idAt,
  type MetaProcedure,
  type MetaProcedures,
  matchAt,
  optionalReason,
  textAt,
} from './meta-call.js';
import { registrationDetails } from './meta-events.js';

/**
 * `wamp.registration.…`: what may be asked of the registrations of a realm.
 *
 * @param wallTimeOf from the router's clock to milliseconds since 1970
 */
export function registrationProcedures(
  registrations: Registrations,
  wallTimeOf: (clockTime: number) => number,
): MetaProcedures {
  return new Map<string, MetaProcedure>([
    ['wamp.registration.list', () => [registrations.list()]],
    [
      'wamp.registration.lookup',
      (call) => [registrations.lookup(textAt(call, 0, 'procedure'), matchAt(call, 1)) ?? null],
    ],
    ['wamp.registration.match', (call) => [registrations.match(textAt(call, 0, 'procedure')) ?? null]],
    [
      'wamp.registration.get',
      (call) => {
        const id = idAt(call, 0, 'registration');
        const registration = found(registrations.get(id), id);
        return [registrationDetails(registration, wallTimeOf(registration.created))];
      },
    ],
    [
      'wamp.registration.list_callees',
      (call) => {
        const id = idAt(call, 0, 'registration');
        return [found(registrations.listCallees(id), id)];
      },
    ],
    [
      'wamp.registration.count_callees',
      (call) => {
        const id = idAt(call, 0, 'registration');
        return [found(registrations.countCallees(id), id)];
      },
    ],
  ]);
}

/** `wamp.registration.remove_callee`, as in Crossbar.io: takes a registration away from a session. */
export function unregistrationProcedures(dealer: Dealer): MetaProcedures {
  return new Map<string, MetaProcedure>([
    [
      'wamp.registration.remove_callee',
      (call) => {
        const id = idAt(call, 0, 'registration');
        found(dealer.registrations.get(id), id);
        const callee = idAt(call, 1, 'session');
        const reason = optionalReason(call) ?? CLOSE_REASONS.killed;
        if (dealer.revoke(id, callee, reason) > 0) return [];
        throw failure(ERROR_URIS.noSuchSession, `session: ${callee} is no callee of registration ${id}`);
      },
    ],
  ]);
}

function found<T>(it: T | undefined, id: Id): T {
  if (it !== undefined) return it;
  throw failure(ERROR_URIS.noSuchRegistration, `registration: there is none with the id ${id} in this realm`);
}
