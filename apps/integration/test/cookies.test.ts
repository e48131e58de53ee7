// Logins by a cookie: a router that sets it, clients that keep it, and pages that may not have it.
import { cookie, LoginCookies } from '@wamp-run/auth/cookie';
import { ticket, ticketVerifier } from '@wamp-run/auth/ticket';
import { Client, type SessionDetails } from '@wamp-run/client';
import { type Connector, Logger } from '@wamp-run/protocol';
import { Router } from '@wamp-run/router';
import { json } from '@wamp-run/serializers/json';
import { longpoll } from '@wamp-run/transport/longpoll';
import { portListener } from '@wamp-run/transport/port';
import { rawsocket } from '@wamp-run/transport/rawsocket';
import { websocket } from '@wamp-run/transport/websocket';
import { describe, expect, onTestFinished, test } from 'vitest';
import { start } from 'wamp-run';
import { WebSocket } from 'ws';
import { built } from './command.js';
import { clock, random, serializers } from './local.js';

const peter = { authid: 'peter', authrole: 'user', realm: 'realm1' };

/** Everything that is logged, as text. */
class Lines extends Logger {
  readonly lines: string[] = [];
  readonly #write = (fields: object | string, text?: string) => {
    this.lines.push(`${JSON.stringify(fields)} ${text ?? ''}`);
  };
  trace = this.#write;
  debug = this.#write;
  info = this.#write;
  warn = this.#write;
  error = this.#write;
  child(): Logger {
    return this;
  }
}

async function serving(allowedOrigins: string[] = []) {
  const log = new Lines();
  const cookies = new LoginCookies({ clock, random });
  const router = new Router({
    realms: ['realm1'],
    authenticators: [
      cookies.verifier,
      ...cookies.remembering([ticketVerifier({ principals: [{ ...peter, ticket: 'sesame' }] })]),
    ],
    clock,
    random,
    log,
  });
  onTestFinished(() => router.close());
  const listener = portListener({ port: 0, serializers: serializers(), clock, random, log, cookies, allowedOrigins });
  const { url } = await router.listen(listener);
  return { url, host: new URL(url).host, cookies, log };
}

/** Joins, with the ticket or without: who it is and by what, or the reason why not. `reason`: how it leaves. */
async function joined(connector: Connector, { secret, reason }: { secret?: string; reason?: string } = {}) {
  const joins: SessionDetails[] = [];
  const client = new Client({
    connectors: [connector],
    realm: 'realm1',
    authenticators: [cookie(), ...(secret === undefined ? [] : [ticket({ authid: 'peter', ticket: secret })])],
    retry: false,
    clock,
    random,
    hooks: { onJoin: (_session, details) => joins.push(details) },
  });
  try {
    const session = await client.joined();
    if (reason !== undefined) await session.leave(reason);
    return `${joins[0]?.authid} ${joins[0]?.authmethod}`;
  } catch (error) {
    return (error as { reason?: string }).reason ?? String(error);
  } finally {
    await client.close().catch(() => {});
  }
}

const options = { serializers: serializers(), clock };

describe.each<[string, (url: string, cookies: boolean) => Connector]>([
  ['WebSocket', (url, cookies) => websocket(url, { ...options, cookies })],
  ['long-poll', (url, cookies) => longpoll(url.replace('ws:', 'http:').replace('/ws', '/lp'), { ...options, cookies })],
])('over %s', (_, connectorTo) => {
  test('who has logged in once needs no secret the next time, until a logout', async () => {
    const { url } = await serving();
    const connector = connectorTo(url, true);
    expect(await joined(connector)).toBe('wamp.error.no_matching_auth_method');
    expect(await joined(connector, { secret: 'wrong' })).toBe('wamp.error.authentication_denied');
    expect(await joined(connector)).toBe('wamp.error.no_matching_auth_method');
    expect(await joined(connector, { secret: 'sesame' })).toBe('peter ticket');
    expect(await joined(connector)).toBe('peter cookie');
    expect(await joined(connector, { secret: 'sesame' })).toBe('peter cookie');
    expect(await joined(connectorTo(url, true))).toBe('wamp.error.no_matching_auth_method');
    expect(await joined(connector, { reason: 'wamp.close.logout' })).toBe('peter cookie');
    expect(await joined(connector)).toBe('wamp.error.no_matching_auth_method');
  });

  test('a client that keeps none is never known', async () => {
    const { url } = await serving();
    const connector = connectorTo(url, false);
    expect(await joined(connector, { secret: 'sesame' })).toBe('peter ticket');
    expect(await joined(connector)).toBe('wamp.error.no_matching_auth_method');
  });
});

