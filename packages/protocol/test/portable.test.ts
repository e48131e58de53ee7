import { describe, expect, test } from 'vitest';
import { MAX_DEPTH, portable, portableArgs, portableKwargs, SerializationError, type Value } from '../src/index.js';

function refusal(value: unknown): string {
  try {
    portable(value, 'args');
  } catch (error) {
    expect(error).toBeInstanceOf(SerializationError);
    return (error as Error).message;
  }
  throw new Error('expected a SerializationError');
}

function nested(levels: number): unknown[] {
  let list: unknown[] = [];
  for (let i = 1; i < levels; i++) list = [list];
  return list;
}

describe('what travels as itself', () => {
  const plain: Value[] = [
    null,
    true,
    'text',
    1.5,
    2 ** 53,
    -(2 ** 53),
    2n ** 60n,
    new Uint8Array([1, 2]),
    [1, [2]],
    { a: { b: 1 } },
  ];
  for (const value of plain) {
    test(`${typeof value} ${String(value)}`, () => {
      expect(portable(value, 'args')).toBe(value);
      expect(portable(value, 'args', { copy: true })).toEqual(value);
    });
  }
});

describe('what travels as something else', () => {
  test('-0 is 0', () => expect(Object.is(portable([-0], 'args'), [-0])).toBe(false));
  test('-0 in a list', () => expect(Object.is((portable([-0], 'args') as Value[])[0], 0)).toBe(true));
  test('a bigint within ±2^53 is a number', () =>
    expect(portable([5n, -(2n ** 53n)], 'args')).toEqual([5, -(2 ** 53)]));
  test('a bigint beyond is a bigint', () => expect(portable(2n ** 53n + 1n, 'args')).toBe(2n ** 53n + 1n));
  test('undefined is dropped in a dict and null in a list', () => {
    expect(portable({ a: undefined, b: [undefined, 1] }, 'args')).toEqual({ b: [null, 1] });
    expect(Object.keys(portable({ a: undefined, b: 1 }, 'args') as object)).toEqual(['b']);
  });
  test('a hole in a list is null', () => expect(portable(new Array(2), 'args')).toEqual([null, null]));
  test('a Date is its ISO string', () => expect(portable([new Date(0)], 'args')).toEqual(['1970-01-01T00:00:00.000Z']));
  test('what has toJSON is what that gives', () => {
    expect(portable({ url: new URL('http://a/'), x: { toJSON: (key: string) => [`key ${key}`, 7n] } }, 'args')).toEqual(
      {
        url: 'http://a/',
        x: ['key x', 7],
      },
    );
  });
  test('an instance of a class is its own enumerable properties', () => {
    class Point {
      readonly #secret = 1;
      constructor(
        readonly x: number,
        readonly y: number,
      ) {}
      get sum(): number {
        return this.x + this.y + this.#secret;
      }
    }
    const made = portable(new Point(1, 2), 'args') as object;
    expect(made).toEqual({ x: 1, y: 2 });
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
  });
  test('half a surrogate pair is U+FFFD, a whole one stays', () => {
    expect(portable(['a\uD800b', '\uDC00', '😀'], 'args', { copy: true })).toEqual(['a\uFFFDb', '\uFFFD', '😀']);
  });
  test('a Buffer is the Uint8Array under it', () => {
    for (const copy of [false, true]) {
      const made = portable(Buffer.from('ab'), 'args', { copy }) as Uint8Array;
      expect(Object.getPrototypeOf(made)).toBe(Uint8Array.prototype);
      expect([...made]).toEqual([97, 98]);
    }
  });
  test('__proto__ stays an own key and reaches no prototype', () => {
    const value = JSON.parse('{"__proto__": {"polluted": true}, "n": 1}') as object;
    for (const options of [{}, { copy: true }]) {
      const made = portable({ wrapped: value, u: undefined }, 'args', options) as { wrapped: object };
      expect(Object.keys(made.wrapped)).toEqual(['__proto__', 'n']);
      expect(Object.getPrototypeOf(made.wrapped)).toBe(Object.prototype);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    }
  });
});

describe('what cannot travel, and where it was', () => {
  const cases: [unknown, RegExp][] = [
    [[{ a: [1, new Map()] }], /^args\[0\]\.a\[1\]: a Map cannot travel; send Object.fromEntries\(map\)$/],
    [[new Set()], /^args\[0\]: a Set cannot travel/],
    [[() => 1], /^args\[0\]: a function cannot travel/],
    [[Symbol('s')], /^args\[0\]: a symbol cannot travel/],
    [{ n: Number.NaN }, /^args\.n: NaN cannot travel/],
    [[Number.POSITIVE_INFINITY], /^args\[0\]: Infinity cannot travel/],
    [[Promise.resolve()], /^args\[0\]: a Promise cannot travel; await it first$/],
    [[new Float32Array(1)], /^args\[0\]: only Uint8Array carries bytes/],
    [
      [
        {
          get broken(): number {
            throw new Error('getter fails');
          },
        },
      ],
      /^args\[0\]\.broken: getter fails$/,
    ],
    [
      [
        {
          toJSON: () => {
            throw new Error('no');
          },
        },
      ],
      /^args\[0\]: no$/,
    ],
  ];
  for (const [value, message] of cases) {
    test(String(message), () => expect(refusal(value)).toMatch(message));
  }

  test('a circle', () => {
    const circle: unknown[] = [];
    circle.push({ circle });
    expect(refusal(circle)).toMatch(/nested deeper than 128 levels \(or in a circle\)$/);
  });

  test('the depth limit is exact', () => {
    expect(() => portable(nested(MAX_DEPTH), 'args')).not.toThrow();
    expect(() => portable(nested(MAX_DEPTH + 1), 'args')).toThrow(SerializationError);
  });

  test('args that are no list, kwargs that are no dict', () => {
    expect(() => portableArgs('ab' as never)).toThrow('args: expected a list, got string');
    expect(() => portableKwargs([1])).toThrow('kwargs: expected a dict');
    expect(portableKwargs(undefined)).toEqual({});
  });
});

describe('copies', () => {
  test('nothing is copied where nothing changes', () => {
    const value = { a: [1, { b: 'c' }], d: new Uint8Array(1) };
    expect(portable(value, 'args')).toBe(value);
  });

  test('only what changes is copied, and the original stays', () => {
    const same = [1];
    const value = { same, date: new Date(0) };
    const made = portable(value, 'args') as { same: unknown; date: unknown };
    expect(made.same).toBe(same);
    expect(value.date).toBeInstanceOf(Date);
  });

  test('a copy shares nothing', () => {
    const value = { list: [[1]], bytes: new Uint8Array([1]), dict: { a: {} } };
    const made = portable(value, 'args', { copy: true }) as typeof value;
    (value.list[0] as number[]).push(2);
    value.bytes[0] = 9;
    (value.dict.a as { b?: number }).b = 1;
    expect(made).toEqual({ list: [[1]], bytes: new Uint8Array([1]), dict: { a: {} } });
  });

  test('wide integers go through the encoder, narrow ones and floats do not', () => {
    const seen: unknown[] = [];
    const wide = (value: number | bigint) => {
      seen.push(value);
      return BigInt(value);
    };
    expect(portable([1, 2 ** 31 - 1, 2 ** 31, 1.5, 1e300, 2n ** 60n], 'args', { wide })).toEqual([
      1,
      2 ** 31 - 1,
      2n ** 31n,
      1.5,
      BigInt(1e300),
      2n ** 60n,
    ]);
    expect(seen).toEqual([2 ** 31, 1e300, 2n ** 60n]);
  });
});
