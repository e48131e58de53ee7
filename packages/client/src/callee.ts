import {
  ApplicationError,
  ERROR_URIS,
  type Id,
  type Interrupt,
  type Invocation,
  MessageType,
  ProtocolError,
  registerMessage,
  unregisterMessage,
  type WampError,
} from '@wamp-run/protocol';
import type { Answering, Invocations } from './invocations.js';
import type { RegisterOptions } from './options.js';
import type { Procedure, ProgressiveProcedure, Registration } from './registration.js';
import { registerOptions } from './request-options.js';
import type { Requests } from './requests.js';
import { Slots } from './slots.js';
import { type UriTarget, uriTarget } from './uri-target.js';

/** The role that offers procedures. */
export class Callee {
  readonly #requests: Requests;
  readonly #invocations: Invocations;
  readonly #registrations = new Map<Id, Offer>();

  constructor(requests: Requests, invocations: Invocations) {
    this.#requests = requests;
    this.#invocations = invocations;
  }

  register(
    procedure: string,
    handler: Procedure | ProgressiveProcedure,
    options: RegisterOptions,
  ): Promise<Registration> {
    return new Promise((resolve, reject) => {
      const wire = registerOptions(options);
      const target = uriTarget(procedure, 'procedure', options.match);
      if (target.match !== 'exact') wire.match = target.match;
      this.#requests.checkReady();
      this.#requests.send(registerMessage(this.#requests.next(), wire, target.uri), {
        type: MessageType.REGISTER,
        done: (id) => {
          const other = this.#registrations.get(id);
          if (other === undefined) {
            const offer = new Offer(this, { id, target, handler, options });
            this.#registrations.set(id, offer);
            resolve(offer);
            return;
          }
          const text = `received REGISTERED for ${procedure} with the id of ${other.procedure}, ${id}`;
          const error = new ProtocolError(text);
          reject(error);
          throw error;
        },
        fail: reject,
      });
    });
  }

  /** INVOCATION came. */
  invocation(message: Invocation): void {
    if (this.#invocations.more(message)) return;
    const offer = this.#registrations.get(message.registration);
    if (offer === undefined) this.#invocations.refuse(message);
    else this.#invocations.start(message, offer);
  }

  interrupt(message: Interrupt): void {
    this.#invocations.interrupt(message);
  }

  /** UNREGISTERED with request 0 came: the router has taken the registration away. What runs may still answer. */
  revoke(id: Id): void {
    const offer = this.#registrations.get(id);
    if (offer !== undefined) this.#drop(offer);
  }

  /** The session is over, or about to be. */
  end(error: WampError): void {
    for (const offer of this.#registrations.values()) offer.active = false;
    this.#registrations.clear();
    this.#invocations.end(error);
  }

  /** Tells the router. The handler stays until the router has confirmed: calls may be on their way. */
  unregister(offer: Offer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#requests.send(unregisterMessage(this.#requests.next(), offer.id), {
        type: MessageType.UNREGISTER,
        done: () => {
          this.#drop(offer);
          resolve();
        },
        fail: (error) => {
          if (!isGone(error)) {
            reject(error);
            return;
          }
          this.#drop(offer);
          resolve();
        },
      });
    });
  }

  #drop(offer: Offer): void {
    offer.active = false;
    // After a revocation the router may have given the id to somebody else of this session.
    if (this.#registrations.get(offer.id) === offer) this.#registrations.delete(offer.id);
  }
}

/** What an offer is made from. */
interface Registered {
  readonly id: Id;
  readonly target: UriTarget;
  readonly handler: Procedure | ProgressiveProcedure;
  readonly options: RegisterOptions;
}

/** A registered procedure. */
class Offer implements Registration, Answering {
  active = true;
  readonly id: Id;
  readonly procedure: string;
  readonly target: UriTarget;
  readonly handler: Procedure;
  readonly progressive: boolean;
  readonly slots: Slots | undefined;
  readonly #callee: Callee;
  #unregistering: Promise<void> | undefined;

  constructor(callee: Callee, registered: Registered) {
    this.#callee = callee;
    this.id = registered.id;
    this.procedure = registered.target.text;
    this.target = registered.target;
    // Which of the two it is, `progressive` says.
    this.handler = registered.handler as Procedure;
    const { concurrency, progressive } = registered.options;
    this.progressive = progressive === true;
    this.slots = concurrency === undefined ? undefined : new Slots(concurrency);
  }

  unregister(): Promise<void> {
    if (this.#unregistering !== undefined) return this.#unregistering;
    if (!this.active) return Promise.resolve();
    const unregistering = this.#callee.unregister(this);
    this.#unregistering = unregistering;
    // One that the router refused can be tried again.
    unregistering.then(undefined, () => {
      this.#unregistering = undefined;
    });
    return unregistering;
  }
}

/** The router does not know it any more: what was wanted is so. */
function isGone(error: Error): boolean {
  return error instanceof ApplicationError && error.error === ERROR_URIS.noSuchRegistration;
}
