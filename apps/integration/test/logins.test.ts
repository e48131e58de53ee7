// Longer than 300 lines: one matrix, of every method, both wires, and what can go wrong with a login.
//
// Every login of packages/auth, a client's half over a wire against a router; and those of npm's autobahn.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { anonymous, anonymousVerifier } from '@wamp-run/auth/anonymous';
import { cryptosign, cryptosignVerifier, keyFromSeed } from '@wamp-run/auth/cryptosign';
import {
  autobahnScram,
  autobahnScramCredential,
  autobahnScramVerifier,
  scram,
  scramCredential,
  scramVerifier,
} from '@wamp-run/auth/scram';
import { ticket, ticketVerifier } from '@wamp-run/auth/ticket';
import { tlsCertificate, tlsCertificateVerifier } from '@wamp-run/auth/tls';
import { totp, totpCheck } from '@wamp-run/auth/totp';
import { deriveKey, type WampcraPrincipal, wampcra, wampcraVerifier } from '@wamp-run/auth/wampcra';
import { Client, type SessionDetails } from '@wamp-run/client';
import type { ClientAuthenticator, Connector, LoginAnswer, RouterAuthenticator } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { Router, type RouterOptions } from '@wamp-run/router';
import { rawsocket, rawsocketListener } from '@wamp-run/transport/rawsocket';
import { websocket, websocketListener } from '@wamp-run/transport/websocket';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { clock, random, serializers } from './local.js';

const pem = (name: string): string =>
  readFileSync(new URL(`../../../packages/transport/test/support/certificates/${name}.pem`, import.meta.url), 'utf8');

const peter = { authid: 'peter', authrole: 'user', realm: 'realm1' };
const SECRET = 'correct horse';
const SEED = '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510';
const OTHER_SEED = 'aa57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510';
const TOTP_SECRET = 'JBSWY3DPEHPK3PXP';
/** The time of a code, in seconds: it does not pass. */
const NOON = 1_700_000_000;

/** A way to log in: whom the router lets in, and how clients with the right secret and with a wrong one try. */
interface Method {
  readonly verifier: () => Promise<RouterAuthenticator> | RouterAuthenticator;
  readonly right: () => ClientAuthenticator;
  readonly wrong: () => ClientAuthenticator;
  /** What somebody has who has heard one login: a secret that can be shown again, or nothing. */
  readonly replayed: 'welcome' | 'refused';
}

const challengeTimeout = 1_000;
/**
 * SECRET as Autobahn stores it, for the least work that its clients let a router ask for: a hundredth of what
 * `autobahnScramCredential` asks for, which costs each side a second.
 */
