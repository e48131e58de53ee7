import { nearestName, typeName } from '@wamp-run/protocol';

/** What a value of the configuration has to be. The checks and the JSON Schema both come of it. */
export type Shape =
  | {
      readonly kind: 'text';
      readonly what: string;
      readonly doc?: string;
      readonly secret?: boolean;
      /** Whether an empty text is one, too. */
      readonly empty?: true;
      /** A path: one in a file starts where that file is. */
      readonly path?: true;
    }
  | { readonly kind: 'word'; readonly words: readonly string[]; readonly doc?: string }
  | {
      readonly kind: 'number';
      readonly what: string;
      readonly least: number;
      readonly most?: number;
      readonly doc?: string;
    }
  | { readonly kind: 'switch'; readonly doc?: string }
  | { readonly kind: 'list'; readonly of: Shape; readonly what: string; readonly least?: number; readonly doc?: string }
  | { readonly kind: 'map'; readonly of: Shape; readonly what: string; readonly doc?: string }
  | { readonly kind: 'keys'; readonly keys: Keys; readonly needs?: readonly string[]; readonly doc?: string }
  | { readonly kind: 'either'; readonly text: Shape; readonly keys: Shape; readonly doc?: string }
  /** `false`, or what the other shape says. */
  | { readonly kind: 'off'; readonly or: Shape; readonly doc?: string }
  /** A function, or an object with functions: only JavaScript can have it. Whoever takes it looks into it. */
  | { readonly kind: 'code'; readonly what: string; readonly doc?: string }
  | { readonly kind: 'anything'; readonly doc?: string };

export type Keys = { readonly [key: string]: Shape };

/** Where in the configuration a value stands. */
export type Path = readonly (string | number)[];

/** One thing that is wrong, and where. */
export interface Mistake {
  readonly path: Path;
  readonly text: string;
}

/** Everything about this value that is not as it has to be. No value is told that might be a secret. */
export function mistakesIn(value: unknown, shape: Shape, path: Path = []): Mistake[] {
  const wrong = (text: string): Mistake[] => [{ path, text }];
  switch (shape.kind) {
    case 'text':
      if (typeof value === 'string' && (value !== '' || shape.empty === true)) return [];
      return wrong(`expected ${shape.what}, got ${told(value)}`);
    case 'word':
      if (typeof value === 'string' && shape.words.includes(value)) return [];
      return wrong(`expected one of ${shape.words.join(', ')}, got ${shown(value)}${meant(value, shape.words)}`);
    case 'number':
      return isNumber(value, shape) ? [] : wrong(`expected ${shape.what}, got ${shown(value)}`);
    case 'switch':
      return typeof value === 'boolean' ? [] : wrong(`expected true or false, got ${told(value)}`);
    case 'list':
      if (!Array.isArray(value)) return wrong(`expected ${shape.what}, got ${told(value)}`);
      if (value.length < (shape.least ?? 0)) return wrong(`expected ${shape.what}, got an empty list`);
      return value.flatMap((each, index) => mistakesIn(each, shape.of, [...path, index]));
    case 'map':
      if (!isDict(value)) return wrong(`expected ${shape.what}, got ${told(value)}`);
      return Object.entries(value).flatMap(([key, each]) => mistakesIn(each, shape.of, [...path, key]));
    case 'keys':
      return mistakesInKeys(value, shape, path);
    case 'either':
      return mistakesIn(value, typeof value === 'string' ? shape.text : shape.keys, path);
    case 'off':
      return value === false ? [] : mistakesIn(value, shape.or, path);
    case 'code':
      if (typeof value === 'function' || (typeof value === 'object' && value !== null)) return [];
      return wrong(`expected ${shape.what}, which only JavaScript can give, got ${told(value)}`);
    case 'anything':
      return [];
  }
}

function mistakesInKeys(value: unknown, shape: Extract<Shape, { kind: 'keys' }>, path: Path): Mistake[] {
  const known = Object.keys(shape.keys);
  if (!isDict(value)) {
    return [{ path, text: `expected an object with ${known.join(', ')}, got ${told(value)}` }];
  }
  const missing = (shape.needs ?? []).filter((key) => !Object.hasOwn(value, key) || value[key] === undefined);
  return [
    ...missing.map((key) => ({ path: [...path, key], text: 'is missing' })),
    ...Object.entries(value).flatMap(([key, each]) => {
      const at = [...path, key];
      if (!Object.hasOwn(shape.keys, key)) return [{ path: at, text: unknownKey(key, known) }];
      return each === undefined ? [] : mistakesIn(each, shape.keys[key] as Shape, at);
    }),
  ];
}

/** What is said of a key that nobody reads. */
export function unknownKey(key: string, known: readonly string[]): string {
  const near = nearestName(key, known);
  return `there is no such key; ${near === undefined ? `there are ${known.join(', ')}` : `did you mean ${near}?`}`;
}

/** `components[0].transports[1].url` */
export function placeOf(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!/^[\w$-]+$/.test(part)) return `[${JSON.stringify(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}

function isNumber(value: unknown, { least, most }: Extract<Shape, { kind: 'number' }>): boolean {
  if (most === undefined && value === Number.POSITIVE_INFINITY) return true;
  return (
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= (most ?? Number.MAX_SAFE_INTEGER)
  );
}

/** Numbers and switches as they are; of a text, which may be a secret in the wrong place, only that it is one. */
function told(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === '') return 'an empty text';
  return typeName(value);
}

/** The same, with short texts as they are: no secret belongs where a word or a number does. */
function shown(value: unknown): string {
  return typeof value === 'string' && value !== '' && value.length <= 40 ? JSON.stringify(value) : told(value);
}

function meant(value: unknown, words: readonly string[]): string {
  const near = typeof value === 'string' ? nearestName(value, words) : undefined;
  return near === undefined ? '' : `; did you mean ${near}?`;
}

function isDict(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
