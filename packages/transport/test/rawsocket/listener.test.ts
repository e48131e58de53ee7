import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { InvalidConfiguration, silent, type Transport } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Entrance } from '../../src/rawsocket/entrance.js';
import { entranceSettings } from '../../src/rawsocket/entrance-settings.js';
import { type RawSocketListenerOptions, rawsocket, rawsocketListener } from '../../src/rawsocket/index.js';
import { certificates } from '../support/certificates/index.js';
import { event } from '../support/messages.js';
import { frameBytes, OctetPeer } from '../support/octet-peer.js';
import { never, RawSocketServer, socketPath, text, until, WIRES } from '../support/rawsockets.js';
import { Recorder } from '../support/recorder.js';

const base = { serializers: [text], clock: new FakeClock() };

describe('listening', () => {
  test.each([
    ['127.0.0.1', {}, /^rs:\/\/127\.0\.0\.1:\d+$/],
    ['0.0.0.0', {}, /^rs:\/\/127\.0\.0\.1:\d+$/],
    ['localhost', {}, /^rs:\/\/localhost:\d+$/],
    ['localhost', { tls: certificates.server }, /^rss:\/\/localhost:\d+$/],
  ])('on %s %j gives the URL where clients get in', async (host, options, url) => {
    const testServer = await RawSocketServer.open({ port: 0, host, ...options });
    expect(testServer.url).toMatch(url);
    await testServer.connect();
  });

  test('on a port that is in use says so', async () => {
    const other = createServer();
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const { port } = other.address() as { port: number };
    const failure = await rawsocketListener({ ...base, port })
      .listen(() => {})
      .catch((error: unknown) => error);
    other.close();
    expect(failure).toBeInstanceOf(InvalidConfiguration);
    expect((failure as Error).message).toContain(`port ${port} on 127.0.0.1 is in use`);
  });
});

describe('the file of a Unix socket', () => {
  const listen = (path: string) => rawsocketListener({ ...base, path }).listen(() => {});

  test('is there while the listener is, and not longer', async () => {
    const path = socketPath();
    const listening = await listen(path);
    expect(listening.url).toBe(`unix:${path}`);
    expect(statSync(path).isSocket()).toBe(true);
    await listening.close();
    expect(existsSync(path)).toBe(false);
  });

  test('that a killed process has left is replaced', async () => {
    const path = socketPath();
    // Node removes the name under which it listened, and leaves one that the file has got since.
    const dead = createServer();
    await once(dead.listen(`${path}.old`), 'listening');
    renameSync(`${path}.old`, path);
    await new Promise((resolve) => dead.close(resolve));
    expect(statSync(path).isSocket()).toBe(true);
    const testServer = await RawSocketServer.open({ path });
    const { client, server } = await testServer.connect();
    const atServer = Recorder.on(server);
    client.send(event('in'));
    await atServer.count(1);
  });

  test('on which somebody listens stays, and so does that listener', async () => {
    const path = socketPath();
    const testServer = await RawSocketServer.open({ path });
    await expect(listen(path)).rejects.toBeInstanceOf(InvalidConfiguration);
    await expect(listen(path)).rejects.toThrow(`${path} is in use`);
    await testServer.connect();
  });

  test('is not made over a file of another kind', async () => {
    const path = socketPath();
    writeFileSync(path, 'precious');
    await expect(listen(path)).rejects.toThrow(`${path} is in use, by a process that listens there or by another kind`);
    expect(statSync(path).isFile()).toBe(true);
    const folder = join(dirname(path), 'folder');
    mkdirSync(folder);
    await expect(listen(folder)).rejects.toBeInstanceOf(InvalidConfiguration);
  });

  test('needs its folder', async () => {
    await expect(listen(join(dirname(socketPath()), 'no', 'such.sock'))).rejects.toThrow(/such\.sock: /);
  });
});

describe.each(WIRES)('to stop listening over %s', (wire) => {
  test('takes nobody new and leaves transports alone', async () => {
    const testServer = await RawSocketServer.open({}, wire);
    const { client, server } = await testServer.connect();
    const [atClient, atServer] = [Recorder.on(client), Recorder.on(server)];
    await Promise.all([testServer.listening.close(), testServer.listening.close()]);
    await expect(testServer.connect()).rejects.toMatchObject({ code: 'WAMP_TRANSPORT_LOST' });
    client.send(event('still'));
    await atServer.count(1);
    server.send(event('here'));
    await atClient.count(1);
    await client.close();
    await atServer.end();
  });

  test('cuts off those who have not shaken hands', async () => {
    const testServer = await RawSocketServer.open({}, wire);
    const path = wire === 'unix' ? testServer.url.slice('unix:'.length) : undefined;
    const idle = connect(path === undefined ? { port: testServer.port, host: '127.0.0.1' } : { path });
    const peer = new OctetPeer(idle);
    await once(idle, 'connect');
    // The server has taken the idle connection once it answers a later one.
    const { server } = await testServer.connect();
    expect(testServer.clock.pending).toBe(1);
    await testServer.listening.close();
    await peer.gone;
    expect(testServer.clock.pending).toBe(0);
    await server.close();
  });
});

