import type { CancelMode, Forwarded, Id, MatchPolicy, Stop, WampError } from '@wamp-run/protocol';
import type { CallResult } from './call-result.js';
import type { CallRetry } from './retry.js';

/** How to call. */
export interface CallOptions {
  /** Keyword arguments. */
  kwargs?: object | undefined;
  /**
   * Milliseconds until the call rejects with Timeout; with `onProgress`, milliseconds without a result of any kind.
   * Kept by this side, which cancels the call where the router can, and by the router too where it announced
   * call_timeout. Interceptors may keep the call for as long, each way. 0: no limit. Default: the `callTimeout` of the
   * session's client.
   */
  timeout?: number | undefined;
  /**
   * Whether making the call twice does no more than making it once: then a client's session makes it again where it fails
   * with what may pass: the session was lost with the call under way, or there is none; nobody could take it
   * (`no_available_callee`, `unavailable`, `no_such_procedure`); its callee went away (`canceled`). What the application
   * answers is never asked again, and neither is a call that has brought progressive results, or whose arguments come one
   * list after another. `timeout` is for all attempts together, but with `onProgress`, where it is for each. Without this,
   * a call whose session is lost rejects, and says that it may have been executed. Default: false.
   */
  idempotent?: boolean | undefined;
  /** When an idempotent call is made again; `false`: never. Default: the `callRetry` of the client. */
  retry?: CallRetry | false | undefined;
  /** When it aborts, the call rejects at once with Canceled (`cause`: the signal's reason), and is canceled at the router. */
  signal?: Stop | undefined;
  /** What becomes of the callee's work when `signal` aborts. Default: `killnowait`. */
  cancelMode?: CancelMode | undefined;
  /** Receives progressive results, and by being there asks for them. What it throws is reported to `onUserError`. */
  onProgress?: ((result: CallResult) => unknown) | undefined;
  /** Resolve to a CallResult whatever the result looks like. */
  details?: boolean | undefined;
  /** Tell the callee who calls. A router may refuse that. Default: as the router has it. */
  discloseMe?: boolean | undefined;
  /** For whom this call is forwarded; said of its cancellation, too. */
  forwardFor?: readonly Forwarded[] | undefined;
  /** The transaction that the call is part of; carried along. */
  transactionHash?: string | undefined;
}

/** How to publish. Of several conditions on the receivers all must hold; an empty list of eligible ones admits nobody. */
export interface PublishOptions {
  /** Keyword arguments. */
  kwargs?: object | undefined;
  /** Have the router answer, and get a promise of the Publication. Default: false. */
  acknowledge?: boolean | undefined;
  /** Whether this session, if it is subscribed to the topic, is left out. The router's default: true. */
  excludeMe?: boolean | undefined;
  /** Sessions that do not get the event. */
  exclude?: Id | readonly Id[] | undefined;
  excludeAuthid?: string | readonly string[] | undefined;
  excludeAuthrole?: string | readonly string[] | undefined;
  /** The only sessions that may get the event. */
  eligible?: Id | readonly Id[] | undefined;
  eligibleAuthid?: string | readonly string[] | undefined;
  eligibleAuthrole?: string | readonly string[] | undefined;
  /** Have the router keep the event for those who subscribe later. Default: false. */
  retain?: boolean | undefined;
  /** Tell the receivers who publishes. A router may refuse that. Default: as the router has it. */
  discloseMe?: boolean | undefined;
  /** For whom this event is forwarded. */
  forwardFor?: readonly Forwarded[] | undefined;
  /** The transaction that the event is part of; carried along. */
  transactionHash?: string | undefined;
}

/** Which of several callees of one procedure a call goes to. */
export type InvocationPolicy = 'single' | 'first' | 'last' | 'roundrobin' | 'random';

/** How to register. A router that does not have what is asked for refuses it. */
export interface RegisterOptions {
  /** Which URIs are meant. Default: `exact`. */
  match?: MatchPolicy | undefined;
  /** How calls are spread over the sessions that register the procedure. Default: `single`, only one may. */
  invoke?: InvocationPolicy | undefined;
  /**
   * How many calls the handler answers at once. The router is told, and this side holds to it as well: further calls
   * wait here, in order. Default: no limit.
   */
  concurrency?: number | undefined;
  /** Take the procedure from whoever has it. Default: false. */
  forceReregister?: boolean | undefined;
  /** Have the router tell who calls. Default: as the router has it. */
  discloseCaller?: boolean | undefined;
  /** Have the router leave the timeouts of calls to this side, which keeps them. Default: false. */
  forwardTimeout?: boolean | undefined;
  /**
   * Take calls whose arguments come one list after another: the handler gets an AsyncIterable of lists, of any call.
   * Without it such a call is refused with `wamp.error.feature_not_supported`. Default: false.
   */
  progressive?: boolean | undefined;
  /** For whom this registration is forwarded; said when it is taken back, too. */
  forwardFor?: readonly Forwarded[] | undefined;
  /**
   * Told once when the registration ends otherwise than by `unregister`: with an ApplicationError when the router revokes
   * it, with the session's error when that ends. What it throws is reported to `onUserError`. On a client's session, which
   * lasts over joins, a revocation ends it for good where `onEnd` hears of it; without, the next join asks again.
   */
  onEnd?: ((error: WampError) => unknown) | undefined;
}

/** How to subscribe. */
export interface SubscribeOptions {
  /** Which URIs are meant. Default: `exact`. */
  match?: MatchPolicy | undefined;
  /** Get what the router has retained of the topic as well. Default: false. */
  getRetained?: boolean | undefined;
  /**
   * Whether the handler gets the next event while a promise that it returned is still pending (`concurrent`), or only
   * then (`sequential`): events that come meanwhile wait, however many they are. Default: `concurrent`.
   */
  order?: 'concurrent' | 'sequential' | undefined;
  /** How many promises of the handler may be pending before events wait. Default: no limit; `sequential` means 1. */
  concurrency?: number | undefined;
  /** For whom this subscription is forwarded; said when it is given back, too. Handlers of one topic share the first one's. */
  forwardFor?: readonly Forwarded[] | undefined;
  /**
   * Told once when the subscription ends otherwise than by `unsubscribe`: with an ApplicationError when the router
   * revokes it, with the session's error when that ends. What it throws is reported to `onUserError`. On a client's session,
   * which
   * lasts over joins, a revocation ends it for good where `onEnd` hears of it; without, the next join asks again.
   */
  onEnd?: ((error: WampError) => unknown) | undefined;
}
