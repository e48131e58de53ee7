import { CallResult } from '@wamp-run/client';

class Point {
  readonly x = 1;
  readonly #y = 2;
  get sum(): number {
    return this.x + this.#y;
  }
}

const circular: { self?: unknown } = {};
circular.self = circular;

const deep = (levels: number): unknown => (levels === 0 ? 'bottom' : [deep(levels - 1)]);
const throwing = {
  get now(): never {
    throw new Error('a getter of the application');
  },
};
/** Values that can travel and values that cannot, by name. */
export const VALUES: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  'minus zero': -0,
  'a fraction': 0.1 + 0.2,
  'a large integer': 2 ** 53,
  'an integer beyond 2^31': 2 ** 40 + 1,
  'a small bigint': 5n,
  'a large bigint': 2n ** 70n,
  'a text': 'Grüße 😀',
  'half a pair': 'a\uD800b',
  'half pairs as keys': { 'k\uDC00': 'v\uDC00' },
  bytes: Uint8Array.of(1, 2, 3),
  'a Buffer': Buffer.from('hello'),
  'a list with holes': Object.assign([], { length: 3, 2: 3 }),
  'a list of lists': [[], [[]], [1, [2, { three: [3] }]]],
  'a dict with undefined': { a: undefined, b: { c: undefined, d: null } },
  'an own __proto__': JSON.parse('{"__proto__":{"admin":true},"constructor":1}'),
  'a dict with no prototype': Object.assign(Object.create(null), { a: 1 }),
  'a date': new Date(0),
  'an invalid date': new Date(Number.NaN),
  'an instance': new Point(),
  'something with toJSON': { secret: 1, toJSON: () => ({ shown: [1n, -0] }) },
  'toJSON that throws': {
    toJSON: () => {
      throw new TypeError('not now');
    },
  },
  'a getter that throws': throwing,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  'a function': () => 1,
  'a symbol': Symbol('s'),
  'a Map': new Map([[1, 2]]),
  'a Set inside': { list: [1, new Set([1])] },
  'a Float64Array': new Float64Array(2),
  'a RegExp': /x/u,
  'an Error': new Error('as a value'),
  'a circle': circular,
  'deep lists': deep(60),
  'lists too deep': deep(5_000),
  'a whole result as a value': new CallResult([1, 2], { three: 3 }),
  // biome-ignore lint/suspicious/noThenProperty: a key like any other
  'a key then': { then: 'a text' },
};