test('a transport that is not taken is closed, and the listener lives', async () => {
  const errors: object[] = [];
  const log = Object.assign(Object.create(silent), { error: (fields: object) => errors.push(fields) });
  let refusing = true;
  const taken: Transport[] = [];
  const listening = await rawsocketListener({ ...base, port: 0, log }).listen((transport) => {
    if (refusing) throw new Error('closed for today');
    taken.push(transport);
  });
  const connector = rawsocket(listening.url, base);
  const atFirst = Recorder.on(await connector.connect(never));
  await atFirst.end();
  expect(errors).toMatchObject([{ err: { message: 'closed for today' } }]);
  refusing = false;
  const second = await connector.connect(never);
  expect(taken).toHaveLength(1);
  Recorder.on(taken[0] as Transport);
  await second.close();
  await listening.close();
});

describe('a connection that somebody else accepted', () => {
  /** A port whose first chunk is read here, and handed on with the socket. */
  async function shared(allowHalfOpen: boolean) {
    const clock = new FakeClock();
    const taken: Recorder[] = [];
    const entrance = new Entrance(entranceSettings({ serializers: [text], clock }, 'test'), (transport) => {
      taken.push(Recorder.on(transport));
    });
    const server = createServer({ allowHalfOpen }, (socket) => {
      socket.once('data', (first) => {
        socket.pause();
        entrance.accept(socket, { first });
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => {
      server.close();
    });
    const { port } = server.address() as { port: number };
    return { clock, taken, peer: OctetPeer.to(port) };
  }

  test.each([
    [1, false],
    [3, false],
    [4, true],
    [6, true],
    [40, true],
  ])('is taken over with the %i octets that were read of it', async (count, allowHalfOpen) => {
    const { clock, taken, peer } = await shared(allowHalfOpen);
    const bytes = Buffer.concat([Buffer.from([0x7f, 0xf1, 0, 0]), frameBytes(0, '[36,1,1,{},["first"]]')]);
    peer.socket.write(bytes.subarray(0, count));
    await until(() => count >= 4 || clock.pending > 0);
    peer.socket.write(bytes.subarray(count));
    expect([...(await peer.take(4))]).toEqual([0x7f, 0xf1, 0, 0]);
    await taken[0]?.count(1);
    expect(taken[0]?.args).toEqual([['first']]);
    peer.socket.end();
    expect(await taken[0]?.end()).toEqual({ clean: true, reason: 'closed by the peer' });
    await peer.gone;
    expect(clock.pending).toBe(0);
  });

  test('that ends in the middle of its handshake is let go', async () => {
    const { clock, taken, peer } = await shared(true);
    peer.write(0x7f);
    await until(() => clock.pending > 0);
    peer.socket.end();
    await peer.gone;
    await until(() => clock.pending === 0);
    expect(taken).toEqual([]);
  });
});

describe('configuration', () => {
  test.each<[string, object, string]>([
    ['no place', {}, 'rawsocketListener: port and path: give the one or the other'],
    ['two places', { port: 0, path: '/x' }, 'rawsocketListener: port and path: give the one or the other'],
    ['a port below', { port: -1 }, 'rawsocketListener: port: expected 0 to 65535, got -1'],
    ['an empty path', { path: '' }, 'rawsocketListener: path: "": a Unix socket needs the path of a file'],
    ['TLS on a file', { path: '/x', tls: certificates.server }, 'rawsocketListener: tls: there is no TLS on a Unix'],
    [
      'TLS without a key',
      { port: 0, tls: { cert: certificates.server.cert } },
      'rawsocketListener: tls.key: a listener',
    ],
    ['no serializer', { port: 0, serializers: [] }, 'rawsocketListener: serializers: give at least one'],
    ['no connections', { port: 0, maxConnections: 0 }, 'rawsocketListener: maxConnections: expected a whole number'],
    ['a small peer', { port: 0, minPeerMessageSize: 1 }, 'rawsocketListener: minPeerMessageSize: expected a whole'],
    [
      'a huge peer',
      { port: 0, minPeerMessageSize: 2 ** 25 },
      'rawsocketListener: minPeerMessageSize: RawSocket has no',
    ],
    ['a slip', { port: 0, hots: 'x' }, 'rawsocketListener: hots: there is no such option; did you mean host?'],
  ])('with %s is refused', (_name, options, message) => {
    const build = () => rawsocketListener({ ...base, ...options } as RawSocketListenerOptions);
    expect(build).toThrow(InvalidConfiguration);
    expect(build).toThrow(message);
  });
});
