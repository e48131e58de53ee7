import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { afterAll, describe, expect, test } from 'vitest';
import { base64, concat, fromHex, hex, utf8 } from '../src/bytes.js';
import { sshString } from '../src/cryptosign/byte-reader.js';
import { keyFromSeed } from '../src/cryptosign/key.js';
import { readPrivateKey } from '../src/cryptosign/read-private-key.js';
import { readPublicKey } from '../src/cryptosign/read-public-key.js';

const SEED = '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510';
const PUBLIC = '1adfc8bfe1d35616e64dffbd900096f23b066f914c8c2ffbb66f6075b96e116d';

const folder = mkdtempSync(join(tmpdir(), 'wamp-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));
const hasSshKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined;

/** The last 32 bytes of what Node writes are the key itself. */
function rawOf(key: KeyObject): string {
  const bytes =
    key.type === 'private' ? key.export({ type: 'pkcs8', format: 'der' }) : key.export({ type: 'spki', format: 'der' });
  return hex(bytes.subarray(-32));
}

/** An OpenSSH file, put together from its parts. */
function openSsh(
  part: Partial<{ cipher: string; count: number; outer: string; check: number; inner: string; tail: string }> = {},
): string {
  const { cipher = 'none', count = 1, outer = PUBLIC, check = 7, inner = PUBLIC, tail = PUBLIC } = part;
  const number = (value: number) => Uint8Array.of(0, 0, 0, value);
  const type = sshString(utf8('ssh-ed25519'));
  const bytes = (digits: string) => fromHex(digits) as Uint8Array;
  const secret = concat(
    number(7),
    number(check),
    type,
    sshString(bytes(inner)),
    sshString(concat(bytes(SEED), bytes(tail))),
    sshString(utf8('peter@example.com')),
    Uint8Array.of(1, 2, 3),
  );
  const blob = concat(type, sshString(bytes(outer)));
  const head = concat(
    utf8('openssh-key-v1\0'),
    sshString(utf8(cipher)),
    sshString(utf8('none')),
    number(0),
    number(count),
  );
  const body = base64(concat(head, sshString(blob), sshString(secret)));
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.replace(/(.{70})/g, '$1\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

describe('a private key is read from', () => {
  test.each([
    ['hexadecimal digits', `${SEED}\n`],
    ['upper-case digits', SEED.toUpperCase()],
    ['the digits as bytes', utf8(SEED)],
    ['its 32 bytes', fromHex(SEED) as Uint8Array],
    ['OpenSSH', openSsh()],
    ['OpenSSH with the line ends of Windows', openSsh().replaceAll('\n', '\r\n')],
    [
      'a key file',
      `This is a key file\n\ncreator: peter\npublic-key-ed25519: ${PUBLIC}\nprivate-key-ed25519: ${SEED}\n`,
    ],
  ])('%s', (_, content) => {
    expect(readPrivateKey(content).publicKey).toBe(PUBLIC);
  });

  test('PEM, as Node writes it', () => {
    for (let i = 0; i < 20; i++) {
      const { privateKey, publicKey } = generateKeyPairSync('ed25519');
      const key = readPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }));
      expect(key.publicKey).toBe(rawOf(publicKey));
      expect(readPublicKey(String(publicKey.export({ type: 'spki', format: 'pem' })))).toBe(rawOf(publicKey));
    }
  });

  test.skipIf(!hasSshKeygen)('OpenSSH, as ssh-keygen writes it (skipped where there is none)', () => {
    const file = join(folder, 'id');
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'peter at home', '-f', file]);
    const key = readPrivateKey(readFileSync(file));
    expect(readPublicKey(readFileSync(`${file}.pub`, 'utf8'))).toBe(key.publicKey);
  });
});

describe('no private key is read, and nothing of it told, from', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const encrypted = generateKeyPairSync('ed25519').privateKey.export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'x',
  });

  test.each<[string, string | Uint8Array, RegExp]>([
    ['nothing', '', /expected 64 hexadecimal digits/],
    ['too few digits', SEED.slice(2), /expected 64 hexadecimal digits/],
    ['31 bytes', new Uint8Array(31), /expected 64 hexadecimal digits/],
    ['PEM of another kind', String(privateKey.export({ type: 'pkcs8', format: 'pem' })), /expected 64/],
    ['encrypted PEM', String(encrypted), /encrypted/],
    ['encrypted OpenSSH', openSsh({ cipher: 'aes256-ctr' }), /encrypted/],
    ['several keys', openSsh({ count: 2 }), /several/],
    ['OpenSSH whose parts do not agree', openSsh({ outer: 'aa'.repeat(32) }), /not that of its private key/],
    ['OpenSSH whose inner key does not agree', openSsh({ inner: 'aa'.repeat(32) }), /not that of its private key/],
    ['OpenSSH whose tail does not agree', openSsh({ tail: 'aa'.repeat(32) }), /not that of its private key/],
    ['OpenSSH that was not decrypted', openSsh({ check: 8 }), /damaged/],
    [
      'a key file whose keys do not agree',
      `public-key-ed25519: ${'aa'.repeat(32)}\nprivate-key-ed25519: ${SEED}`,
      /not that/,
    ],
    ['a key file with two', `private-key-ed25519: ${SEED}\nprivate-key-ed25519: ${SEED}`, /expected 64/],
  ])('%s', (_, content, why) => {
    let thrown: unknown;
    try {
      readPrivateKey(content);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(InvalidConfiguration);
    const { message } = thrown as Error;
    expect(message).toMatch(why);
    expect(message).not.toContain(SEED.slice(0, 10));
  });

  test('OpenSSH that ends anywhere in the middle', () => {
    const text = openSsh();
    const [begin, end] = ['-----BEGIN OPENSSH PRIVATE KEY-----', '-----END OPENSSH PRIVATE KEY-----'];
    const body = Buffer.from(text.replace(begin, '').replace(end, ''), 'base64');
    for (let length = 0; length < body.length - 30; length++) {
      const cut = `${begin}\n${body.subarray(0, length).toString('base64')}\n${end}`;
      expect(() => readPrivateKey(cut), String(length)).toThrow(InvalidConfiguration);
    }
  });
});

describe('a public key is read from', () => {
  const line = `ssh-ed25519 ${base64(concat(sshString(utf8('ssh-ed25519')), sshString(fromHex(PUBLIC) as Uint8Array)))}`;

  test.each([
    ['digits', `${PUBLIC.toUpperCase()}\n`],
    ['a line of OpenSSH', `${line} peter@example.com\n`],
    ['a line without a comment', line],
    ['a line with a long comment', `${line} the laptop of peter`],
    ['a key file', `public-key-ed25519: ${PUBLIC}`],
  ])('%s', (_, text) => {
    expect(readPublicKey(text)).toBe(PUBLIC);
  });

  test.each([
    ['nothing', ''],
    ['another type', line.replace('ssh-ed25519', 'ssh-rsa')],
    ['a line that was cut', line.slice(0, -8)],
    [
      'PEM of another kind',
      String(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' })),
    ],
  ])('not from %s', (_, text) => {
    expect(() => readPublicKey(text)).toThrow(InvalidConfiguration);
  });
});

test.each([['x'], [''], [new Uint8Array(31)], [undefined]])('%j is no seed', (seed) => {
  expect(() => keyFromSeed(seed as string)).toThrow(InvalidConfiguration);
});
