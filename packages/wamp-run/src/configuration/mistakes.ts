import { InvalidConfiguration } from '@wamp-run/protocol';
import type { PlacedMistake } from './principals.js';
import { type Path, placeOf } from './shape.js';

/** Everything that is wrong with a configuration, each with its place and its remedy. */
export class ConfigurationMistakes extends InvalidConfiguration {
  /** A line each. */
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('; '));
    this.mistakes = mistakes;
  }
}

/** The same, of values that came as an object: each has the path of its keys. */
export class PlacedMistakes extends ConfigurationMistakes {
  readonly placed: readonly PlacedMistake[];

  constructor(placed: readonly PlacedMistake[]) {
    super(placed.map(({ path, text, place = placeOf(path) }) => (path.length === 0 ? text : `${place}: ${text}`)));
    this.placed = placed;
  }
}

/** The same mistakes, each with the place that it has in what was read: a file and its line, a variable, a flag. */
export async function mistakesAt(error: unknown, at: (path: Path) => Promise<string>): Promise<unknown> {
  if (!(error instanceof PlacedMistakes)) return error;
  const lines = error.placed.map(async ({ path, text, place }) => {
    return path.length === 0 ? text : `${place ?? (await at(path))}: ${text}`;
  });
  return new ConfigurationMistakes(await Promise.all(lines));
}
