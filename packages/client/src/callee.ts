import {
  ApplicationError,
  type Dict,
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
import type { InvocationOrigin } from './invocation.js';
import type { Answering, Invocations } from './invocations.js';
import type { RegisterOptions } from './options.js';
import type { PendingEnd, PendingRegister } from './pending.js';
import type { Procedure, ProgressiveProcedure, Registration } from './registration.js';
import { endOptions, registerOptions } from './request-options.js';
import type { Requests } from './requests.js';
import { Slots } from './slots.js';
import { isThenable } from './thenable.js';
import { type UriTarget, uriTarget } from './uri-target.js';
import type { ReportUserError } from './user-errors.js';

/** What a callee needs besides the requests. */
export interface CalleeOptions {
  readonly invocations: Invocations;
  readonly report: ReportUserError;
}

/** The role that offers procedures. */
export class Callee {
  readonly #requests: Requests;
  readonly #invocations: Invocations;
  readonly #report: ReportUserError;
  readonly #registrations = new Map<Id, Offer>();

  constructor(requests: Requests, { invocations, report }: CalleeOptions) {
    this.#requests = requests;
    this.#invocations = invocations;
    this.#report = report;
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
      const message = registerMessage(this.#requests.next(), wire, target.uri);
      const pending: PendingRegister = {
        type: MessageType.REGISTER,
        done: (id) => {
          const other = this.#registrations.get(id);
          if (other === undefined) {
            const offer = new Offer(this, { id, target, handler, options, endOptions: endOptions(wire) });
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
        late: (id) => this.#giveBack(id, target.text, endOptions(wire)),
      };
      this.#requests.ask(message, pending, procedure);
    });
  }

  /** It was registered when nobody wanted it any more: calls would go to a handler that is not there. */
  #giveBack(id: Id, procedure: string, options: Dict | undefined): void {
    if (this.#registrations.has(id)) return;
    const ignore = () => {};
    const pending: PendingEnd = { type: MessageType.UNREGISTER, done: ignore, fail: ignore };
    this.#requests.ask(unregisterMessage(this.#requests.next(), id, options), pending, procedure);
  }

  /** What answers calls that come by this registration. */
  offer(registration: Id): Answering | undefined {
    return this.#registrations.get(registration);
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
  revoke({ registration, reason }: Dict): void {
    const offer = this.#registrations.get(registration as Id);
    if (offer === undefined) return;
    this.#drop(offer);
    const text = `the router has revoked the registration of ${offer.procedure}`;
    const uri = typeof reason === 'string' ? reason : ERROR_URIS.noSuchRegistration;
    this.#ended(offer, new ApplicationError(uri, [text], { executed: 'no' }));
  }

  /** The session is over, or about to be. */
  end(error: WampError): void {
    const all = [...this.#registrations.values()];
    for (const offer of all) offer.active = false;
    this.#registrations.clear();
    this.#invocations.end(error);
    for (const offer of all) this.#ended(offer, error);
  }

  /** Tells the router. The handler stays until the router has confirmed: calls may be on their way. */
  unregister(offer: Offer): Promise<void> {
    return new Promise((resolve, reject) => {
      const message = unregisterMessage(this.#requests.next(), offer.id, offer.endOptions);
      const pending: PendingEnd = {
        type: MessageType.UNREGISTER,
        done: () => {
          this.#drop(offer);
          resolve();
        },
        late: () => this.#drop(offer),
        fail: (error) => {
          if (!isGone(error)) {
            reject(error);
            return;
          }
          this.#drop(offer);
          resolve();
        },
      };
      this.#requests.ask(message, pending, offer.procedure);
    });
  }

  /** It is over, and not because it was taken back. */
  #ended({ onEnd, procedure }: Offer, error: WampError): void {
    if (onEnd === undefined) return;
    const failed = (thrown: unknown) => this.#report(thrown, `onEnd of ${procedure}`);
    try {
      const result = onEnd(error);
      if (isThenable(result)) Promise.resolve(result).then(undefined, failed);
    } catch (thrown) {
      failed(thrown);
    }
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
  readonly endOptions: Dict | undefined;
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
  origin: InvocationOrigin | undefined = undefined;
  /** What UNREGISTER carries of what REGISTER did. */
  readonly endOptions: Dict | undefined;
  readonly onEnd: RegisterOptions['onEnd'];
  readonly #callee: Callee;
  #unregistering: Promise<void> | undefined;

  constructor(callee: Callee, registered: Registered) {
    this.#callee = callee;
    this.id = registered.id;
    this.procedure = registered.target.text;
    this.target = registered.target;
    // Which of the two it is, `progressive` says.
    this.handler = registered.handler as Procedure;
    this.endOptions = registered.endOptions;
    const { concurrency, onEnd, progressive } = registered.options;
    this.onEnd = onEnd;
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
