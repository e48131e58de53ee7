// Logins and rules that a configuration gives to the router of the command, and of a program: who gets in, and as what.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyFromSeed } from '@wamp-run/auth/cryptosign';
import { autobahnScram, scram } from '@wamp-run/auth/scram';
import { ticket, ticketVerifier } from '@wamp-run/auth/ticket';
import { deriveKey, wampcra } from '@wamp-run/auth/wampcra';
import { Client, type SessionDetails } from '@wamp-run/client';
import type { ClientAuthenticator } from '@wamp-run/protocol';
import { websocket } from '@wamp-run/transport/websocket';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { start } from 'wamp-run';
import { built, Command, finished } from './command.js';
import { clock, random, serializers } from './local.js';

const TICKET = 'correct horse battery staple';
const SHARED = 'shared for signatures';
const PASSWORD = 'pässword of peter';
const SEED = '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) await each.stop();
});

/** Joins: who it is then, or the reason why not. */
async function who(url: string, authenticators: ClientAuthenticator[], realm = 'shop') {
  const joins: SessionDetails[] = [];
  const client = new Client({
    connectors: [websocket(url, { serializers: serializers(), clock })],
    realm,
    authenticators,
    retry: false,
    clock,
    random,
    hooks: { onJoin: (_session, details) => joins.push(details) },
  });
  running.push({ stop: () => client.close() });
  try {
    const session = await client.joined();
    const { authid, authrole, authmethod, authprovider } = joins[0] as SessionDetails;
    return { session, name: `${authid} ${authrole} ${authmethod} ${authprovider}` };
  } catch (error) {
    return { session: undefined, name: (error as { reason?: string }).reason ?? String(error) };
  }
}

const errorOf = (call: Promise<unknown> | undefined) =>
  call?.then(
    () => 'allowed',
    (error: { error?: string }) => error.error ?? String(error),
  );

