import { inspect } from 'node:util';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { Key, type KeyParts, KeyRing } from '../src/index.js';
import { counting } from './values.js';

const random = counting();
const ours = Key.generatePair(random);
const theirs = Key.generatePair(random);
const bytes = (text: string) => new TextEncoder().encode(text);

describe('a key', () => {
  test('serves the side that it has the secret of', () => {
    const calls = new Key({ originatorPrivate: ours.privateKey, responderPublic: theirs.publicKey });
    const answers = new Key({ responderPrivate: theirs.privateKey, originatorPublic: ours.publicKey });
    expect([calls.canOriginate, calls.canRespond, answers.canOriginate, answers.canRespond]).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(calls.id).toBe(answers.id);
    const sealed = calls.seal(true, 'xsalsa20poly1305', bytes('to be kept'), random);
    expect(answers.open(false, 'xsalsa20poly1305', sealed)).toEqual(bytes('to be kept'));
    expect(() => calls.open(false, 'xsalsa20poly1305', sealed)).toThrow(InvalidConfiguration);
  });

  test('of one secret serves both', () => {
    const key = Key.generate(random);
    const again = new Key(key.reveal('hex').secret as string);
    expect([again.canOriginate, again.canRespond, again.id]).toEqual([true, true, key.id]);
    expect(again.open(true, 'aes256gcm', key.seal(false, 'aes256gcm', bytes('x'), random))).toEqual(bytes('x'));
  });

  test('no two have one name, and a name can be given', () => {
    const ids = [Key.generate(random), Key.generate(random)].map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^0x[\dA-Fa-f]{40}$/);
    const named = new Key({ secret: ours.privateKey, id: '2026-11' });
    expect(named.id).toBe('2026-11');
    expect(new Key(named.reveal()).id).toBe('2026-11');
  });

  const { privateKey: secret } = ours;
  const REFUSED: [string, KeyParts | string, RegExp][] = [
    ['nothing', {}, /too little/],
    ['one private key', { originatorPrivate: secret }, /too little/],
    ['public keys', { originatorPublic: ours.publicKey, responderPublic: theirs.publicKey }, /too little/],
    ['a secret, and a pair', { secret, originatorPrivate: secret }, /not both/],
    [
      'halves of two pairs',
      { originatorPrivate: secret, originatorPublic: theirs.publicKey, responderPublic: theirs.publicKey },
      /originatorPublic: does not belong/,
    ],
    ['too short a secret', secret.slice(4), /key.secret: expected a key of 32 bytes/],
    ['an empty text', '', /key.secret/],
    ['a public key that is none', { originatorPrivate: secret, responderPublic: '00'.repeat(32) }, /responderPublic/],
    ['a slip of the pen', { secret, responderPrivat: secret } as KeyParts, /no member "responderPrivat"/],
    ['a secret as a name', { [secret]: 'secret' } as KeyParts, /no member one/],
    ['a bad id', { secret, id: 'two words' }, /key.id/],
  ];
  test.each(REFUSED)('is refused where it is made of %s, and nobody learns of what', (_, parts, message) => {
    let error: unknown;
    try {
      new Key(parts);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(InvalidConfiguration);
    expect((error as Error).message).toMatch(message);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secret.slice(4, -4));
  });

  test('never shows its secrets: printed, as JSON, as text, copied, in a ring', () => {
    const key = new Key({ secret, id: 'shown' });
    const pair = new Key({ originatorPrivate: secret, responderPublic: theirs.publicKey });
    const ring = new KeyRing();
    ring.set({ uri: 'com.shop', key, accepts: [pair] });
    const shown = [key, pair, ring, { deep: [ring] }].flatMap((value) => [
      inspect(value, { depth: 20, showHidden: true, getters: true }),
      JSON.stringify(value),
      String(value),
      JSON.stringify({ ...value }),
      inspect(structuredClone(value), { depth: 20 }),
    ]);
    const forms = ['base64', 'hex'] as const;
    const secrets = forms.flatMap((form) => [key.reveal(form).secret, pair.reveal(form).originatorPrivate]);
    for (const text of shown) for (const each of secrets) expect(text).not.toContain(each);
    expect(shown.join()).toContain('shown');
    expect(secrets).toContain(secret);
    // In whatever form bytes are printed.
    const raw = [...Buffer.from(secret, 'base64')];
    for (const text of shown) {
      expect(text).not.toContain(raw.slice(0, 6).join(','));
      expect(text).not.toContain(raw.slice(0, 6).join(', '));
    }
  });
});
