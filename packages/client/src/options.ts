import type { CancelMode, Stop, WampError } from '@wamp-run/protocol';
import type { CallResult } from './call-result.js';

/** How to call. */
export interface CallOptions {
  /** Keyword arguments. */
  kwargs?: object | undefined;
  /**
   * Milliseconds until the call rejects with Timeout; with `onProgress`, milliseconds without a result of any kind.
   * Kept by this side: the router is told to cancel the call where it can. Default, and 0: no limit.
   */
  timeout?: number | undefined;
  /** When it aborts, the call rejects at once with Canceled (`cause`: the signal's reason), and is canceled at the router. */
  signal?: Stop | undefined;
  /** What becomes of the callee's work when `signal` aborts. Default: `killnowait`. */
  cancelMode?: CancelMode | undefined;
  /** Receives progressive results, and by being there asks for them. What it throws is reported to `onUserError`. */
  onProgress?: ((result: CallResult) => unknown) | undefined;
  /** Resolve to a CallResult whatever the result looks like. */
  details?: boolean | undefined;
}

/** How to publish. */
export interface PublishOptions {
  /** Keyword arguments. */
  kwargs?: object | undefined;
  /** Have the router answer, and get a promise of the Publication. Default: false. */
  acknowledge?: boolean | undefined;
  /** Whether this session, if it is subscribed to the topic, is left out. The router's default: true. */
  excludeMe?: boolean | undefined;
}

/** How to register. There is nothing to choose: registrations are exact, and one session holds each. */
export type RegisterOptions = Record<string, never>;

/** How to subscribe. */
export interface SubscribeOptions {
  /**
   * Told once when the subscription ends otherwise than by `unsubscribe`: with an ApplicationError when the router
   * revokes it, with the session's error when that ends. What it throws is reported to `onUserError`.
   */
  onEnd?: ((error: WampError) => unknown) | undefined;
}
