import { InvalidConfiguration } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { type RawSocketOptions, rawsocket } from '../../src/rawsocket/index.js';
import { idOf } from '../../src/rawsocket/serializer-ids.js';
import { certificates } from '../support/certificates/index.js';
import { event } from '../support/messages.js';
import { OctetPeer, octetRouter } from '../support/octet-peer.js';
import { never, RawSocketServer, socketPath, text, until } from '../support/rawsockets.js';
import { Recorder } from '../support/recorder.js';
import { textSerializer } from '../support/test-serializers.js';

const base = { serializers: [text], clock: new FakeClock() };

describe('a URL', () => {
  test.each([
    ['rs://127.0.0.1:8081', 'rs://127.0.0.1:8081'],
    ['rs://router.example:8081/', 'rs://router.example:8081'],
    ['RS://router.example', 'rs://router.example:80'],
    ['rss://router.example', 'rss://router.example:443'],
    ['rs://[::1]:8081', 'rs://[::1]:8081'],
    ['unix:/run/router.sock', 'unix:/run/router.sock'],
    ['unix:///run/router.sock', 'unix:/run/router.sock'],
    ['rs://unix:/run/router.sock', 'unix:/run/router.sock'],
    ['rs://unix:router.sock', 'unix:router.sock'],
  ])('%s leads to %s', (url, address) => {
    expect(rawsocket(url, base).address).toBe(address);
  });

  test.each([
    ['', 'it has no scheme'],
    ['router:8081', 'its scheme is router: and not rs:, rss: or unix:'],
    ['127.0.0.1:8081', 'it has no scheme'],
    ['ws://127.0.0.1:8081', 'its scheme is ws: and not rs:, rss: or unix:'],
    ['rs://', 'it cannot be parsed'],
    ['rs://:8081', 'it cannot be parsed'],
    ['rs://a b:8081', 'it cannot be parsed'],
    ['rs://127.0.0.1:0', 'there is no port 0'],
    ['rs://127.0.0.1:65536', 'there is no port 65536'],
    ['rs://127.0.0.1:8081/ws', 'RawSocket has no path, no query and no fragment'],
    ['rs://127.0.0.1:8081?x=1', 'RawSocket has no path, no query and no fragment'],
    ['rs://127.0.0.1:8081#x', 'RawSocket has no path, no query and no fragment'],
    ['rss://unix:/run/router.sock', 'there is no TLS on a Unix socket'],
    ['rs://me:secret@127.0.0.1:8081', 'a user and password have no place in it'],
    ['rs://me:se/cret@127.0.0.1:8081', 'RawSocket has no path, no query and no fragment'],
  ])('%j is refused', (url, complaint) => {
    expect(() => rawsocket(url, base)).toThrow(InvalidConfiguration);
    expect(() => rawsocket(url, base)).toThrow(`is not a RawSocket URL: ${complaint}; write rs://host:port`);
    expect(() => rawsocket(url, base)).not.toThrow('secret');
  });

  test.each([
    ['unix:', 'needs the path of a file'],
    ['unix:/run/\0x', 'cannot have a NUL in it'],
    [`unix:/${'x'.repeat(120)}`, /has at most 10\d bytes/],
  ])('%j is no file of a Unix socket', (url, complaint) => {
    expect(() => rawsocket(url, base)).toThrow(InvalidConfiguration);
    expect(() => rawsocket(url, base)).toThrow(complaint);
  });
});

describe('options', () => {
  test('the number of a serializer is that of its subprotocol, whatever its name', () => {
    const dialect = { ...text, name: 'ubjson-draft12', subprotocol: 'wamp.2.ubjson' };
    expect(() => rawsocket('rs://127.0.0.1:1', { ...base, serializers: [dialect] })).not.toThrow();
    expect(idOf(dialect)).toBe(4);
  });

  test.each<[Partial<Record<keyof RawSocketOptions, unknown>> & Record<string, unknown>, string]>([
    [{ serializers: [] }, 'rawsocket: serializers: give at least one'],
    [
      { serializers: [textSerializer('bert')] },
      'rawsocket: serializers: RawSocket has no number for bert; it has json,',
    ],
    [
      { serializers: [{ ...text, subprotocol: 'wamp.2.json.batched' }] },
      'rawsocket: serializers: wamp.2.json.batched cannot be told from wamp.2.json on RawSocket',
    ],
    [{ maxMessageSize: 511 }, 'rawsocket: maxMessageSize: expected a whole number of bytes, at least 512, got 511'],
    [{ handshakeTimeout: 0 }, 'rawsocket: handshakeTimeout: expected a whole number of milliseconds, at least 1'],
    [{ stallTimeout: 0 }, 'rawsocket: stallTimeout: expected a whole number of milliseconds, at least 1'],
    [{ pingInterval: -1 }, 'rawsocket: pingInterval: expected a whole number of milliseconds, at least 0'],
    [{ maxMesageSize: 512 }, 'rawsocket: maxMesageSize: there is no such option; did you mean maxMessageSize?'],
    [{ tls: {} }, 'rawsocket: tls: rs://127.0.0.1:1 is not encrypted; write rss://'],
  ])('%j are refused', (options, message) => {
    const build = () => rawsocket('rs://127.0.0.1:1', { ...base, ...options } as RawSocketOptions);
    expect(build).toThrow(InvalidConfiguration);
    expect(build).toThrow(message);
  });

  test('of TLS are looked at when the connector is built', () => {
    expect(() => rawsocket('rss://127.0.0.1:1', { ...base, tls: { ca: 'nothing' } })).toThrow(
      'rawsocket: tls.ca: cannot be used',
    );
  });
});

