import { resolve } from 'node:path';
import type { Shape } from './shape.js';

/** A copy of a value in which every path that its shape knows of is absolute. What has no shape stays as it is. */
export function withPaths(value: unknown, shape: Shape | undefined, directory: string): unknown {
  switch (shape?.kind) {
    case 'either':
      return withPaths(value, typeof value === 'string' ? shape.text : shape.keys, directory);
    case 'off':
      return value === false ? value : withPaths(value, shape.or, directory);
    case 'text':
      return shape.path === true && typeof value === 'string' ? resolve(directory, value) : value;
    case 'list':
      return Array.isArray(value) ? value.map((each) => withPaths(each, shape.of, directory)) : value;
    case 'map':
    case 'keys':
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value).map(([key, each]) => {
          const of = shape.kind === 'map' ? shape.of : shape.keys[key];
          return [key, withPaths(each, of, directory)];
        }),
      );
    default:
      return value;
  }
}
