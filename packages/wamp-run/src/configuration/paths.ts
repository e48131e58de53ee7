import { resolve } from 'node:path';
import type { Shape } from './shape.js';

/** The same value, with every path in it absolute: relative ones start at `directory`. It has the shape that it has to have. */
export function withPathsFrom(directory: string, value: unknown, shape: Shape): unknown {
  switch (shape.kind) {
    case 'text':
      return shape.path === true ? resolve(directory, value as string) : value;
    case 'list':
      return (value as readonly unknown[]).map((each) => withPathsFrom(directory, each, shape.of));
    case 'either':
      return withPathsFrom(directory, value, typeof value === 'string' ? shape.text : shape.keys);
    case 'map':
      return entriesOf(value, directory, () => shape.of);
    case 'keys':
      return entriesOf(value, directory, (key) => shape.keys[key] as Shape);
    case 'word':
    case 'number':
    case 'switch':
    case 'anything':
      return value;
  }
}

function entriesOf(value: unknown, directory: string, shapeOf: (key: string) => Shape): unknown {
  return Object.fromEntries(
    Object.entries(value as object).map(([key, each]) => [
      key,
      each === undefined ? each : withPathsFrom(directory, each, shapeOf(key)),
    ]),
  );
}
