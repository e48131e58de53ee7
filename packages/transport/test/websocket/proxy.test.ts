import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { inspect } from 'node:util';
import { InvalidConfiguration, TransportLost } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { type WebSocketOptions, websocket } from '../../src/websocket/index.js';
import { certificates } from '../support/certificates/index.js';
import { event } from '../support/messages.js';
import { refusing, TestProxy, through } from '../support/proxy.js';
import { Recorder } from '../support/recorder.js';
import { textSerializer } from '../support/test-serializers.js';
import { never, TestServer } from '../support/websockets.js';

const SECRET = 'hunter2';

/** Connects in vain, and checks that nothing is left of it, and that nobody learns the password. */
async function failure(proxy: TestProxy, options: Partial<WebSocketOptions> = {}): Promise<TransportLost> {
  const testServer = await TestServer.open();
  const clock = new FakeClock();
  const settings = { serializers: [textSerializer()], clock, proxy: proxy.url, ...options };
  const error = await websocket(testServer.url, settings)
    .connect(never)
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(TransportLost);
  expect(error).toMatchObject({ executed: 'no', retryable: true });
  expect((error as TransportLost).message).toContain(`cannot connect to ${testServer.url}: `);
  expectSecret(error);
  expect(clock.pending).toBe(0);
  await proxy.left();
  return error as TransportLost;
}

function expectSecret(error: unknown): void {
  const everything = inspect(error, { depth: 8, showHidden: true });
  expect(everything).not.toContain(SECRET);
  expect(everything).not.toContain(Buffer.from(`me:${SECRET}`).toString('base64'));
}

describe('a proxy', () => {
  test.each([
    ['ws', {}, {}],
    ['wss', { tls: certificates.server }, { tls: { ca: certificates.ca } }],
  ])('leads to a %s server, and is told nothing that is not its own', async (_name, server, client) => {
    const proxy = await TestProxy.open();
    const testServer = await TestServer.open(server);
    const headers = { Authorization: 'Bearer for-the-router' };
    const ends = await testServer.connect({ proxy: proxy.url, headers, ...client });
    const [atClient, atServer] = [Recorder.on(ends.client), Recorder.on(ends.server)];
    ends.client.send(event('to'));
    ends.server.send(event('fro'));
    await Promise.all([atClient.count(1), atServer.count(1)]);
    const [asked] = proxy.asked;
    expect(asked).toMatchObject({ method: 'CONNECT', url: `127.0.0.1:${testServer.port}` });
    expect(asked?.headers).toEqual({ host: `127.0.0.1:${testServer.port}`, connection: 'close' });
    expect(ends.client.details.secure).toBe(testServer.url.startsWith('wss:'));
    await ends.client.close();
    await proxy.left();
  });

  test('is given the login in its URL', async () => {
    const proxy = await TestProxy.open();
    const testServer = await TestServer.open();
    const url = proxy.url.replace('//', '//us%40er:p%3Ass@');
    await testServer.connect({ proxy: url });
    const { 'proxy-authorization': login = '' } = proxy.asked[0]?.headers ?? {};
    expect(Buffer.from(login.replace('Basic ', ''), 'base64').toString()).toBe('us@er:p:ss');
  });

  test('does not vouch for whom it leads to', async () => {
    const proxy = await TestProxy.open();
    const testServer = await TestServer.open({ tls: certificates.stranger.server });
    await expect(testServer.connect({ proxy: proxy.url, tls: { ca: certificates.ca } })).rejects.toThrow(
      'TLS: the certificate is not accepted',
    );
    await proxy.left();
  });
});

