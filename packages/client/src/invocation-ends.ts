import { ApplicationError, Canceled, ERROR_URIS, type Value } from '@wamp-run/protocol';
import { promised } from './interception.js';
import type { InterceptedInvocation } from './interceptor.js';
import type { Invocation } from './invocation.js';
import type { Procedure } from './registration.js';

/** Behind the last interceptor. While they took their time, somebody may have lost interest. */
export function begin(handler: Procedure, now: InterceptedInvocation, invocation: Invocation): Promise<unknown> {
  return promised(() => {
    if (invocation.over) throw invocation.aborted ?? new Canceled(`the call of ${invocation.procedure} is over`);
    return handler(now.args as Value[], now.kwargs, now.details);
  });
}

/** What a caller is told whose arguments cannot be had. */
export function unreadable(procedure: string, cause: unknown): { error: string; text: string } {
  if (cause instanceof ApplicationError) return { error: cause.error, text: String(cause.args[0]) };
  return { error: ERROR_URIS.invalidPayload, text: `the arguments of ${procedure} cannot be read` };
}

/** Whether an error only says again that the invocation was aborted. */
export function isEcho(error: unknown, { aborted }: Invocation): boolean {
  if (aborted === undefined) return false;
  return error === aborted || error instanceof Canceled || (error instanceof Error && error.name === 'AbortError');
}