const QUICK = {
  kdf: 'argon2id13',
  iterations: 32,
  memory: 512,
  salt: 'AmrZsUp0U7dIjaoMasvCWA==',
  storedKey: 'VKNsI6NhDnE+PbJzM1EAELB0fwKMV1rlEKHKg6Uj6pg=',
  serverKey: 'wkymhWuH65ZEnklsTaA0J3U9Q7DVwQgkr77ZpQyZ5JQ=',
} as const;
const METHODS: Record<string, Method> = {
  ticket: {
    verifier: () => ticketVerifier({ principals: [{ ...peter, ticket: SECRET }], challengeTimeout }),
    right: () => ticket({ authid: 'peter', ticket: SECRET }),
    wrong: () => ticket({ authid: 'peter', ticket: 'wrong' }),
    replayed: 'welcome',
  },
  'a code by TOTP': {
    verifier: () =>
      ticketVerifier({
        principals: [{ ...peter, ticket: totpCheck(TOTP_SECRET, { time: () => NOON }) }],
        challengeTimeout,
      }),
    right: () => ticket({ authid: 'peter', ticket: () => totp(TOTP_SECRET, { time: NOON }) }),
    wrong: () => ticket({ authid: 'peter', ticket: '000000' }),
    replayed: 'refused',
  },
  wampcra: {
    verifier: () => wampcraVerifier({ principals: [{ ...peter, secret: SECRET }], challengeTimeout }),
    right: () => wampcra({ authid: 'peter', secret: SECRET }),
    wrong: () => wampcra({ authid: 'peter', secret: 'wrong' }),
    replayed: 'refused',
  },
  'wampcra, salted': {
    verifier: async () => {
      const salted = { salt: 'salt of peter', iterations: 1_000, keylen: 32 };
      const secret = await deriveKey(SECRET, salted);
      return wampcraVerifier({ principals: [{ ...peter, secret, ...salted }], challengeTimeout });
    },
    right: () => wampcra({ authid: 'peter', secret: SECRET }),
    wrong: () => wampcra({ authid: 'peter', secret: 'wrong' }),
    replayed: 'refused',
  },
  'scram by pbkdf2': {
    verifier: async () => {
      const credential = await scramCredential(SECRET, { kdf: 'pbkdf2', iterations: 4_096 });
      return scramVerifier({ principals: [{ ...peter, ...credential }], challengeTimeout });
    },
    right: () => scram({ authid: 'peter', password: SECRET }),
    wrong: () => scram({ authid: 'peter', password: 'wrong' }),
    replayed: 'refused',
  },
  'scram by argon2id13': {
    verifier: async () => {
      const credential = await scramCredential(SECRET, { kdf: 'argon2id13', iterations: 5, memory: 7_168 });
      return scramVerifier({ principals: [{ ...peter, ...credential }], challengeTimeout });
    },
    right: () => scram({ authid: 'peter', password: SECRET }),
    wrong: () => scram({ authid: 'peter', password: 'wrong' }),
    replayed: 'refused',
  },
  'Autobahn’s scram': {
    verifier: () => autobahnScramVerifier({ principals: [{ ...peter, ...QUICK }], challengeTimeout }),
    right: () => autobahnScram({ authid: 'peter', password: SECRET }),
    wrong: () => autobahnScram({ authid: 'peter', password: 'wrong' }),
    replayed: 'refused',
  },
  cryptosign: {
    verifier: () =>
      cryptosignVerifier({
        principals: [{ ...peter, publicKeys: [keyFromSeed(SEED).publicKey] }],
        key: keyFromSeed(OTHER_SEED),
        challengeTimeout,
      }),
    right: () => cryptosign({ key: keyFromSeed(SEED), routerKeys: [keyFromSeed(OTHER_SEED).publicKey] }),
    wrong: () => cryptosign({ key: keyFromSeed(OTHER_SEED), authid: 'peter' }),
    replayed: 'refused',
  },
};

const WIRES = {
  WebSocket: {
    listener: () => websocketListener({ port: 0, serializers: serializers(), clock }),
    connector: (url: string): Connector => websocket(url, { serializers: serializers(), clock }),
  },
  RawSocket: {
    listener: () => rawsocketListener({ port: 0, serializers: serializers(), clock }),
    connector: (url: string): Connector => rawsocket(url, { serializers: serializers(), clock }),
  },
} as const;
type Wire = keyof typeof WIRES;

/** A router whose time is a test's, at a wire whose time is not. */
async function routerAt(wire: Wire, authenticators: RouterAuthenticator[], options: Partial<RouterOptions> = {}) {
  const fake = new FakeClock();
  const router = new Router({ realms: ['realm1'], authenticators, clock: fake, random, ...options });
  onTestFinished(() => router.close());
  const { url } = await router.listen(WIRES[wire].listener());
  return { router, url, clock: fake };
}

/** Tries to join: who it is then, or the reason why not. */
async function tried(connector: Connector, ...authenticators: ClientAuthenticator[]): Promise<string> {
  const joins: SessionDetails[] = [];
  const client = new Client({
    connectors: [connector],
    realm: 'realm1',
    authenticators,
    retry: false,
    clock,
    random,
    hooks: { onJoin: (_session, details) => joins.push(details) },
  });
  onTestFinished(() => client.close());
  try {
    await client.joined();
    const { authid, authrole, authmethod, authprovider } = joins[0] as SessionDetails;
    return `${authid} ${authrole} ${authmethod} ${authprovider}`;
  } catch (error) {
    return (error as { reason?: string }).reason ?? String(error);
  } finally {
    await client.close().catch(() => {});
  }
}

/** The same login, overheard: what it puts into HELLO, and what it answers. */
function overheard(inner: ClientAuthenticator) {
  const answers: LoginAnswer[] = [];
  const login = inner.begin();
  const authenticator: ClientAuthenticator = {
    ...inner,
    begin: () => ({
      ...login,
      onChallenge: async (challenge, context) => {
        const answer = (await login.onChallenge?.(challenge, context)) as LoginAnswer;
        answers.push(answer);
        return answer;
      },
    }),
  };
  const replay: ClientAuthenticator = {
    ...inner,
    begin: () => ({ authextra: login.authextra, onChallenge: () => answers[0] as LoginAnswer }),
  };
  return { authenticator, replay };
}

