import { inspect } from 'node:util';
import { type EncodedPayload, InvalidConfiguration, type PayloadCodec, SerializationError } from '@wamp-run/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CipherName, cryptoboxCodec, Key, KeyRing, passthruCodec } from '../src/index.js';
import { RingCodec } from '../src/ring-codec.js';
import { counting, values } from './values.js';

const random = counting();

type Make = (ring: KeyRing) => PayloadCodec;
const passthru =
  (cipher: CipherName): Make =>
  (ring) =>
    passthruCodec({ ring, random, serializer: values('cbor'), cipher });
const cryptobox: Make = (ring) => cryptoboxCodec({ ring, random, serializer: values('json') });
const CODECS: [string, Make][] = [
  ['xsalsa20poly1305', passthru('xsalsa20poly1305')],
  ['aes256gcm', passthru('aes256gcm')],
  ['cryptobox', cryptobox],
];

function ringOf(key: Key, more: { policy?: 'optional'; accepts?: Key[] } = {}): KeyRing {
  const ring = new KeyRing();
  ring.set({ uri: 'com.shop', key, ...more });
  return ring;
}

describe.each(CODECS)('%s', (name, make) => {
  const key = Key.generate(random);
  const ends = () => [make(ringOf(key)), make(ringOf(key))] as const;
  const sealed = (from: PayloadCodec, uri = 'com.shop.buy', isOriginating = true) =>
    from.encode(isOriginating, uri, ['tea', 3], { to: 'me' }) as EncodedPayload;

  test('what one end encodes the other decodes, both ways', () => {
    const [one, other] = ends();
    const there = sealed(one);
    expect(other.decode(false, 'com.shop.buy', there)).toEqual({
      uri: 'com.shop.buy',
      args: ['tea', 3],
      kwargs: { to: 'me' },
    });
    expect(one.decode(true, 'com.shop.buy', sealed(other, 'com.shop.buy', false)).args).toEqual(['tea', 3]);
  });

  test('no two payloads are alike, and none holds what was encrypted', () => {
    const [one] = ends();
    const payloads = Array.from({ length: 20 }, () => Buffer.from(sealed(one).payload).toString('latin1'));
    expect(new Set(payloads).size).toBe(20);
    for (const payload of payloads) expect(payload).not.toMatch(/tea|com\.shop/);
  });

  test('any bit that is turned over is noticed', () => {
    const [one, other] = ends();
    const { payload, ...rest } = sealed(one);
    expect(other.decode(false, 'com.shop.buy', { payload, ...rest }).args).toEqual(['tea', 3]);
    fc.assert(
      fc.property(fc.nat(8 * payload.length - 1), (bit) => {
        const changed = new Uint8Array(payload);
        changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(() => other.decode(false, 'com.shop.buy', { payload: changed, ...rest })).toThrow(SerializationError);
      }),
      { numRuns: 300, seed: 9 },
    );
  });

  test('any bytes are refused, however few', () => {
    const [one, other] = ends();
    const { payload: _, ...rest } = sealed(one);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (payload) => {
        expect(() => other.decode(false, 'com.shop.buy', { payload, ...rest })).toThrow(SerializationError);
      }),
      { seed: 10 },
    );
  });

  test('another key does not do, and tells nothing', () => {
    const [one] = ends();
    const stranger = new Key({ secret: Key.generate(random).reveal().secret as string, id: key.id });
    expect(() => make(ringOf(stranger)).decode(false, 'com.shop.buy', sealed(one))).toThrow(/another key, or changed/);
  });

  test('after a rotation the old key decrypts, and the new one encrypts', () => {
    const [ring, peers] = [ringOf(key), make(ringOf(key))];
    const rotated = make(ring);
    const next = Key.generate(random);
    ring.rotate('com.shop', next);
    expect(rotated.decode(false, 'com.shop.buy', sealed(peers)).args).toEqual(['tea', 3]);
    expect(() => peers.decode(false, 'com.shop.buy', sealed(rotated))).toThrow(SerializationError);
    expect(make(ringOf(next)).decode(false, 'com.shop.buy', sealed(rotated)).args).toEqual(['tea', 3]);
    ring.rotate('com.shop', next, { keepLast: 0 });
    expect(() => rotated.decode(false, 'com.shop.buy', sealed(peers))).toThrow(SerializationError);
  });

  test('the URI that it was made for is inside', () => {
    const [one, other] = ends();
    expect(other.decode(false, 'com.shop.sell', sealed(one)).uri).toBe('com.shop.buy');
  });

  test('only what has a key is encrypted, and has to be', () => {
    const [one] = ends();
    expect(one.encode(true, 'org.free', ['x'], {})).toBeUndefined();
    expect([true, false].map((side) => one.requires?.(side, 'com.shop.buy'))).toEqual([true, true]);
    expect([true, false].map((side) => one.requires?.(side, 'org.free'))).toEqual([false, false]);
    const lenient = make(ringOf(key, { policy: 'optional' }));
    expect([true, false].map((side) => lenient.requires?.(side, 'com.shop.buy'))).toEqual([false, false]);
    expect(lenient.encode(true, 'com.shop.buy', [], {})).toBeDefined();
    expect(() => one.decode(true, 'org.free', sealed(one))).toThrow(/org.free: encrypted, and there is no key/);
  });

  test('a half that does not serve the side throws: nothing goes in the clear', () => {
    const [a, b] = [Key.generatePair(random), Key.generatePair(random)];
    const half = make(ringOf(new Key({ originatorPrivate: a.privateKey, responderPublic: b.publicKey })));
    expect(() => half.encode(false, 'com.shop.buy', ['x'], {})).toThrow(InvalidConfiguration);
    expect(half.encode(true, 'com.shop.buy', ['x'], {})).toBeDefined();
  });

  test.each([
    ['scheme', { scheme: 'x_other' }],
    ['serializer', { serializer: 'msgpack' }],
    ['serializer', { serializer: undefined }],
    ...(name === 'cryptobox'
      ? []
      : ([
          ['cipher', { cipher: name === 'aes256gcm' ? 'xsalsa20poly1305' : 'aes256gcm' }],
          ['cipher', { cipher: undefined }],
          ['no key "0x00"', { keyId: '0x00' }],
        ] as [string, Partial<EncodedPayload>][])),
  ])('another %s is refused: %j', (what, change) => {
    const [one, other] = ends();
    expect(() => other.decode(false, 'com.shop.buy', { ...sealed(one), ...change })).toThrow(what);
  });

  test.each([
    'not of this format: swordfish',
    'null',
    '"swordfish"',
    '["swordfish"]',
    '{"uri":7,"args":["swordfish"]}',
    '{"args":["swordfish"]}',
    '{"uri":"com.shop.buy","by":"originator","args":"swordfish"}',
    '{"uri":"com.shop.buy","by":"originator","args":[],"kwargs":["swordfish"]}',
  ])('what was encrypted and is no payload is refused, and not told: %s', (text) => {
    const cipher = name === 'aes256gcm' ? name : 'xsalsa20poly1305';
    const payload = key.seal(true, cipher, new TextEncoder().encode(text), random);
    const [one, other] = ends();
    let error: unknown;
    try {
      other.decode(false, 'com.shop.buy', { ...sealed(one), payload });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(SerializationError);
    expect(inspect(error, { depth: 9 }).replace(/\n +at .*/g, '')).not.toMatch(/swordfish|not of this/);
  });

  test('args and kwargs that are not there are empty', () => {
    const cipher = name === 'aes256gcm' ? name : 'xsalsa20poly1305';
    const text = '{"uri":"com.shop.buy","by":"originator","args":null}';
    const payload = key.seal(true, cipher, new TextEncoder().encode(text), random);
    const [one, other] = ends();
    expect(other.decode(false, 'com.shop.buy', { ...sealed(one), payload })).toEqual({
      uri: 'com.shop.buy',
      args: [],
      kwargs: {},
    });
  });
});

