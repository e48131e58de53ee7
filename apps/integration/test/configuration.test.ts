import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_LIMITS } from '@wamp-run/router';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { built, Command, finished } from './command.js';
import { joined } from './local.js';

let directory: string;
const started: Command[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wamp-run-configured-'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((command) => command.kill()));
  rmSync(directory, { recursive: true });
});

const write = (name: string, text: string, mode = 0o644) => writeFileSync(join(directory, name), text, { mode });
const configure = (value: object) => write('wamp-run.config.json', JSON.stringify(value));
const command = (args: readonly string[] = [], env: Record<string, string> = {}) => {
  const one = new Command(args, env, { cwd: directory });
  started.push(one);
  return one;
};
const ended = (args: readonly string[], env?: Record<string, string>) => finished(args, env, { cwd: directory });

/** A command in service, with its router's WebSocket URL. */
async function serving(args: readonly string[] = [], env?: Record<string, string>) {
  const one = command(args, env);
  const [, url = ''] = await one.says(/^router +(ws:\S+)/m);
  return { one, url };
}

async function called(url: string, procedure: string, realm = 'realm1'): Promise<unknown> {
  const { code, stdout, stderr } = await ended(['call', '--url', url, '--realm', realm, procedure]);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

const offset = 'com.example.math.offset';

describe('components that a file lists', () => {
  test('are run without a file on the command line, in YAML as in JavaScript', async () => {
    for (const [name, text] of [
      [
        'wamp-run.config.yaml',
        `router: { port: 0 }\ncomponents:\n  - path: ${built('math')}\n    extra: { offset: 7 }\n`,
      ],
      [
        'wamp-run.config.mjs',
        `export default { router: { port: 0 }, components: [{ path: ${JSON.stringify(built('math'))} }] };`,
      ],
    ] as const) {
      write(name, text);
      const { one, url } = await serving();
      expect(await called(url, offset)).toBe(name.endsWith('yaml') ? 7 : 100);
      one.signal('SIGTERM');
      expect(await one.exit).toBe(0);
      rmSync(join(directory, name));
    }
  });

  test('the same file twice with another realm and name each; what the entry says wins over the flag', async () => {
    const path = built('math');
    configure({
      router: { port: 0 },
      components: [
        { path, name: 'North', realm: 'north', extra: { offset: 1 } },
        { path, export: 'MathService', extra: { offset: 2 } },
      ],
    });
    const { one, url } = await serving(['--realm', 'south']);
    await one.says(/ready in/);
    expect(one.stderr).toMatch(/^North +running in north$/m);
    expect(one.stderr).toMatch(/^MathService +running in south$/m);
    expect(await called(url, offset, 'north')).toBe(1);
    expect(await called(url, offset, 'south')).toBe(2);
  });

  test('files on the command line come first, and an entry for one of their components configures it', async () => {
    configure({
      router: { port: 0 },
      components: [{ path: built('slow-join') }, { path: built('math'), extra: { offset: 3 } }],
    });
    const { one, url } = await serving([built('math')]);
    await one.says(/ready in/);
    expect(one.stderr.match(/^(MathService|SlowJoin)\b(?=.*running in)/gm)).toEqual(['MathService', 'SlowJoin']);
    expect(await called(url, offset)).toBe(3);
  });

  test('with ways of their own, tried in turn, need no router of this process', async () => {
    const { url } = await serving(['router', '--port', '0']);
    configure({
      components: [
        {
          path: built('math'),
          transports: ['ws://127.0.0.1:1/ws', { url, serializers: ['msgpack'], headers: { 'x-shop': 'a' } }],
        },
      ],
    });
    const one = command();
    await one.says(/ready in/);
    expect(await called(url, offset)).toBe(100);
    one.signal('SIGTERM');
    expect(await one.exit).toBe(0);
  });

  test.each([
    [{ export: 'Mth' }, /components\[0\]\.export: .*exports no component "Mth"; there are MathService/],
    [{ export: 'MathServic' }, /did you mean MathService\?/],
    [{ path: './nowhere.js' }, /nowhere\.js: no such file/],
    [{ transports: ['ftp://x'] }, /components\[0\]\.transports\[0\]: url: "ftp:\/\/x" is not a router's URL/],
    [
      { transports: [{ url: 'rs://x:1', headers: { a: 'b' } }] },
      /transports\[0\]: rawsocket: headers: there is no such option/,
    ],
  ])('%j is refused with its place: 2', async (entry, message) => {
    configure({ router: { port: 0 }, components: [{ path: built('math'), ...entry }] });
    const { code, stderr } = await ended([]);
    expect([code, stderr.trimEnd().split('\n').length]).toEqual([2, 1]);
    expect(stderr).toMatch(message);
  });
});

describe('mistakes', () => {
  test('are a line each, all at once: 2', async () => {
    write('wamp-run.config.yaml', 'relm: shop\nrouter: { prt: 1 }\n');
    const { code, stdout, stderr } = await ended(['--log-level', 'loud']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.trimEnd().split('\n')).toEqual([
      'wamp-run: wamp-run.config.yaml:1:1: relm: there is no such key; did you mean realm?',
      'wamp-run: wamp-run.config.yaml:2:11: router.prt: there is no such key; did you mean port?',
      'wamp-run: --log-level: expected one of trace, debug, info, warn, error, silent, got "loud"',
    ]);
  });

  test('a level for a component that is not there: 2', async () => {
    configure({ router: { port: 0 }, logLevels: { MathServce: 'debug' }, components: [{ path: built('math') }] });
    const { code, stderr } = await ended([]);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^wamp-run: wamp-run\.config\.json:1:35: logLevels\.MathServce: there is no component "MathServce"; did you mean MathService\?$/m,
    );
  });

  test('a file named that is not there, and nothing to run: 2', async () => {
    expect((await ended(['--config', 'nowhere.yaml'])).code).toBe(2);
    configure({ realm: 'shop' });
    const { code, stderr } = await ended([]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('or list components in wamp-run.config.json')]);
  });
});

