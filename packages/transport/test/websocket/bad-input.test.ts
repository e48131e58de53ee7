import {
  type Abort,
  type Closed,
  decoded,
  ERROR_URIS,
  PayloadExceededError,
  ProtocolError,
  payloadIn,
} from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { event } from '../support/messages.js';
import { Opcode, type RawPeer } from '../support/raw-peer.js';
import { Recorder } from '../support/recorder.js';
import { binarySerializer, textSerializer } from '../support/test-serializers.js';
import { TestServer } from '../support/websockets.js';

const text = textSerializer();

/** ABORT, then the close frame with its code: what a peer hears that sent what is no message. */
async function verdict(peer: RawPeer, serializer = text): Promise<{ abort: Abort; code: number }> {
  const abort = await peer.next();
  expect(abort.opcode).toBe(serializer.binary ? Opcode.binary : Opcode.text);
  const close = await peer.next();
  expect(close.opcode).toBe(Opcode.close);
  return { abort: serializer.decode(abort.payload) as Abort, code: close.payload.readUInt16BE(0) };
}

const frames: [string, (peer: RawPeer) => void, string, number][] = [
  ['that is no message', (peer) => peer.send(Opcode.text, '{"a":1}'), 'message: expected list, got dict', 1002],
  ['that cannot be read', (peer) => peer.send(Opcode.text, '[36,'), 'not JSON', 1002],
  ['that is empty', (peer) => peer.send(Opcode.text, ''), 'not JSON', 1002],
  [
    'of the wrong kind',
    (peer) => peer.send(Opcode.binary, '[36,1,1,{}]'),
    'a binary frame came in; wamp.2.test-text has text frames',
    1002,
  ],
  [
    'that is no UTF-8',
    (peer) => peer.send(Opcode.text, Uint8Array.of(0x5b, 0xff, 0x5d)),
    'a text frame came in that is not UTF-8',
    1007,
  ],
  ['of an unknown opcode', (peer) => peer.send(3, 'x'), 'a frame came in that breaks the WebSocket protocol', 1002],
  ['that continues nothing', (peer) => peer.send(0, 'x'), 'a frame came in that breaks the WebSocket protocol', 1002],
  [
    'without a mask',
    (peer) => peer.socket.write(Uint8Array.of(0x81, 1, 0x5b)),
    'a frame came in that breaks the WebSocket protocol',
    1002,
  ],
];

describe('a frame', () => {
  test.each(frames)('%s is answered with ABORT, and ends the connection', async (_name, send, message, code) => {
    const testServer = await TestServer.open();
    const { peer, server, atServer } = await testServer.connectRaw();
    peer.send(Opcode.text, '[36,1,1,{},["before"]]');
    send(peer);
    peer.send(Opcode.text, '[36,1,1,{},["after"]]');
    const { abort, code: closeCode } = await verdict(peer);
    expect(abort).toMatchObject({ reason: ERROR_URIS.protocolViolation, details: { message } });
    expect(closeCode).toBe(code);
    peer.send(Opcode.close, Uint8Array.of(code >> 8, code & 255));
    await peer.gone;
    const why = await atServer.end();
    expect(why).toMatchObject({ clean: false, reason: message });
    expect(why.error).toBeInstanceOf(ProtocolError);
    expect(why.error).toMatchObject({ reason: ERROR_URIS.protocolViolation, side: 'remote' });
    expect(atServer.args).toEqual([['before']]);
    server.send(event('too late'));
    await server.close();
    expect(atServer.ends).toHaveLength(1);
    expect(testServer.clock.pending).toBe(0);
  });

  test('of text is refused where frames are binary', async () => {
    const testServer = await TestServer.open();
    const { peer, atServer } = await testServer.connectRaw('wamp.2.test-binary');
    peer.send(Opcode.text, '[36,1,1,{}]');
    const { abort, code } = await verdict(peer, binarySerializer());
    expect(abort.details.message).toBe('a text frame came in; wamp.2.test-binary has binary frames');
    expect(code).toBe(1002);
    peer.socket.destroy();
    expect((await atServer.end()).error).toBeInstanceOf(ProtocolError);
  });

  test('in pieces is one message', async () => {
    const testServer = await TestServer.open();
    const { peer, atServer } = await testServer.connectRaw();
    peer.send(Opcode.text, '[36,1,1,', { final: false });
    peer.send(Opcode.ping, 'between');
    peer.send(0, '{},["whole"]]');
    await atServer.count(1);
    expect(atServer.args).toEqual([['whole']]);
    expect(await peer.next()).toMatchObject({ opcode: Opcode.pong, payload: Buffer.from('between') });
  });

  test('that a serializer chokes on is the peer’s fault, whatever the error', async () => {
    const broken = {
      ...textSerializer(),
      decode: () => {
        throw new RangeError('stack');
      },
    };
    const testServer = await TestServer.open({ serializers: [broken] });
    const { peer, atServer } = await testServer.connectRaw();
    peer.send(Opcode.text, '[]');
    expect((await verdict(peer)).abort.details.message).toBe('test-text: the message cannot be read');
    peer.socket.destroy();
    expect((await atServer.end()).error).toMatchObject({ name: 'ProtocolError', cause: { message: 'stack' } });
  });
});