describe('a proxy that does not lead on', () => {
  test('because it refuses', async () => {
    const proxy = await TestProxy.open(refusing('403 Forbidden'));
    expect((await failure(proxy)).message).toContain(`: the proxy ${proxy.url} answered 403 Forbidden`);
  });

  test('because it wants a login', async () => {
    const proxy = await TestProxy.open(refusing('407 Proxy Authentication Required'));
    expect((await failure(proxy)).message).toContain(
      `the proxy ${proxy.url} answered 407 Proxy Authentication Required; it wants a login, which its URL can have`,
    );
  });

  test('because it does not take the login', async () => {
    const proxy = await TestProxy.open(refusing('407 Proxy Authentication Required'));
    const { message } = await failure(proxy, { proxy: proxy.url.replace('//', `//me:${SECRET}@`) });
    expect(message).toContain(
      `the proxy ${proxy.url} answered 407 Proxy Authentication Required; it does not take the login in its URL`,
    );
  });

  test('because it is not there', async () => {
    const proxy = await TestProxy.open();
    const gone = `http://me:${SECRET}@127.0.0.1:1`;
    expect((await failure(proxy, { proxy: gone })).message).toContain(
      'the proxy http://127.0.0.1:1: connection refused',
    );
  });

  test('because it hangs up, or talks about something else', async () => {
    const deaf = await TestProxy.open((_request, socket) => socket.destroy());
    expect((await failure(deaf)).message).toMatch(/: the proxy http:\S+: (socket hang up|connection reset)/);
    const strange = await TestProxy.open((_request, socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
    expect((await failure(strange)).message).toMatch(/: the proxy http:\S+: Parse Error/);
  });

  test('because who is behind it is gone', async () => {
    const proxy = await TestProxy.open((_request, socket) => socket.end('HTTP/1.1 200 Connection Established\r\n\r\n'));
    expect((await failure(proxy)).message).toMatch(/: (socket hang up|connection reset)/);
  });

  test.each([
    ['before it answers', () => {}, (url: string) => ` from the proxy ${url}`],
    ['after it has answered', (_request: unknown, socket: Duplex) => socket.write('HTTP/1.1 200 OK\r\n\r\n'), () => ''],
  ])('because it hangs %s', async (_name, answer, whom) => {
    const asked: (() => void)[] = [];
    const proxy = await TestProxy.open((request, socket) => {
      answer(request, socket);
      for (const tell of asked) tell();
    });
    const clock = new FakeClock();
    const url = 'ws://127.0.0.1:9/ws';
    const options = { serializers: [textSerializer()], clock, proxy: proxy.url, handshakeTimeout: 400 };
    const heard = new Promise<void>((resolve) => {
      asked.push(resolve);
    });
    const attempt = websocket(url, options).connect(never);
    await heard;
    // Where it has answered, the request for the upgrade follows.
    if (whom('') === '') await once(proxy.asked[0]?.socket as Duplex, 'data');
    clock.advance(399);
    expect(clock.pending).toBe(1);
    clock.advance(1);
    await expect(attempt).rejects.toThrow(`cannot connect to ${url}: no answer${whom(proxy.url)} within 400 ms`);
    await proxy.left();
    expect(clock.pending).toBe(0);
  });

  test('is left at once when the attempt is stopped', async () => {
    let heard = () => {};
    const asked = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const proxy = await TestProxy.open(() => heard());
    const controller = new AbortController();
    const options = { serializers: [textSerializer()], clock: new FakeClock(), proxy: proxy.url };
    const attempt = websocket('ws://127.0.0.1:9/ws', options).connect(controller.signal);
    await asked;
    controller.abort(new Error('enough'));
    await expect(attempt).rejects.toThrow('enough');
    await proxy.left();
    expect(options.clock.pending).toBe(0);
  });

  test('hinders nobody else on the same proxy', async () => {
    let turn = 0;
    const proxy = await TestProxy.open((request, socket) =>
      turn++ === 1 ? refusing('403 Forbidden')(request, socket) : through(request, socket),
    );
    const testServer = await TestServer.open();
    const first = await testServer.connect({ proxy: proxy.url });
    const atServer = Recorder.on(first.server);
    await expect(testServer.connect({ proxy: proxy.url })).rejects.toThrow('403');
    first.client.send(event('still'));
    await atServer.count(1);
  });
});

describe('configuration', () => {
  test.each([
    ['127.0.0.1:3128', 'the URL cannot be parsed'],
    [`me:${SECRET}@proxy:3128`, 'its scheme is me: and not http:'],
    [`https://me:${SECRET}@proxy:3128`, 'its scheme is https: and not http:'],
    [`socks5://me:${SECRET}@proxy:1080`, 'its scheme is socks5: and not http:'],
    [`http://me:${SECRET}@proxy:99999`, 'the URL cannot be parsed'],
    [`http://me:${SECRET}@proxy:3128/path`, 'the URL has more than a host and a port'],
    [`http://me:${SECRET}%@proxy:3128`, 'its login has a percent sign that stands for nothing'],
    ['', 'the URL cannot be parsed'],
  ])('%j is no proxy', (proxy, complaint) => {
    const build = () =>
      websocket('ws://127.0.0.1/ws', { serializers: [textSerializer()], clock: new FakeClock(), proxy });
    expect(build).toThrow(InvalidConfiguration);
    expect(build).toThrow(`websocket: proxy: ${complaint}`);
    try {
      build();
    } catch (error) {
      expectSecret(error);
    }
  });

  test('none leads to a Unix socket', () => {
    const options = { serializers: [textSerializer()], clock: new FakeClock(), proxy: 'http://127.0.0.1:3128' };
    expect(() => websocket('ws+unix:/run/router.sock:/ws', options)).toThrow(
      'websocket: proxy: ws+unix:/run/router.sock:/ws is a Unix socket; leave proxy out',
    );
  });
});
