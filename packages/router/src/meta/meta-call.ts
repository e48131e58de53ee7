import {
  ApplicationError,
  type Dict,
  ERROR_URIS,
  type Id,
  isDict,
  isId,
  isUri,
  type MatchPolicy,
  type Value,
} from '@wamp-run/protocol';
import type { Session } from '../session.js';
import { cut, quoted } from '../texts.js';

/** A call of a procedure of the meta API, with its arguments decoded. */
export interface MetaCall {
  readonly caller: Session;
  readonly args: readonly Value[];
  readonly kwargs: Dict;
}

/**
 * A procedure of the meta API: it returns the arguments of the RESULT, and throws an ApplicationError that becomes the
 * ERROR.
 */
export type MetaProcedure = (call: MetaCall) => Value[];

/** The procedures of one part of the meta API, by their URIs. */
export type MetaProcedures = ReadonlyMap<string, MetaProcedure>;

/** An ERROR that answers a call of the meta API. */
export function failure(error: string, text: string): ApplicationError {
  return new ApplicationError(error, [cut(text)]);
}

/** For an argument that is not what it should be. */
export function invalid(name: string, expected: string): ApplicationError {
  return failure(ERROR_URIS.invalidArgument, `${name}: expected ${expected}`);
}

/** The argument at an index, an id. */
export function idAt({ args }: MetaCall, index: number, name: string): Id {
  const value = args[index];
  if (isId(value)) return value;
  throw invalid(`args[${index}] ${name}`, 'an id');
}

/** The argument at an index, a string. */
export function textAt({ args }: MetaCall, index: number, name: string): string {
  const value = args[index];
  if (typeof value === 'string') return value;
  throw invalid(`args[${index}] ${name}`, 'a string');
}

/** The argument at an index, a list of strings; undefined where it is not there. */
export function optionalTextsAt({ args }: MetaCall, index: number, name: string): readonly Value[] | undefined {
  const value = args[index];
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw invalid(`args[${index}] ${name}`, 'a list of strings');
}

/** A dict; an empty one where it is not there. */
export function optionalDict(value: Value | undefined, name: string): Dict {
  if (value === undefined || value === null) return {};
  if (isDict(value)) return value;
  throw invalid(name, 'a dict');
}

/** `match` of the options at an index: how a URI that is looked up was subscribed to or registered. */
export function matchAt({ args }: MetaCall, index: number): MatchPolicy {
  const { match } = optionalDict(args[index], `args[${index}] options`);
  switch (match ?? 'exact') {
    case 'exact':
      return 'exact';
    case 'prefix':
      return 'prefix';
    case 'wildcard':
      return 'wildcard';
    default:
      throw invalid(`args[${index}] options.match`, 'one of exact, prefix, wildcard');
  }
}

/** A keyword argument, a string; undefined where it is not there. */
export function optionalText({ kwargs }: MetaCall, name: string): string | undefined {
  const value = kwargs[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw invalid(name, 'a string');
}

/** The keyword argument `reason`, a URI; undefined where it is not there. */
export function optionalReason(call: MetaCall): string | undefined {
  const reason = optionalText(call, 'reason');
  if (reason === undefined || isUri(reason)) return reason;
  throw failure(ERROR_URIS.invalidUri, `reason: ${quoted(reason)} is not a URI`);
}

/** A moment, in milliseconds since 1970, as the meta API writes it. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