describe('wamp-run router, by a file', () => {
  let folder: string;
  let command: Command;
  let url: string;
  const at = (name: string) => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wamp-run-configured-'));
    await writeFile(at('peter.ticket'), `${TICKET}\n`, { mode: 0o600 });
    await writeFile(at('password'), PASSWORD, { mode: 0o600 });
    await writeFile(at('router.key'), SEED, { mode: 0o600 });
    const made = await Promise.all([
      finished(['keygen', 'scram', 'peter.scram', '--kdf', 'pbkdf2', '--secret-file', 'password'], {}, { cwd: folder }),
      finished(['keygen', 'scram', 'old.scram', '--autobahn'], { WAMP_SECRET: PASSWORD }, { cwd: folder }),
      finished(['keygen', 'cryptosign', 'peter.key'], {}, { cwd: folder }),
    ]);
    expect(made.map(({ code }) => code)).toEqual([0, 0, 0]);
    await writeFile(at('peter.pub'), made[2].stdout);
    await writeFile(
      at('people.yaml'),
      `
- authid: peter
  authrole: customer
  realm: shop
  authprovider: people
  ticket: { file: peter.ticket }
  wampcra: { secret: { env: PETER_KEY }, salt: salt of peter, iterations: 1000 }
  wamp-scram: peter.scram
  scram: old.scram
  cryptosign: { publicKeys: [{ file: peter.pub }] }
`,
    );
    await chmod(at('people.yaml'), 0o644);
    await writeFile(
      at('wamp-run.config.yaml'),
      `
logLevel: trace
router:
  port: 0
  authentication:
    anonymous: { authrole: guest, realms: [shop] }
    ticket: {}
    wampcra: {}
    wamp-scram: {}
    scram: {}
    cryptosign: { key: { file: router.key } }
  principals: people.yaml
  realms:
    - name: shop
      roles:
        - { name: guest, rules: [{ uri: com.shop.list, allow: { call: true } }] }
        - name: customer
          rules:
            - { uri: com.shop., match: prefix, allow: { call: true, register: true }, disclose: { caller: always } }
            - { uri: wamp.session.count, allow: { call: true } }
            - { uri: com.shop.admin., match: prefix }
`,
    );
    const PETER_KEY = await deriveKey(SHARED, { salt: 'salt of peter', iterations: 1000 });
    command = new Command(['router'], { PETER_KEY }, { cwd: folder });
    [, url = ''] = await command.says(/^router +(ws:\S+)/m);
  });
  afterAll(async () => {
    command.signal('SIGTERM');
    expect(await command.exit).toBe(0);
    // The whole run, at trace: no secret, and nothing of one.
    const said = command.stdout + command.stderr;
    expect(said).toMatch(/session joined/);
    for (const secret of [TICKET, SHARED, PASSWORD, SEED, TICKET.slice(0, 12)]) expect(said).not.toContain(secret);
    await rm(folder, { recursive: true });
  });

  test.each<[string, () => ClientAuthenticator, () => ClientAuthenticator]>([
    ['ticket', () => ticket({ authid: 'peter', ticket: TICKET }), () => ticket({ authid: 'peter', ticket: 'no' })],
    ['wampcra', () => wampcra({ authid: 'peter', secret: SHARED }), () => wampcra({ authid: 'peter', secret: 'no' })],
    [
      'wamp-scram',
      () => scram({ authid: 'peter', password: PASSWORD }),
      () => scram({ authid: 'peter', password: 'no' }),
    ],
    [
      'scram',
      () => autobahnScram({ authid: 'peter', password: PASSWORD }),
      () => autobahnScram({ authid: 'peter', password: 'no' }),
    ],
  ])('%s: the right secret, and a wrong one', async (method, right, wrong) => {
    expect((await who(url, [right()])).name).toBe(`peter customer ${method} people`);
    expect((await who(url, [wrong()])).name).toBe('wamp.error.authentication_denied');
  });

  test('cryptosign, by the command; the router proves itself by the key of its configuration', async () => {
    const flags = ['--url', url, '--realm', 'shop', '--auth', 'cryptosign', '--secret-file', at('peter.key')];
    const { code, stdout } = await finished(['call', 'wamp.session.count', ...flags]);
    expect(code).toBe(0);
    expect(Number(stdout)).toBeGreaterThan(0);
    const { cryptosign, readPrivateKey } = await import('@wamp-run/auth/cryptosign');
    const { readFile } = await import('node:fs/promises');
    const key = readPrivateKey(await readFile(at('peter.key'), 'utf8'));
    const routerKeys = [keyFromSeed(SEED).publicKey];
    expect((await who(url, [cryptosign({ key, routerKeys })])).name).toBe('peter customer cryptosign people');
    const wrong = await who(url, [cryptosign({ key, routerKeys: [key.publicKey] })]);
    expect(wrong.name).toBe('wamp.error.cannot_authenticate');
  });

  test('rules hold: for the role that the login gave, and for the one of who has none', async () => {
    const { session: peter } = await who(url, [ticket({ authid: 'peter', ticket: TICKET })]);
    let caller: number | undefined;
    await peter?.register('com.shop.list', (_args, _kwargs, details) => {
      caller = details.caller;
      return ['tea'];
    });
    const { session: guest, name } = await who(url, []);
    expect(name).toMatch(/^\S+ guest anonymous static$/);
    expect(await guest?.call('com.shop.list')).toEqual(['tea']);
    expect(caller).toBeUndefined();
    expect(await peter?.call('com.shop.list')).toEqual(['tea']);
    expect(caller).toBeTypeOf('number');
    expect(await errorOf(guest?.call('com.shop.buy'))).toBe('wamp.error.not_authorized');
    expect(await errorOf(peter?.call('com.shop.admin.close'))).toBe('wamp.error.not_authorized');
    expect(await errorOf(peter?.call('com.other'))).toBe('wamp.error.not_authorized');
  });

  test('mistakes are all told, and nothing is started: 2', async () => {
    const bad = await mkdtemp(join(tmpdir(), 'wamp-run-configured-bad-'));
    try {
      await writeFile(
        join(bad, 'wamp-run.config.json'),
        JSON.stringify({
          realm: 'shop',
          router: {
            authentication: { ticket: {} },
            principals: [{ authid: 'a', authrole: 'r', realm: 'shp', ticket: { env: 'THE_TICKET' } }],
          },
        }),
      );
      const unset = await finished(['router'], {}, { cwd: bad });
      expect([unset.code, unset.stderr]).toEqual([
        2,
        'wamp-run: wamp-run.config.json:1:115: router.principals[0].ticket: the variable THE_TICKET is not set\n',
      ]);
      const { code, stderr } = await finished(['router'], { THE_TICKET: 'x' }, { cwd: bad });
      expect([code, stderr]).toEqual([
        2,
        'wamp-run: router.principals[0].realm: there is no realm "shp" here; did you mean shop?\n',
      ]);
    } finally {
      await rm(bad, { recursive: true });
    }
  });
});

