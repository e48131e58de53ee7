import {
  ERROR_URIS,
  type Id,
  type MatchPolicy,
  type Register,
  registeredMessage,
  type Unregister,
  unregisteredMessage,
} from '@wamp-run/protocol';
import { type Refusal, refuse, refusedReserved, refusedUri } from '../refuse.js';
import { quoted } from '../texts.js';
import { REGISTER_OPTIONS, refusedOption } from '../unannounced.js';
import type { Calls } from './calls.js';
import type { DealerOptions } from './dealer-options.js';
import type { Callee } from './parties.js';
import { type Endpoint, type EndpointTerms, type InvokePolicy, type Registration, UNLIMITED } from './registration.js';
import type { Registrations } from './registrations.js';

/** REGISTER and UNREGISTER, and registrations that are taken away. */
export class Registering {
  readonly #settings: DealerOptions;
  readonly #registrations: Registrations;
  readonly #calls: Calls;

  constructor(settings: DealerOptions, registrations: Registrations, calls: Calls) {
    this.#settings = settings;
    this.#registrations = registrations;
    this.#calls = calls;
  }

  register(message: Register, callee: Callee): void {
    const { procedure, options } = message;
    const refusal =
      refusedOption('REGISTER options', options, REGISTER_OPTIONS) ?? this.#refused(message, matchOf(message), callee);
    if (refusal !== undefined) {
      refuse(callee.peer, message, refusal);
      return;
    }
    const match = matchOf(message);
    const existing = this.#registrations.at(procedure, match);
    const replaced = options.force_reregister === true ? existing : undefined;
    if (replaced !== undefined) this.#replace(replaced, callee);
    const joined = replaced === undefined ? existing : undefined;
    const registration = joined ?? this.#registrations.make(procedure, match, invokeOf(message));
    callee.registrations.set(registration.id, registration.add(callee, termsOf(message)));
    callee.peer.tell(registeredMessage(message.request, registration.id));
    const { events } = this.#settings;
    if (joined === undefined) events.created(registration, callee.peer.id);
    events.registered(registration, callee.peer.id);
    this.#calls.admit(registration);
    if (replaced !== undefined) this.#calls.resettle(replaced);
  }

  /** Calls that are with the callee already are not touched: it still answers them. */
  unregister(message: Unregister, callee: Callee): void {
    const endpoint = callee.registrations.get(message.registration);
    if (endpoint === undefined) {
      const text = `registration: this session has none with the id ${message.registration}`;
      refuse(callee.peer, message, { error: ERROR_URIS.noSuchRegistration, text });
      return;
    }
    callee.peer.tell(unregisteredMessage(message.request));
    this.#remove(endpoint);
  }

  /** Takes a registration away from one of its callees, or from all. Returns from how many. */
  revoke(registration: Id, callee: Id | undefined, reason: string): number {
    const endpoints = this.#registrations.get(registration)?.endpoints ?? [];
    const revoked = endpoints.filter((endpoint) => callee === undefined || endpoint.callee.peer.id === callee);
    for (const endpoint of revoked) {
      tellRevoked(endpoint, reason);
      this.#remove(endpoint);
    }
    return revoked.length;
  }

  /** The session is over: so are its registrations. */
  leave(callee: Callee): void {
    for (const endpoint of callee.registrations.values()) this.#remove(endpoint);
  }

  #remove(endpoint: Endpoint): void {
    const { registration } = endpoint;
    const over = this.#detach(endpoint, endpoint.callee.peer.id);
    if (over) this.#calls.resettle(registration);
    else this.#calls.admit(registration);
  }

  /** `force_reregister`: all who have it lose it. Who waits for it is taken over. */
  #replace(registration: Registration, callee: Callee): void {
    for (const endpoint of [...registration.endpoints]) {
      tellRevoked(endpoint, 'another session has registered the procedure in its place');
      this.#detach(endpoint, callee.peer.id);
    }
  }

  /** Returns whether that was the last callee: the registration is gone then. */
  #detach(endpoint: Endpoint, session: Id): boolean {
    const { registration, callee } = endpoint;
    const { events } = this.#settings;
    callee.registrations.delete(registration.id);
    registration.remove(endpoint);
    events.unregistered(registration, session);
    if (registration.endpoints.length > 0) return false;
    this.#registrations.remove(registration);
    events.deleted(registration, session);
    return true;
  }

  #refused(message: Register, match: MatchPolicy, callee: Callee): Refusal | undefined {
    const { procedure, options } = message;
    const { limits, disclosure, disclosureOf, uriRule } = this.#settings;
    const malformed = refusedUri(procedure, 'procedure', uriRule, match) ?? refusedReserved(procedure, 'procedure');
    if (malformed !== undefined) return malformed;
    if (options.disclose_caller === true && disclosure === 'never' && disclosureOf === undefined) {
      const text = 'REGISTER options.disclose_caller: this realm does not disclose sessions to each other';
      return { error: ERROR_URIS.optionNotAllowed, text };
    }
    const existing = this.#registrations.at(procedure, match);
    if (existing !== undefined && options.force_reregister !== true) {
      const conflict = conflictOf(existing, invokeOf(message), callee);
      if (conflict !== undefined) return { error: ERROR_URIS.procedureAlreadyExists, text: conflict };
    }
    // What it takes over from itself makes room.
    const own = existing !== undefined && callee.registrations.has(existing.id);
    if (own || callee.registrations.size < limits.registrations) return undefined;
    const text = `procedure: this session has ${limits.registrations} registrations already (limits.registrations)`;
    return { error: ERROR_URIS.limitExceeded, text };
  }
}

/** Why a callee cannot join a registration, for people. */
function conflictOf(existing: Registration, invoke: InvokePolicy, callee: Callee): string | undefined {
  const name = `procedure: ${quoted(existing.procedure)} is registered already`;
  if (callee.registrations.has(existing.id)) return `${name}, by this session`;
  if (existing.invoke === 'single') return `${name}, for a single callee`;
  if (existing.invoke !== invoke) return `${name}, with the invocation policy ${existing.invoke}`;
  return undefined;
}

function tellRevoked({ callee, registration }: Endpoint, reason: string): void {
  // Others would take the 0 for a violation.
  if (callee.revocable) callee.peer.tell(unregisteredMessage(0, { registration: registration.id, reason }));
}

// The rules for options have seen to it that these hold what they should.

function matchOf({ options }: Register): MatchPolicy {
  return (options.match ?? 'exact') as MatchPolicy;
}

function invokeOf({ options }: Register): InvokePolicy {
  return (options.invoke ?? 'single') as InvokePolicy;
}

function termsOf({ options }: Register): EndpointTerms {
  return {
    concurrency: (options.concurrency ?? UNLIMITED) as number,
    discloseCaller: options.disclose_caller === true,
    forwardTimeout: options.forward_timeout === true,
  };
}
