// Key files from the command that makes them to the components that encrypt by them, and what is never told on the way.
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPrivateKey } from '@wamp-run/auth/cryptosign';
import { Client } from '@wamp-run/client';
import { formatKeyFile, Key, KeyRing, parseKeyFile, passthruCodec } from '@wamp-run/e2ee';
import { cborValues } from '@wamp-run/serializers/cbor';
import { websocket } from '@wamp-run/transport/websocket';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { start } from 'wamp-run';
import { built, Command, finished, inService } from './command.js';
import { clock, joined, random, serializers } from './local.js';

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wamp-run-keys-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** A file of keys, and the ring that is in it. */
async function keyFile(name: string, ...uri: string[]): Promise<{ path: string; ring: KeyRing; secrets: string[] }> {
  const path = at(name);
  const flags = uri.flatMap((each) => ['--uri', each]);
  const { code } = await finished(['keygen', 'keyring', path, ...flags]);
  expect(code).toBe(0);
  const text = await readFile(path, 'utf8');
  const { ring } = parseKeyFile(text);
  const secrets = ring.entries().flatMap(({ key }) => (['base64', 'hex'] as const).map((f) => key?.reveal(f).secret));
  return { path, ring, secrets: secrets as string[] };
}

describe('wamp-run keygen', () => {
  test('keyring: a file that only its owner can read, a key for each URI; stdout has the ids', async () => {
    const { stdout, stderr, code } = await finished(['keygen', 'keyring', at('a'), '--uri', 'com.a', '--uri', 'com.b']);
    expect([code, stderr]).toEqual([0, '']);
    expect((await stat(at('a'))).mode & 0o777).toBe(0o600);
    const { encryption, ring } = parseKeyFile(await readFile(at('a'), 'utf8'));
    expect(encryption).toBe('xsalsa20poly1305');
    expect(stdout).toBe(`${ring.keyIdFor('com.a.x')} com.a\n${ring.keyIdFor('com.b.x')} com.b\n`);
    expect(ring.keyIdFor('com.a')).not.toBe(ring.keyIdFor('com.b'));
    expect([ring.policyFor('com.a'), ring.policyFor('com.c')]).toEqual(['required', undefined]);
  });

  test('keyring: one key for everything, of another encryption', async () => {
    const { stdout, code } = await finished(['keygen', 'keyring', at('all'), '--encryption', 'cryptobox']);
    const { encryption, ring } = parseKeyFile(await readFile(at('all'), 'utf8'));
    expect([code, encryption, stdout]).toEqual([0, 'cryptobox', `${ring.keyIdFor('anything')}\n`]);
  });

  test('cryptosign: a key file as Autobahn has it; stdout has the public key', async () => {
    const { stdout, stderr, code } = await finished(['keygen', 'cryptosign', at('c')]);
    expect([code, stderr]).toEqual([0, '']);
    expect((await stat(at('c'))).mode & 0o777).toBe(0o600);
    const [comment, empty, ...lines] = (await readFile(at('c'), 'utf8')).trimEnd().split('\n');
    expect([comment, empty]).toEqual([expect.not.stringMatching(/^[\w-]+:/), '']);
    const tags = Object.fromEntries(lines.map((line) => line.split(': ')));
    expect(Object.keys(tags)).toEqual(['public-key-ed25519', 'private-key-ed25519']);
    expect(stdout).toBe(`${tags['public-key-ed25519']}\n`);
    expect(stdout).not.toContain(tags['private-key-ed25519']);
    // A login by cryptosign takes it.
    expect(readPrivateKey(await readFile(at('c'), 'utf8')).publicKey).toBe(tags['public-key-ed25519']);
    // The public key is that of the private one.
    const seed = Buffer.from(tags['private-key-ed25519'], 'hex');
    const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
    const { x } = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })).export({
      format: 'jwk',
    });
    expect(Buffer.from(x as string, 'base64url').toString('hex')).toBe(tags['public-key-ed25519']);
  });

  test.each(['keyring', 'cryptosign'])('%s: a file that is there stays, unless --force is given', async (what) => {
    await writeFile(at(`there-${what}`), 'precious', { mode: 0o644 });
    const refused = await finished(['keygen', what, at(`there-${what}`)]);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toMatch(/^wamp-run: keygen: .*there-\w+ is there already; --force replaces it\n$/);
    expect(await readFile(at(`there-${what}`), 'utf8')).toBe('precious');
    const { code } = await finished(['keygen', what, at(`there-${what}`), '--force']);
    expect([code, (await stat(at(`there-${what}`))).mode & 0o777]).toEqual([0, 0o600]);
    expect(await readFile(at(`there-${what}`), 'utf8')).not.toContain('precious');
  });

  test.each([
    ['no kind', ['keygen'], /Usage: wamp-run keygen/],
    ['another kind', ['keygen', 'keyrin', 'x'], /unknown command 'keyrin'.*keyring/],
    ['no file', ['keygen', 'keyring'], /missing required argument 'file'/],
    [
      'another encryption',
      ['keygen', 'keyring', 'x', '--encryption', 'rot13'],
      /--encryption: expected one of xsalsa20/,
    ],
    ['an empty URI', ['keygen', 'keyring', 'x', '--uri', ''], /--uri: expected a URI/],
    ['no URI', ['keygen', 'keyring', 'x', '--uri', 'a b'], /uri: "a b" is not a URI/],
    ['a URI twice', ['keygen', 'keyring', 'x', '--uri', 'a', '--uri', 'a'], /--uri: the same URI twice/],
    ['a flag of another command', ['--port', '1', 'keygen', 'cryptosign', 'x'], /unknown option '--port' for 'keygen'/],
    ['no such folder', ['keygen', 'cryptosign', '/nowhere/at/all'], /cannot write .*: no such file or directory/],
  ])('%s: 2, and nothing is written', async (_, args, message) => {
    const { code, stdout, stderr } = await finished(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});

/** A client of ours that encrypts by a ring. */
async function encrypting(url: string, ring: KeyRing): Promise<Client> {
  const codec = passthruCodec({ ring, random, serializer: cborValues() });
  const connectors = [websocket(url, { serializers: serializers(), clock })];
  const client = new Client({ connectors, realm: 'realm1', retry: false, codec, clock, random });
  await client.joined();
  return client;
}

describe('wamp-run --keyring', () => {
  test('components encrypt by the file, calls from the shell too, and nothing of it is told at any log level', {
    timeout: 60_000,
  }, async () => {
    const { path, ring, secrets } = await keyFile('run', 'com.vault');
    const { command, url } = await inService([built('vault')], ['--keyring', path, '--log-level', 'trace']);
    const outputs: string[] = [];
    const client = await encrypting(url, ring);
    const plain = await joined(url);
    try {
      const kept = await client.session.call('com.vault.keep', ['swordfish']);
      expect(kept).toBe('kept swordfish');
      const heard = new Promise((resolve) => {
        void client.session
          .subscribe('com.vault.heard', ([word]) => resolve(word))
          .then(() => {
            client.session.publish('com.vault.told', ['swordfish']);
          });
      });
      expect(await heard).toBe('heard swordfish');
      await expect(client.session.call('com.vault.refuse', ['swordfish'])).rejects.toMatchObject({
        error: 'com.vault.error.refused',
        args: ['refused swordfish'],
      });
      const [policy, id, shown] = await client.session.call<string[]>('com.vault.keys', ['com.vault.x']);
      expect([policy, id]).toEqual(['required', ring.keyIdFor('com.vault')]);
      outputs.push(shown as string);
      // Who has no key, or another.
      await expect(plain.session.call('com.vault.keep', ['x'])).rejects.toMatchObject({
        error: 'wamp.error.encryption.decrypt_error',
      });
      const other = new KeyRing();
      other.set({ uri: 'com.vault', key: Key.generate(random) });
      const stranger = await encrypting(url, other);
      await expect(stranger.session.call('com.vault.keep', ['x'])).rejects.toMatchObject({
        error: 'wamp.error.encryption.decrypt_error',
      });
      stranger.session.publish('com.vault.told', ['x']);
      await command.says(/decrypt_error/);
      await stranger.close();
      // From the shell, by flag and by environment.
      const call = ['call', 'com.vault.keep', '"shell"', '--url', url, '--log-level', 'trace'];
      for (const [args, env] of [
        [['--keyring', path], {}],
        [[], { WAMP_KEYRING: path }],
      ] as const) {
        const { code, stdout, stderr } = await finished([...call, ...args], env);
        expect([code, stdout]).toEqual([0, '"kept shell"\n']);
        outputs.push(stderr);
      }
      const refused = await finished(call);
      expect(refused.code).toBe(4);
      outputs.push(refused.stderr);
    } finally {
      await Promise.all([client.close(), plain.close()]);
      command.signal('SIGTERM');
      await command.exit;
    }
    outputs.push(command.stdout, command.stderr);
    expect(command.stderr.length).toBeGreaterThan(1_000);
    for (const output of outputs) {
      for (const secret of secrets) expect(output).not.toContain(secret);
      expect(output).not.toContain('swordfish');
    }
  });

  test('a file that others can read: 2, with the command that mends it', async () => {
    const { path } = await keyFile('open');
    await chmod(path, 0o640);
    const { code, stderr } = await finished([built('vault'), '--port', '0', '--keyring', path]);
    expect(code).toBe(2);
    const told = `keyring: others can read or change ${path} (mode 0640); run: chmod 600 ${path}\n`;
    expect(stderr).toBe(`wamp-run: --${told}`);
    const called = await finished(['call', 'com.x', '--keyring', path]);
    expect([called.code, called.stderr]).toEqual([2, `wamp-run: --${told}`]);
  });

  test('a file that is wrong: 2, saying where, and nothing that is in it', async () => {
    const secret = Key.generate(random).reveal().secret as string;
    const wrong = { format: 'wamp-run key ring 1', encryption: 'aes256gcm', keys: [{ uri: 'com', key: secret }] };
    await writeFile(at('wrong'), JSON.stringify(wrong), { mode: 0o600 });
    await writeFile(at('not-json'), `{ "keys": "${secret}`, { mode: 0o600 });
    for (const [name, message] of [
      ['wrong', 'keys[0]: key: expected an object'],
      ['not-json', 'key file: not JSON'],
      ['missing', 'cannot read'],
    ] as const) {
      const { code, stderr } = await finished([built('vault'), '--port', '0', '--keyring', at(name)]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^wamp-run: --keyring: [^\n]*\n$/);
      expect(stderr).toContain(message);
      expect(stderr).not.toContain(secret.slice(2, 20));
    }
  });
});

describe('start', () => {
  test.each(['xsalsa20poly1305', 'aes256gcm', 'cryptobox'] as const)(
    'encrypts as the file says: %s',
    async (encryption) => {
      const ring = new KeyRing();
      ring.set({ uri: 'com.vault', key: Key.generate(random) });
      const name = `start-${encryption}`;
      await writeFile(at(name), formatKeyFile({ encryption, ring }, 'hex'), { mode: 0o600 });
      const running = await start({ files: [built('vault')], from: folder, router: { port: 0 }, keyring: name });
      try {
        await running.settled();
        const command = new Command(['call', 'com.vault.keep', '"tea"', '--url', running.url, '--keyring', at(name)]);
        expect([await command.exit, command.stdout]).toEqual([0, '"kept tea"\n']);
      } finally {
        await running.stop();
      }
    },
  );

  test('without a key ring components know of none, and speak in the clear', async () => {
    const running = await start({ files: [built('vault')], from: folder, router: { port: 0 } });
    const { session, close } = await joined(running.url);
    try {
      await running.settled();
      expect(await session.call('com.vault.keep', ['tea'])).toBe('kept tea');
      expect(await session.call('com.vault.keys', ['com.vault'])).toEqual([null, null, null]);
    } finally {
      await close();
      await running.stop();
    }
  });
});