test('the cookie of one wire is good on the other of the same port; RawSocket has none', async () => {
  const { url, host, cookies } = await serving();
  const { value, setCookie } = await opened(url, {});
  expect(setCookie).toMatch(/; HttpOnly; SameSite=Strict; Max-Age=86400$/);
  expect(cookies.size).toBe(0);
  const headers = { Cookie: `other=1; wamp-login=${value}` };
  // Nobody has earned it: it is not taken over, and what is set in its place is another one.
  const other = await opened(url, headers);
  expect(other.value).toHaveLength(43);
  expect(other.value).not.toBe(value);
  const page = await opened(url, {}, 'sesame');
  expect(page.joined).toBe('peter ticket');
  const earned = { Cookie: `wamp-login=${page.value}` };
  expect((await opened(url, earned)).setCookie).toBeUndefined();
  expect(await joined(longpoll(`http://${host}/lp`, { ...options, headers: earned }))).toBe('peter cookie');
  expect(await joined(rawsocket(`rs://${host}`, options))).toBe('wamp.error.no_matching_auth_method');
});

describe('pages', () => {
  test('of the router’s own host have the cookie, and those that are listed by name', async () => {
    const { url, host } = await serving(['https://shop.example']);
    const { value } = await opened(url, {}, 'sesame');
    const earned = { Cookie: `wamp-login=${value}` };
    expect((await opened(url, { ...earned, Origin: `http://${host}` })).joined).toBe('peter cookie');
    expect((await opened(url, { ...earned, Origin: 'https://shop.example' })).joined).toBe('peter cookie');
  });

  test.each([
    ['another port of loopback', [], 'http://localhost:3000'],
    ['one that only * lets in', ['*'], 'https://evil.example'],
    ['none at all', ['null'], 'null'],
  ])('of %s: let in, and nobody’s cookie counts', async (_, allowedOrigins, Origin) => {
    const { url } = await serving(allowedOrigins);
    const { value } = await opened(url, {}, 'sesame');
    const foreign = await opened(url, { Cookie: `wamp-login=${value}`, Origin });
    expect(foreign).toMatchObject({ joined: 'wamp.error.no_matching_auth_method', setCookie: undefined });
    // A page of theirs can log in, and earns nothing by that.
    expect(await opened(url, { Origin }, 'sesame')).toMatchObject({ joined: 'peter ticket', setCookie: undefined });
  });

  test('that may not connect are refused before anything is set', async () => {
    const { url } = await serving();
    await expect(opened(url, { Origin: 'https://evil.example' })).rejects.toThrow('403');
  });
});

test('no cookie is ever logged', async () => {
  const { url, log } = await serving();
  const { value } = await opened(url, {}, 'sesame');
  await opened(url, { Cookie: `wamp-login=${value}`, Origin: 'http://localhost:3000' });
  await opened(url, { Cookie: `wamp-login=${value}` });
  await opened(url, { Cookie: `wamp-login=${value}`, Origin: 'https://evil.example' }).catch(() => {});
  expect(log.lines.length).toBeGreaterThan(3);
  expect(log.lines.join('\n')).not.toContain(value);
});

test('by configuration', async () => {
  const running = await start({
    files: [built('math')],
    from: '/',
    env: { PETER: 'sesame' },
    router: {
      port: 0,
      authentication: { ticket: {}, cookie: { name: 'shop-login', maxAge: 60_000, secure: true } },
      principals: [{ ...peter, ticket: { env: 'PETER' } }],
    },
  });
  onTestFinished(() => running.stop());
  await running.settled();
  const { setCookie, joined: by } = await opened(running.url, {}, 'sesame', 'shop-login');
  expect(by).toBe('peter ticket');
  expect(setCookie).toMatch(/^shop-login=.*Max-Age=60; Secure$/);
  const [pair = ''] = (setCookie ?? '').split(';');
  expect((await opened(running.url, { Cookie: pair }, undefined, 'shop-login')).joined).toBe('peter cookie');
});

/** Opens a WebSocket as a browser would: what is set then, and who it is after HELLO. */
function opened(url: string, headers: Record<string, string>, secret?: string, name = 'wamp-login') {
  return new Promise<{ value: string; setCookie: string | undefined; joined: string }>((resolve, reject) => {
    let setCookie: string | undefined;
    const ws = new WebSocket(url, json().subprotocol, { headers });
    ws.on('error', reject);
    ws.on('upgrade', (response) => {
      [setCookie] = response.headers['set-cookie'] ?? [];
    });
    ws.on('open', () => {
      const who =
        secret === undefined ? { authmethods: ['cookie'] } : { authmethods: ['cookie', 'ticket'], authid: 'peter' };
      ws.send(JSON.stringify([1, 'realm1', { roles: { caller: {} }, ...who }]));
    });
    ws.on('message', (data) => {
      const message = JSON.parse(String(data));
      if (message[0] === 4) {
        ws.send(JSON.stringify([5, secret, {}]));
        return;
      }
      const value = new RegExp(`^${name}=([^;]*)`).exec(setCookie ?? '')?.[1] ?? '';
      const joined = message[0] === 2 ? `${message[2].authid} ${message[2].authmethod}` : message[2];
      ws.close();
      ws.on('close', () => resolve({ value, setCookie, joined }));
    });
  });
}
