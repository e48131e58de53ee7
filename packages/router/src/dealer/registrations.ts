import {
  ERROR_URIS,
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
import type { Callee, Registration } from './parties.js';

/** The procedures of a realm: REGISTER and UNREGISTER. */
export class Registrations {
  readonly #byProcedure = new Map<string, Registration>();
  readonly #ids = new RequestIds();
  readonly #uriRule: UriRule;

  constructor(uriRule: UriRule) {
    this.#uriRule = uriRule;
  }

  get size(): number {
    return this.#byProcedure.size;
  }

  at(procedure: string): Registration | undefined {
    return this.#byProcedure.get(procedure);
  }

  register(message: Register, callee: Callee): void {
    const refusal =
      refusedOption('REGISTER options', message.options, REGISTER_OPTIONS) ?? this.#refusedProcedure(message.procedure);
    if (refusal !== undefined) {
      refuse(callee.peer, message, refusal);
      return;
    }
    const registration = { id: this.#ids.next(), procedure: message.procedure, callee };
    this.#byProcedure.set(registration.procedure, registration);
    callee.registrations.set(registration.id, registration);
    callee.peer.tell(registeredMessage(message.request, registration.id));
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
    this.#byProcedure.delete(registration.procedure);
    callee.peer.tell(unregisteredMessage(message.request));
  }

  /** The session is over: so are its registrations. */
  leave(callee: Callee): void {
    for (const registration of callee.registrations.values()) this.#byProcedure.delete(registration.procedure);
    callee.registrations.clear();
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
