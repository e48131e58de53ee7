import {
  type Clock,
  ERROR_URIS,
  type Id,
  type MatchPolicy,
  type Register,
  RequestIds,
  registeredMessage,
  type Unregister,
  type UriRule,
  unregisteredMessage,
} from '@wamp-run/protocol';
import { type Refusal, refuse, refusedReserved, refusedUri } from '../refuse.js';
import { quoted } from '../texts.js';
import { REGISTER_OPTIONS, refusedOption } from '../unannounced.js';
import type { DealerOptions } from './dealer-options.js';
import type { Callee } from './parties.js';
import type { Registration } from './registration.js';
import type { RegistrationEvents } from './registration-events.js';

/** The procedures of a realm: REGISTER and UNREGISTER. */
export class Registrations {
  readonly #byProcedure = new Map<string, Registration>();
  readonly #byId = new Map<Id, Registration>();
  readonly #ids = new RequestIds();
  readonly #uriRule: UriRule;
  readonly #clock: Clock;
  readonly #events: RegistrationEvents | undefined;

  constructor({ uriRule, clock, events }: DealerOptions) {
    this.#uriRule = uriRule;
    this.#clock = clock;
    this.#events = events;
  }

  get size(): number {
    return this.#byProcedure.size;
  }

  at(procedure: string): Registration | undefined {
    return this.#byProcedure.get(procedure);
  }

  /** The ids of all registrations, by how they match. */
  list(): Record<MatchPolicy, Id[]> {
    const ids: Record<MatchPolicy, Id[]> = { exact: [], prefix: [], wildcard: [] };
    for (const { id, match } of this.#byId.values()) ids[match].push(id);
    return ids;
  }

  /** The registration of exactly this URI or pattern. */
  lookup(procedure: string, match: MatchPolicy = 'exact'): Id | undefined {
    return match === 'exact' ? this.#byProcedure.get(procedure)?.id : undefined;
  }

  /** The registration that a call of this procedure goes to. */
  match(procedure: string): Id | undefined {
    return this.at(procedure)?.id;
  }

  get(registration: Id): Registration | undefined {
    return this.#byId.get(registration);
  }

  /** The sessions that have a registration, in the order in which they registered; undefined where there is none. */
  listCallees(registration: Id): Id[] | undefined {
    const found = this.#byId.get(registration);
    return found === undefined ? undefined : [found.callee.peer.id];
  }

  countCallees(registration: Id): number | undefined {
    return this.#byId.has(registration) ? 1 : undefined;
  }

  register(message: Register, callee: Callee): void {
    const refusal =
      refusedOption('REGISTER options', message.options, REGISTER_OPTIONS) ?? this.#refusedProcedure(message.procedure);
    if (refusal !== undefined) {
      refuse(callee.peer, message, refusal);
      return;
    }
    const registration: Registration = {
      id: this.#ids.next(),
      procedure: message.procedure,
      match: 'exact',
      invoke: 'single',
      created: this.#clock.now(),
      callee,
    };
    this.#byProcedure.set(registration.procedure, registration);
    this.#byId.set(registration.id, registration);
    callee.registrations.set(registration.id, registration);
    callee.peer.tell(registeredMessage(message.request, registration.id));
    this.#events?.created(registration, callee.peer.id);
    this.#events?.registered(registration, callee.peer.id);
  }

  /** Calls that are with the callee already are not touched: it still answers them. */
  unregister(message: Unregister, callee: Callee): void {
    const registration = callee.registrations.get(message.registration);
    if (registration === undefined) {
      const text = `registration: this session has none with the id ${message.registration}`;
      refuse(callee.peer, message, { error: ERROR_URIS.noSuchRegistration, text });
      return;
    }
    callee.registrations.delete(registration.id);
    callee.peer.tell(unregisteredMessage(message.request));
    this.#remove(registration, callee);
  }

  /** The session is over: so are its registrations. */
  leave(callee: Callee): void {
    for (const registration of callee.registrations.values()) this.#remove(registration, callee);
    callee.registrations.clear();
  }

  #remove(registration: Registration, callee: Callee): void {
    this.#byProcedure.delete(registration.procedure);
    this.#byId.delete(registration.id);
    this.#events?.unregistered(registration, callee.peer.id);
    this.#events?.deleted(registration, callee.peer.id);
  }

  #refusedProcedure(procedure: string): Refusal | undefined {
    if (this.#byProcedure.has(procedure)) {
      return {
        error: ERROR_URIS.procedureAlreadyExists,
        text: `procedure: ${quoted(procedure)} is registered already`,
      };
    }
    return refusedUri(procedure, 'procedure', this.#uriRule) ?? refusedReserved(procedure, 'procedure');
  }
}
