import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { InvalidConfiguration, ProtocolError } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { websocketListener } from '../../src/websocket/index.js';
import { event } from '../support/messages.js';
import { Opcode, RawPeer } from '../support/raw-peer.js';
import { Recorder } from '../support/recorder.js';
import { binarySerializer, textSerializer } from '../support/test-serializers.js';
import { TestServer } from '../support/websockets.js';

describe('the serializer', () => {
  const [one, two, three] = [textSerializer('one'), binarySerializer('two'), textSerializer('three')];

  test.each([
    ['the only one in common', [one], [two, one], 'one'],
    ['the client’s first', [two, one], [one, two], 'two'],
    ['the client’s second, where the server lacks the first', [three, two, one], [one, two], 'two'],
  ])('is %s', async (_name, clients, servers, chosen) => {
    const testServer = await TestServer.open({ serializers: servers });
    const { client, server } = await testServer.connect({ serializers: clients });
    for (const { details } of [client, server]) {
      expect(details).toMatchObject({
        wire: 'websocket',
        serializer: chosen,
        protocol: `wamp.2.${chosen}`,
        secure: false,
      });
    }
    expect(client.details.peer).toBe(`127.0.0.1:${testServer.port}`);
    expect(server.details.peer).toMatch(/^127\.0\.0\.1:\d+$/);
    const atServer = Recorder.on(server);
    client.send(event('hello'));
    await atServer.count(1);
    expect(atServer.args).toEqual([['hello']]);
  });

  test('none in common: the client is told both lists', async () => {
    const testServer = await TestServer.open({ serializers: [two] });
    await expect(testServer.connect({ serializers: [one, three] })).rejects.toThrow(
      `cannot connect to ${testServer.url}: the server answered 400 Bad Request`,
    );
    for (const subprotocols of ['wamp.2.one, wamp.2.three', undefined]) {
      const answer = await RawPeer.to(testServer.url, { subprotocols });
      expect(answer.status).toBe(400);
      expect(answer.body).toBe('no WebSocket subprotocol in common; this server has wamp.2.two\n');
    }
  });
});