describe('a peer that has sent what is no message', () => {
  test('and does not answer the close is cut off', async () => {
    const testServer = await TestServer.open({ closeTimeout: 700 });
    const { peer, atServer } = await testServer.connectRaw();
    peer.send(Opcode.text, '?');
    await verdict(peer);
    testServer.clock.advance(699);
    expect(atServer.ends).toEqual([]);
    testServer.clock.advance(1);
    await peer.gone;
    expect((await atServer.end()).error).toBeInstanceOf(ProtocolError);
    expect(testServer.clock.pending).toBe(0);
  });

  test('hears no more of what is sent to it', async () => {
    const testServer = await TestServer.open();
    const { peer, server, atServer } = await testServer.connectRaw();
    peer.send(Opcode.text, '?');
    await verdict(peer);
    server.send(event('not for you'));
    peer.send(Opcode.close, '');
    await expect(peer.next()).rejects.toThrow('the socket is gone');
    await atServer.end();
  });
});

describe('a message over the limit', () => {
  const large = event('x'.repeat(2000));
  const [small, wide] = [{ maxMessageSize: 1024 }, { maxMessageSize: 4096 }];

  async function expectRefused(from: Recorder, at: Recorder): Promise<void> {
    const [abort] = await from.count(1);
    expect(abort).toMatchObject({
      reason: ERROR_URIS.payloadSizeExceeded,
      details: { message: 'a message of more than 1024 bytes came in, which is the limit here' },
    });
    const sender: Closed = await from.end();
    expect(sender).toEqual({ clean: false, reason: 'closed by the peer with code 1009' });
    const receiver: Closed = await at.end();
    expect(receiver).toMatchObject({ clean: false, error: { reason: ERROR_URIS.payloadSizeExceeded } });
    expect(receiver.error).toBeInstanceOf(ProtocolError);
    expect(at.messages).toEqual([]);
    expect([from.ends.length, at.ends.length]).toEqual([1, 1]);
  }

  test('at the server is refused with a word to its client, and others notice nothing', async () => {
    const testServer = await TestServer.open(small);
    const other = await testServer.connect(wide);
    const { client, server } = await testServer.connect(wide);
    const [atClient, atServer, atOther] = [Recorder.on(client), Recorder.on(server), Recorder.on(other.server)];
    client.send(large);
    await expectRefused(atClient, atServer);
    other.client.send(event('fine'));
    await atOther.count(1);
    expect(atOther.args).toEqual([['fine']]);
    expect(atOther.ends).toEqual([]);
  });

  test('at the client is refused with a word to the server', async () => {
    const testServer = await TestServer.open(wide);
    const { client, server } = await testServer.connect(small);
    const [atClient, atServer] = [Recorder.on(client), Recorder.on(server)];
    server.send(large);
    await expectRefused(atServer, atClient);
  });

  test('in many pieces is refused as well', async () => {
    const testServer = await TestServer.open(small);
    const { peer } = await testServer.connectRaw();
    peer.send(Opcode.text, 'x'.repeat(600), { final: false });
    peer.send(0, 'x'.repeat(600));
    const { abort, code } = await verdict(peer);
    expect(abort.reason).toBe(ERROR_URIS.payloadSizeExceeded);
    expect(code).toBe(1009);
  });

  test.each(['client', 'server'] as const)('does not leave the %s, which goes on', async (from) => {
    const testServer = await TestServer.open(small);
    const ends = await testServer.connect(small);
    const at = Recorder.on(ends[from === 'client' ? 'server' : 'client']);
    expect(() => ends[from].send(large)).toThrow(PayloadExceededError);
    expect(() => ends[from].send(large)).toThrow('EVENT of 2019 bytes: the limit is 1024 (maxMessageSize)');
    ends[from].send(event('small'));
    const [got] = await at.count(1);
    expect(decoded(payloadIn(got as never)).args).toEqual(['small']);
  });

  test('of exactly the limit is none', async () => {
    const testServer = await TestServer.open(small);
    const { client, server } = await testServer.connect(small);
    const atServer = Recorder.on(server);
    const exact = event('x'.repeat(1024 - text.encode(event('')).length));
    expect(text.encode(exact)).toHaveLength(1024);
    client.send(exact);
    await atServer.count(1);
  });
});
