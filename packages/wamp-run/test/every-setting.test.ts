// Every flag, every variable and every key of a file works: of each an effect is shown, by each way that it can be given.
// A setting without a case fails here.
import fs, { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ticketVerifier } from '@wamp-run/auth/ticket';
import { DEFAULT_LIMITS, Router, type RouterOptions } from '@wamp-run/router';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { nested } from '../src/configuration/nested.js';
import { connect } from '../src/connect.js';
import type { Readiness } from '../src/health.js';
import { main } from '../src/program.js';
import { type FlagName, flagFor, SETTING_NAMES, SETTINGS, type SettingName } from '../src/settings.js';
import { start } from '../src/start.js';
import { systemClock, systemRandom } from '../src/system.js';
import { listenerOn } from '../src/wires.js';

/** What routers were built with. */
const built: RouterOptions[] = [];
vi.mock('@wamp-run/router', async (load) => {
  const real = await load<typeof import('@wamp-run/router')>();
  class Watched extends real.Router {
    constructor(options: RouterOptions) {
      super(options);
      built.push(options);
    }
  }
  return { ...real, Router: Watched };
});

const PROBE = fileURLToPath(new URL('./fixtures/probe.mjs', import.meta.url));

let directory: string;
/** Lines of the log. */
let logged: Record<string, unknown>[];
const ends: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wamp-run-every-'));
  logged = [];
  const write = fs.writeSync.bind(fs) as (...args: unknown[]) => number;
  vi.spyOn(fs, 'writeSync').mockImplementation(((fd: number, text: string, ...rest: unknown[]) => {
    if (fd !== 2) return write(fd, text, ...rest);
    for (const line of String(text).split('\n')) if (line.startsWith('{')) logged.push(JSON.parse(line));
    return Buffer.byteLength(text);
  }) as typeof fs.writeSync);
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
});
const write = (name: string, text: string) => writeFileSync(join(directory, name), text, { mode: 0o600 });

/** What a command is given: flags, variables, and keys of its file. */
interface Given {
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  readonly file?: Record<string, unknown>;
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command in this process, in a folder of its own. */
class Run {
  stdout = '';
  stderr = '';
  readonly ended: Promise<number>;
  #signal: (name: 'SIGTERM') => void = () => {};
  #watching: (() => void)[] = [];

