// Every flag, every variable and every key of a file works: of each an effect is shown, by each way that it can be given.
// A setting without a case fails here. Those of its own router are shown in every-router-key, the keys of an entry in
// every-entry-key.
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { anonymousVerifier } from '@wamp-run/auth/anonymous';
import { ticketVerifier } from '@wamp-run/auth/ticket';
import { silent } from '@wamp-run/protocol';
import { Router } from '@wamp-run/router';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Readiness } from '../src/health.js';
import { type FlagName, flagFor, SETTING_NAMES, SETTINGS } from '../src/settings.js';
import { systemClock, systemRandom } from '../src/system.js';
import { listenerOn } from '../src/wires.js';
import { CommandFolder, type Ended, type Given, type Run } from './command-folder.js';
import { ROUTER_CASES } from './router-cases.js';

const PROBE = fileURLToPath(new URL('./fixtures/probe.mjs', import.meta.url));

let folder: CommandFolder;
beforeEach(() => {
  folder = new CommandFolder();
});
afterEach(() => folder.leave());
const ended = (argv: readonly string[], ...given: Given[]): Promise<Ended> => folder.ended(argv, ...given);

/** The component in service on a router of its own; the router's URL. */
async function serving(...given: Given[]): Promise<{ run: Run; url: string }> {
  const run = folder.run([PROBE], { file: { 'router.port': 0 } }, ...given);
  await run.says(/ready in/);
  return { run, url: await run.says(/^router +(\S+)/m) };
}

async function seen(url: string, realm = 'realm1'): Promise<{ authid: string; realm: string; key: string | null }> {
  return (await folder.session(url, realm)).call('com.probe.seen');
}

/** A router that lets in ann by her ticket, and everybody else as nobody. */
async function foreignRouter(): Promise<string> {
  const ann = { authid: 'ann', authrole: 'user', realm: 'realm1', ticket: 'of ann' };
  const authenticators = [ticketVerifier({ principals: [ann] }), anonymousVerifier()];
  const machine = { clock: systemClock, random: systemRandom };
  const router = new Router({ realms: ['realm1'], authenticators, ...machine });
  folder.atEnd(() => router.close());
  return (await router.listen(await listenerOn({ host: '127.0.0.1', port: 0 }, { ...machine, log: silent }))).url;
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

const CASES: Readonly<Record<Exclude<FlagName, 'watch'> | 'logLevels' | 'interceptors' | 'components', Case>> = {
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
    expect(folder.logged).toContainEqual(expect.objectContaining({ level: 20, component: 'Probe', msg: 'asked' }));
  },
  logLevels: async (way) => {
    await seen((await serving({ file: { logLevel: 'debug' } }, way('', { Probe: 'silent' }))).url);
    expect(folder.logged.some(({ component }) => component === 'Probe')).toBe(false);
    expect(folder.logged.length).toBeGreaterThan(0);
  },
  connectTimeout: async (way) => {
    const { code, stderr } = await ended([PROBE], { file: { url: 'ws://127.0.0.1:1/ws' } }, way('5', 5));
    expect([code, stderr]).toEqual([69, expect.stringContaining('gave up after 5 ms')]);
  },
  exposeErrors: async (way) => {
    const session = await folder.session((await serving(way('message'))).url);
    await expect(session.call('com.probe.fail')).rejects.toThrow('out of luck');
  },
  callTimeout: async (way) => {
    const session = await folder.session((await serving(way('1', 1))).url);
    expect(await session.call('com.probe.patience')).toMatch(/did not answer within 1 ms/);
  },
  slowAfter: async (way) => {
    const { run, url } = await serving({ file: { 'health.port': 0 } }, way('1', 1));
    const silence = (await folder.session(url)).call('com.probe.silence');
    silence.catch(() => {});
    const health = await run.says(/^health +(\S+)/m);
    const slow = async () => ((await (await fetch(`${health}/readyz`)).json()) as Readiness).components[0]?.slow;
    while ((await slow()) !== 1);
  },
  blockedAfter: async (way) => {
    await (await folder.session((await serving(way('10', 10))).url)).call('com.probe.compute', [20]);
    expect(folder.logged).toContainEqual(
      expect.objectContaining({ level: 40, component: 'Probe', what: 'com.probe.compute', ms: expect.any(Number) }),
    );
  },
  interceptors: async (way) => {
    folder.write('around.mjs', `export const interceptors = [{ invocation: () => 'intercepted' }];\n`);
    expect(await seen((await serving(way('', ['around.mjs']))).url)).toBe('intercepted');
  },
  auth: async (way) => joinsAsAnn(way('ticket'), 'auth'),
  authid: async (way) => joinsAsAnn(way('ann'), 'authid'),
  secret: async (way) => joinsAsAnn(way('of ann'), 'secret'),
  secretFile: async (way) => {
    folder.write('ann.secret', 'of ann\n');
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
    const run = folder.run([], { file: { 'router.port': 0 } }, way('', [{ path: PROBE, name: 'Other' }]));
    await run.says(/^Other +running/m);
  },
};

const NAMES = Object.keys(CASES) as (keyof typeof CASES)[];

/** Each way that a setting can be given. */
const ways = NAMES.flatMap((name): [string, string, Way][] => {
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
  // What watching does is shown in apps/integration.
  expect(['watch', ...NAMES, ...Object.keys(ROUTER_CASES)].sort()).toEqual([...SETTING_NAMES].sort());
});

test('a secret of the environment displaces the file of one that the configuration names, and a port where it listens', async () => {
  const file = { 'router.listen': ['unix:/nowhere/to/listen'], secretFile: 'nowhere.secret' };
  await joinsAsAnn({ file, env: { WAMP_SECRET: 'of ann' } }, 'secret');
  const port = await freePort();
  const run = folder.run(['router'], { file, args: ['--port', String(port)] });
  expect(await run.says(/^router +(\S+)/m)).toContain(`:${port}/`);
});

describe('what a shell or a file says has its effect', () => {
  test.each(ways)('%s as %s', async (name, _, way) => CASES[name as keyof typeof CASES](way));
});
