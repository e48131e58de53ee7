import { insideOf } from './container-view.js';
import type { DependencyContainer } from './tsyringe.js';

/**
 * Ends a container: calls `dispose()` of all that was made in it and has it, the last made first, one after the other.
 * All of them are called even where one fails; the errors are the answer.
 */
export async function disposeOf(container: DependencyContainer): Promise<unknown[]> {
  const { disposables } = insideOf(container);
  const made = [...disposables].reverse();
  disposables.clear();
  await container.dispose();
  const errors: unknown[] = [];
  for (const each of made) {
    try {
      await each.dispose();
    } catch (error) {
      errors.push(error);
    }
  }
  return errors;
}

/** Throws the error, or an AggregateError of several. */
export function throwAny(errors: readonly unknown[]): void {
  if (errors.length > 1) throw new AggregateError(errors, `${errors.length} services failed to dispose`);
  if (errors.length === 1) throw errors[0];
}
