import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { InvalidConfiguration, type Listening, silent } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { listenFailure } from '../../src/listen-failure.js';
import { type WebSocketListenerOptions, websocket, websocketListener } from '../../src/websocket/index.js';
import { event } from '../support/messages.js';
import { Recorder } from '../support/recorder.js';
import { textSerializer } from '../support/test-serializers.js';
import { never, TestServer } from '../support/websockets.js';

const base = { serializers: [textSerializer()], clock: new FakeClock() };

function listen(options: Partial<WebSocketListenerOptions>): Promise<Listening> {
  return websocketListener({ ...base, port: 0, ...options }).listen(() => {});
}

describe('listening', () => {
  test.each([
    ['127.0.0.1', /^ws:\/\/127\.0\.0\.1:\d+\/ws$/],
    ['0.0.0.0', /^ws:\/\/127\.0\.0\.1:\d+\/ws$/],
    ['localhost', /^ws:\/\/localhost:\d+\/ws$/],
  ])('on %s gives the URL where clients get in', async (host, url) => {
    const testServer = await TestServer.open({ host });
    expect(testServer.url).toMatch(url);
    const { client, server } = await testServer.connect();
    const atServer = Recorder.on(server);
    client.send(event('in'));
    await atServer.count(1);
  });

  test('on a port that is in use says so', async () => {
    const other = createServer();
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const { port } = other.address() as { port: number };
    const failure = await listen({ port }).catch((error: unknown) => error);
    other.close();
    expect(failure).toBeInstanceOf(InvalidConfiguration);
    expect(failure).toMatchObject({
      message: `port ${port} on 127.0.0.1 is in use; choose another with --port or stop what listens there`,
      cause: { code: 'EADDRINUSE' },
    });
  });

  test('on an address that is not of this machine says so', async () => {
    // From the range for documentation, which nobody has.
    await expect(listen({ host: '192.0.2.1' })).rejects.toThrow('192.0.2.1 is not an address of this machine');
  });

  test('on a port that is not permitted says so', () => {
    const cause = Object.assign(new Error('listen EACCES'), { code: 'EACCES' });
    const error = listenFailure('127.0.0.1', 80, cause);
    expect(error.message).toBe(
      'port 80 on 127.0.0.1 is not permitted to this user; choose one from 1024 on with --port',
    );
    expect(error.cause).toBe(cause);
  });
});

describe('to stop listening', () => {
  test('frees the port at once and leaves transports alone', async () => {
    const testServer = await TestServer.open();
    const { client, server } = await testServer.connect();
    const [atClient, atServer] = [Recorder.on(client), Recorder.on(server)];
    await Promise.all([testServer.listening.close(), testServer.listening.close()]);
    await expect(testServer.connect()).rejects.toThrow('connection refused');
    const again = await TestServer.open({ port: testServer.port });
    expect(again.port).toBe(testServer.port);
    client.send(event('still'));
    await atServer.count(1);
    server.send(event('here'));
    await atClient.count(1);
    await client.close();
  });

  test('cuts off those who have not upgraded', async () => {
    const testServer = await TestServer.open();
    const idle = connect(testServer.port, '127.0.0.1');
    await once(idle, 'connect');
    // The server has taken the idle connection once it answers a later one.
    await testServer.connect();
    const gone = once(
      idle.resume().on('error', () => {}),
      'close',
    );
    await testServer.listening.close();
    await gone;
  });
});

test('a transport that is not taken is closed, and the server lives', async () => {
  const errors: object[] = [];
  const log = Object.assign(Object.create(silent), { error: (fields: object) => errors.push(fields) });
  let refusing = true;
  const taken: Recorder[] = [];
  const listening = await websocketListener({ ...base, port: 0, log }).listen((transport) => {
    if (refusing) throw new Error('closed for today');
    taken.push(Recorder.on(transport));
  });
  const connector = websocket(listening.url, { ...base });
  const atFirst = Recorder.on(await connector.connect(never));
  expect(await atFirst.end()).toEqual({ clean: false, reason: 'closed by the peer with code 1011' });
  expect(errors).toMatchObject([{ err: { message: 'closed for today' } }]);
  refusing = false;
  const second = await connector.connect(never);
  expect(taken).toHaveLength(1);
  await second.close();
  await listening.close();
});

describe('configuration', () => {
  test.each<[Partial<WebSocketListenerOptions>, string]>([
    [{ port: -1 }, 'websocketListener: port: expected 0 to 65535, got -1'],
    [{ port: 65536 }, 'websocketListener: port: expected 0 to 65535, got 65536'],
    [{ path: 'ws' }, 'websocketListener: path: "ws" is not a path'],
    [{ path: '/ws?x' }, 'websocketListener: path: "/ws?x" is not a path'],
    [{ serializers: [] }, 'websocketListener: serializers: give at least one'],
    [{ pingInterval: 0.5 }, 'websocketListener: pingInterval: expected a whole number'],
  ])('%j is refused', (options, message) => {
    expect(() => websocketListener({ ...base, port: 0, ...options })).toThrow(InvalidConfiguration);
    expect(() => websocketListener({ ...base, port: 0, ...options })).toThrow(message);
  });
});
