import { inspect } from 'node:util';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { formatKeyFile, Key, KeyRing, parseKeyFile } from '../src/index.js';
import { counting } from './values.js';

const random = counting();
const secret = Key.generate(random).reveal().secret as string;
const pair = Key.generatePair(random);

function full(): KeyRing {
  const ring = new KeyRing({ prefixes: 'character' });
  ring.set({ uri: '', key: new Key({ secret, id: 'k1' }), policy: 'optional' });
  ring.set({
    uri: 'com.shop',
    match: 'exact',
    key: new Key({ originatorPrivate: secret, responderPublic: pair.publicKey }),
    accepts: [new Key(pair.privateKey), new Key(secret)],
  });
  ring.set({ uri: 'com', accepts: [new Key(secret)], policy: 'optional' });
  return ring;
}

describe('a key file', () => {
  test.each(['base64', 'hex'] as const)('holds all of a ring, in %s', (form) => {
    const text = formatKeyFile({ encryption: 'cryptobox', ring: full() }, form);
    const { encryption, ring } = parseKeyFile(text);
    expect(encryption).toBe('cryptobox');
    expect(ring.prefixes).toBe('character');
    expect(JSON.stringify(ring)).toBe(JSON.stringify(full()));
    const reveal = (from: KeyRing) =>
      from.entries().map(({ key, accepts }) => [key, ...(accepts ?? [])].map((k) => k?.reveal()));
    expect(reveal(ring)).toEqual(reveal(full()));
  });

  test('as documented', () => {
    const { encryption, ring } = parseKeyFile(`{
      "format": "wamp-run key ring 1",
      "encryption": "xsalsa20poly1305",
      "keys": [
        { "uri": "com.shop", "key": { "secret": "${secret}" } },
        { "uri": "com.shop.news", "match": "exact", "policy": "optional",
          "key": { "originatorPrivate": "${secret}", "responderPublic": "${pair.publicKey}" },
          "accepts": [{ "secret": "${pair.privateKey}" }] }
      ]
    }`);
    expect([encryption, ring.prefixes]).toEqual(['xsalsa20poly1305', 'component']);
    expect([ring.policyFor('com.shop.buy'), ring.policyFor('com.shop.news')]).toEqual(['required', 'optional']);
    expect(ring.keyIdFor('com.shop.buy')).toBe(new Key(secret).id);
    expect(ring.opening(true, 'com.shop.news', undefined)).toHaveLength(2);
  });

  test('has a clock for what is rotated later, where one is given', () => {
    const clock = new FakeClock();
    const text = formatKeyFile({ encryption: 'aes256gcm', ring: full() });
    const { ring } = parseKeyFile(text, { clock });
    ring.rotate('com', new Key(pair.privateKey), { keepFor: 10 });
    expect(ring.entries().length).toBe(3);
    expect(() => parseKeyFile(text).ring.rotate('com', new Key(secret), { keepFor: 10 })).toThrow(/no clock/);
  });
});

describe('mistakes in a key file are named, and nothing that was in it is told', () => {
  const file = (entry: object, more: object = {}) =>
    JSON.stringify({ format: 'wamp-run key ring 1', encryption: 'aes256gcm', keys: [entry], ...more });
  const good = { uri: 'com.shop', key: { secret } };

  test.each([
    ['no JSON', `{ "keys": ["${secret}" x`, 'key file: not JSON'],
    ['nothing', '', 'key file: not JSON'],
    ['a secret alone', secret, 'key file: not JSON'],
    ['a list', `["${secret}"]`, 'key file: expected an object, got list'],
    ['another format', file(good, { format: secret }), 'format: expected "wamp-run key ring 1"'],
    ['another encryption', file(good, { encryption: secret }), 'encryption: expected one of xsalsa20poly1305'],
    ['a slip of the pen', file(good, { prefixs: 'x' }), 'no member "prefixs"'],
    ['another rule', file(good, { prefixes: secret }), "prefixes: expected 'component' or 'character'"],
    ['no keys', file(good, { keys: [] }), 'keys: expected a list of entries'],
    ['no URI', file({ key: { secret } }), 'keys[0]: uri: expected a URI'],
    ['another policy', file({ ...good, policy: secret }), 'keys[0]: the entry of com.shop: policy: expected'],
    ['a text for a key', file({ ...good, key: secret }), 'keys[0]: key: expected an object'],
    ['a key too short', file({ ...good, key: { secret: secret.slice(8) } }), 'keys[0]: key.secret: expected a key'],
    ['a member of none', file({ ...good, secret }), 'keys[0]: entry: there is no member "secret"'],
    ['accepts of none', file({ ...good, accepts: { secret } }), 'keys[0]: accepts: expected a list'],
    ['a wrong key in it', file({ ...good, accepts: [{}] }), 'keys[0]: accepts[0]: key: too little'],
    ['one entry twice', file(good, { keys: [good, good] }), 'keys[1]: uri: there is an entry for it already'],
  ])('%s', (_, text, message) => {
    let error: unknown;
    try {
      parseKeyFile(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(InvalidConfiguration);
    expect((error as Error).message).toContain(message);
    const shown = inspect(error, { depth: 9, showHidden: true });
    // The parser of JSON quotes ten characters.
    for (let at = 0; at + 6 <= secret.length; at++) expect(shown).not.toContain(secret.slice(at, at + 6));
  });
});
