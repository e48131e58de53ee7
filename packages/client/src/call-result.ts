import type { Dict, PlainPayload, Value } from '@wamp-run/protocol';
import { outgoing } from './arguments.js';

/**
 * A whole result: all positional and keyword results. A call gives one where there is more than a single value
 * (or `details: true` asks for it); a procedure returns one to send more than a single value.
 *
 * @example return new CallResult([quotient, remainder], { exact: remainder === 0 });
 */
export class CallResult {
  readonly results: Value[];
  readonly kwresults: Dict;

  constructor(results: Value[] = [], kwresults: Dict = {}) {
    this.results = results;
    this.kwresults = kwresults;
  }
}

/**
 * What a call resolves to: nothing (`undefined`) for no results, the value for one, a CallResult for several or for
 * any keyword results. `whole`: a CallResult whatever it is.
 */
export function resultFrom({ args, kwargs }: PlainPayload, whole: boolean): unknown {
  if (whole || args.length > 1) return new CallResult(args, kwargs);
  for (const _ in kwargs) return new CallResult(args, kwargs);
  return args[0];
}

/** The same, of a progressive result. */
export function shaped(result: CallResult, whole: boolean): unknown {
  return whole ? result : resultFrom({ args: result.results, kwargs: result.kwresults }, false);
}

/** What a procedure's return value is on the wire. The transport checks that the values can travel. */
export function payloadFrom(result: unknown): PlainPayload | undefined {
  if (result === undefined) return undefined;
  if (result instanceof CallResult) return outgoing(result.results, result.kwresults);
  return { args: [result as Value], kwargs: {} };
}
