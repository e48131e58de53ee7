import type { PlainPayload, Value } from '@wamp-run/protocol';
import fc from 'fast-check';

const KEYS = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('__proto__', 'constructor', 'toJSON', 'length', '', '0', '\u0000'),
);

// JSON has no other way to carry it, and the others need no help.
const TEXTS = fc.string({ unit: 'binary', maxLength: 60 }).filter((text) => !text.startsWith('\u0000'));

const NUMBERS = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 2 ** 53, -(2 ** 53), 2 ** 60, -(2 ** 70), 1e300, 5e-324),
);

const BIGINTS = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
  fc.bigInt({ min: -10n, max: 10n }).map((n) => 2n ** 53n + n),
  fc.bigInt({ min: -10n, max: 10n }).map((n) => -(2n ** 53n) + n),
);

/** What an application may hand in, odd things included, that every serializer carries. */
const { anything } = fc.letrec<{ anything: unknown }>((tie) => ({
  anything: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(null, undefined, true, false),
    NUMBERS,
    BIGINTS,
    TEXTS,
    fc.uint8Array({ maxLength: 50 }),
    fc.date({ noInvalidDate: true }),
    fc.array(tie('anything'), { maxLength: 20 }),
    fc.array(fc.tuple(KEYS, tie('anything')), { maxLength: 20 }).map(dictOf),
  ),
}));

/** A dict with these members, whatever their keys. */
function dictOf(members: [string, unknown][]): { [key: string]: unknown } {
  const dict = {};
  for (const [key, value] of members) {
    Object.defineProperty(dict, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return dict;
}

/** Args and kwargs of anything. */
export const payloads: fc.Arbitrary<PlainPayload> = fc.record({
  args: fc.array(anything, { maxLength: 10 }) as fc.Arbitrary<PlainPayload['args']>,
  kwargs: fc.array(fc.tuple(KEYS, anything), { maxLength: 5 }).map(dictOf) as fc.Arbitrary<PlainPayload['kwargs']>,
});

/** Args and kwargs of everyday data, in which there is little that a library reads wrongly. */
export const plainPayloads: fc.Arbitrary<PlainPayload> = fc.record({
  args: fc.array(fc.jsonValue({ maxDepth: 5, stringUnit: 'grapheme' }), { maxLength: 10 }) as fc.Arbitrary<Value[]>,
  kwargs: fc.dictionary(
    fc.string({ maxLength: 50 }),
    fc.oneof(fc.double({ min: 1, noNaN: true, noDefaultInfinity: true }), fc.string()) as fc.Arbitrary<Value>,
  ),
});