describe.each(Object.keys(WIRES) as Wire[])('over %s', (wire) => {
  describe.each(Object.entries(METHODS))('%s', (_, { verifier, right, wrong, replayed }) => {
    test('the right secret, a wrong one, and nobody of that name', async () => {
      const { url } = await routerAt(wire, [await verifier()]);
      const connector = WIRES[wire].connector(url);
      expect(await tried(connector, right())).toBe(`peter user ${right().method} static`);
      expect(await tried(connector, wrong())).toBe('wamp.error.authentication_denied');
      const nobody = { ...wrong(), authid: 'nobody' };
      expect(await tried(connector, nobody)).toMatch(/^wamp\.error\.(authentication_denied|cannot_authenticate)$/);
      expect(await tried(connector)).toBe('wamp.error.no_matching_auth_method');
    });

    test('what was overheard', async () => {
      const { url } = await routerAt(wire, [await verifier()]);
      const connector = WIRES[wire].connector(url);
      const { authenticator, replay } = overheard(right());
      expect(await tried(connector, authenticator)).toContain('peter user');
      const outcome = await tried(connector, replay);
      if (replayed === 'welcome') expect(outcome).toContain('peter user');
      else expect(outcome).toMatch(/^wamp\.error\.authentication_(denied|failed)$/);
    });

    test('an answer after the time of its challenge, and one that never comes', async () => {
      const { router, url, clock: time } = await routerAt(wire, [await verifier()]);
      const connector = WIRES[wire].connector(url);
      const inner = right();
      const late: ClientAuthenticator = {
        ...inner,
        begin: () => {
          const login = inner.begin();
          return {
            ...login,
            onChallenge: (challenge, context) => {
              time.advance(challengeTimeout + 1);
              return login.onChallenge?.(challenge, context) as LoginAnswer;
            },
          };
        },
      };
      expect(await tried(connector, late)).toBe('wamp.error.authentication_denied');
      const never: ClientAuthenticator = {
        ...inner,
        begin: () => ({
          ...inner.begin(),
          onChallenge: () => {
            time.advance(30_000);
            return new Promise<LoginAnswer>(() => {});
          },
        }),
      };
      expect(await tried(connector, never)).toBe('wamp.error.timeout');
      expect(router.counts().realms[0]?.sessions).toBe(0);
    });
  });

  test('anonymous, where the router offers it', async () => {
    const { url } = await routerAt(wire, [anonymousVerifier({ authrole: 'guest' })]);
    const connector = WIRES[wire].connector(url);
    expect(await tried(connector)).toMatch(/^[2-9A-Z-]{24} guest anonymous static$/);
    expect(await tried(connector, anonymous())).toMatch(/^[2-9A-Z-]{24} guest anonymous static$/);
  });

  test('several methods: the client’s order decides', async () => {
    const verifiers = await Promise.all(['ticket', 'wampcra', 'cryptosign'].map((name) => METHODS[name]?.verifier()));
    const { url } = await routerAt(wire, verifiers as RouterAuthenticator[]);
    const connector = WIRES[wire].connector(url);
    const [first, second] = [METHODS.wampcra?.right(), METHODS.ticket?.right()] as ClientAuthenticator[];
    const unknown: ClientAuthenticator = { method: 'telepathy', begin: () => ({}) };
    expect(await tried(connector, unknown, first as ClientAuthenticator, second as ClientAuthenticator)).toContain(
      'wampcra',
    );
    expect(await tried(connector, second as ClientAuthenticator, first as ClientAuthenticator)).toContain('ticket');
  });

  test('a flood of handshakes that go no further meets the limit, and others are let in when it is over', async () => {
    const method = METHODS.wampcra as Method;
    const {
      router,
      url,
      clock: time,
    } = await routerAt(wire, [await method.verifier()], {
      limits: { handshakesPerAddress: 8 },
    });
    const connector = WIRES[wire].connector(url);
    const stop = { aborted: false, reason: undefined, addEventListener() {}, removeEventListener() {} };
    const reasons: string[] = [];
    const ended: Promise<void>[] = [];
    for (let count = 0; count < 20; count++) {
      const transport = await connector.connect(stop);
      ended.push(
        new Promise((resolve) => {
          transport.start({
            message: (message) => {
              if ('reason' in message) reasons.push(message.reason);
            },
            closed: () => resolve(),
          });
        }),
      );
    }
    await Promise.all(ended.slice(8));
    expect(reasons).toEqual(Array.from({ length: 12 }, () => 'wamp.error.limit_exceeded'));
    expect(await tried(connector, method.right())).toBe('wamp.error.limit_exceeded');
    time.advance(10_000);
    await Promise.all(ended);
    expect(reasons.filter((reason) => reason === 'wamp.error.timeout')).toHaveLength(8);
    while (router.counts().transports > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await tried(connector, method.right())).toContain('peter user');
  });
});