describe('--print-config and --env-file', () => {
  test('every layer, with its name, and nothing is run', async () => {
    configure({
      realm: 'filed',
      logLevel: 'warn',
      secret: 'hush-hush',
      router: { host: '::1', limits: { sessions: 9 } },
    });
    write('a.env', 'WAMP_PORT=11\nWAMP_EXPOSE_ERRORS=message\n');
    const env = { WAMP_PORT: '10', WAMP_LOG_LEVEL: 'error' };
    const { code, stdout, stderr } = await ended(
      ['--print-config', '--env-file', 'a.env', '--realm', 'flagged', 'x.js'],
      env,
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      file: 'wamp-run.config.json',
      files: ['x.js'],
      values: {
        realm: { value: 'flagged', from: '--realm' },
        'router.port': { value: 11, from: 'WAMP_PORT in a.env' },
        exposeErrors: { value: 'message', from: 'WAMP_EXPOSE_ERRORS in a.env' },
        logLevel: { value: 'error', from: 'WAMP_LOG_LEVEL' },
        'router.host': { value: '::1', from: 'wamp-run.config.json: router.host' },
        'router.limits.sessions': { value: 9, from: 'wamp-run.config.json: router.limits.sessions' },
        connectTimeout: { value: 0, from: 'default' },
        secret: { value: '***' },
      },
    });
    expect(stdout).not.toContain('hush');
  });

  test('components see the variables of --env-file', async () => {
    write(
      'own.mjs',
      `process.stderr.write('seen ' + process.env.SHOP_NAME + '\\n'); ${readFileSync(built('no-component'), 'utf8')}`,
    );
    write('a.env', 'SHOP_NAME=corner\n');
    const { stderr } = await ended(['--env-file', 'a.env', './own.mjs']);
    expect(stderr).toMatch(/^seen corner$/m);
  });
});

