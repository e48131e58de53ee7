// Longer than 300 lines: one table with a case for every key of a component's entry, each shown by the running command.
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { anonymousVerifier } from '@wamp-run/auth/anonymous';
import { cryptosignVerifier, keyFromSeed } from '@wamp-run/auth/cryptosign';
import { autobahnScramCredential, autobahnScramVerifier, scramCredential, scramVerifier } from '@wamp-run/auth/scram';
import { ticketVerifier } from '@wamp-run/auth/ticket';
import { tlsCertificateVerifier } from '@wamp-run/auth/tls';
import { wampcraVerifier } from '@wamp-run/auth/wampcra';
import { type RouterAuthenticator, silent } from '@wamp-run/protocol';
import { Router } from '@wamp-run/router';
import { json } from '@wamp-run/serializers/json';
import { websocketListener } from '@wamp-run/transport/websocket';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { COMPONENT_SHAPE } from '../src/configuration/component-entry.js';
import type { Shape } from '../src/configuration/shape.js';
import { systemClock, systemRandom } from '../src/system.js';
import { listenerOn } from '../src/wires.js';
import { CommandFolder, type Run } from './command-folder.js';

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}.mjs`, import.meta.url));
const PROBE = fixture('probe');
const PIECES = fixture('pieces');
const pem = (name: string): string =>
  readFileSync(new URL(`../../transport/test/support/certificates/${name}.pem`, import.meta.url), 'utf8');
const SEED = '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510';
const ANN = { authid: 'ann', authrole: 'user', realm: 'realm1' };
const machine = { clock: systemClock, random: systemRandom };

let folder: CommandFolder;
beforeEach(() => {
  folder = new CommandFolder();
});
afterEach(() => folder.leave());

/** The command with these entries in its file; what they do not say themselves it brings along. */
const listed = (...components: object[]): Run =>
  folder.run([], { file: { 'router.port': 0, components, logLevel: 'info' } });

/** The same, once all are in service; the URL of its router. */
async function serving(...components: object[]): Promise<{ run: Run; url: string }> {
  const run = listed(...components);
  await run.says(/ready in/);
  return { run, url: await run.says(/^router +(\S+)/m) };
}

async function seen(url: string, realm = 'realm1'): Promise<Record<string, unknown>> {
  return (await folder.session(url, realm)).call('com.probe.seen');
}

/** A router of somebody else. */
async function foreignRouter(authenticators: RouterAuthenticator[] = [anonymousVerifier()]): Promise<string> {
  const router = new Router({ realms: ['realm1'], authenticators, ...machine });
  folder.atEnd(() => router.close());
  return (await router.listen(await listenerOn({ host: '127.0.0.1', port: 0 }, { ...machine, log: silent }))).url;
}

/** A component at a router where one logs in, as the method that its own session says it was. */
async function methodAt(authenticator: RouterAuthenticator, authentication: object): Promise<unknown> {
  const url = await foreignRouter([authenticator, anonymousVerifier()]);
  await serving({ path: PROBE, transports: [url], authentication });
  return seen(url);
}

/** A server that notes what first comes to it, and lets nobody in. */
async function noting<T>(
  server: Server,
  note: (resolve: (what: T) => void) => void,
): Promise<{ port: number; first: Promise<T> }> {
  const first = new Promise<T>(note);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  folder.atEnd(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, first };
}

/** What a component asks a router for when it opens a WebSocket: with these keys of its transport. */
async function asked(keys: object): Promise<IncomingMessage> {
  const server = createServer();
  const { port, first } = await noting<IncomingMessage>(server, (resolve) => {
    server.on('upgrade', (request, socket) => {
      resolve(request);
      socket.destroy();
    });
  });
  listed({ path: PROBE, transports: [{ url: `ws://127.0.0.1:${port}/ws`, ...keys }] });
  return first;
}

/** What a server learns of who asks for a WebSocket over TLS. */
interface AskedSecurely {
  readonly servername: unknown;
  readonly commonName: unknown;
}

