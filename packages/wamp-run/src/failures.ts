import { InvalidConfiguration, InvalidUriError } from '@wamp-run/protocol';
import { BrokenComponent, NoSuchComponent } from '@wamp-run/runtime';
import { PlacedMistakes } from './configuration/mistakes.js';
import { type Path, placeOf } from './configuration/shape.js';

/** Something that does not go, and where the configuration asks for it; an empty path: nowhere in it. */
export interface Failure {
  readonly path: Path;
  readonly error: Error;
}

/** What an attempt comes to; where it fails that is noted, and the result is undefined. */
export async function noted<T>(failures: Failure[], path: Path, attempt: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await attempt();
  } catch (error) {
    failures.push({ path, error: error instanceof Error ? error : new Error(String(error), { cause: error }) });
    return undefined;
  }
}

/**
 * Throws where something has failed, with all of it: mistakes of a configuration with their places, components that are
 * broken as such where there is nothing else.
 */
export function throwFailures(failures: readonly Failure[]): void {
  const [first] = failures;
  if (first === undefined) return;
  if (failures.every(({ error }) => error instanceof BrokenComponent)) {
    if (failures.length === 1) throw first.error;
    const errors = failures.map(({ error }) => error);
    const message = errors.map((error) => error.message).join('; ');
    throw new BrokenComponent(message, { cause: new AggregateError(errors) });
  }
  if (failures.length === 1 && (first.path.length === 0 || !isMistake(first.error))) throw first.error;
  throw new PlacedMistakes(
    failures.flatMap(({ path, error }) => {
      if (path.length === 0 && error instanceof PlacedMistakes) return error.placed;
      return [{ path, text: withoutPlace(error.message, path) }];
    }),
  );
}

function isMistake(error: Error): boolean {
  return [InvalidConfiguration, InvalidUriError, NoSuchComponent].some((kind) => error instanceof kind);
}

/** What is read for one key begins with its name: `keyring: …`. The place says it already. */
export function withoutPlace(message: string, path: Path): string {
  const key = path.at(-1);
  const begins = [placeOf(path), ...(typeof key === 'string' ? [key] : [])].find((each) =>
    message.startsWith(`${each}: `),
  );
  return begins === undefined ? message : message.slice(begins.length + 2);
}