test('Autobahn’s scram with all the work of a credential as Autobahn makes it', async () => {
  const credential = await autobahnScramCredential('peter', SECRET);
  const { url } = await routerAt('WebSocket', [autobahnScramVerifier({ principals: [{ ...peter, ...credential }] })]);
  const right = autobahnScram({ authid: 'peter', password: SECRET });
  expect(await tried(WIRES.WebSocket.connector(url), right)).toBe('peter user scram static');
});

describe('principals that a procedure of the realm knows', () => {
  test('are looked up by the router itself, for any method', async () => {
    const service = anonymousVerifier({ authrole: 'service' });
    const verifier = wampcraVerifier({
      principals: async (authid, realm) => {
        const { args } = await router.ask(realm, 'com.auth.principal', { args: [authid] });
        return args[0] as unknown as WampcraPrincipal;
      },
    });
    const { router, url } = await routerAt('WebSocket', [service, verifier]);
    const connector = WIRES.WebSocket.connector(url);
    const known = new Client({ connectors: [connector], realm: 'realm1', retry: false, clock, random });
    onTestFinished(() => known.close());
    const session = await known.joined();
    await session.register('com.auth.principal', ([authid]) =>
      authid === 'peter' ? { ...peter, secret: SECRET } : null,
    );
    const { right, wrong } = METHODS.wampcra as Method;
    expect(await tried(connector, right())).toBe('peter user wampcra dynamic');
    expect(await tried(connector, wrong())).toBe('wamp.error.authentication_denied');
    expect(await tried(connector, { ...right(), authid: 'nobody' })).toMatch(/^wamp\.error\./);
    await known.close();
    expect(await tried(connector, right())).toBe('wamp.error.authentication_failed');
  });
});

describe('over TLS', () => {
  const tls = { cert: pem('server'), key: pem('server-key'), ca: pem('authority'), requestCert: true };
  const verifier = tlsCertificateVerifier({ principals: [{ ...peter, commonName: 'orders' }] });
  const secure = async (authenticators: RouterAuthenticator[]) => {
    const router = new Router({ realms: ['realm1'], authenticators, clock, random });
    onTestFinished(() => router.close());
    const listener = websocketListener({
      port: 0,
      serializers: serializers(),
      clock,
      tls: { ...tls, rejectUnauthorized: false },
    });
    const { url } = await router.listen(listener);
    return (certificate: { cert?: string; key?: string }) =>
      websocket(url, { serializers: serializers(), clock, tls: { ca: pem('authority'), ...certificate } });
  };

  test('a certificate of the client is its login; without one the next method has its turn', async () => {
    const to = await secure([verifier, METHODS.ticket?.verifier() as RouterAuthenticator]);
    const known = to({ cert: pem('client'), key: pem('client-key') });
    expect(await tried(known, tlsCertificate())).toBe('peter user tls static');
    const right = METHODS.ticket?.right() as ClientAuthenticator;
    expect(await tried(to({}), tlsCertificate(), right)).toBe('peter user ticket static');
    expect(await tried(to({}), tlsCertificate())).toBe('wamp.error.no_matching_auth_method');
  });

  test('cryptosign and scram are bound to the connection', async () => {
    const credential = await scramCredential(SECRET, { kdf: 'pbkdf2', iterations: 4_096 });
    const to = await secure([
      cryptosignVerifier({
        principals: [{ ...peter, publicKeys: [keyFromSeed(SEED).publicKey] }],
        requireChannelBinding: true,
      }),
      scramVerifier({ principals: [{ ...peter, ...credential }], requireChannelBinding: true }),
    ]);
    const channelBinding = 'tls-exporter';
    const key = keyFromSeed(SEED);
    expect(await tried(to({}), cryptosign({ key, channelBinding }))).toContain('peter user');
    expect(await tried(to({}), cryptosign({ key }))).toMatch(/^wamp\.error\.authentication_/);
    expect(await tried(to({}), scram({ authid: 'peter', password: SECRET, channelBinding }))).toContain('peter user');
    expect(await tried(to({}), scram({ authid: 'peter', password: SECRET }))).toMatch(/^wamp\.error\.authentication_/);
  });
});