describe('a page', () => {
  const origins = async (allowedOrigins: string[], origin: string | undefined) => {
    const testServer = await TestServer.open({ allowedOrigins });
    const peer = await RawPeer.to(testServer.url, { headers: origin === undefined ? {} : { Origin: origin } });
    peer.socket.destroy();
    return peer.status;
  };

  test.each([
    'http://localhost',
    'http://localhost:3000',
    'https://localhost:3000',
    'http://127.0.0.1:8080',
    'http://[::1]:5173',
  ])('from %s may connect', async (origin) => {
    expect(await origins([], origin)).toBe(101);
  });

  test.each([
    'https://shop.example',
    'http://localhost.shop.example',
    'http://127.0.0.1.shop.example',
    'http://shop.example/localhost',
    'ftp://localhost',
    'null',
    'localhost',
    '',
  ])('from %j may not', async (origin) => {
    const testServer = await TestServer.open();
    const peer = await RawPeer.to(testServer.url, { headers: { Origin: origin } });
    expect(peer.status).toBe(403);
    expect(peer.body).toBe('pages from this origin may not connect (allowedOrigins)\n');
  });

  test.each([
    ['https://shop.example', 'https://shop.example'],
    ['https://Shop.Example/', 'https://shop.example'],
    ['https://shop.example:443', 'https://shop.example'],
    ['https://shop.example:8443', 'https://shop.example:8443'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['https://shop.example:*', 'https://shop.example'],
    ['https://shop.example:*', 'https://shop.example:8443'],
    ['https://Shop.Example:*/', 'https://shop.example:1'],
    ['https://[2001:db8::1]:*', 'https://[2001:db8::1]:8443'],
    ['null', 'null'],
    ['*', 'https://any.example'],
    ['*', 'null'],
  ])('listed as %s may connect from %s', async (listed, origin) => {
    expect(await origins(['https://other.example', listed], origin)).toBe(101);
  });

  test.each([
    ['https://shop.example', 'http://shop.example'],
    ['https://shop.example', 'https://shop.example:8443'],
    ['https://shop.example', 'https://evil.shop.example'],
    ['https://shop.example:*', 'http://shop.example:8443'],
    ['https://shop.example:*', 'https://shop.example.evil.example:8443'],
    ['https://shop.example:*', 'https://evil.example/https://shop.example:8443'],
    ['https://[2001:db8::1]:*', 'https://[2001:db8::2]'],
    ['null', 'https://null'],
  ])('listed as %s may not connect from %s', async (listed, origin) => {
    expect(await origins([listed], origin)).toBe(403);
  });

  test('without an origin, it is no page and may connect', async () => {
    expect(await origins([], undefined)).toBe(101);
  });

  test('that any page may connect does not excuse a wrong entry beside it', () => {
    const options = { port: 0, serializers: [textSerializer()], clock: new FakeClock(), allowedOrigins: ['*', 'x'] };
    expect(() => websocketListener(options)).toThrow('allowedOrigins: "x" is not an origin');
  });

  test.each([
    'shop.example',
    'https://shop.example/path',
    'https://',
    '',
    'https://*.shop.example',
    'https://*',
    'https://shop.example:8443:*',
    'https://shop.example:x',
    'https://user@shop.example',
  ])('cannot be listed as %j', (entry) => {
    const options = { port: 0, serializers: [textSerializer()], clock: new FakeClock(), allowedOrigins: [entry] };
    expect(() => websocketListener(options)).toThrow(InvalidConfiguration);
    expect(() => websocketListener(options)).toThrow(`allowedOrigins: ${JSON.stringify(entry)} is not an origin`);
  });
});

describe('a request that is no WebSocket of this server', () => {
  test('another path is not found', async () => {
    const testServer = await TestServer.open({ path: '/wamp' });
    const there = await RawPeer.to(testServer.url, { path: '/wamp?token=1' });
    expect(there.status).toBe(101);
    there.socket.destroy();
    for (const path of ['/', '/ws', '/wamp/', '/wamp2']) {
      const { status, body } = await RawPeer.to(testServer.url, { path });
      expect([path, status, body]).toEqual([path, 404, 'there is nothing here; WAMP is at /wamp\n']);
    }
  });

  test('plain HTTP is told to upgrade', async () => {
    const testServer = await TestServer.open();
    const [response] = (await once(get(testServer.url.replace('ws:', 'http:')), 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(426);
    expect(response.headers.upgrade).toBe('websocket');
    expect(await text(response)).toBe('this is a WAMP router; connect with a WebSocket client\n');
  });

  test.each([
    ['nothing at all', ''],
    ['no HTTP', '\x7f\x31\0\0'],
    ['half a request', 'GET /ws HTTP/1.1\r\nUpgra'],
    [
      'an upgrade without a key',
      'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: wamp.2.test-text\r\n\r\n',
    ],
    [
      'an upgrade to something else',
      'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nSec-WebSocket-Protocol: wamp.2.test-text\r\n\r\n',
    ],
    ['an upgrade elsewhere', 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
  ])('%s, and a broken connection, harm nobody', async (_name, bytes) => {
    const testServer = await TestServer.open();
    const socket = connect(testServer.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(bytes);
    socket.resetAndDestroy();
    const { client, server } = await testServer.connect();
    const atServer = Recorder.on(server);
    client.send(event('alive'));
    await atServer.count(1);
    expect(atServer.args).toEqual([['alive']]);
  });
});

test('compression is not accepted', async () => {
  const testServer = await TestServer.open();
  const peer = await RawPeer.to(testServer.url, { headers: { 'Sec-WebSocket-Extensions': 'permessage-deflate' } });
  const atServer = Recorder.on(await testServer.accept());
  // RSV1 marks a compressed frame: to one who has not agreed to that, it is malformed.
  peer.send(Opcode.text, '[36,1,1,{}]', { reserved: 0x40 });
  expect((await atServer.end()).error).toBeInstanceOf(ProtocolError);
  peer.socket.destroy();
});