describe('logs', () => {
  test('levels of single components, the fields of each, and no secret at trace', async () => {
    configure({
      logLevel: 'trace',
      logLevels: { Quiet: 'silent', router: 'error' },
      router: { port: 0 },
      components: [
        { path: built('talker'), name: 'Loud', extra: { password: 'hush-"hush', say: 'hello' } },
        { path: built('talker'), name: 'Quiet', realm: 'other', extra: { password: 'hush-"hush', say: 'nothing' } },
      ],
    });
    const { one, url } = await serving();
    await one.says(/ready in/);
    const { client, session } = await joined(url);
    expect(await session.call('com.example.talker.say')).toBe('hush-"hush');
    await client.close();
    one.signal('SIGTERM');
    expect(await one.exit).toBe(0);
    const lines = one.stderr
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
    expect(lines.some(({ component }) => component === 'Quiet' || component === 'router')).toBe(false);
    const said = lines.find(({ msg }) => msg === 'hello');
    expect(said).toMatchObject({
      level: 30,
      component: 'Loud',
      realm: 'realm1',
      password: '***',
      nested: { token: '***' },
    });
    expect(said.session).toBeGreaterThan(0);
    expect(lines.find(({ msg }) => msg.startsWith('in a text'))).toMatchObject({ msg: 'in a text: ***' });
    // Before there is a session, there is none to name.
    expect(lines.find(({ msg, component }) => msg === 'start' && component === 'Loud').session).toBeUndefined();
    expect(one.stderr).not.toContain('hush');
  });
});

describe('every key of a file', () => {
  /** A value for each key that is not its default. */
  const every = {
    url: 'ws://127.0.0.1:1/ws',
    realm: 'shop',
    logLevel: 'error',
    logLevels: { router: 'warn' },
    connectTimeout: 50,
    callTimeout: 5,
    slowAfter: 5,
    blockedAfter: 5,
    interceptors: ['/around.js'],
    watch: true,
    exposeErrors: 'message',
    auth: 'ticket',
    authid: 'ann',
    secretFile: '/run/secret',
    secret: 'hush-hush',
    keyring: '/run/keys',
    health: { host: '::1', port: 0 },
    components: [
      {
        path: '/x.js',
        export: 'X',
        name: 'Y',
        realm: 'r',
        transports: ['ws://a/ws'],
        extra: 1,
        callTimeout: 5,
        interceptors: ['/around.js'],
      },
    ],
    router: {
      host: '::1',
      port: 1,
      listen: ['ws://127.0.0.1:0'],
      realms: ['other'],
      agent: 'shop-router',
      uriRule: 'strict',
      strictRequestIds: false,
      handshakeTimeout: 1,
      loginTimeout: 1,
      idleTimeout: 1,
      closeTimeout: 1,
      slowSubscribers: 'close',
      authentication: { anonymous: { authrole: 'guest' } },
      principals: [],
      componentRole: 'own',
      limits: Object.fromEntries(Object.keys(DEFAULT_LIMITS).map((name) => [name, 7])),
    },
  };

  test('is read from there, and nothing is left out here', async () => {
    configure(every);
    const { code, stdout } = await ended(['--print-config']);
    expect(code).toBe(0);
    const { values } = JSON.parse(stdout) as { values: Record<string, { value: unknown; from: string }> };
    for (const [key, { value, from }] of Object.entries(values)) {
      // What only JavaScript can give is not in JSON.
      if (['router.authenticators', 'router.realmOnDemand'].includes(key)) continue;
      expect(from).toBe(`wamp-run.config.json: ${key}`);
      const given = key.split('.').reduce<unknown>((found, part) => (found as Record<string, unknown>)[part], every);
      expect(value).toEqual(key === 'secret' ? '***' : given);
    }
  });

  test.each([['router'], ['(run)']])('of the router reaches the router: %s', async (how) => {
    const { listen, host, ...router } = every.router;
    const limits = { ...router.limits, sessions: 2, handshakes: 2 };
    configure({
      realm: 'shop',
      router: { ...router, port: 0, idleTimeout: 0, handshakeTimeout: 5_000, limits },
      components: [{ path: built('talker') }],
    });
    const { one, url } = await serving(how === 'router' ? ['router'] : []);
    if (how !== 'router') await one.says(/ready in/);
    const { session, client } = await joined(url, { realm: 'other' });
    expect(session.details).toMatchObject({ realm: 'other' });
    expect(JSON.stringify(session.details)).toContain('shop-router');
    // The rule is strict: a URI with a capital is none.
    await expect(session.subscribe('com.Shop.Sold', () => {})).rejects.toThrow(/invalid_uri/);
    // The component takes one of the two places; the router alone has both.
    const clients = [client];
    if (how === 'router') clients.push((await joined(url, { realm: 'other' })).client);
    await expect(joined(url, { realm: 'other' })).rejects.toThrow(/limit_exceeded/);
    await Promise.all(clients.map((each) => each.close()));
  });
});