describe('what the specification’s form tells', () => {
  const key = new Key({ secret: Key.generate(random).reveal().secret as string, id: 'k1' });
  const codec = passthru('aes256gcm')(ringOf(key));

  test('scheme, serializer, cipher and key', () => {
    const { payload: _, ...told } = codec.encode(true, 'com.shop', [], {}) as EncodedPayload;
    expect(told).toEqual({ scheme: 'wamp', serializer: 'cbor', cipher: 'aes256gcm', keyId: 'k1' });
  });

  test('without a key’s name each key is tried', () => {
    const { keyId: _, ...unnamed } = codec.encode(true, 'com.shop', ['x'], {}) as EncodedPayload;
    const other = passthru('aes256gcm')(ringOf(Key.generate(random), { accepts: [key] }));
    expect(other.decode(false, 'com.shop', unnamed).args).toEqual(['x']);
  });

  test('a caller’s own words are no answer', () => {
    const call = codec.encode(true, 'com.shop.buy', ['tea'], {}) as EncodedPayload;
    expect(() => codec.decode(true, 'com.shop.buy', call)).toThrow(/not made by the other side/);
    const answer = codec.encode(false, 'com.shop.buy', ['sold'], {}) as EncodedPayload;
    expect(() => codec.decode(false, 'com.shop.buy', answer)).toThrow(/not made by the other side/);
  });

  test('a codec that does not look at the side would take them', () => {
    const careless = new RingCodec({
      ring: ringOf(key),
      random,
      serializer: values('cbor'),
      scheme: 'wamp',
      cipher: 'aes256gcm',
      tells: true,
      marksSide: false,
      uri: 'required',
    });
    const call = careless.encode(true, 'com.shop.buy', ['tea'], {}) as EncodedPayload;
    expect(careless.decode(true, 'com.shop.buy', call).args).toEqual(['tea']);
  });

  test('a payload without a URI is taken where that is asked for', () => {
    const bare = (uri: 'required' | 'optional') =>
      passthruCodec({ ring: ringOf(key), random, serializer: values('cbor'), uri });
    const payload = key.seal(true, 'xsalsa20poly1305', new TextEncoder().encode('{"args":[1]}'), random);
    const encoded = { payload, scheme: 'wamp', serializer: 'cbor', cipher: 'xsalsa20poly1305', keyId: 'k1' };
    expect(bare('optional').decode(false, 'com.shop.buy', encoded)).toEqual({
      uri: 'com.shop.buy',
      args: [1],
      kwargs: {},
    });
    expect(() => bare('required').decode(false, 'com.shop.buy', encoded)).toThrow(/no URI inside/);
    // One that is there counts.
    const other = bare('required').encode(true, 'com.shop.sell', [1], {}) as EncodedPayload;
    expect(bare('optional').decode(false, 'com.shop.buy', other).uri).toBe('com.shop.sell');
    expect(() => bare('optional').decode(true, 'com.shop.sell', other)).toThrow(/not made by the other side/);
  });
});

