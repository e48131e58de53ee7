import {
  ApplicationError,
  checkUri,
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
import type { Invocations } from './invocations.js';
import type { Procedure, Registration } from './registration.js';
import type { Requests } from './requests.js';

/** The role that offers procedures. */
export class Callee {
  readonly #requests: Requests;
  readonly #invocations: Invocations;
  readonly #registrations = new Map<Id, Offer>();

  constructor(requests: Requests, invocations: Invocations) {
    this.#requests = requests;
    this.#invocations = invocations;
  }

  register(procedure: string, handler: Procedure): Promise<Registration> {
    return new Promise((resolve, reject) => {
      checkUri(procedure, 'procedure');
      this.#requests.checkReady();
      this.#requests.send(registerMessage(this.#requests.next(), {}, procedure), {
        type: MessageType.REGISTER,
        done: (id) => {
          const other = this.#registrations.get(id);
          if (other === undefined) {
            const offer = new Offer(this, { id, procedure, handler });
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
    const offer = this.#registrations.get(message.registration);
    if (offer === undefined) this.#invocations.refuse(message);
    else this.#invocations.start(message, offer.procedure, offer.handler);
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

/** A registered procedure. */
class Offer implements Registration {
  active = true;
  readonly id: Id;
  readonly procedure: string;
  readonly handler: Procedure;
  readonly #callee: Callee;
  #unregistering: Promise<void> | undefined;

  constructor(callee: Callee, registered: { id: Id; procedure: string; handler: Procedure }) {
    this.#callee = callee;
    this.id = registered.id;
    this.procedure = registered.procedure;
    this.handler = registered.handler;
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
