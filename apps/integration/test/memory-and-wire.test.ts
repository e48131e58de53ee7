// A component must not be able to tell whether its peer is in the same process: what arrives through memory is what a
// round trip through CBOR would have given.
import { isDeepStrictEqual } from 'node:util';
import { callMessage, decoded, type Message, payloadIn, type Value } from '@wamp-run/protocol';
import { cbor } from '@wamp-run/serializers/cbor';
import { memoryPair } from '@wamp-run/transport/memory';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom(null, undefined, -0, 2 ** 53, -(2 ** 53), 2 ** 53 + 2, 1e300, 5e-324),
    fc.boolean(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('\uD800', '\uDC00', 'a', '\uFEFF', '\u0001', '😀') }),
    fc.uint8Array({ maxLength: 40 }),
    fc.date({ noInvalidDate: true }),
  ),
  list: fc.array(tie('value'), { maxLength: 5 }),
  dict: fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString')), tie('value'), {
    maxKeys: 5,
    noNullPrototype: true,
  }),
  value: fc.oneof({ maxDepth: 4 }, tie('leaf'), tie('list'), tie('dict')),
})).value;

function throughMemory(message: Message): Promise<Message> {
  const [here, there] = memoryPair();
  const arrived = new Promise<Message>((resolve) => {
    there.start({ message: resolve, closed: () => {} });
  });
  here.start({ message: () => {}, closed: () => {} });
  here.send(message);
  return arrived.finally(() => here.close());
}

test('memory gives the same values as a round trip through CBOR', async () => {
  const serializer = cbor();
  await fc.assert(
    fc.asyncProperty(
      fc.array(value, { maxLength: 4 }),
      fc.dictionary(fc.string(), value, { maxKeys: 3 }),
      async (args, kwargs) => {
        // The application's own objects, of types that the sender's side turns into values.
        const message = callMessage(1, {}, 'com.example.echo', { args: args as Value[], kwargs: kwargs as never });
        const wire = decoded(payloadIn(serializer.decode(serializer.encode(message))));
        const { args: list, kwargs: dict } = decoded(payloadIn(await throughMemory(message)));
        // Node's own comparison: the test runner's would take a key `constructor` for the class.
        expect(isDeepStrictEqual({ args: list, kwargs: dict }, wire)).toBe(true);
      },
    ),
    { numRuns: 1000, seed: Number(process.env.SEED ?? 7) },
  );
});
