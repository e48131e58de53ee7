import {
  COPY,
  type Dict,
  type DirectCall,
  type DirectCallee,
  type DirectRoute,
  type Id,
  invocationMessage,
  type PlainPayload,
  payloadOf,
  portableArgs,
} from '@wamp-run/protocol';
import { CallDetails } from './call-details.js';
import { CallResult } from './call-result.js';
import type { Callee } from './callee.js';
import type { HandlerTimes } from './handler-times.js';
import { Invocation } from './invocation.js';
import type { Answering, Invocations } from './invocations.js';
import { isAsyncGenerator } from './stream.js';
import { isThenable } from './thenable.js';
import { NO_PARAMS } from './uri-target.js';

/** Of every answer that has none: nobody is given it. */
const NO_KWARGS: Dict = Object.freeze({});

/** What direct invocations need. */
export interface DirectInvocationsOptions {
  readonly invocations: Invocations;
  readonly callee: Callee;
  readonly times: HandlerTimes;
}

/** Calls that this session answers without a message, where their handlers do so at once. */
export class DirectInvocations implements DirectCallee {
  readonly #invocations: Invocations;
  readonly #callee: Callee;
  readonly #times: HandlerTimes;

  constructor({ invocations, callee, times }: DirectInvocationsOptions) {
    this.#invocations = invocations;
    this.#callee = callee;
    this.#times = times;
  }

  isTimed(registration: Id): boolean {
    if (!this.#times.isWanted) return false;
    const offer = this.#callee.offer(registration);
    return offer !== undefined && this.#isSimple(offer);
  }

  took(procedure: string, ms: number): void {
    this.#times.took(procedure, ms);
  }

  invoke(route: DirectRoute, call: DirectCall, request: Id): PlainPayload | undefined {
    const { registration, details } = route;
    const offer = this.#callee.offer(registration);
    if (offer === undefined || !this.#isSimple(offer)) {
      route.goOn(call, request);
      // From here on as if it had come in a message.
      const { args, kwargs } = call;
      this.#callee.invocation(invocationMessage(request, registration, details, payloadOf(args, kwargs)));
      return undefined;
    }
    offer.origin ??= { procedure: offer.target.uri, params: NO_PARAMS, log: this.#invocations.log };
    const invocation = new Invocation({ request, registration, details, payload: undefined }, offer.origin);
    this.#invocations.begin(invocation);
    let outcome: unknown;
    let threw = false;
    try {
      outcome = offer.handler(call.args, call.kwargs, new CallDetails(invocation));
    } catch (error) {
      threw = true;
      outcome = error;
    }
    // What the procedure has sent meanwhile comes before its answer.
    const answer = !threw && !invocation.over && route.isQuiet ? answerOf(outcome) : undefined;
    if (answer === undefined) {
      route.goOn(call, request);
      this.#invocations.goOn(invocation, threw ? { threw: outcome } : { returned: outcome });
    } else {
      this.#invocations.answered(invocation);
    }
    return answer;
  }

  /** Whether calls are answered as they come, by nothing but the handler, each with one list of arguments. */
  #isSimple({ slots, progressive, target }: Answering): boolean {
    return slots === undefined && !progressive && target.values === undefined && this.#invocations.arePlain;
  }
}

/** The answer, where it is there and can travel. What comes of anything else, messages tell. */
function answerOf(returned: unknown): PlainPayload | undefined {
  try {
    if (typeof returned === 'object' && returned !== null) {
      if (isThenable(returned) || isAsyncGenerator(returned) || returned instanceof CallResult) return undefined;
    }
    return { args: returned === undefined ? [] : portableArgs([returned], COPY), kwargs: NO_KWARGS };
  } catch {
    return undefined;
  }
}
