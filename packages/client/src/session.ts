import type { ContractCarrier, ErrorClass, PayloadCodec, StandardSchema } from '@wamp-run/protocol';
import type { CallResult } from './call-result.js';
import type { CallArguments } from './caller.js';
import { EventStream, type EventsOptions, type WampEvent } from './event-stream.js';
import type { CallOptions, PublishOptions, RegisterOptions, SubscribeOptions } from './options.js';
import type { Publication } from './publication.js';
import { type RegisterAllOptions, registerAll } from './register-all.js';
import type { Procedure, ProgressiveProcedure, Registration } from './registration.js';
import { remoteOf } from './remote.js';
import type { PrefixArguments, RemoteOptions } from './remote-options.js';
import type { Remote } from './remote-types.js';
import { ResultStream, type StreamOptions } from './result-stream.js';
import type { SessionDetails } from './session-details.js';
import type { EventHandler, Subscription } from './subscription.js';
import type { ReceivedEvent, TopicContract } from './topic-contract.js';
import { type TypedTopic, typedTopic } from './typed-topic.js';

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

  /** A transport is open: from before HELLO until it is closed. */
  abstract readonly isConnected: boolean;

  /** The session is joined, and has not said GOODBYE: requests can be sent. */
  abstract readonly isAttached: boolean;

  /**
   * Calls a procedure.
   *
   * @param procedure - its URI
   * @param args - positional arguments: a list, or an AsyncIterable of lists that are sent as they are produced. Then
   *   keyword arguments go with the first, a list that the generator returns is the last, and what gives the lists is
   *   told to stop as soon as the call is over. Such a call is refused with ApplicationError
   *   `wamp.error.feature_not_supported` where the router did not announce progressive_call_invocations.
   * @param options - with `details: true` the promise is of a CallResult
   * @returns `undefined` for no result, the value for one, a CallResult for several or for keyword results
   * @throws (rejects) ApplicationError, with `executed` telling whether the procedure may have run; TypeCheckError;
   *   Timeout; Canceled; InvalidUriError; SerializationError or PayloadExceededError, nothing having been sent;
   *   SessionNotReady, TransportLost, SessionEnded, ProtocolError
   * @example const sum = await session.call<number>('com.example.math.add', [2, 3], { timeout: 1_000 });
   */
  abstract call(
    procedure: string,
    args: CallArguments | undefined,
    options: CallOptions & { details: true },
  ): Promise<CallResult>;
  abstract call<R = unknown>(procedure: string, args?: CallArguments, options?: CallOptions): Promise<R>;

  /**
   * Calls a procedure that sends progressive results. They are the yields, shaped as the results of `call` are, and the
   * final result is the return value. The call goes out with the first `next`; leaving the loop cancels it at the
   * router. Results that are not read yet are kept, however many they are.
   *
   * @param procedure - its URI
   * @param args - positional arguments
   * @param options - as for `call`; with `details: true` every yield, and the return value, is a CallResult
   * @throws (from `next`) what `call` rejects with, after the results that came before
   * @example for await (const row of session.stream<Row, number>('com.shop.stock.rows')) show(row);
   */
  stream<P = unknown, R = unknown>(
    procedure: string,
    args?: CallArguments,
    options: StreamOptions = {},
  ): AsyncGenerator<P, R, undefined> {
    return new ResultStream<P, R>(this, { procedure, args, options });
  }

  /**
   * Offers a procedure for as long as the session lasts: a client's, over all joins.
   *
   * @param procedure - its URI, which may have named parts: the handler finds their values in `details.params`. A call
   *   of a procedure that does not fit (`<id:int>` where there is no integer) is answered with
   *   `wamp.error.invalid_argument`.
   * @example await session.register('com.shop.<article>.left', (_args, _kwargs, { params }) => left(params.article));
   * @throws (rejects) ApplicationError, e.g. `wamp.error.procedure_already_exists`; InvalidUriError; SessionNotReady,
   *   TransportLost, SessionEnded, ProtocolError
   */
  abstract register(
    procedure: string,
    handler: ProgressiveProcedure,
    options: RegisterOptions & { progressive: true },
  ): Promise<Registration>;
  abstract register(procedure: string, handler: Procedure, options?: RegisterOptions): Promise<Registration>;

  /**
   * Offers all procedures of an object, by their names; with `prefix`, below that URI. All or none: where one is
   * refused, the others are taken back, and the promise rejects with that error.
   *
   * @param options - `prefix`, and the options for each of them
   * @throws (rejects) InvalidConfiguration where something is no function; what `register` rejects with
   * @example await session.registerAll({ add: ([a, b]) => sum(a, b), zero: () => 0 }, { prefix: 'com.example.math' });
   */
  registerAll(
    procedures: Readonly<Record<string, Procedure>>,
    options: RegisterAllOptions = {},
  ): Promise<Registration[]> {
    return registerAll(this, procedures, options);
  }

  /**
   * Receives a topic's events for as long as the session lasts: a client's, over all joins.
   *
   * @param topic - its URI, which may have named parts: the handler finds their values in `details.params`. An event of
   *   a topic that does not fit is reported to `onUserError`, and skipped.
   * @throws (rejects) ApplicationError, InvalidUriError, SessionNotReady, TransportLost, SessionEnded, ProtocolError
   */
  abstract subscribe(topic: string, handler: EventHandler, options?: SubscribeOptions): Promise<Subscription>;

  /**
   * A topic's events, to iterate over. Each iteration subscribes with its first `next`, and unsubscribes when its loop
   * is left or `signal` aborts. Events that are not read yet wait in a buffer of 1024 (`buffer`); beyond that the oldest
   * are dropped, and the next event's `lost` says how many.
   *
   * @param topic - its URI
   * @throws InvalidConfiguration where `buffer` is no positive integer; (from `next`) what `subscribe` rejects with, the
   *   session's error when that ends, ApplicationError when the router revokes the subscription, Canceled after `signal`
   * @example for await (const { args } of session.events('com.shop.sold')) show(args);
   */
  events(topic: string, options: EventsOptions = {}): AsyncIterable<WampEvent> {
    return new EventStream(this, topic, options);
  }

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
   * A component's methods, to be called as if they were here: without the parameters that the other side fills in, with
   * a promise of each result, and an async generator of progressive results, as `stream` gives it. Parameters that the
   * component takes by keyword go by keyword. What is `undefined` at the end is not sent.
   *
   * @param of - a class with `@component`, or what `defineComponent` gave: it tells URIs and keywords. Or the prefix of
   *   a component that only a type is known of: methods are procedures below it, `Keywords` at the end are its keyword
   *   arguments, and methods that give async generators have to be named, `{ streams: { primes: true } }`
   * @param options - how all of its calls go out; `params` for named parts in its URIs
   * @throws InvalidConfiguration where a class carries no contract; (from the methods' names) where it has no such
   *   procedure, or a named part has no value. The methods reject as `call` does
   * @example
   * const math = session.remote(MathService, { timeout: 1_000 });
   * await math.add(2, 3);
   * for await (const prime of math.primes(100)) show(prime);
   * @example await session.remote<Shop>('com.shop').search('tea', new Keywords({ limit: 3 }));
   */
  remote<M>(of: ContractCarrier<M>, options?: RemoteOptions): Remote<M>;
  remote<C>(of: abstract new (...injected: never[]) => C, options?: RemoteOptions): Remote<C>;
  remote<C>(prefix: string, ...options: PrefixArguments<C>): Remote<C>;
  remote(of: string | object, options: RemoteOptions = {}): object {
    return remoteOf(this, of, options);
  }

  /**
   * A topic to publish and to subscribe to with the types of its contract, and under its checks; with a type alone,
   * without checks.
   *
   * @param of - what `defineTopic` gave, or a URI
   * @param options - how all of its events go out
   * @example session.topic(Sold).publish('tea', 2);
   * @example await session.topic(Sold).subscribe(([article, quantity]) => take(article, quantity));
   * @example await session.topic<[count: number]>('com.example.tick', { acknowledge: true }).publish(3);
   */
  topic<A extends readonly unknown[], R = ReceivedEvent<A>>(
    of: TopicContract<A, readonly StandardSchema[], Readonly<Record<string, StandardSchema>>, R> | string,
    options: PublishOptions & { acknowledge: true },
  ): TypedTopic<A, Promise<Publication>, R>;
  topic<A extends readonly unknown[], R = ReceivedEvent<A>>(
    of: TopicContract<A, readonly StandardSchema[], Readonly<Record<string, StandardSchema>>, R> | string,
    options?: PublishOptions,
  ): TypedTopic<A, void, R>;
  topic(of: TopicContract | string, options: PublishOptions = {}): TypedTopic<readonly unknown[], unknown> {
    return typedTopic(this, of, options);
  }

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
   * Encodes what goes out from now on, and decodes what comes in, with this codec; `undefined`: with none. Of a client's
   * session it holds over all joins. A call, a publication or the result of an encoded call that the codec does not encode
   * is not sent: it rejects with SerializationError (ApplicationError `wamp.error.feature_not_supported` where the router
   * did not announce payload_passthru_mode), or is answered with ERROR. What comes and cannot be had is answered, or
   * rejects, with `wamp.error.no_payload_codec`, `wamp.error.encryption.decrypt_error` or
   * `wamp.error.encryption.trusted_uri_mismatch`; an event is reported to `onUserError`, and dropped. What the codec
   * itself does not encode (`undefined`) goes in the clear.
   *
   * @throws InvalidConfiguration where it is no codec
   */
  abstract setPayloadCodec(codec: PayloadCodec | undefined): void;

  /** The codec that is in use. */
  abstract getPayloadCodec(): PayloadCodec | undefined;

  /**
   * Ends the session with GOODBYE. What is pending rejects at once with SessionEnded, running procedures see their
   * signal abort, and the promise resolves when the router has answered, or has not in time.
   *
   * @param reason - the reason URI; default `wamp.close.normal`
   * @param message - for people
   * @throws (rejects) InvalidUriError; SessionNotReady, from a client's session, while none is joined
   */
  abstract leave(reason?: string, message?: string): Promise<void>;

  /**
   * Closes the connection without GOODBYE. The session ends as by any loss of it: what is pending rejects with
   * TransportLost, the reason is `wamp.close.transport_lost`, and a client joins again; to end a client, use `leave` or
   * `close`. Resolves when the transport is closed, or has not closed in time (`leaveTimeout`); at once where there is
   * none. Any number of times.
   */
  abstract disconnect(): Promise<void>;
}
