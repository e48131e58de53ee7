import { once } from 'node:events';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { type Abort, ERROR_URIS, InvalidConfiguration, ProtocolError } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import {
  type CompressionOptions,
  type WebSocketListenerOptions,
  websocket,
  websocketListener,
} from '../../src/websocket/index.js';
import { event } from '../support/messages.js';
import { Opcode, RawPeer } from '../support/raw-peer.js';
import { Recorder } from '../support/recorder.js';
import { textSerializer } from '../support/test-serializers.js';
import { never, TestServer } from '../support/websockets.js';

const OFFER = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };

/** A client made by hand that offers compression, and the server's end. */
async function offered(options: Partial<WebSocketListenerOptions> = {}, headers: Record<string, string> = OFFER) {
  const testServer = await TestServer.open({ compression: true, ...options });
  const peer = await RawPeer.to(testServer.url, { headers });
  onTestFinished(() => {
    peer.socket.destroy();
  });
  const server = await testServer.accept();
  return { testServer, peer, server, atServer: Recorder.on(server) };
}

/** As RFC 7692 (7.2.1) has it: flushed, and without the four octets that every flush ends with. */
function deflated(text: string): Buffer {
  return deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

function inflated(bytes: Buffer): string {
  const whole = Buffer.concat([bytes, Buffer.from([0, 0, 0xff, 0xff])]);
  return inflateRawSync(whole, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
}

const long = 'word '.repeat(1000);

describe('a message', () => {
  test('is compressed from the threshold on, and sent as it is below', async () => {
    const { peer, server } = await offered({ compression: { threshold: 100 } });
    expect(peer.head).toContain('Sec-WebSocket-Extensions: permessage-deflate;');
    const text = textSerializer();
    const exact = event('x'.repeat(100 - text.encode(event('')).length));
    const below = event('x'.repeat(99 - text.encode(event('')).length));
    for (const message of [exact, below, event(long)]) server.send(message);
    const [first, second, third] = [await peer.next(), await peer.next(), await peer.next()];
    expect([first, second, third].map(({ compressed }) => compressed)).toEqual([true, false, true]);
    expect(inflated(first.payload)).toBe(Buffer.from(text.encode(exact)).toString());
    expect(second.payload).toHaveLength(99);
    expect(third.payload.length).toBeLessThan(200);
    expect(JSON.parse(inflated(third.payload)).at(-2)).toEqual([long]);
  });

  test('that comes compressed is read, in pieces too', async () => {
    const { peer, atServer } = await offered();
    peer.send(Opcode.text, deflated('[36,1,1,{},["small"]]'), { reserved: 0x40 });
    const bytes = deflated(`[36,1,1,{},["${long}"]]`);
    peer.send(Opcode.text, bytes.subarray(0, 10), { final: false, reserved: 0x40 });
    peer.send(0, bytes.subarray(10));
    await atServer.count(2);
    expect(atServer.args).toEqual([['small'], [long]]);
  });

  test('stands for itself, unless each may lean on the ones before', async () => {
    const sizes = async (compression: boolean | CompressionOptions) => {
      const { peer, server } = await offered({ compression });
      server.send(event(long));
      server.send(event(long));
      return { sizes: [(await peer.next()).payload.length, (await peer.next()).payload.length], head: peer.head };
    };
    const alone = await sizes(true);
    expect(alone.sizes[0]).toBe(alone.sizes[1]);
    expect(alone.head).toContain('server_no_context_takeover; client_no_context_takeover');
    const leaning = await sizes({ contextTakeover: true });
    expect(leaning.sizes[1]).toBeLessThan(leaning.sizes[0] as number);
    expect(leaning.head).not.toContain('no_context_takeover');
  });

  test.each([
    ['the client', { compression: true }, {}],
    ['the server', {}, { compression: true }],
    ['nobody', {}, {}],
  ])('is not compressed where only %s wants it', async (_name, client, server) => {
    const testServer = await TestServer.open(server);
    const ends = await testServer.connect(client);
    const atServer = Recorder.on(ends.server);
    ends.client.send(event(long));
    // What has been queued is what goes out: nothing waits to be made smaller.
    expect(ends.client.queuedBytes).toBeGreaterThan(long.length);
    await atServer.count(1);
    expect(atServer.args).toEqual([[long]]);
  });

  test('small ones and large ones stay in order', async () => {
    const testServer = await TestServer.open({ compression: true });
    const { client, server } = await testServer.connect({ compression: { level: 1 } });
    const atServer = Recorder.on(server);
    for (let n = 0; n < 40; n++) client.send(n % 3 === 0 ? event(n, long) : event(n));
    await atServer.count(40);
    expect(atServer.args.map((args) => (args as unknown[])[0])).toEqual(Array.from({ length: 40 }, (_, n) => n));
  });
});

describe('a message that is small only as long as it is packed', () => {
  const limit = { maxMessageSize: 64 * 1024 };
  // 16 MiB, in some 16 KiB.
  const bomb = deflated(`[36,1,1,{},["${'0'.repeat(2 ** 24)}"]]`);

  test('is refused by a server before it is unpacked, and others notice nothing', async () => {
    expect(bomb.length).toBeLessThan(limit.maxMessageSize / 2);
    const { testServer, peer, atServer } = await offered(limit);
    const other = await testServer.connect({ compression: true, ...limit });
    const atOther = Recorder.on(other.server);
    peer.send(Opcode.text, '[36,1,1,{},["before"]]');
    peer.send(Opcode.text, bomb, { reserved: 0x40 });
    const abort = textSerializer().decode((await peer.next()).payload) as Abort;
    expect(abort).toMatchObject({
      reason: ERROR_URIS.payloadSizeExceeded,
      details: { message: 'a message of more than 65536 bytes came in, which is the limit here' },
    });
    const close = await peer.next();
    expect([close.opcode, close.payload.readUInt16BE(0)]).toEqual([Opcode.close, 1009]);
    peer.send(Opcode.close, close.payload);
    await peer.gone;
    expect(await atServer.end()).toMatchObject({ clean: false, error: { reason: ERROR_URIS.payloadSizeExceeded } });
    expect(atServer.args).toEqual([['before']]);
    other.client.send(event('fine', long));
    await atOther.count(1);
    expect(atOther.ends).toEqual([]);
  });

  test('is refused by a client as well', async () => {
    const server = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      perMessageDeflate: { threshold: 0 },
      handleProtocols: ([first]) => first ?? false,
    });
    onTestFinished(() => {
      server.close();
      for (const each of server.clients) each.terminate();
    });
    const closed = new Promise((resolve) => {
      server.on('connection', (ws) => {
        ws.send(`[36,1,1,{},["${'0'.repeat(2 ** 20)}"]]`);
        ws.on('close', resolve);
      });
    });
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const options = { serializers: [textSerializer()], clock: new FakeClock(), compression: true, ...limit };
    const atClient = Recorder.on(await websocket(`ws://127.0.0.1:${port}/`, options).connect(never));
    expect((await atClient.end()).error).toMatchObject({ reason: ERROR_URIS.payloadSizeExceeded });
    expect(atClient.messages).toEqual([]);
    expect(await closed).toBe(1009);
    expect(options.clock.pending).toBe(0);
  });
});