describe('start, by options', () => {
  test('components of the process need no login; others do', async () => {
    const own = await start({
      files: [built('math')],
      from: '/',
      realm: 'shop',
      env: { PETER: TICKET },
      router: {
        port: 0,
        authentication: { ticket: {} },
        principals: [{ authid: 'peter', authrole: 'customer', realm: 'shop', ticket: { env: 'PETER' } }],
        realms: [
          {
            name: 'shop',
            roles: [{ name: 'customer', rules: [{ uri: 'com.example.math.add', allow: { call: true } }] }],
          },
        ],
      },
    });
    running.push(own);
    await own.settled();
    expect(own.status()).toMatchObject([{ state: 'running' }]);
    expect((await who(own.url, [])).name).toBe('wamp.error.no_matching_auth_method');
    const { session } = await who(own.url, [ticket({ authid: 'peter', ticket: TICKET })]);
    expect(await session?.call('com.example.math.add', [2, 3])).toBe(5);
    expect(await errorOf(session?.call('com.example.math.echo', [1]))).toBe('wamp.error.not_authorized');
  });

  test('a stranger cannot come in as a component of the process', async () => {
    const own = await start({
      files: [built('math')],
      from: '/',
      realm: 'shop',
      router: { port: 0, authentication: { ticket: {} } },
    });
    running.push(own);
    await own.settled();
    const local: ClientAuthenticator = { method: 'local', authid: 'MathService', begin: () => ({}) };
    expect((await who(own.url, [local])).name).toBe('wamp.error.no_matching_auth_method');
  });

  test('a procedure of a component decides who joins, and another what they may do; answers are kept', async () => {
    const own = await start({
      files: [built('doorkeeper'), built('math')],
      from: '/',
      realm: 'shop',
      router: {
        port: 0,
        realms: [
          {
            name: 'shop',
            authenticator: { procedure: 'com.door.login' },
            authorizer: { procedure: 'com.door.may', cache: { size: 100 } },
          },
        ],
      },
    });
    running.push(own);
    await own.settled();
    expect(own.status().map(({ state }) => state)).toEqual(['running', 'running']);
    expect((await who(own.url, [])).name).toBe('wamp.error.no_matching_auth_method');
    expect((await who(own.url, [ticket({ authid: 'anna', ticket: 'x' })])).name).toBe(
      'wamp.error.authentication_denied',
    );
    const { session, name } = await who(own.url, [ticket({ authid: 'bob', ticket: 'bob' })]);
    expect(name).toBe('bob visitor ticket dynamic');
    for (let n = 0; n < 3; n++) expect(await session?.call('com.example.math.add', [n, 1])).toBe(n + 1);
    expect(await errorOf(session?.subscribe('com.example.tick', () => {}))).toBe('wamp.error.not_authorized');
    // Once for each of add, subscribe and this call.
    expect(await session?.call('com.door.asked')).toBe(3);
  });

  test('functions of the program: authenticators, an authorizer, realms on demand', async () => {
    const asked: string[] = [];
    const own = await start({
      files: [built('math')],
      from: '/',
      realm: 'shop',
      router: {
        port: 0,
        authenticators: [
          ticketVerifier({
            principals: (authid, realm) => ({ authid, realm, authrole: 'r', ticket: (shown) => shown === realm }),
          }),
        ],
        realms: [
          {
            name: 'shop',
            authorizer: {
              authorize: ({ authid, action, uri }) => {
                asked.push(`${authid} ${action} ${uri}`);
                return uri !== 'com.example.math.echo';
              },
            },
          },
        ],
        realmOnDemand: (name) => (name.startsWith('tenant.') ? {} : undefined),
      },
    });
    running.push(own);
    await own.settled();
    const { session } = await who(own.url, [ticket({ authid: 'peter', ticket: 'shop' })]);
    expect(await session?.call('com.example.math.add', [2, 3])).toBe(5);
    expect(await errorOf(session?.call('com.example.math.echo', [1]))).toBe('wamp.error.not_authorized');
    // Components of the process may do everything, and are not asked about.
    expect(asked).toEqual(['peter call com.example.math.add', 'peter call com.example.math.echo']);
    const tenant = await who(own.url, [ticket({ authid: 'peter', ticket: 'tenant.a' })], 'tenant.a');
    expect(tenant.name).toBe('peter r ticket dynamic');
    expect((await who(own.url, [], 'tenant.a')).name).toBe('wamp.error.no_matching_auth_method');
  });

  test('what is wrong is told at once', async () => {
    const wrong = start({
      files: [built('math')],
      from: '/',
      router: {
        authentication: { ticket: {}, telepathy: {} },
        realms: [{ name: 'shop', roles: [{ name: 'r', rules: [{ uri: 'x', match: 'prefx' }] }] }],
      },
    } as never);
    await expect(wrong).rejects.toMatchObject({
      mistakes: [
        expect.stringMatching(/^router\.authentication\.telepathy: there is no such key/),
        expect.stringMatching(/^router\.realms\[0\]\.roles\[0\]\.rules\[0\]\.match: .*did you mean prefix\?$/),
      ],
    });
    const unset = start({
      files: [built('math')],
      from: '/',
      router: {
        authentication: { ticket: {} },
        principals: [{ authid: 'a', authrole: 'r', realm: 'realm1', ticket: { env: 'HOME' } }],
      },
    });
    await expect(unset).rejects.toThrow('router.principals[0].ticket: the variable HOME is not set');
  });
});
