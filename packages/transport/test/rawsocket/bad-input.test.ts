import { type Abort, ERROR_URIS, ProtocolError } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { rawsocket } from '../../src/rawsocket/index.js';
import { StallWatch } from '../../src/rawsocket/stall-watch.js';
import { event } from '../support/messages.js';
import { type OctetPeer, octetRouter } from '../support/octet-peer.js';
import { never, RawSocketServer, text, until } from '../support/rawsockets.js';
import { Recorder } from '../support/recorder.js';

/** A client on the same listener, which must not notice anything. */
async function bystander(testServer: RawSocketServer) {
  const { client, server } = await testServer.connect();
  const [atClient, atServer] = [Recorder.on(client), Recorder.on(server)];
  return async () => {
    const before = atServer.messages.length;
    client.send(event('fine'));
    await atServer.count(before + 1);
    server.send(event('yes'));
    await atClient.count(before + 1);
    expect([...atClient.ends, ...atServer.ends]).toEqual([]);
  };
}

const payloadExceeded = ERROR_URIS.payloadSizeExceeded;
const violation = ERROR_URIS.protocolViolation;

const input: [string, (peer: OctetPeer) => void, string, string][] = [
  ['reserved bits', (peer) => peer.frame(0x80, 'x'), violation, 'a frame came in that uses reserved bits'],
  ['a frame of type 3', (peer) => peer.frame(3, 'x'), violation, 'a frame of the unknown type 3 came in'],
  ['a frame of type 7', (peer) => peer.frame(7), violation, 'a frame of the unknown type 7 came in'],
  [
    '2^24 with a length',
    (peer) => peer.write(8, 0, 0, 1, 1),
    violation,
    'a frame came in whose length is both 2^24 and something else',
  ],
  [
    'a length over the limit',
    (peer) => peer.frame(0, 'x'.repeat(1025)),
    payloadExceeded,
    'a message of more than 1024 bytes came in, which is the limit here',
  ],
  [
    'a head that announces 2^24',
    (peer) => peer.write(8, 0, 0, 0),
    payloadExceeded,
    'a message of more than 1024 bytes came in, which is the limit here',
  ],
  ['no message', (peer) => peer.frame(0, '{"a":1}'), violation, 'message: expected list, got dict'],
  ['half a message in a whole frame', (peer) => peer.frame(0, '[36,'), violation, 'not JSON'],
  ['an empty message', (peer) => peer.frame(0), violation, 'not JSON'],
  ['what is no UTF-8', (peer) => peer.frame(0, Uint8Array.of(0x5b, 0xff, 0x5d)), violation, 'not JSON'],
  [
    'garbage',
    (peer) => peer.socket.write(Uint8Array.from({ length: 5000 }, (_, index) => 255 - ((index * 7) & 127))),
    violation,
    'a frame came in that uses reserved bits',
  ],
];