/** The same over TLS; or the code of what the server and the component did not agree on. */
async function askedSecurely(tls: object, options: ServerOptions = {}): Promise<AskedSecurely | string | undefined> {
  const server = createSecureServer({ cert: pem('server'), key: pem('server-key'), ...options });
  const { port, first } = await noting<AskedSecurely | string | undefined>(server, (resolve) => {
    server.on('tlsClientError', ({ code }: NodeJS.ErrnoException) => resolve(code));
    server.on('upgrade', (_, socket) => {
      const secure = socket as TLSSocket & { readonly servername?: unknown };
      resolve({ servername: secure.servername, commonName: secure.getPeerCertificate().subject?.CN });
      socket.destroy();
    });
  });
  listed({ path: PROBE, transports: [{ url: `wss://127.0.0.1:${port}/ws`, tls }] });
  return first;
}

/** Who shows the certificate of orders to a server that asks for one. */
async function showsCertificate(): Promise<void> {
  const tls = { ca: pem('authority'), cert: pem('client'), key: pem('client-key') };
  const asking = { requestCert: true, ca: pem('authority') };
  expect(await askedSecurely(tls, asking)).toMatchObject({ commonName: 'orders' });
}

const failing = (restart: unknown, more: object = {}) => ({ path: PIECES, export: 'Failing', restart, ...more });
const delays = () => folder.logged.flatMap(({ retryIn }) => (retryIn === undefined ? [] : [retryIn as number]));