describe('connecting', () => {
  test('to a port where nobody listens says so', async () => {
    const { port } = await octetRouter();
    const testServer = await RawSocketServer.open();
    await testServer.listening.close();
    expect(port).not.toBe(testServer.port);
    await expect(rawsocket(testServer.url, base).connect(never)).rejects.toMatchObject({
      code: 'WAMP_TRANSPORT_LOST',
      message: `cannot connect to ${testServer.url}: connection refused`,
      retryable: true,
    });
  });

  test('to a socket that is not there says so', async () => {
    const path = socketPath();
    await expect(rawsocket(`unix:${path}`, base).connect(never)).rejects.toThrow(
      `cannot connect to unix:${path}: there is no socket of that name`,
    );
  });

  test('to a WebSocket server says that it is none of ours', async () => {
    const router = await octetRouter();
    const outcome = rawsocket(router.url, { ...base, clock: new FakeClock() }).connect(never);
    const peer = await router.accept();
    peer.socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    await expect(outcome).rejects.toThrow('the other side does not speak RawSocket: it began with 48');
  });
});

describe('over TLS', () => {
  const { ca, stranger, client: identity, server: serverIdentity } = certificates;

  test('both ends know of the other, and have the same channel id', async () => {
    const testServer = await RawSocketServer.open({ tls: { ...serverIdentity, ca, requestCert: true } }, 'tls');
    const { client, server } = await testServer.connect({ tls: { ca, ...identity } });
    expect(client.details).toMatchObject({
      wire: 'rawsocket',
      protocol: 'rawsocket',
      serializer: 'json',
      secure: true,
      peer: `127.0.0.1:${testServer.port}`,
      tls: { version: 'TLSv1.3', authorized: true, peerCertificate: { commonName: 'router.test' } },
    });
    expect(server.details).toMatchObject({
      secure: true,
      tls: { version: 'TLSv1.3', authorized: true, peerCertificate: { commonName: 'orders' } },
    });
    for (const type of ['tls-exporter', 'tls-unique'] as const) {
      const id = client.details.channelId?.(type);
      expect(id).toHaveLength(32);
      expect(server.details.channelId?.(type)).toEqual(id);
    }
  });

  test('a plain wire has none of that', async () => {
    const { client, server } = await (await RawSocketServer.open({}, 'unix')).connect();
    for (const { details } of [client, server]) {
      expect(details).not.toHaveProperty('tls');
      expect(details).not.toHaveProperty('channelId');
      expect(details).toMatchObject({ secure: true, peer: expect.stringMatching(/^unix:\/.*router\.sock$/) });
    }
  });

  test.each([
    ['of an authority that is not trusted', stranger.server, { ca }, /^cannot connect to rss:.* certificate/],
    ['that nobody vouches for', serverIdentity, {}, /^cannot connect to rss:.* certificate/],
    ['of another name', serverIdentity, { ca, servername: 'other.test' }, /^cannot connect to rss:.* certificate/],
  ])('a router with a certificate %s is refused, and others notice nothing', async (_name, own, tls, message) => {
    const testServer = await RawSocketServer.open({ tls: own }, 'tls');
    const other = await testServer.connect({ tls: { ca: [ca, stranger.ca] } });
    await expect(testServer.connect({ tls })).rejects.toMatchObject({
      code: 'WAMP_TRANSPORT_LOST',
      message: expect.stringMatching(message),
    });
    const atServer = Recorder.on(other.server);
    other.client.send(event('fine'));
    await atServer.count(1);
    await until(() => testServer.clock.pending === 0);
  });

  test('a router that cannot be verified is let through where that is asked for, and the details say so', async () => {
    const testServer = await RawSocketServer.open({}, 'tls');
    const { client } = await testServer.connect({ tls: { rejectUnauthorized: false } });
    expect(client.details.tls).toMatchObject({ authorized: false, peerCertificate: { commonName: 'router.test' } });
  });

  test('a certificate is checked for the name that is asked for', async () => {
    const testServer = await RawSocketServer.open({}, 'tls');
    const { client } = await testServer.connect({ tls: { ca, servername: 'router.test' } });
    expect(client.details.tls?.authorized).toBe(true);
  });

  test.each([
    ['without a certificate', {}],
    ['with a wrong one', stranger.client],
  ])('a client %s is refused where one is required, and others notice nothing', async (_name, wrong) => {
    const testServer = await RawSocketServer.open({ tls: { ...serverIdentity, ca, requestCert: true } }, 'tls');
    const other = await testServer.connect({ tls: { ca, ...identity } });
    await expect(testServer.connect({ tls: { ca, ...wrong } })).rejects.toMatchObject({ code: 'WAMP_TRANSPORT_LOST' });
    const atServer = Recorder.on(other.server);
    other.client.send(event('fine'));
    await atServer.count(1);
    await until(() => testServer.clock.pending === 0);
  });

  test('a client that is silent, or speaks no TLS, is hung up on', async () => {
    const testServer = await RawSocketServer.open({ handshakeTimeout: 400 }, 'tls');
    const silent = OctetPeer.to(testServer.port);
    const plain = OctetPeer.to(testServer.port);
    plain.write(0x7f, 0xf1, 0, 0, 0, 0, 0, 9);
    await plain.gone;
    await testServer.connect();
    expect(testServer.clock.pending).toBe(1);
    testServer.clock.advance(400);
    await silent.gone;
    await until(() => testServer.clock.pending === 0);
  });

  test('a plain router is told as such', async () => {
    const testServer = await RawSocketServer.open();
    const outcome = rawsocket(testServer.url.replace('rs:', 'rss:'), { ...base, clock: new FakeClock() }).connect(
      never,
    );
    await expect(outcome).rejects.toMatchObject({ code: 'WAMP_TRANSPORT_LOST' });
  });
});
