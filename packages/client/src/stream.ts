import type { Invocation } from './invocation.js';
import type { ReportUserError } from './user-errors.js';
import { isFull, type Wire, whenRoom } from './wire-room.js';

/** What streaming the results of a generator needs. */
export interface StreamOptions extends Wire {
  readonly report: ReportUserError;
  /** Sends one progressive result. Never throws: it ends the invocation instead. */
  part(value: unknown): void;
}

/** Whether a result is to be pulled. Never throws: what throws when it is looked at is a result like any other. */
export function isAsyncGenerator(value: unknown): value is AsyncGenerator<unknown, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  try {
    const { next, [Symbol.asyncIterator]: iterate } = value as { next?: unknown; [Symbol.asyncIterator]?: unknown };
    return typeof next === 'function' && typeof iterate === 'function';
  } catch {
    return false;
  }
}

/**
 * Pulls a generator to its end and resolves to its return value. Its yields are sent where the caller wants them.
 * When the invocation is over, nothing more is pulled, and the generator runs its `finally` blocks.
 */
export async function stream(
  generator: AsyncGenerator<unknown, unknown>,
  invocation: Invocation,
  options: StreamOptions,
): Promise<unknown> {
  const stop = () => {
    const failed = (error: unknown) => options.report(error, `clean-up of procedure ${invocation.procedure}`);
    Promise.resolve()
      .then(() => generator.return?.(undefined))
      .then(undefined, failed);
  };
  invocation.whenAborted(stop);
  while (!invocation.over) {
    const step = await generator.next();
    if (invocation.over) break;
    if (step.done === true) return step.value;
    if (!invocation.progressive) continue;
    options.part(step.value);
    // What cannot be sent has ended the invocation, with nobody else to stop the generator.
    if (invocation.over) stop();
    else if (isFull(options)) await drained(invocation, stop, options);
  }
  return undefined;
}

/** Resolves when the wire has room again, or the invocation is over. */
function drained(invocation: Invocation, stop: () => void, wire: Wire): Promise<void> {
  return new Promise((resolve) => {
    const cancel = whenRoom(wire, resolve);
    invocation.whenAborted(() => {
      cancel();
      stop();
      resolve();
    });
  });
}
