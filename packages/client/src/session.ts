import type { ErrorClass } from '@wamp-run/protocol';
import type { CallResult } from './call-result.js';
import type { CallOptions, PublishOptions, RegisterOptions, SubscribeOptions } from './options.js';
import type { Publication } from './publication.js';
import type { Procedure, Registration } from './registration.js';
import type { SessionDetails } from './session-details.js';
import type { EventHandler, Subscription } from './subscription.js';

/**
 * The calling face of a WAMP session. A class, so that decorator metadata can name it in a constructor.
 *
 * Every request settles: when the session ends, whatever ended it, what is pending rejects with TransportLost,
 * SessionEnded or ProtocolError. While there is no joined session, requests reject with SessionNotReady.
 * A request that the router or the peer refuses rejects with ApplicationError.
 */
export abstract class Session {
  /** What WELCOME said; undefined while not joined. */
  abstract readonly details: SessionDetails | undefined;

  /**
   * Calls a procedure.
   *
   * @param procedure - its URI
   * @param args - positional arguments
   * @param options - with `details: true` the promise is of a CallResult
   * @returns `undefined` for no result, the value for one, a CallResult for several or for keyword results
   * @throws (rejects) ApplicationError, with `executed` telling whether the procedure may have run; TypeCheckError;
   *   Timeout; Canceled; InvalidUriError; SerializationError or PayloadExceededError, nothing having been sent;
   *   SessionNotReady, TransportLost, SessionEnded, ProtocolError
   * @example const sum = await session.call<number>('com.example.math.add', [2, 3], { timeout: 1_000 });
   */
  abstract call(
    procedure: string,
    args: readonly unknown[] | undefined,
    options: CallOptions & { details: true },
  ): Promise<CallResult>;
  abstract call<R = unknown>(procedure: string, args?: readonly unknown[], options?: CallOptions): Promise<R>;

  /**
   * Offers a procedure for as long as the session lasts: a client's, over all joins.
   *
   * @throws (rejects) ApplicationError, e.g. `wamp.error.procedure_already_exists`; InvalidUriError; SessionNotReady,
   *   TransportLost, SessionEnded, ProtocolError
   */
  abstract register(procedure: string, handler: Procedure, options?: RegisterOptions): Promise<Registration>;

  /**
   * Receives a topic's events for as long as the session lasts: a client's, over all joins.
   *
   * @throws (rejects) ApplicationError, InvalidUriError, SessionNotReady, TransportLost, SessionEnded, ProtocolError
   */
  abstract subscribe(topic: string, handler: EventHandler, options?: SubscribeOptions): Promise<Subscription>;

  /**
   * Publishes an event. Unacknowledged, it is sent and forgotten, and what is wrong with it is thrown at once:
   * InvalidUriError, SerializationError, PayloadExceededError or SessionNotReady. With `acknowledge: true` the same,
   * and the router's refusal, reject the promise.
   */
  abstract publish(
    topic: string,
    args: readonly unknown[] | undefined,
    options: PublishOptions & { acknowledge: true },
  ): Promise<Publication>;
  abstract publish(topic: string, args?: readonly unknown[], options?: PublishOptions): void;

  /**
   * Makes a class of errors stand for an error URI, in both directions. What a procedure of this session throws of that
   * class, or of a subclass without a URI of its own, goes out under the URI; a request that is answered with the URI
   * rejects with an error of that class, whose `cause` is the ApplicationError that came. How one is made, and what of
   * it travels, is ErrorClass's matter; where that fails, `onUserError` hears of it, and the request rejects with the
   * ApplicationError.
   *
   * Definitions of a client's session last over all its joins. The same one again does nothing.
   *
   * @param errorClass - a class that extends Error
   * @param uri - the URI, or for errors that come in a pattern of them, such as `com.shop.error.<name>`; a URI goes
   *   before patterns, and an earlier pattern before later ones. Default: the URI of the class's own `@error`
   * @throws InvalidConfiguration where it is no such class, has no URI, or the URI has another class; InvalidUriError
   * @example
   * session.define(OutOfStock, 'com.shop.error.out_of_stock');
   * await session.call('com.shop.buy', ['tea']).catch((error) => error instanceof OutOfStock);
   */
  abstract define(errorClass: ErrorClass, uri?: string): void;

  /**
   * Ends the session with GOODBYE. What is pending rejects at once with SessionEnded, running procedures see their
   * signal abort, and the promise resolves when the router has answered, or has not in time.
   *
   * @param reason - the reason URI; default `wamp.close.normal`
   * @param message - for people
   * @throws (rejects) InvalidUriError; SessionNotReady, from a client's session, while none is joined
   */
  abstract leave(reason?: string, message?: string): Promise<void>;
}