describe('what is no message', () => {
  test.each(input)('%s is answered with ABORT and ends the connection', async (_name, send, reason, message) => {
    const testServer = await RawSocketServer.open({ maxMessageSize: 1024 });
    const others = await bystander(testServer);
    const { peer, server, atServer } = await testServer.connectPeer();
    peer.frame(0, '[36,1,1,{},["before"]]');
    send(peer);
    peer.frame(0, '[36,1,1,{},["after"]]');
    const { type, payload } = await peer.next();
    expect(type).toBe(0);
    expect(text.decode(payload) as Abort).toMatchObject({ reason, details: { message } });
    expect(await peer.rest()).toHaveLength(0);
    await peer.gone;
    const why = await atServer.end();
    expect(why).toMatchObject({ clean: false, reason: message });
    expect(why.error).toBeInstanceOf(ProtocolError);
    expect(why.error).toMatchObject({ reason, side: 'remote' });
    expect(atServer.args).toEqual([['before']]);
    server.send(event('too late'));
    await server.close();
    expect(atServer.ends).toHaveLength(1);
    await others();
    // Nothing is left of it.
    expect(testServer.clock.pending).toBe(0);
  });

  test('at the client is refused with a word to the router', async () => {
    const router = await octetRouter();
    const clock = new FakeClock();
    const connecting = rawsocket(router.url, { serializers: [text], clock, maxMessageSize: 1024 }).connect(never);
    const peer = await router.accept();
    expect((await peer.take(4))[1]).toBe(0x11);
    peer.write(0x7f, 0xf1, 0, 0);
    const atClient = Recorder.on(await connecting);
    peer.frame(0, 'x'.repeat(1025));
    const { payload } = await peer.next();
    expect(text.decode(payload)).toMatchObject({ reason: payloadExceeded });
    expect((await atClient.end()).error).toMatchObject({ name: 'ProtocolError', reason: payloadExceeded });
    await peer.gone;
    expect(clock.pending).toBe(0);
  });

  test('that a serializer chokes on is the peer’s fault, whatever the error', async () => {
    const broken = {
      ...text,
      decode: () => {
        throw new RangeError('stack');
      },
    };
    const testServer = await RawSocketServer.open({ serializers: [broken] });
    const { peer, atServer } = await testServer.connectPeer();
    peer.frame(0, '[]');
    const { payload } = await peer.next();
    expect((text.decode(payload) as Abort).details.message).toBe('json: the message cannot be read');
    expect((await atServer.end()).error).toMatchObject({ name: 'ProtocolError', cause: { message: 'stack' } });
  });

  test('from one that then does not end is cut off', async () => {
    const testServer = await RawSocketServer.open({ closeTimeout: 700 });
    const { peer, atServer } = await testServer.connectPeer();
    peer.socket.allowHalfOpen = true;
    peer.frame(5, '?');
    await peer.rest();
    expect(testServer.clock.next).toBe(700);
    testServer.clock.advance(699);
    expect(atServer.ends).toEqual([]);
    testServer.clock.advance(1);
    expect((await atServer.end()).error).toBeInstanceOf(ProtocolError);
    expect(testServer.clock.pending).toBe(0);
  });
});

describe('half a frame and silence', () => {
  test.each<[string, number[]]>([
    ['an octet of a head', [0]],
    ['a head', [0, 0, 0, 9]],
    ['half a payload', [0, 0, 0, 9, 1, 2, 3]],
  ])('after %s ends the connection in time', async (_name, octets) => {
    const testServer = await RawSocketServer.open({ stallTimeout: 800 });
    const others = await bystander(testServer);
    const { peer, atServer } = await testServer.connectPeer();
    peer.frame(0, '[36,1,1,{},["whole"]]');
    peer.write(...octets);
    await atServer.count(1);
    await until(() => testServer.clock.pending === 1);
    testServer.clock.advance(800);
    await peer.gone;
    expect(await atServer.end()).toEqual({
      clean: false,
      reason: 'half a message came in, and then nothing for 800 ms',
    });
    await others();
    expect(testServer.clock.pending).toBe(0);
  });

  test('costs a timer only while there is half a message, and none where it goes on', () => {
    const clock = new FakeClock();
    const stall = { received: 10, unfinished: true, stalled: 0 };
    const watch = new StallWatch({
      clock,
      timeout: 800,
      received: () => stall.received,
      unfinished: () => stall.unfinished,
      stalled: () => {
        stall.stalled++;
      },
    });
    watch.begin();
    for (let round = 0; round < 3; round++) {
      clock.advance(799);
      stall.received++;
      watch.begin();
      expect(clock.pending).toBe(1);
      clock.advance(1);
      expect(stall.stalled).toBe(0);
    }
    stall.unfinished = false;
    clock.advance(800);
    expect([stall.stalled, clock.pending]).toEqual([0, 0]);
    stall.unfinished = true;
    watch.begin();
    clock.advance(800);
    expect([stall.stalled, clock.pending]).toEqual([1, 0]);
    watch.begin();
    watch.stop();
    expect(clock.pending).toBe(0);
  });

  test('by the end of the peer is told as a loss', async () => {
    const testServer = await RawSocketServer.open();
    const { peer, atServer } = await testServer.connectPeer();
    peer.write(0, 0, 0, 9, 1, 2, 3);
    peer.socket.end();
    expect(await atServer.end()).toEqual({
      clean: false,
      reason: 'the connection was lost in the middle of a message',
    });
    expect(testServer.clock.pending).toBe(0);
  });
});