  constructor(argv: readonly string[], ...given: Given[]) {
    const file = Object.assign({}, ...given.map((each) => each.file ?? {})) as Record<string, unknown>;
    write('wamp-run.config.json', JSON.stringify(nested(Object.entries(file))));
    this.ended = main([...argv, ...given.flatMap(({ args = [] }) => args)], {
      env: Object.assign({}, ...given.map(({ env = {} }) => env)) as Record<string, string>,
      directory,
      terminal: false,
      stdout: (text) => {
        this.stdout += text;
      },
      stderr: (text) => {
        this.stderr += text;
        for (const look of this.#watching) look();
      },
      onSignal: (listener) => {
        this.#signal = listener;
        return () => {};
      },
      onReload: () => () => {},
      onUncaught: () => {},
      force: (code) => {
        throw new Error(`forced: ${code}`);
      },
    });
    ends.push(async () => {
      this.#signal('SIGTERM');
      await this.ended;
    });
  }

  /** Resolves when stderr says this; rejects when it has ended before. */
  async says(pattern: RegExp): Promise<string> {
    const found = new Promise<string>((resolve) => {
      const look = (): void => {
        const match = pattern.exec(this.stderr);
        if (match !== null) resolve(match[1] ?? match[0]);
      };
      this.#watching.push(look);
      look();
    });
    const code = this.ended.then((ended) => {
      throw new Error(`ended with ${ended} before it said ${pattern}: ${this.stderr}`);
    });
    return Promise.race([found, code]);
  }
}

async function ended(argv: readonly string[], ...given: Given[]): Promise<Ended> {
  const run = new Run(argv, ...given);
  const code = await run.ended;
  return { code, stdout: run.stdout, stderr: run.stderr };
}

/** The component in service on a router of its own; the router's URL. */
async function serving(...given: Given[]): Promise<{ run: Run; url: string }> {
  const run = new Run([PROBE], { file: { 'router.port': 0 } }, ...given);
  await run.says(/ready in/);
  return { run, url: await run.says(/^router +(\S+)/m) };
}

async function seen(
  url: string,
  realm = 'realm1',
): Promise<{ authid: string | null; realm: string; key: string | null }> {
  const client = await connect(url, { realm });
  ends.push(() => client.close());
  return client.session.call('com.probe.seen');
}

/** A router that lets in ann by her ticket, and everybody else as nobody. */
async function foreignRouter(): Promise<string> {
  const ann = { authid: 'ann', authrole: 'user', realm: 'realm1', ticket: 'of ann' };
  const { anonymousVerifier } = await import('@wamp-run/auth/anonymous');
  const router = new Router({
    realms: ['realm1'],
    authenticators: [ticketVerifier({ principals: [ann] }), anonymousVerifier()],
    clock: systemClock,
    random: systemRandom,
  });
  ends.push(() => router.close());
  const machine = { clock: systemClock, random: systemRandom, log: (await import('@wamp-run/protocol')).silent };
  return (await router.listen(await listenerOn({ host: '127.0.0.1', port: 0 }, machine))).url;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Gives a setting in one of its ways: as the text that a shell has, or the value that a file has. */
type Way = (text: string, value?: unknown) => Given;

/** Shows that a setting works when it is given so. */
type Case = (way: Way) => Promise<void>;

const login = (url: string, ...left: string[]): Record<string, unknown> => {
  const all = { url, auth: 'ticket', authid: 'ann', secret: 'of ann' };
  return Object.fromEntries(Object.entries(all).filter(([key]) => !left.includes(key)));
};

async function joinsAsAnn(given: Given, ...left: string[]): Promise<void> {
  const url = await foreignRouter();
  await serving({ file: login(url, ...left) }, given);
  expect((await seen(url)).authid).toBe('ann');
}

const CASES: Readonly<Record<FlagName | 'logLevels' | 'interceptors' | 'components', Case>> = {
  url: async (way) => {
    const url = await foreignRouter();
    await serving(way(url));
    expect((await seen(url)).realm).toBe('realm1');
  },
  realm: async (way) => {
    const { url } = await serving(way('shop'));
    expect((await seen(url, 'shop')).realm).toBe('shop');
  },
  host: async (way) => expect((await serving(way('::1'))).url).toContain('[::1]'),
  port: async (way) => {
    const port = await freePort();
    expect((await serving(way(String(port), port))).url).toContain(`:${port}/`);
  },
  listen: async (way) => {
    const { url } = await serving(way('rs://127.0.0.1:0', ['rs://127.0.0.1:0']));
    expect(url).toMatch(/^rs:/);
  },
  logLevel: async (way) => {
    await seen((await serving(way('debug'))).url);
    expect(logged).toContainEqual(expect.objectContaining({ level: 20, component: 'Probe', msg: 'asked' }));
  },
  logLevels: async (way) => {
    await seen((await serving({ file: { logLevel: 'debug' } }, way('', { Probe: 'silent' }))).url);
    expect(logged.some(({ component }) => component === 'Probe')).toBe(false);
    expect(logged.length).toBeGreaterThan(0);
  },
  connectTimeout: async (way) => {
    const { code, stderr } = await ended([PROBE], { file: { url: 'ws://127.0.0.1:1/ws' } }, way('5', 5));
    expect([code, stderr]).toEqual([69, expect.stringContaining('gave up after 5 ms')]);
  },
  exposeErrors: async (way) => {
    const client = await connect((await serving(way('message'))).url);
    ends.push(() => client.close());
    await expect(client.session.call('com.probe.fail')).rejects.toThrow('out of luck');
  },
  callTimeout: async (way) => {
    const client = await connect((await serving(way('1', 1))).url);
    ends.push(() => client.close());
    expect(await client.session.call('com.probe.patience')).toMatch(/did not answer within 1 ms/);
  },
  slowAfter: async (way) => {
    const { run, url } = await serving({ file: { 'health.port': 0 } }, way('1', 1));
    const client = await connect(url);
    ends.push(() => client.close());
    const silence = client.session.call('com.probe.silence');
    silence.catch(() => {});
    const health = await run.says(/^health +(\S+)/m);
    const slow = async () => ((await (await fetch(`${health}/readyz`)).json()) as Readiness).components[0]?.slow;
    while ((await slow()) !== 1);
  },
  blockedAfter: async (way) => {
    const client = await connect((await serving(way('10', 10))).url);
    ends.push(() => client.close());
    await client.session.call('com.probe.compute', [20]);
    expect(logged).toContainEqual(
      expect.objectContaining({ level: 40, component: 'Probe', what: 'com.probe.compute', ms: expect.any(Number) }),
    );
  },
  interceptors: async (way) => {
    write('around.mjs', `export const interceptors = [{ invocation: () => 'intercepted' }];\n`);
    expect(await seen((await serving(way('', ['around.mjs']))).url)).toBe('intercepted');
  },
  auth: async (way) => joinsAsAnn(way('ticket'), 'auth'),
  authid: async (way) => joinsAsAnn(way('ann'), 'authid'),
  secret: async (way) => joinsAsAnn(way('of ann'), 'secret'),
  secretFile: async (way) => {
    write('ann.secret', 'of ann\n');
    await joinsAsAnn(way('ann.secret'), 'secret');
  },
  keyring: async (way) => {
    const { code, stdout } = await ended(['keygen', 'keyring', 'a.keys', '--uri', 'com.secret']);
    expect(code).toBe(0);
    expect((await seen((await serving(way('a.keys'))).url)).key).toBe(stdout.split(' ')[0]);
  },
  healthHost: async (way) => {
    const { run } = await serving({ file: { 'health.port': 0 } }, way('::1'));
    expect((await fetch(`${await run.says(/^health +(\S+)/m)}/livez`)).status).toBe(200);
    expect(run.stderr).toMatch(/^health +http:\/\/\[::1\]/m);
  },
  healthPort: async (way) => {
    const port = await freePort();
    await serving(way(String(port), port));
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
  },
  healthUrl: async (way) => {
    const { run } = await serving({ file: { 'health.port': 0 } });
    const { code, stdout } = await ended(['status'], way(await run.says(/^health +(\S+)/m)));
    expect([code, stdout.split('\n')[0]]).toEqual([0, 'ready']);
  },
  components: async (way) => {
    const run = new Run([], { file: { 'router.port': 0 } }, way('', [{ path: PROBE, name: 'Other' }]));
    await run.says(/^Other +running/m);
  },
  watch: async () => {},
};

/** Of watching files, and of logins at its own router, tests of their own show what they do. */
const SHOWN_ELSEWHERE: readonly SettingName[] = [
  'watch',
  'router.authentication',
  'router.principals',
  'router.componentRole',
  'router.authenticators',
  'router.realmOnDemand',
];

/** A value of each other option of the router that is not its default. */
const ROUTER_VALUES: Readonly<Record<string, unknown>> = {
  realms: [{ name: 'other', metaApi: 'none' }],
  agent: 'shop-router',
  uriRule: 'strict',
  strictRequestIds: false,
  handshakeTimeout: 1_234,
  loginTimeout: 1_234,
  idleTimeout: 123_456,
  closeTimeout: 1_234,
  slowSubscribers: 'close',
  ...Object.fromEntries(Object.entries(DEFAULT_LIMITS).map(([name, value]) => [`limits.${name}`, value - 1])),
};

const NAMES = Object.keys(CASES) as (keyof typeof CASES)[];

/** Each way that a setting can be given. */
const ways = NAMES.filter((name) => !SHOWN_ELSEWHERE.includes(name)).flatMap((name): [string, string, Way][] => {
  const { env, flag, key } = SETTINGS[name];
  return [
    ...(flag === undefined
      ? []
      : [[name, 'a flag', (text) => ({ args: [flagFor(name), text] })] as [string, string, Way]]),
    ...(env === undefined ? [] : [[name, 'a variable', (text) => ({ env: { [env]: text } })] as [string, string, Way]]),
    ...(key === undefined
      ? []
      : [[name, 'a key', (text, value = text) => ({ file: { [key]: value } })] as [string, string, Way]]),
  ];
});

test('every setting there is has its case', () => {
  const router = Object.keys(ROUTER_VALUES).map((name) => `router.${name}`);
  expect([...new Set([...NAMES, ...SHOWN_ELSEWHERE, ...router])].sort()).toEqual([...SETTING_NAMES].sort());
});

describe('what a shell or a file says has its effect', () => {
  test.each(ways)('%s as %s', async (name, _, way) => CASES[name as keyof typeof CASES](way));
});

describe('what a file says of its own router reaches the router', () => {
  test.each(Object.entries(ROUTER_VALUES))('%s', async (name, value) => {
    built.length = 0;
    const router = {
      ...nested([
        ['port', 0],
        [name, value],
      ]),
    };
    const running = await start({ files: [PROBE], from: '/', router });
    ends.push(() => running.stop());
    const [part, bound] = name.split('.') as [string, string?];
    const got = (built.at(-1) as unknown as Record<string, unknown>)[part];
    if (bound !== undefined) expect((got as Record<string, unknown>)[bound]).toBe(value);
    else if (part === 'realms') expect(got).toEqual(expect.arrayContaining(value as unknown[]));
    else expect(got).toBe(value);
  });
});
