import {
  Canceled,
  type Clock,
  checkUri,
  type Logger,
  SessionNotReady,
  type Stop,
  Timeout,
  type WampError,
} from '@wamp-run/protocol';
import { snapshot } from './arguments.js';
import type { CallArguments } from './caller.js';
import { milliseconds } from './milliseconds.js';
import type { CallOptions, PublishOptions } from './options.js';
import type { Publication } from './publication.js';
import type { Session } from './session.js';
import type { ReportUserError } from './user-errors.js';

/** How many requests may wait where the client's options do not say. */
export const MOST_QUEUED = 1_000;

/** What a queue needs. */
export interface RequestQueueOptions {
  /** How many requests may wait. */
  readonly most: number;
  /** Milliseconds that a call has which does not say so itself; 0: no limit. */
  readonly callTimeout: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly report: ReportUserError;
}

/** A request that waits. */
interface Waiting {
  send(to: Sending): void;
  fail(error: WampError): void;
}

/** Where what waited goes. */
export interface Sending {
  /** The session that is joined now. Calls and events go there: they have passed the interceptors. */
  readonly joined: Session;
  /** The client's. Registrations and subscriptions are asked of it, and last. */
  readonly lasting: Session;
}

/** What ends the wait sooner. */
interface Limits {
  readonly what: string;
  readonly timeout?: number | undefined;
  readonly signal?: Stop | undefined;
}

/**
 * What was asked for while no session was joined, until the next one is. A call's time and signal count from when it
 * was asked for; arguments are as they were then.
 */
export class RequestQueue {
  readonly #options: RequestQueueOptions;
  readonly #waiting = new Set<Waiting>();

  constructor(options: RequestQueueOptions) {
    this.#options = options;
  }

  call(procedure: string, args: CallArguments | undefined, options: CallOptions = {}): Promise<unknown> {
    const { signal, timeout: own = this.#options.callTimeout } = options;
    return this.#add(
      () => {
        checkUri(procedure, 'procedure');
        const timeout = milliseconds('timeout', own);
        const payload = snapshot(isList(args) ? args : undefined, options.kwargs);
        // Lists that are produced one after another are asked for when they can be sent.
        const all = isList(args) ? payload.args : args;
        // With onProgress, `timeout` is a time without a result, not one for the whole call: it is the same once sent.
        const left = (waited: number) => (options.onProgress === undefined ? Math.max(timeout - waited, 1) : timeout);
        return ({ joined }, waited) => {
          const rest = timeout === 0 ? {} : { timeout: left(waited) };
          return joined.call(procedure, all, { ...options, ...payload.options, ...rest });
        };
      },
      { what: `the call of ${procedure}`, timeout: own, signal },
    );
  }

  /** Registers, subscribes. */
  request<T>(what: string, send: (session: Session) => Promise<T>): Promise<T> {
    return this.#add(
      () =>
        ({ lasting }) =>
          send(lasting),
      { what },
    );
  }

  /** Acknowledged, it rejects with what is wrong; else that is thrown, or where it shows later, reported. */
  publish(
    topic: string,
    args: readonly unknown[] | undefined,
    options: PublishOptions,
  ): Promise<Publication> | undefined {
    const what = `publishing ${topic}`;
    if (options.acknowledge === true) {
      return this.#add(
        () => {
          checkUri(topic, 'topic');
          const payload = snapshot(args, options.kwargs);
          return ({ joined }) =>
            joined.publish(topic, payload.args, { ...options, ...payload.options, acknowledge: true });
        },
        { what },
      );
    }
    checkUri(topic, 'topic');
    const payload = snapshot(args, options.kwargs);
    const waiting: Waiting = {
      send: ({ joined }) => {
        this.#waiting.delete(waiting);
        try {
          joined.publish(topic, payload.args, { ...options, ...payload.options });
        } catch (error) {
          this.#options.report(error, what);
        }
      },
      fail: (error) => {
        this.#waiting.delete(waiting);
        this.#options.log.warn({ err: error, topic }, 'an event that waited for a session was not published');
      },
    };
    this.#enqueue(waiting, what);
    return undefined;
  }

  /** Sends what waits, in the order in which it was asked for, for as long as the session stands. */
  flush(to: Sending): void {
    for (const waiting of [...this.#waiting]) {
      if (to.joined.details === undefined) return;
      // What was sent just now may have ended the wait of another.
      if (this.#waiting.has(waiting)) waiting.send(to);
    }
  }

  /** There will be no session any more. */
  end(cause: WampError | undefined): void {
    for (const waiting of [...this.#waiting]) {
      const text = 'the client has ended, and no session was joined before';
      waiting.fail(new SessionNotReady(text, { cause, retryable: false }));
    }
  }

  /** `prepare` may throw; what it gives sends the request, being told how many milliseconds it has waited. */
  #add<T>(
    prepare: () => (to: Sending, waited: number) => Promise<T>,
    { what, timeout = 0, signal }: Limits,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const send = prepare();
      if (signal?.aborted === true) throw canceled(what, signal);
      const { clock } = this.#options;
      const since = clock.now();
      let cancelTimer = () => {};
      const over = () => {
        this.#waiting.delete(waiting);
        cancelTimer();
        signal?.removeEventListener('abort', aborted);
      };
      const waiting: Waiting = {
        send: (to) => {
          over();
          send(to, clock.now() - since).then(resolve, reject);
        },
        fail: (error) => {
          over();
          reject(error);
        },
      };
      const aborted = () => waiting.fail(canceled(what, signal));
      this.#enqueue(waiting, what);
      signal?.addEventListener('abort', aborted);
      if (timeout > 0) {
        const text = `${what} was not sent within ${timeout} ms: no session was joined`;
        const late = () => waiting.fail(new Timeout(text, { executed: 'no' }));
        cancelTimer = clock.after(milliseconds('timeout', timeout), late);
      }
    });
  }

  #enqueue(waiting: Waiting, what: string): void {
    const { most } = this.#options;
    if (this.#waiting.size >= most) {
      throw new SessionNotReady(`${what}: no session is joined, and ${most} requests wait for one already`);
    }
    this.#waiting.add(waiting);
  }
}

function canceled(what: string, signal: Stop | undefined): Canceled {
  return new Canceled(`${what} was canceled before it was sent`, { cause: signal?.reason, executed: 'no' });
}

function isList(args: CallArguments | undefined): args is readonly unknown[] | undefined {
  return args === undefined || Array.isArray(args);
}