/** Shows that a key works. Keys of transports and authentication have their own ones behind a dot. */
const CASES: Readonly<Record<string, () => Promise<void>>> = {
  path: async () => expect(await seen((await serving({ path: PROBE })).url)).toMatchObject({ realm: 'realm1' }),
  export: async () => {
    const { run } = await serving({ path: PIECES, export: 'Second' });
    expect(run.stderr).toMatch(/^Second +running/m);
    expect(run.stderr).not.toMatch(/^First/m);
  },
  name: async () => {
    const { run } = await serving({ path: PROBE, name: 'Other' });
    expect(run.stderr).toMatch(/^Other +running/m);
  },
  realm: async () => {
    const { url } = await serving({ path: PROBE, realm: 'shop' });
    expect(await seen(url, 'shop')).toMatchObject({ realm: 'shop' });
  },
  transports: async () => {
    const url = await foreignRouter();
    await serving({ path: PROBE, transports: ['ws://127.0.0.1:1/ws', url] });
    expect(await seen(url)).toMatchObject({ realm: 'realm1' });
  },
  'transports.url': async () => expect((await asked({})).url).toBe('/ws'),
  'transports.serializers': async () => {
    const { headers } = await asked({ serializers: ['json'] });
    expect(headers['sec-websocket-protocol']).toBe('wamp.2.json');
  },
  'transports.headers': async () => {
    expect((await asked({ headers: { 'x-of-ours': 'yes' } })).headers).toMatchObject({ 'x-of-ours': 'yes' });
  },
  'transports.proxy': async () => {
    const server = createServer();
    const { port, first } = await noting<string | undefined>(server, (resolve) => {
      server.on('connect', (request, socket) => {
        resolve(request.url);
        socket.destroy();
      });
    });
    listed({ path: PROBE, transports: [{ url: 'ws://router.test/ws', proxy: `http://127.0.0.1:${port}` }] });
    expect(await first).toBe('router.test:80');
  },
  'transports.tls.ca': async () => expect(await askedSecurely({ ca: pem('authority') })).toBeTypeOf('object'),
  'transports.tls.cert': showsCertificate,
  'transports.tls.key': showsCertificate,
  'transports.tls.servername': async () => {
    const asked = await askedSecurely({ ca: pem('authority'), servername: 'router.test' });
    expect(asked).toMatchObject({ servername: 'router.test' });
  },
  'transports.tls.rejectUnauthorized': async () => {
    expect(await askedSecurely({ rejectUnauthorized: false })).toBeTypeOf('object');
  },
  'transports.tls.minVersion': async () => {
    const tls = { ca: pem('authority'), minVersion: 'TLSv1.3' };
    expect(await askedSecurely(tls, { maxVersion: 'TLSv1.2' })).toBe('ERR_SSL_UNSUPPORTED_PROTOCOL');
  },
  'authentication.anonymous': async () => {
    // The process logs in, and this one of its components does not.
    const url = await foreignRouter([
      ticketVerifier({ principals: [{ ...ANN, ticket: 'of ann' }] }),
      anonymousVerifier(),
    ]);
    const components = [{ path: PROBE, authentication: { anonymous: {} } }];
    const run = folder.run([], { file: { url, auth: 'ticket', authid: 'ann', secret: 'of ann', components } });
    await run.says(/ready in/);
    expect(await seen(url)).toMatchObject({ authmethod: 'anonymous' });
  },
  'authentication.ticket': async () => {
    const verifier = ticketVerifier({ principals: [{ ...ANN, ticket: 'of ann' }] });
    const found = await methodAt(verifier, { ticket: { authid: 'ann', ticket: 'of ann' } });
    expect(found).toMatchObject({ authid: 'ann', authmethod: 'ticket' });
  },
  'authentication.wampcra': async () => {
    const verifier = wampcraVerifier({ principals: [{ ...ANN, secret: 'of ann' }] });
    const found = await methodAt(verifier, { wampcra: { authid: 'ann', secret: 'of ann' } });
    expect(found).toMatchObject({ authid: 'ann', authmethod: 'wampcra' });
  },
  'authentication.wamp-scram': async () => {
    const credential = await scramCredential('of ann', { kdf: 'pbkdf2', iterations: 4_096 });
    const verifier = scramVerifier({ principals: [{ ...ANN, ...credential }] });
    const found = await methodAt(verifier, { 'wamp-scram': { authid: 'ann', password: 'of ann' } });
    expect(found).toMatchObject({ authid: 'ann', authmethod: 'wamp-scram' });
  },
  'authentication.scram': async () => {
    const credential = await autobahnScramCredential('ann', 'of ann');
    const verifier = autobahnScramVerifier({ principals: [{ ...ANN, ...credential }] });
    const found = await methodAt(verifier, { scram: { authid: 'ann', password: 'of ann' } });
    expect(found).toMatchObject({ authid: 'ann', authmethod: 'scram' });
  },
  'authentication.cryptosign': async () => {
    const verifier = cryptosignVerifier({ principals: [{ ...ANN, publicKeys: [keyFromSeed(SEED).publicKey] }] });
    const found = await methodAt(verifier, { cryptosign: { key: SEED } });
    expect(found).toMatchObject({ authid: 'ann', authmethod: 'cryptosign' });
  },
  'authentication.tls': async () => {
    const authenticators = [tlsCertificateVerifier({ principals: [{ ...ANN, commonName: 'orders' }] })];
    const router = new Router({ realms: ['realm1'], authenticators, ...machine });
    folder.atEnd(() => router.close());
    const tls = { cert: pem('server'), key: pem('server-key'), ca: pem('authority'), requestCert: true };
    const listener = websocketListener({ port: 0, serializers: [json()], clock: systemClock, tls });
    const { url } = await router.listen(listener);
    const own = { ca: pem('authority'), cert: pem('client'), key: pem('client-key') };
    const transports = [{ url, serializers: ['json'], tls: own }];
    await serving({ path: PROBE, transports, authentication: { tls: {} } });
    expect(router.counts().realms[0]?.sessions).toBe(1);
  },
  extra: async () => {
    const { url } = await serving({ path: PROBE, extra: { most: 3 } });
    expect(await seen(url)).toMatchObject({ extra: { most: 3 } });
  },
  keyring: async () => {
    const { stdout } = await folder.ended(['keygen', 'keyring', 'a.keys', '--uri', 'com.secret']);
    const { url } = await serving({ path: PROBE, keyring: 'a.keys' });
    expect(await seen(url)).toMatchObject({ key: stdout.split(' ')[0] });
  },
  restart: async () => {
    const run = listed(failing('never'));
    await run.ended;
    expect([delays(), run.stderr]).toEqual([[], expect.stringContaining('not today')]);
  },
  'restart.limit': async () => {
    await listed(failing({ limit: 2, delay: 1, maxDelay: 1 })).ended;
    expect(delays()).toHaveLength(2);
  },
  'restart.window': async () => {
    // Its one restart within the window is forgotten when the next is due: it is never given up.
    const url = await foreignRouter();
    listed(failing({ limit: 1, window: 1, delay: 3, maxDelay: 3 }, { transports: [url] }));
    const session = await folder.session(url);
    while (delays().length < 4) await session.call('wamp.session.count');
  },
  'restart.delay': async () => {
    await listed(failing({ limit: 1, delay: 20 })).ended;
    expect(delays()[0]).toBeGreaterThanOrEqual(18);
    expect(delays()[0]).toBeLessThanOrEqual(22);
  },
  'restart.maxDelay': async () => {
    await listed(failing({ limit: 3, delay: 8, maxDelay: 9 })).ended;
    expect(Math.max(...delays())).toBeLessThanOrEqual(9);
    expect(delays()).toHaveLength(3);
  },
  critical: async () => {
    const run = listed({ path: PROBE }, failing('never', { critical: true }));
    expect(await run.ended).toBe(70);
  },
  requires: async () => {
    const url = await foreignRouter();
    const session = await folder.session(url);
    const run = listed({ path: PIECES, export: 'First', transports: [url], requires: ['com.of.others'] });
    const waiting = () => folder.logged.some(({ msg }) => msg === 'waiting for com.of.others');
    while (!waiting()) await session.call('wamp.session.count');
    expect(run.stderr).not.toMatch(/^First +running/m);
    await session.register('com.of.others', () => null);
    await run.says(/^First +running/m);
  },
  instances: async () => {
    const { run } = await serving({ path: PIECES, export: 'Shared', instances: 2 });
    expect(run.stderr).toMatch(/^Shared-2 +running/m);
  },
  startTimeout: async () => {
    const run = listed({ path: PIECES, export: 'Hanging', startTimeout: 5, restart: 'never' });
    await run.ended;
    expect(run.stderr).toContain('Hanging is not in service after 5 ms: its onJoin has not returned');
  },
  callTimeout: async () => {
    const session = await folder.session((await serving({ path: PROBE, callTimeout: 1 })).url);
    expect(await session.call('com.probe.patience')).toMatch(/did not answer within 1 ms/);
  },
  interceptors: async () => {
    folder.write('around.mjs', `export const interceptors = [{ invocation: () => 'intercepted' }];\n`);
    expect(await seen((await serving({ path: PROBE, interceptors: ['around.mjs'] })).url)).toBe('intercepted');
  },
};

/** The keys that a shape has, with those of objects in them behind a dot. Of a login the method is one. */
function keysOf(shape: Shape, path = ''): string[] {
  switch (shape.kind) {
    case 'keys':
      return Object.entries(shape.keys).flatMap(([key, each]) => {
        const at = path === '' ? key : `${path}.${key}`;
        if (path === 'authentication') return [at];
        const inner = keysOf(each, at);
        // Of an object that is nothing but its keys, they are what is to be shown.
        return each.kind === 'keys' ? inner : [at, ...inner];
      });
    case 'list':
      return keysOf(shape.of, path);
    case 'either':
      return keysOf(shape.keys, path);
    default:
      return [];
  }
}

test('every key of an entry has its case', () => {
  expect(Object.keys(CASES).sort()).toEqual(keysOf(COMPONENT_SHAPE).sort());
});

describe('what an entry says has its effect', () => {
  test.each(Object.entries(CASES))('%s', async (_, shown) => shown());
});
