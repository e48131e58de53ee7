/** An object of values by paths with dots: `[['a.b', 1]]` → `{ a: { b: 1 } }`. */
export function nested<T>(entries: readonly (readonly [string, T])[]): Nested<T> {
  const whole: { [key: string]: T | Nested<T> } = {};
  for (const [path, value] of entries) {
    const parts = path.split('.');
    const last = parts.pop() as string;
    let at = whole;
    for (const part of parts) {
      at[part] ??= {};
      at = at[part] as typeof whole;
    }
    at[last] = value;
  }
  return whole;
}

export type Nested<T> = { readonly [key: string]: T | Nested<T> };

/** The value at a path with dots; undefined where there is none. */
export function valueAt(value: unknown, path: string): unknown {
  let found = value;
  for (const part of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return undefined;
    found = (found as Record<string, unknown>)[part];
  }
  return found;
}
