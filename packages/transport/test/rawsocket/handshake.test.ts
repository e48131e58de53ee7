import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { rawsocket } from '../../src/rawsocket/index.js';
import { event } from '../support/messages.js';
import { frameBytes, type OctetPeer, octetRouter } from '../support/octet-peer.js';
import { never, RawSocketServer } from '../support/rawsockets.js';
import { Recorder } from '../support/recorder.js';
import { textSerializer } from '../support/test-serializers.js';

const NAMES = ['json', 'msgpack', 'cbor', 'ubjson', 'flatbuffers'];
const all = NAMES.map((name) => textSerializer(name));

describe('the router’s half', () => {
  async function answerTo(request: number[], options = {}): Promise<Buffer> {
    const testServer = await RawSocketServer.open(options);
    const peer = testServer.peer();
    peer.write(...request);
    const octets = await peer.take(4);
    return octets;
  }

  test.each(NAMES.map((name, index) => [index + 1, name]))('serializer %i is %s, and is echoed', async (id, name) => {
    const testServer = await RawSocketServer.open({ serializers: all });
    const { server } = await connected(
      testServer,
      [0x7f, 0xf0 | (id as number), 0, 0],
      [0x7f, 0xf0 | (id as number), 0, 0],
    );
    expect(server.details).toMatchObject({ wire: 'rawsocket', protocol: 'rawsocket', serializer: name, secure: false });
  });

  test.each([0, 2, 4, 5, 6, 15])('serializer %i, which it does not have, is error 1', async (id) => {
    expect([...(await answerTo([0x7f, 0xf0 | id, 0, 0]))]).toEqual([0x7f, 0x10, 0, 0]);
  });

  test.each(Array.from({ length: 16 }, (_, nibble) => [nibble, 2 ** (9 + nibble)]))(
    'length %i: it sends at most %i bytes',
    async (nibble, limit) => {
      const testServer = await RawSocketServer.open();
      const { peer, server } = await connected(testServer, [0x7f, (nibble << 4) | 1, 0, 0], [0x7f, 0xf1, 0, 0]);
      const overhead = textSerializer().encode(event('')).length;
      const exact = event('x'.repeat(limit - overhead));
      if (nibble < 15) {
        const more = event('x'.repeat(limit - overhead + 1));
        expect(() => server.send(more)).toThrow(`the limit is ${limit} (what the peer takes)`);
      }
      server.send(exact);
      const head = await peer.take(4);
      expect([...head]).toEqual(nibble === 15 ? [8, 0, 0, 0] : [0, limit >> 16, (limit >> 8) & 255, limit & 255]);
      expect(await peer.take(limit)).toHaveLength(limit);
    },
  );

  test.each([
    [512, 0x01],
    [1023, 0x01],
    [1024, 0x11],
    [2 ** 20, 0xb1],
    [2 ** 20 + 1, 0xb1],
    [2 ** 24 - 1, 0xe1],
    [2 ** 24, 0xf1],
    [2 ** 30, 0xf1],
  ])('maxMessageSize %i is announced as %x', async (maxMessageSize, octet) => {
    expect([...(await answerTo([0x7f, 0xf1, 0, 0], { maxMessageSize }))]).toEqual([0x7f, octet, 0, 0]);
  });

  test('a length below what it asks for is error 2', async () => {
    const options = { minPeerMessageSize: 4096 };
    expect([...(await answerTo([0x7f, 0x21, 0, 0], options))]).toEqual([0x7f, 0x20, 0, 0]);
    expect([...(await answerTo([0x7f, 0x31, 0, 0], options))]).toEqual([0x7f, 0xf1, 0, 0]);
  });

  test.each([
    [1, 0],
    [0, 1],
    [0x80, 0],
    [255, 255],
  ])('reserved octets %i, %i are error 3', async (third, fourth) => {
    expect([...(await answerTo([0x7f, 0xf1, third, fourth]))]).toEqual([0x7f, 0x30, 0, 0]);
  });

  test('a connection too many is error 4, until one has gone', async () => {
    const testServer = await RawSocketServer.open({ maxConnections: 1 });
    const first = await testServer.connectPeer();
    const second = testServer.peer();
    second.write(0x7f, 0xf1, 0, 0);
    expect([...(await second.rest())]).toEqual([0x7f, 0x40, 0, 0]);
    first.peer.socket.end();
    await first.atServer.end();
    await testServer.connectPeer();
  });

  test('a refused client is hung up on, at the latest after the handshake’s time', async () => {
    const testServer = await RawSocketServer.open({ handshakeTimeout: 300 });
    const polite = testServer.peer();
    polite.write(0x7f, 0xf9, 0, 0, 1, 2, 3);
    expect([...(await polite.rest())]).toEqual([0x7f, 0x10, 0, 0]);
    await polite.gone;
    const stubborn = testServer.peer();
    stubborn.socket.allowHalfOpen = true;
    stubborn.write(0x7f, 0xf9, 0, 0);
    await stubborn.rest();
    expect(testServer.clock.next).toBe(300);
    testServer.clock.advance(300);
    // It learns that nobody is there by writing.
    while (!stubborn.socket.destroyed) {
      stubborn.socket.write('still here');
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(testServer.clock.pending).toBe(0);
  });

  test.each([
    ['of HTTP', 'GET / HTTP/1.1\r\n\r\n'],
    ['that is one octet', 'x'],
    ['of TLS', '\x16\x03\x01\x02'],
  ])('a first octet %s is hung up on without a word', async (_name, sent) => {
    const testServer = await RawSocketServer.open();
    const peer = testServer.peer();
    peer.socket.write(sent, 'latin1');
    expect(await peer.rest()).toHaveLength(0);
    await peer.gone;
    expect(testServer.clock.pending).toBe(0);
  });

  test.each([0, 1, 3])('%i octets and silence end with the handshake’s time', async (count) => {
    const testServer = await RawSocketServer.open({ handshakeTimeout: 500 });
    // The server has taken the silent one once it has answered a later one.
    const silent = testServer.peer();
    silent.write(...[0x7f, 0xf1, 0].slice(0, count));
    await testServer.connectPeer();
    expect(testServer.clock.next).toBe(500);
    testServer.clock.advance(500);
    await silent.gone;
    expect(testServer.clock.pending).toBe(0);
  });

  test('half a handshake and the end frees everything', async () => {
    const testServer = await RawSocketServer.open();
    const peer = testServer.peer();
    peer.write(0x7f, 0xf1);
    peer.socket.end();
    await peer.gone;
    await testServer.connectPeer();
    expect(testServer.clock.pending).toBe(0);
  });

  test('byte by byte is a handshake, and what comes right behind it is a message', async () => {
    const testServer = await RawSocketServer.open();
    const slow = testServer.peer();
    for (const octet of [0x7f, 0xf1, 0, 0]) {
      slow.write(octet);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([...(await slow.take(4))]).toEqual([0x7f, 0xf1, 0, 0]);
    await testServer.accept();
    const eager = testServer.peer();
    eager.socket.write(Buffer.concat([Buffer.from([0x7f, 0xf1, 0, 0]), frameBytes(0, '[36,1,1,{},["eager"]]')]));
    const atServer = Recorder.on(await testServer.accept());
    await atServer.count(1);
    expect(atServer.args).toEqual([['eager']]);
  });
});

describe('the client’s half', () => {
  async function dialed(options = {}) {
    const router = await octetRouter();
    const clock = new FakeClock();
    const connector = rawsocket(router.url, { serializers: all, clock, ...options });
    const outcome = connector.connect(never);
    outcome.catch(() => {});
    return { router, clock, outcome, connector };
  }

  test.each(NAMES.map((name, index) => [name, index + 1]))('asks for %s with number %i', async (name, id) => {
    const serializers = [textSerializer(name as string)];
    const { router, outcome } = await dialed({ serializers });
    const peer = await router.accept();
    expect([...(await peer.take(4))]).toEqual([0x7f, 0xf0 | (id as number), 0, 0]);
    peer.write(0x7f, 0xf0 | (id as number), 0, 0);
    const transport = await outcome;
    expect(transport.details).toEqual({
      wire: 'rawsocket',
      address: '127.0.0.1',
      peer: `127.0.0.1:${router.port}`,
      serializer: name,
      protocol: 'rawsocket',
      secure: false,
    });
  });

  test.each(Array.from({ length: 16 }, (_, nibble) => nibble))('length %i is announced, and taken', async (nibble) => {
    const { router, outcome } = await dialed({ maxMessageSize: 2 ** (9 + nibble) });
    const peer = await router.accept();
    expect([...(await peer.take(4))]).toEqual([0x7f, (nibble << 4) | 1, 0, 0]);
    peer.write(0x7f, 0x21, 0, 0);
    const transport = await outcome;
    expect(() => transport.send(event('x'.repeat(2048)))).toThrow(`the limit is ${2 ** (9 + Math.min(nibble, 2))}`);
  });

  test('what comes right behind the reply is a message', async () => {
    const { router, outcome } = await dialed();
    const peer = await router.accept();
    peer.socket.write(Buffer.concat([Buffer.from([0x7f, 0xf1, 0, 0]), frameBytes(0, '[36,1,1,{},["eager"]]')]));
    const at = Recorder.on(await outcome);
    await at.count(1);
    expect(at.args).toEqual([['eager']]);
  });

  test('tries the next serializer after error 1, on a connection of its own', async () => {
    const { router, outcome } = await dialed();
    for (const id of [1, 2]) {
      const peer = await router.accept();
      expect((await peer.take(4))[1]).toBe(0xf0 | id);
      peer.write(0x7f, 0x10, 0, 0);
      await peer.gone;
    }
    const peer = await router.accept();
    await peer.take(4);
    peer.write(0x7f, 0xf3, 0, 0);
    expect((await outcome).details.serializer).toBe('cbor');
  });

  test('gives up when the router has none of them', async () => {
    const testServer = await RawSocketServer.open({ serializers: [textSerializer('ubjson')] });
    await expect(
      testServer.connect({ serializers: [textSerializer('json'), textSerializer('cbor')] }),
    ).rejects.toMatchObject({
      code: 'WAMP_TRANSPORT_LOST',
      message: `cannot connect to ${testServer.url}: the router has none of the serializers json, cbor`,
    });
  });

  test.each<[string, number[], string]>([
    ['error 0', [0x7f, 0x00, 0, 0], 'the router refuses with error 0, which is illegal'],
    ['error 2', [0x7f, 0x20, 0, 0], 'the router does not take so small a maxMessageSize'],
    ['error 3', [0x7f, 0x30, 0, 0], 'the router found reserved bits in the request'],
    ['error 4', [0x7f, 0x40, 0, 0], 'the router has as many connections as it takes'],
    ['error 5', [0x7f, 0x50, 0, 0], 'the router refuses with error 5, which has no meaning yet'],
    ['error 15', [0x7f, 0xf0, 0, 0], 'the router refuses with error 15, which has no meaning yet'],
    ['another serializer', [0x7f, 0xf3, 0, 0], 'the router chose serializer 3; asked for was 1'],
    ['reserved octets', [0x7f, 0xf1, 0, 1], "the router's reply uses reserved octets: 7ff10001"],
    ['another protocol', [0x48, 0x54], 'the other side does not speak RawSocket: it began with 48'],
  ])('fails at %s', async (_name, reply, text) => {
    const { router, outcome, clock } = await dialed();
    const peer = await router.accept();
    peer.write(...reply);
    await expect(outcome).rejects.toMatchObject({
      code: 'WAMP_TRANSPORT_LOST',
      retryable: true,
      executed: 'no',
      message: `cannot connect to ${router.url}: ${text}`,
    });
    await peer.gone;
    expect(clock.pending).toBe(0);
  });

  test.each([0, 2])('fails where the router hangs up after %i octets', async (count) => {
    const { router, outcome, clock } = await dialed();
    const peer = await router.accept();
    peer.write(...[0x7f, 0xf1].slice(0, count));
    peer.socket.end();
    await expect(outcome).rejects.toThrow('the other side hung up instead of answering');
    expect(clock.pending).toBe(0);
  });

  test.each([0, 3])('fails in time where the router says %i octets and no more', async (count) => {
    const { router, outcome, clock } = await dialed({ handshakeTimeout: 700 });
    const peer = await router.accept();
    await peer.take(4);
    peer.write(...[0x7f, 0xf1, 0].slice(0, count));
    clock.advance(700);
    await expect(outcome).rejects.toThrow(`cannot connect to ${router.url}: no answer within 700 ms`);
    await peer.gone;
    expect(clock.pending).toBe(0);
  });

  test('has one time for all serializers together', async () => {
    const { router, outcome, clock } = await dialed({ handshakeTimeout: 700 });
    const first = await router.accept();
    await first.take(4);
    clock.advance(600);
    first.write(0x7f, 0x10, 0, 0);
    const second = await router.accept();
    await second.take(4);
    expect(clock.next).toBe(100);
    clock.advance(100);
    await expect(outcome).rejects.toThrow('no answer within 700 ms');
  });

  test('stops when it is told to', async () => {
    const router = await octetRouter();
    const clock = new FakeClock();
    const connector = rawsocket(router.url, { serializers: all, clock });
    const stop = new AbortController();
    const outcome = connector.connect(stop.signal);
    const peer = await router.accept();
    await peer.take(4);
    stop.abort(new Error('enough'));
    await expect(outcome).rejects.toThrow('enough');
    await peer.gone;
    await expect(connector.connect(stop.signal)).rejects.toThrow('enough');
    expect(clock.pending).toBe(0);
  });
});

async function connected(testServer: RawSocketServer, request: number[], reply: number[]) {
  const peer: OctetPeer = testServer.peer();
  peer.write(...request);
  expect([...(await peer.take(4))]).toEqual(reply);
  return { peer, server: await testServer.accept() };
}
