import {
  type Clock,
  COPY,
  type Dict,
  type DirectCall,
  type DirectRoute,
  type Id,
  type InProcess,
  portableArgs,
  portableKwargs,
  type Value,
} from '@wamp-run/protocol';
import { outgoing } from './arguments.js';
import { resultFrom } from './call-result.js';
import type { CallArguments } from './caller.js';
import { milliseconds } from './milliseconds.js';
import type { CallOptions } from './options.js';

/** What direct calls need of the caller whose they are. */
export interface DirectCallsOptions {
  readonly inProcess: InProcess;
  readonly clock: Clock;
  /** Milliseconds that a call has which does not say so itself; 0: no limit. */
  readonly timeout: number;
  /** Whether the router's dealer keeps timeouts. */
  readonly keepsTimeouts: boolean;
  /** The id for the next request. */
  next(): Id;
  /** What has ended the session, where that is so. */
  ended(): Error | undefined;
  /** Its answer comes in a message, which is to resolve or reject it. */
  wait(call: OwnCall): void;
}

/** Resolves a promise, or rejects it. */
type Settle = (outcome: unknown) => void;

const SOON = Promise.resolve();
const nobody = (): void => {};
const NOTHING: Dict = Object.freeze({});

/** The calls of one session that another of its process may answer at once, without a message. */
export class DirectCalls {
  readonly #options: DirectCallsOptions;
  // Those of one turn, each of which knows the next: no procedure runs inside `call`.
  #first: OwnCall | undefined;
  #last: OwnCall | undefined;
  #resolve: Settle = nobody;
  #reject: Settle = nobody;
  // One for all promises, and not one for each.
  readonly #keep = (resolve: Settle, reject: Settle): void => {
    this.#resolve = resolve;
    this.#reject = reject;
  };

  constructor(options: DirectCallsOptions) {
    this.#options = options;
  }

  /** Makes a call. Undefined where it takes messages. */
  call(procedure: string, args?: CallArguments, options?: CallOptions): Promise<unknown> | undefined {
    const { inProcess, next, ended } = this.#options;
    const route = inProcess.router?.route(procedure);
    if (route === undefined || !route.isFree || ended() !== undefined) return undefined;
    if (!areSimple(args, options)) return undefined;
    let call: OwnCall;
    try {
      call = this.#callOf(route, args as readonly unknown[] | undefined, options);
    } catch (error) {
      return Promise.reject(error);
    }
    call.request = next();
    route.take(call.request);
    this.#queue(call);
    const answer = new Promise(this.#keep);
    call.resolve = this.#resolve;
    call.reject = this.#reject;
    return answer;
  }

  /** The session has ended. Procedures run all the same, as they would have had the messages come. */
  fail(error: Error): void {
    for (let call = this.#first; call !== undefined; call = call.next) call.reject(error);
  }

  #queue(call: OwnCall): void {
    if (this.#last === undefined) {
      this.#first = call;
      void SOON.then(this.#run);
    } else {
      this.#last.next = call;
    }
    this.#last = call;
  }

  #callOf(route: DirectRoute, args: readonly unknown[] | undefined, options: CallOptions | undefined): OwnCall {
    // What is said of the call is looked at before what it carries, as of one that takes messages.
    const timeout = options?.timeout === undefined ? undefined : milliseconds('timeout', options.timeout);
    const kwargs = options?.kwargs === undefined ? undefined : outgoing(undefined, options.kwargs)?.kwargs;
    const call = new OwnCall(this.#options, route, portableArgs(args, COPY));
    if (timeout !== undefined) call.timeout = timeout;
    if (kwargs !== undefined) call.kwargs = portableKwargs(kwargs, COPY);
    return call;
  }

  // One after the other, with nothing of an application's in between but the procedures themselves.
  readonly #run = (): void => {
    let call = this.#first;
    this.#first = undefined;
    this.#last = undefined;
    const { clock } = this.#options;
    let route: DirectRoute | undefined;
    let timed: DirectRoute | undefined;
    let since = 0;
    for (; call !== undefined; call = call.next) {
      // The clock is looked at where the procedure changes, and not for each call.
      if (call.route !== route) {
        timed?.took(clock.now() - since);
        route = call.route;
        timed = route.isTimed ? route : undefined;
        if (timed !== undefined) since = clock.now();
      }
      try {
        call.run();
      } catch (error) {
        // The others are not to suffer for it.
        call.reject(error);
      }
    }
    timed?.took(clock.now() - since);
  };
}

/** Whether a call says nothing but its arguments, in one list, and its time. What is wrong is told elsewhere. */
function areSimple(args: CallArguments | undefined, options: CallOptions | undefined): boolean {
  try {
    if (args !== undefined && !Array.isArray(args)) return false;
    if (options === undefined) return true;
    if (typeof options !== 'object' || options === null || Array.isArray(options)) return false;
    for (const key in options) {
      if (key !== 'kwargs' && key !== 'timeout' && options[key as keyof CallOptions] !== undefined) return false;
    }
    return true;
  } catch {
    return false;
  }
}

/** A direct call of this side's. */
export class OwnCall implements DirectCall {
  request: Id = 0;
  readonly args: Value[];
  kwargs: Dict = {};
  /** Milliseconds; 0: no limit. */
  timeout: number;
  readonly route: DirectRoute;
  /** The one behind it. */
  next: OwnCall | undefined;
  // Of the promise that its caller has. A message settles it, too: by way of another promise its answer would come later than
  // those of calls whose answers came with it.
  resolve: Settle = nobody;
  reject: Settle = nobody;
  readonly #options: DirectCallsOptions;

  constructor(options: DirectCallsOptions, route: DirectRoute, args: Value[]) {
    this.#options = options;
    this.route = route;
    this.args = args;
    this.timeout = options.timeout;
  }

  get routedTimeout(): number {
    return this.timeout > 0 && this.#options.keepsTimeouts ? Math.ceil(this.timeout) : 0;
  }

  run(): void {
    const payload = this.route.invoke(this);
    if (payload === undefined) return;
    const ended = this.#options.ended();
    if (ended === undefined) this.resolve(resultFrom(payload, false, NOTHING));
    else this.reject(ended);
  }

  wait(): boolean {
    const ended = this.#options.ended();
    if (ended === undefined) this.#options.wait(this);
    else this.reject(ended);
    return ended === undefined;
  }
}
