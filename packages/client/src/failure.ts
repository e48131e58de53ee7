import {
  ApplicationError,
  type Dict,
  ERROR_URIS,
  type ErrorArguments,
  InvalidConfiguration,
  type PlainPayload,
  payloadOf,
} from '@wamp-run/protocol';
import { outgoing } from './arguments.js';
import type { ErrorMapping } from './error-mapping.js';
import { receivedAs } from './received.js';
import { speaksOfItsCall } from './remote-error.js';

/** How much of an unexpected error a caller may learn, the least first. */
export const EXPOSE_ERRORS = ['none', 'message', 'traceback'] as const;

/**
 * What a caller learns of an error that the procedure did not mean for it: `none` is that the procedure failed,
 * `message` the error's own message, `traceback` also its stack, in `kwargs.traceback` (there with errors that are
 * meant for the caller, too).
 */
export type ExposeErrors = (typeof EXPOSE_ERRORS)[number];

/** Throws InvalidConfiguration for what is none. */
export function checkExposeErrors(value: ExposeErrors): void {
  if (EXPOSE_ERRORS.includes(value)) return;
  throw new InvalidConfiguration(`exposeErrors: expected one of ${EXPOSE_ERRORS.join(', ')}, got ${String(value)}`);
}

/** An error as it crosses the wire. */
export interface Failure {
  readonly error: string;
  readonly payload: PlainPayload | undefined;
  /** The procedure meant to give this answer. Anything else is a fault of its own. */
  readonly intended: boolean;
}

/** What the caller gets for what a procedure threw. */
export function failureOf(error: unknown, expose: ExposeErrors, errors: ErrorMapping): Failure {
  const received = receivedAs(error);
  if (received !== undefined && speaksOfItsCall(received.error)) {
    // Passed on, it would say that the outer procedure did not run.
    return fault(error, expose, 'a call that the procedure made has failed', { nested: received.error });
  }
  const answer = received ?? error;
  const uri = errors.uriOf(answer);
  if (uri === undefined) return fault(error, expose, 'the procedure failed', {});
  const { args = [], kwargs = {} } = argumentsOf(answer as Error) ?? {};
  return { error: uri, payload: payloadOf(args, traced(kwargs, error, expose)), intended: true };
}

function argumentsOf(error: Error & { toWamp?(): ErrorArguments }): PlainPayload | undefined {
  if (typeof error.toWamp === 'function') {
    const { args, kwargs } = error.toWamp();
    return outgoing(args, kwargs);
  }
  if (error instanceof ApplicationError) return outgoing(error.args, error.kwargs);
  return error.message === '' ? undefined : outgoing([error.message], undefined);
}

function fault(error: unknown, expose: ExposeErrors, text: string, kwargs: Dict): Failure {
  const shown = expose !== 'none' && error instanceof Error ? error.message : text;
  return {
    error: ERROR_URIS.runtimeError,
    payload: payloadOf([shown], traced(kwargs, error, expose)),
    intended: false,
  };
}

/** Never in the error's own dict, and never in place of what is there. */
function traced(kwargs: Dict, error: unknown, expose: ExposeErrors): Dict {
  if (expose !== 'traceback' || !(error instanceof Error) || Object.hasOwn(kwargs, 'traceback')) return kwargs;
  const { stack } = error;
  return typeof stack === 'string' ? { ...kwargs, traceback: stack } : kwargs;
}
