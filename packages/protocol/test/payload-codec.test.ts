import { describe, expect, test } from 'vitest';
import {
  BinaryPayload,
  type Dict,
  decoded,
  type EncodedPayload,
  encodedPayload,
  headerOf,
  messageFromList,
  ProtocolError,
  payloadAttributes,
  payloadIn,
  SerializationError,
  type Value,
} from '../src/index.js';

const BYTES = Uint8Array.of(1, 2);
const ENC = { enc_algo: 'cryptobox', enc_serializer: 'json', enc_key: 'k' };

/** Every message that can carry an encoded payload, up to it, with these options or details; and where those stand. */
const MESSAGES: [name: string, place: string, header: (attributes: Dict) => Value[]][] = [
  ['ERROR', 'ERROR[3] details', (d) => [8, 48, 7, d, 'com.error']],
  ['PUBLISH', 'PUBLISH[2] options', (d) => [16, 1, d, 'com.topic']],
  ['EVENT', 'EVENT[3] details', (d) => [36, 5, 6, d]],
  ['CALL', 'CALL[2] options', (d) => [48, 3, d, 'com.procedure']],
  ['RESULT', 'RESULT[2] details', (d) => [50, 3, d]],
  ['INVOCATION', 'INVOCATION[3] details', (d) => [68, 1, 9, d]],
  ['YIELD', 'YIELD[2] options', (d) => [70, 1, d]],
];

describe.each(MESSAGES)('%s', (name, place, header) => {
  test('has bytes in the place of the args, with enc_algo', () => {
    const message = messageFromList([...header({ ...ENC }), BYTES]);
    expect(headerOf(message)).toEqual(header(ENC));
    expect((payloadIn(message) as BinaryPayload).bytes).toEqual(BYTES);
    expect(() => decoded(payloadIn(message))).toThrow(SerializationError);
  });

  test('refuses bytes without enc_algo, and kwargs behind bytes', () => {
    const at = header({}).length;
    const bare = [...header({}), BYTES];
    expect(() => messageFromList(bare)).toThrow(`${name}[${at}] args: expected list, got binary without enc_algo`);
    expect(() => messageFromList([...header({ ...ENC, enc_algo: null }), BYTES])).toThrow(ProtocolError);
    const more = [...header({ ...ENC }), BYTES, { k: 1 }];
    expect(() => messageFromList(more)).toThrow(`${name}[${at + 1}] kwargs: expected nothing behind a binary payload`);
  });

  test.each<[string, Value]>([
    ['enc_algo', 1],
    ['enc_algo', 'rot13'],
    ['enc_algo', 'x_Toy'],
    ['enc_key', BYTES],
    ['enc_serializer', true],
    ['enc_serializer', 'xml'],
    ['ppt_scheme', 1],
    ['ppt_serializer', []],
    ['ppt_cipher', {}],
    ['ppt_keyid', 7],
    ['forward_for', 'hello'],
    ['forward_for', [1]],
  ])('refuses %s: %j, naming it', (key, value) => {
    const list = [...header({ ...ENC, [key]: value }), BYTES];
    expect(() => messageFromList(list)).toThrow(`${place}.${key}: expected`);
  });

  test('what enc_* say of ordinary arguments, or of none, is dropped', () => {
    for (const rest of [[], [[1]], [[], { k: 1 }]]) {
      const message = messageFromList([...header({ ...ENC, x_other: 1 }), ...rest]);
      expect(headerOf(message)).toEqual(header({ x_other: 1 }));
    }
  });
});

test('ABORT carries no encoded payload', () => {
  expect(() => messageFromList([3, { ...ENC }, 'com.reason', BYTES])).toThrow(ProtocolError);
});

test.each(['callee', 'callee_authid', 'callee_authrole'])('ERROR refuses %s of the wrong type', (key) => {
  expect(() => messageFromList([8, 48, 7, { [key]: true }, 'com.error'])).toThrow(`details.${key}: expected`);
});

describe('attributes', () => {
  const encoded: EncodedPayload = { payload: BYTES, scheme: 'x_toy', serializer: 'cbor', keyId: 'k' };

  test('say the same in both forms, there and back', () => {
    const full = { ...encoded, cipher: 'aes256gcm' };
    const ppt = payloadAttributes('ppt', full);
    expect(ppt).toEqual({ ppt_scheme: 'x_toy', ppt_serializer: 'cbor', ppt_cipher: 'aes256gcm', ppt_keyid: 'k' });
    expect(encodedPayload('ppt', ppt, BYTES)).toEqual(full);
    const enc = payloadAttributes('autobahn', encoded);
    expect(enc).toEqual({ enc_algo: 'x_toy', enc_serializer: 'cbor', enc_key: 'k' });
    expect(encodedPayload('autobahn', enc, BYTES)).toEqual(encoded);
  });

  test('leave out what is not said', () => {
    expect(payloadAttributes('ppt', { payload: BYTES, scheme: 'wamp' })).toEqual({ ppt_scheme: 'wamp' });
    expect(payloadAttributes('autobahn', { payload: BYTES, scheme: 'mqtt' })).toEqual({ enc_algo: 'mqtt' });
  });

  test.each<[string, 'ppt' | 'autobahn', object]>([
    ['scheme', 'ppt', { scheme: undefined }],
    ['scheme', 'ppt', { scheme: 7 }],
    ['keyId', 'ppt', { keyId: BYTES }],
    ['scheme', 'autobahn', { scheme: 'wamp' }],
    ['serializer', 'autobahn', { serializer: 'native' }],
    ['cipher', 'autobahn', { cipher: 'aes256gcm' }],
  ])('refuse a %s that the form %s has not: %j', (what, form, wrong) => {
    const saying = () => payloadAttributes(form, { ...encoded, ...wrong } as EncodedPayload);
    expect(saying).toThrow(SerializationError);
    expect(saying).toThrow(`the payload codec's ${what}: `);
  });
});
