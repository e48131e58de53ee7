import {
  ApplicationError,
  Canceled,
  type Clock,
  ERROR_URIS,
  type Executed,
  type Logger,
  ProtocolError,
  type Random,
  SessionEnded,
  SessionNotReady,
  Timeout,
  TransportLost,
  WampError,
} from '@wamp-run/protocol';
import { isArgumentStream } from './argument-sender.js';
import { snapshot } from './arguments.js';
import type { CallResult } from './call-result.js';
import type { CallArguments } from './caller.js';
import { milliseconds } from './milliseconds.js';
import type { CallOptions } from './options.js';
import { receivedAs } from './received.js';
import { Backoff, CALL_BACKOFF, type CallRetry } from './retry.js';

/** What trying calls again needs. */
export interface RetriedCallsOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** When a call is tried again that does not say so itself; `false`: never. */
  readonly retry: CallRetry | false | undefined;
  /** Milliseconds that a call has which does not say so itself; 0: no limit. */
  readonly callTimeout: number;
}

/** A call that may be made several times. */
export interface RetriedCall {
  readonly procedure: string;
  readonly args: CallArguments | undefined;
  readonly options: CallOptions;
  /** Makes it, once. */
  send(args: CallArguments | undefined, options: CallOptions): Promise<unknown>;
}

/** A call between two attempts. */
interface Waiting {
  /** It goes on as soon as there is a session. */
  readonly forSession: boolean;
  goOn(): void;
}

/**
 * Calls that are idempotent, made again for as long as what they fail with may pass: the session was lost, or is not
 * there, or nobody could take the call just now. Never after their time, and never once progress has come.
 */
export class RetriedCalls {
  readonly #options: RetriedCallsOptions;
  readonly #backoff: Backoff;
  readonly #waiting = new Set<Waiting>();
  #ended = false;

  /** Throws InvalidConfiguration where `callRetry` is wrong. */
  constructor(options: RetriedCallsOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.retry, options.random, CALL_BACKOFF);
  }

  /** A session is ready: whoever waits for one goes on. */
  ready(): void {
    for (const waiting of [...this.#waiting]) if (waiting.forSession) waiting.goOn();
  }

  /** There will be no session any more: nothing is tried again. */
  end(): void {
    this.#ended = true;
    for (const waiting of [...this.#waiting]) waiting.goOn();
  }

  async call({ procedure, args, options, send }: RetriedCall): Promise<unknown> {
    // Lists that were sent are gone: there is nothing to make it of again.
    if (isArgumentStream(args)) return send(args, options);
    const { clock, log, random } = this.#options;
    const { retry, signal, onProgress } = options;
    const backoff = retry === undefined ? this.#backoff : new Backoff(retry, random, CALL_BACKOFF);
    const payload = snapshot(args, options.kwargs);
    const timeout = milliseconds('timeout', options.timeout ?? this.#options.callTimeout);
    // With onProgress, `timeout` is a time without a result, of each attempt.
    const until = timeout === 0 || onProgress !== undefined ? Number.POSITIVE_INFINITY : clock.now() + timeout;
    let progressed = false;
    const progress = onProgress && {
      onProgress: (part: CallResult) => {
        progressed = true;
        return onProgress(part);
      },
    };
    let executed: Executed = 'no';
    for (let attempt = 1; ; attempt++) {
      const left = until === Number.POSITIVE_INFINITY ? {} : { timeout: Math.max(until - clock.now(), 1) };
      let error: unknown;
      try {
        return await send(payload.args, { ...options, ...payload.options, ...progress, ...left });
      } catch (thrown) {
        error = thrown;
      }
      executed = further(executed, executedIn(error));
      const late = () => {
        const text = `${procedure} did not answer within ${timeout} ms, in ${attempt} attempts`;
        return new Timeout(error instanceof Timeout ? text : `${text}; the last: ${messageOf(error)}`, {
          cause: error,
          executed,
        });
      };
      if (error instanceof Timeout && attempt > 1 && until !== Number.POSITIVE_INFINITY) throw late();
      const delay = backoff.delay(attempt);
      if (delay === undefined || progressed || this.#ended || !mayPass(error)) throw asFarAs(error, executed);
      const forSession = isAboutTheSession(error);
      const rest = until - clock.now();
      if (delay >= rest && !forSession) throw asFarAs(error, executed);
      log.debug({ procedure, attempt, retryIn: delay, err: error }, 'a call failed; trying again');
      await this.#pause(Math.min(delay, rest), forSession, options);
      if (signal?.aborted === true) {
        throw new Canceled(`the call of ${procedure} was canceled`, { cause: signal.reason, executed });
      }
      if (this.#ended) throw asFarAs(error, executed);
      if (clock.now() >= until) throw late();
    }
  }

  /** Resolves when there is nothing to wait for any more: the time is over, the call, or the client. */
  #pause(ms: number, forSession: boolean, { signal }: CallOptions): Promise<void> {
    return new Promise((resolve) => {
      const goOn = () => {
        this.#waiting.delete(waiting);
        cancel();
        signal?.removeEventListener('abort', goOn);
        resolve();
      };
      const waiting: Waiting = { forSession, goOn };
      const cancel = this.#options.clock.after(ms, goOn);
      this.#waiting.add(waiting);
      signal?.addEventListener('abort', goOn);
      if (signal?.aborted === true) goOn();
    });
  }
}

/** The session is gone, or not there. What it was that ended it, the next one may not meet. */
function isAboutTheSession(error: unknown): boolean {
  if (error instanceof ProtocolError) return error.side === 'remote';
  return error instanceof TransportLost || error instanceof SessionEnded || error instanceof SessionNotReady;
}

/** Whether the same call may have another outcome. What an application answers is its answer; time that is over, is over. */
function mayPass(error: unknown): boolean {
  if (isAboutTheSession(error)) return !(error instanceof SessionNotReady) || error.retryable;
  const answer = receivedAs(error) ?? error;
  return answer instanceof ApplicationError && answer.retryable && answer.error !== ERROR_URIS.timeout;
}

function executedIn(error: unknown): Executed {
  const answer = receivedAs(error) ?? error;
  // An error class of the application's own, made by hand: it says nothing.
  return answer instanceof WampError ? answer.executed : 'maybe';
}

const FURTHER: readonly Executed[] = ['no', 'maybe', 'yes'];

function further(one: Executed, other: Executed): Executed {
  return FURTHER.indexOf(one) < FURTHER.indexOf(other) ? other : one;
}

/**
 * The error, saying how far any of the attempts came: that the last one was not executed is not all there is to say. The
 * error of a lost session is everybody's, and so it is not changed.
 */
function asFarAs(error: unknown, executed: Executed): unknown {
  if (!(error instanceof WampError) || error.executed === executed) return error;
  const copy = Object.create(Object.getPrototypeOf(error), Object.getOwnPropertyDescriptors(error));
  return Object.defineProperty(copy, 'executed', { value: executed, enumerable: true });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