describe('what is wrong with a compressed message', () => {
  test.each([
    ['cannot be unpacked', Uint8Array.of(0xff, 0xff, 0xff, 0xff), 'cannot be inflated, or is not UTF-8', 1007],
    [
      'is no UTF-8 once unpacked',
      deflateRawSync(Uint8Array.of(0x5b, 0xff)),
      'cannot be inflated, or is not UTF-8',
      1007,
    ],
    ['is no message once unpacked', deflated('?'), 'not JSON', 1002],
  ])('it %s: the connection ends', async (_name, bytes, message, code) => {
    const { testServer, peer, atServer } = await offered();
    const other = await testServer.connect();
    peer.send(Opcode.text, bytes, { reserved: 0x40 });
    const abort = textSerializer().decode((await peer.next()).payload) as Abort;
    expect(abort.details.message).toContain(message);
    expect((await peer.next()).payload.readUInt16BE(0)).toBe(code);
    peer.socket.destroy();
    expect((await atServer.end()).error).toBeInstanceOf(ProtocolError);
    const atOther = Recorder.on(other.server);
    other.client.send(event('fine'));
    await atOther.count(1);
  });

  test.each(['permessage-deflate; frame_size=1', 'permessage-deflate; server_max_window_bits=99', ';'])(
    'an offer of %j is a bad request',
    async (extensions) => {
      const testServer = await TestServer.open({ compression: true });
      const { status } = await RawPeer.to(testServer.url, { headers: { 'Sec-WebSocket-Extensions': extensions } });
      expect(status).toBe(400);
    },
  );
});

describe('configuration', () => {
  const base = { serializers: [textSerializer()], clock: new FakeClock() };

  test.each([
    [{ threshold: -1 }, 'compression.threshold: expected a whole number of bytes, at least 0, got -1'],
    [{ level: 0 }, 'compression.level: expected 1 to 9, got 0'],
    [{ level: 10 }, 'compression.level: expected 1 to 9, got 10'],
    [{ contextTakeover: 1 }, 'compression.contextTakeover: expected true or false'],
    [{ treshold: 1 }, 'compression: treshold: there is no such option; did you mean threshold?'],
    ['on', 'compression: expected an object with options, got string'],
  ])('%j is refused', (compression, message) => {
    const options = { ...base, compression: compression as CompressionOptions };
    for (const build of [() => websocket('ws://h/', options), () => websocketListener({ ...options, port: 0 })]) {
      expect(build).toThrow(InvalidConfiguration);
      expect(build).toThrow(message);
    }
  });

  test('a limit that could not be held is refused', () => {
    const options = { ...base, compression: true, maxMessageSize: 2 ** 32 };
    expect(() => websocket('ws://h/', options)).toThrow('websocket: maxMessageSize: with compression it is at most');
    expect(() => websocket('ws://h/', { ...options, compression: false })).not.toThrow();
  });
});
