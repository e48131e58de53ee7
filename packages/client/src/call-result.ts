import type { Dict, Forwarded, Id, PlainPayload, Value } from '@wamp-run/protocol';
import { outgoing } from './arguments.js';
import { schemeIn } from './payload-coding.js';
import { yieldOptions } from './request-options.js';

/** What a result tells of where it came from. */
export interface ResultFields {
  readonly callee?: Id | undefined;
  readonly calleeAuthid?: string | undefined;
  readonly calleeAuthrole?: string | undefined;
  readonly forwardFor?: readonly Forwarded[] | undefined;
  readonly payloadScheme?: string | undefined;
}

const UNTOLD: ResultFields = {};

/**
 * A whole result: all positional and keyword results. A call gives one where there is more than a single value
 * (or `details: true` asks for it); a procedure returns one to send more than a single value.
 *
 * @example return new CallResult([quotient, remainder], { exact: remainder === 0 });
 */
export class CallResult {
  readonly results: Value[];
  readonly kwresults: Dict;
  /** The callee's session id, where the router discloses it. */
  readonly callee: Id | undefined;
  readonly calleeAuthid: string | undefined;
  readonly calleeAuthrole: string | undefined;
  /** The sessions that the result came through, where routers are linked. */
  readonly forwardFor: readonly Forwarded[] | undefined;
  /** The scheme that the result came encoded in; undefined where it came in the clear. */
  readonly payloadScheme: string | undefined;

  /**
   * `fields` are what a router tells. A procedure that returns a result with them, such as one that it got itself, tells
   * them on, all but the last.
   */
  constructor(results: Value[] = [], kwresults: Dict = {}, fields: ResultFields = UNTOLD) {
    this.results = results;
    this.kwresults = kwresults;
    this.callee = fields.callee;
    this.calleeAuthid = fields.calleeAuthid;
    this.calleeAuthrole = fields.calleeAuthrole;
    this.forwardFor = fields.forwardFor;
    this.payloadScheme = fields.payloadScheme;
  }
}

/** What RESULT's details tell. The message is checked: its known keys hold what they should. */
export function resultFields(details: Dict): ResultFields {
  return {
    callee: details.callee as Id | undefined,
    calleeAuthid: details.callee_authid as string | undefined,
    calleeAuthrole: details.callee_authrole as string | undefined,
    forwardFor: details.forward_for as Forwarded[] | undefined,
    payloadScheme: schemeIn(details),
  };
}

/**
 * What a call resolves to: nothing (`undefined`) for no results, the value for one, a CallResult for several or for
 * any keyword results. `whole`: a CallResult whatever it is.
 */
export function resultFrom(payload: PlainPayload, whole: boolean, details: Dict): unknown {
  const { args, kwargs } = payload;
  if (whole || isSeveral(args, kwargs)) return new CallResult(args, kwargs, resultFields(details));
  return args[0];
}

/** The same, of a progressive result. */
export function shaped(result: CallResult, whole: boolean): unknown {
  return whole || isSeveral(result.results, result.kwresults) ? result : result.results[0];
}

function isSeveral(args: Value[], kwargs: Dict): boolean {
  if (args.length > 1) return true;
  for (const _ in kwargs) return true;
  return false;
}

/** What YIELD says of a procedure's return value besides the values. */
export function optionsFrom(result: unknown): Dict {
  return result instanceof CallResult ? yieldOptions(result) : {};
}

/** What a procedure's return value is on the wire. The transport checks that the values can travel. */
export function payloadFrom(result: unknown): PlainPayload | undefined {
  if (result === undefined) return undefined;
  if (result instanceof CallResult) return outgoing(result.results, result.kwresults);
  return { args: [result as Value], kwargs: {} };
}