describe("npm's autobahn", () => {
  // It wants a browser's WebSocket, which Node 20 does not have: this test's own process gets one.
  Object.assign(globalThis, { WebSocket });
  const autobahn = createRequire(import.meta.url)('autobahn') as Autobahn;

  /** Joins as its users would have it: who it is then, or the reason why not. */
  function join(url: string, options: AutobahnOptions): Promise<string> {
    const connection = new autobahn.Connection({ url, realm: 'realm1', max_retries: 0, ...options });
    return new Promise((resolve) => {
      connection.onopen = (_session, { authid, authrole, authmethod }) => {
        resolve(`${authid} ${authrole} ${authmethod}`);
        connection.close();
      };
      connection.onclose = (_reason, details) => {
        resolve(details.reason);
        return true;
      };
      connection.open();
    });
  }

  const pairOf = (seed: string) => {
    const publicKey = Buffer.from(keyFromSeed(seed).publicKey, 'hex');
    return { publicKey, secretKey: Buffer.concat([Buffer.from(seed, 'hex'), publicKey]) };
  };
  const byKey = (seed: string): AutobahnOptions => ({
    authmethods: ['cryptosign'],
    authid: 'peter',
    authextra: { pubkey: keyFromSeed(seed).publicKey, trustroot: null, challenge: null, channel_binding: null },
    onchallenge: (_session, _method, extra) => autobahn.auth_cryptosign.sign_challenge(pairOf(seed), extra),
  });
  const bySecret = (secret: string): AutobahnOptions => ({
    authmethods: ['wampcra'],
    authid: 'peter',
    onchallenge: (_session, _method, { salt, iterations, keylen, challenge }) => {
      const key =
        salt === undefined ? secret : autobahn.auth_cra.derive_key(secret, salt, Number(iterations), Number(keylen));
      return autobahn.auth_cra.sign(key, String(challenge));
    },
  });
  const byTicket = (secret: string): AutobahnOptions => ({
    authmethods: ['ticket'],
    authid: 'peter',
    onchallenge: () => secret,
  });

  test.each<[string, string, AutobahnOptions, AutobahnOptions]>([
    ['ticket', 'ticket', byTicket(SECRET), byTicket('wrong')],
    ['wampcra', 'wampcra', bySecret(SECRET), bySecret('wrong')],
    ['wampcra, salted', 'wampcra', bySecret(SECRET), bySecret('wrong')],
    ['cryptosign', 'cryptosign', byKey(SEED), byKey(OTHER_SEED)],
  ])('logs in by %s with the right secret only', async (name, method, right, wrong) => {
    const { url } = await routerAt('WebSocket', [(await METHODS[name]?.verifier()) as RouterAuthenticator]);
    expect(await join(url, right)).toBe(`peter user ${method}`);
    expect(await join(url, wrong)).toBe('wamp.error.authentication_denied');
  });
});

/** What is used of npm's autobahn, which has no types. */
interface Autobahn {
  readonly Connection: new (
    options: AutobahnOptions & { url: string; realm: string; max_retries: number },
  ) => {
    onopen: (session: unknown, details: Record<string, string>) => void;
    onclose: (reason: string, details: { reason: string }) => boolean;
    open(): void;
    close(): void;
  };
  readonly auth_cra: {
    sign(key: string, challenge: string): string;
    derive_key(secret: string, salt: string, iterations: number, keylen: number): string;
  };
  readonly auth_cryptosign: {
    sign_challenge(key: { publicKey: Uint8Array; secretKey: Uint8Array }, extra: unknown): string;
  };
}

interface AutobahnOptions {
  authmethods?: string[];
  authid?: string;
  authextra?: Record<string, unknown>;
  onchallenge?: (session: unknown, method: string, extra: Record<string, string>) => unknown;
}
