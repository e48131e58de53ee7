// The command at a router that wants to know who comes: real processes, and what of a secret is to be seen of them.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, watch } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cryptosignVerifier, keyFromSeed, readPublicKey } from '@wamp-run/auth/cryptosign';
import { scramCredential, scramVerifier } from '@wamp-run/auth/scram';
import { ticketVerifier } from '@wamp-run/auth/ticket';
import { wampcraVerifier } from '@wamp-run/auth/wampcra';
import { Router } from '@wamp-run/router';
import { websocketListener } from '@wamp-run/transport/websocket';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { built, Command, finished } from './command.js';
import { clock, random, serializers } from './local.js';

const SECRET = 'correct horse battery staple';
const SEED = '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510';
const peter = { authid: 'peter', authrole: 'user', realm: 'realm1' };

let folder: string;
let router: Router;
let url: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wamp-run-logins-'));
  await writeFile(join(folder, 'secret'), `${SECRET}\n`, { mode: 0o600 });
  await writeFile(join(folder, 'wrong'), 'another one', { mode: 0o600 });
  await writeFile(join(folder, 'key'), SEED, { mode: 0o600 });
  const credential = await scramCredential(SECRET, {
    kdf: 'pbkdf2',
    salt: new Uint8Array(16).fill(7),
    iterations: 4096,
  });
  const { publicKey } = keyFromSeed(Buffer.from(SEED, 'hex'));
  router = new Router({
    realms: ['realm1'],
    authenticators: [
      ticketVerifier({ principals: [{ ...peter, ticket: SECRET }] }),
      wampcraVerifier({ principals: [{ ...peter, secret: SECRET }] }),
      scramVerifier({ principals: [{ ...peter, ...credential }] }),
      cryptosignVerifier({ principals: [{ ...peter, publicKeys: [publicKey] }] }),
    ],
    clock,
    random,
  });
  ({ url } = await router.listen(websocketListener({ port: 0, serializers: serializers(), clock })));
});
afterAll(async () => {
  await router.close();
  await rm(folder, { recursive: true });
});

const at = (name: string) => join(folder, name);
const call = ['call', 'wamp.session.count'];

describe('call', () => {
  test.each([
    ['ticket', ['--authid', 'peter', '--secret-file', 'secret']],
    ['wampcra', ['--authid', 'peter', '--secret-file', 'secret']],
    ['wamp-scram', ['--authid', 'peter', '--secret-file', 'secret']],
    ['cryptosign', ['--authid', 'peter', '--secret-file', 'key']],
  ])('logs in by %s', async (method, flags) => {
    const files = flags.map((flag) => (flag === 'secret' || flag === 'key' ? at(flag) : flag));
    const { code, stdout } = await finished([...call, '--url', url, '--auth', method, ...files]);
    expect([code, stdout]).toEqual([0, '1\n']);
  });

  test('a wrong secret is refused: 77, and nothing of it is said', async () => {
    const flags = ['--auth', 'ticket', '--authid', 'peter', '--secret-file', at('wrong')];
    const { code, stderr } = await finished([...call, '--url', url, ...flags]);
    expect(code).toBe(77);
    expect(stderr).toContain('wamp.error.authentication_denied');
    expect(stderr).not.toContain('another one');
  });

  test('without a login: 77', async () => {
    expect((await finished([...call, '--url', url])).code).toBe(77);
  });

  test('a secret on the command line works with a warning; in the environment without one', async () => {
    const who = ['--url', url, '--auth', 'ticket', '--authid', 'peter'];
    const told = await finished([...call, ...who, '--secret', SECRET]);
    expect([told.code, told.stdout]).toEqual([0, '1\n']);
    expect(told.stderr).toBe('wamp-run: others on this machine can read --secret; use --secret-file, or WAMP_SECRET\n');
    const kept = await finished([...call, ...who], { WAMP_SECRET: SECRET });
    expect([kept.code, kept.stdout, kept.stderr]).toEqual([0, '1\n', '']);
  });
});

describe('a service', () => {
  test('logs in; its logs at trace, and its table, say nothing of the secret', async () => {
    const command = new Command(
      [built('math'), '--url', url, '--auth', 'wampcra', '--authid', 'peter', '--log-level', 'trace'],
      { WAMP_SECRET: SECRET },
    );
    await command.says(/ready in/);
    const flags = ['--url', url, '--auth', 'ticket', '--authid', 'peter', '--secret-file', at('secret')];
    const { stdout } = await finished(['call', 'com.example.math.add', '2', '3', ...flags]);
    expect(stdout).toBe('5\n');
    command.signal('SIGTERM');
    expect(await command.exit).toBe(0);
    expect(command.stderr).toMatch(/peter|in service/);
    expect(command.stdout + command.stderr).not.toContain(SECRET);
    expect(command.stdout + command.stderr).not.toContain(SECRET.slice(0, 12));
  });

  test('one that the router refuses is not asked for ever: 77', async () => {
    const flags = ['--url', url, '--auth', 'ticket', '--authid', 'peter', '--secret-file', at('wrong')];
    expect((await finished([built('math'), ...flags])).code).toBe(77);
  });

  test('a login without a router to log in at: 2', async () => {
    const { code, stderr } = await finished([
      built('math'),
      '--auth',
      'ticket',
      '--authid',
      'a',
      '--secret-file',
      at('secret'),
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('name it with url (--url)');
  });
});

const hasAgent = ['ssh-agent', 'ssh-add', 'ssh-keygen'].every((name) => spawnSync('which', [name]).status === 0);

describe.skipIf(!hasAgent)('a key in an ssh-agent (skipped where there is none)', () => {
  test('logs in by the file of its public half; without the agent, or without the key in it: 2', async () => {
    const socket = at('agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    try {
      const watcher = watch(folder);
      while (!existsSync(socket)) await once(watcher, 'change');
      watcher.close();
      for (const name of ['held', 'unheld']) {
        spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', at(name)]);
      }
      spawnSync('ssh-add', ['-q', at('held')], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
      await rm(at('held'));
      const publicKeys = [readPublicKey(readFileSync(at('held.pub'), 'utf8'))];
      const own = new Router({
        realms: ['realm1'],
        authenticators: [cryptosignVerifier({ principals: [{ ...peter, publicKeys }] })],
        clock,
        random,
      });
      try {
        const listening = await own.listen(websocketListener({ port: 0, serializers: serializers(), clock }));
        const login = (name: string, env: Record<string, string>) =>
          finished([...call, '--url', listening.url, '--auth', 'cryptosign', '--secret-file', at(name)], env);
        const held = await login('held.pub', { SSH_AUTH_SOCK: socket });
        expect([held.code, held.stdout, held.stderr]).toEqual([0, '1\n', '']);
        const unheld = await login('unheld.pub', { SSH_AUTH_SOCK: socket });
        expect([unheld.code, unheld.stderr]).toEqual([2, expect.stringContaining('add it with ssh-add')]);
        const alone = await login('held.pub', { SSH_AUTH_SOCK: '' });
        expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining('SSH_AUTH_SOCK is not set')]);
      } finally {
        await own.close();
      }
    } finally {
      agent.kill();
    }
  });
});