test('randomness that gives too little is noticed before anything is sent', () => {
  const ring = ringOf(Key.generate(random));
  const codec = passthruCodec({ ring, random: (n) => new Uint8Array(n - 1), serializer: values('cbor') });
  expect(() => codec.encode(true, 'com.shop', [], {})).toThrow(/random: asked for 24 bytes, got 23/);
});

describe('mistakes', () => {
  const ring = new KeyRing();
  test.each<[string, () => unknown, string]>([
    ['no ring', () => cryptobox({} as KeyRing), 'ring: expected a KeyRing'],
    ['no randomness', () => passthruCodec({ ring, serializer: values('cbor') } as never), 'random'],
    ['no serializer', () => passthruCodec({ ring, random } as never), 'cborValues()'],
    ['JSON in place of CBOR', () => passthruCodec({ ring, random, serializer: values('json') }), 'cborValues()'],
    ['CBOR in place of JSON', () => cryptoboxCodec({ ring, random, serializer: values('cbor') }), 'jsonValues()'],
    [
      'a cipher that is none',
      () => passthruCodec({ ring, random, serializer: values('cbor'), cipher: 'rot13' as never }),
      'cipher: expected one of xsalsa20poly1305, aes256gcm',
    ],
    [
      'a rule that is none',
      () => passthruCodec({ ring, random, serializer: values('cbor'), uri: 'none' as never }),
      "'required' or 'optional'",
    ],
    ['a slip of the pen', () => passthruCodec({ ring, random, cypher: 'x' } as never), 'no member "cypher"'],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(InvalidConfiguration);
    expect(run).toThrow(message);
  });
});
