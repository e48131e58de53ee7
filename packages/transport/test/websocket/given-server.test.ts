import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type WebSocketListenerOptions, websocketListener } from '../../src/websocket/index.js';
import { certificates } from '../support/certificates/index.js';
import { event } from '../support/messages.js';
import { RawPeer } from '../support/raw-peer.js';
import { Recorder } from '../support/recorder.js';
import { freeSocketPath } from '../support/socket-path.js';
import { textSerializer } from '../support/test-serializers.js';
import { TestServer } from '../support/websockets.js';

/** A server that is not ours, with pages of its own. */
async function site(server: Server = createServer(), at: object = { port: 0, host: '127.0.0.1' }): Promise<Server> {
  server.on('request', (request, response) => response.end(`page ${request.url}`));
  await once(server.listen(at), 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return server;
}

function origin(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function heard(testServer: TestServer, options = {}): Promise<void> {
  const { client, server } = await testServer.connect(options);
  const atServer = Recorder.on(server);
  client.send(event('hello'));
  await atServer.count(1);
  await client.close();
}

describe('a server that was given', () => {
  test('serves clients at the path, and its own pages elsewhere and there', async () => {
    const server = await site();
    const testServer = await TestServer.open({ server, path: '/wamp' });
    expect(testServer.url).toBe(`${origin(server).replace('http', 'ws')}/wamp`);
    await heard(testServer);
    for (const path of ['/', '/wamp', '/wamp/more']) {
      expect(await (await fetch(origin(server) + path)).text()).toBe(`page ${path}`);
    }
    const peer = await RawPeer.to(testServer.url, { headers: { Origin: 'https://shop.example' } });
    expect(peer.status).toBe(403);
  });

  test('of HTTPS, or on a Unix socket, gives the URL where clients get in', async () => {
    const secure = await site(createTlsServer({ ...certificates.server }));
    const over = await TestServer.open({ server: secure });
    expect(over.url).toMatch(/^wss:\/\/127\.0\.0\.1:\d+\/ws$/);
    await heard(over, { tls: { ca: certificates.ca } });
    const path = freeSocketPath();
    const unix = await TestServer.open({ server: await site(createServer(), { path }) });
    expect(unix.url).toBe(`ws+unix:${path}:/ws`);
    const { client, server } = await unix.connect();
    for (const { details } of [client, server]) expect(details).toMatchObject({ peer: `unix:${path}`, secure: true });
  });

  test('keeps what others do with upgrades, before and after', async () => {
    const server = await site();
    const others: (string | undefined)[] = [];
    const other = (request: { url?: string }, socket: Duplex) => {
      if (request.url?.startsWith('/ws')) return;
      others.push(request.url);
      socket.end('HTTP/1.1 418 Teapot\r\nConnection: close\r\n\r\n');
    };
    server.on('upgrade', other);
    const testServer = await TestServer.open({ server });
    await heard(testServer);
    expect((await RawPeer.to(testServer.url, { path: '/chat' })).status).toBe(418);
    await testServer.listening.close();
    expect(server.listeners('upgrade')).toEqual([other]);
    expect((await RawPeer.to(testServer.url, { path: '/chat' })).status).toBe(418);
    expect(others).toEqual(['/chat', '/chat']);
  });

  test('may have several listeners; what is for none of them is not left open', async () => {
    const server = await site();
    const [one, two] = [
      await TestServer.open({ server, path: '/one' }),
      await TestServer.open({ server, path: '/two' }),
    ];
    await heard(one);
    await heard(two);
    expect(await RawPeer.to(one.url, { path: '/three' })).toMatchObject({
      status: 404,
      body: 'there is nothing here\n',
    });
    await two.listening.close();
    expect((await RawPeer.to(one.url, { path: '/two' })).status).toBe(404);
    await heard(one);
  });

  test('stays open when the listening closes, and so do the connections', async () => {
    const server = await site();
    const testServer = await TestServer.open({ server });
    const { client, server: far } = await testServer.connect();
    const atServer = Recorder.on(far);
    await Promise.all([testServer.listening.close(), testServer.listening.close()]);
    expect(server.listening).toBe(true);
    expect(await (await fetch(`${origin(server)}/still`)).text()).toBe('page /still');
    client.send(event('still'));
    await atServer.count(1);
    await expect(testServer.connect()).rejects.toThrow('the server answered 200 OK');
  });

  test('that is not listening is refused', async () => {
    await expect(TestServer.open({ server: createServer() })).rejects.toThrow(InvalidConfiguration);
    await expect(TestServer.open({ server: createServer() })).rejects.toThrow('server: it is not listening yet');
  });
});

describe('configuration', () => {
  const base = { serializers: [textSerializer()], clock: new FakeClock() };
  const server = createServer();

  test.each<[string, object, string]>([
    ['nowhere', {}, 'port: give it, or a socketPath, or a server'],
    ['a port and a server', { server, port: 1 }, 'server and port do not go together'],
    ['a socket and a server', { server, socketPath: '/x' }, 'server and socketPath do not go together'],
    ['TLS on a server that was given', { server, tls: certificates.server }, 'server and tls do not go together'],
    ['a socket and a port', { socketPath: '/x', port: 1 }, 'socketPath and port do not go together'],
    ['a socket and a host', { socketPath: '/x', host: 'h' }, 'socketPath and host do not go together'],
    ['no server', { server: {} }, 'server: expected a server of node:http or node:https'],
    ['no path of a file', { socketPath: '' }, 'socketPath: "": a Unix socket needs the path of a file'],
    ['a slip', { port: 1, allowedOrigin: [] }, 'allowedOrigin: there is no such option; did you mean allowedOrigins?'],
    ['nothing near', { port: 1, background: 1 }, 'background: there is no such option; there are serializers, clock,'],
    ['no clock', { port: 1, clock: undefined }, 'clock: expected a clock'],
    ['no list of origins', { port: 1, allowedOrigins: '*' }, 'allowedOrigins: expected a list of origins, got string'],
  ])('%s is refused', (_name, options, message) => {
    const build = () => websocketListener({ ...base, ...options } as WebSocketListenerOptions);
    expect(build).toThrow(InvalidConfiguration);
    expect(build).toThrow(`websocketListener: ${message}`);
  });
});
