import { createServer } from 'node:net';
import { InvalidConfiguration, ProtocolError, TransportLost } from '@wamp-run/protocol';
import { FakeClock, transportConformance } from '@wamp-run/protocol/conformance';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type WebSocketOptions, websocket } from '../../src/websocket/browser.js';
import { Recorder } from '../support/recorder.js';
import { batchedSerializer, binarySerializer, textSerializer } from '../support/test-serializers.js';
import { never, TestServer } from '../support/websockets.js';

// ws has the interface of a browser's WebSocket; a real browser is tested in apps/browser.
const place = globalThis as { WebSocket?: unknown };
let before: unknown;
beforeEach(() => {
  before = place.WebSocket;
  place.WebSocket = WebSocket;
});
afterEach(() => {
  place.WebSocket = before;
});

async function connect(testServer: TestServer, options: Partial<WebSocketOptions> = {}) {
  const clock = new FakeClock();
  const connector = websocket(testServer.url, { serializers: [textSerializer()], clock, ...options });
  const client = await connector.connect(never);
  onTestFinished(() => {
    void client.close();
  });
  return { client, server: await testServer.accept(), clock };
}

describe.each([
  ['text frames', textSerializer(), undefined],
  ['binary frames', binarySerializer(), undefined],
  ['batches', batchedSerializer(), undefined],
  ['a limit', textSerializer(), 256 * 1024],
] as const)('browser transport, %s', (_name, serializer, maxMessageSize) => {
  const limit = maxMessageSize === undefined ? {} : { maxMessageSize };
  const open = async () =>
    connect(await TestServer.open({ serializers: [serializer], ...limit }), { serializers: [serializer], ...limit });

  transportConformance({
    test,
    capabilities: limit,
    pair: async () => {
      const { client: a, server: b } = await open();
      return { a, b };
    },
  });

  describe('from the server to the page', () => {
    transportConformance({
      test,
      capabilities: limit,
      pair: async () => {
        const { client: b, server: a } = await open();
        return { a, b };
      },
    });
  });
});

test('describes the connection', async () => {
  const testServer = await TestServer.open();
  const { client } = await connect(testServer);
  expect(client.details).toEqual({
    wire: 'websocket',
    peer: `127.0.0.1:${testServer.port}`,
    serializer: 'test-text',
    protocol: 'wamp.2.test-text',
    secure: false,
  });
});

describe('what is no message', () => {
  /** A server that answers with these frames at once. */
  async function talking(...frames: (string | Uint8Array)[]) {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: ([first]) => first ?? false });
    const codes: number[] = [];
    const heard: string[] = [];
    server.on('connection', (ws) => {
      ws.on('message', (data) => heard.push(data.toString()));
      ws.on('close', (code) => codes.push(code));
      for (const frame of frames) ws.send(frame);
    });
    await new Promise((resolve) => server.once('listening', resolve));
    onTestFinished(() => {
      server.close();
      for (const client of server.clients) client.terminate();
    });
    const { port } = server.address() as { port: number };
    return { url: `ws://127.0.0.1:${port}/`, codes, heard };
  }

  test.each([
    ['cannot be read', '[36,', 'not JSON', 'wamp.error.protocol_violation', 4002],
    [
      'is of the wrong kind',
      Uint8Array.of(1),
      'a binary frame came in; wamp.2.test-text has text frames',
      'wamp.error.protocol_violation',
      4002,
    ],
    [
      'is too large',
      `[36,1,1,{},["${'é'.repeat(60)}"]]`,
      'a message of more than 100 bytes came in, which is the limit here',
      'wamp.error.payload_size_exceeded',
      4009,
    ],
  ])('that %s is answered with ABORT, and ends the connection', async (_name, frame, message, reason, code) => {
    const { url, codes, heard } = await talking('[36,1,1,{},["before"]]', frame, '[36,1,1,{},["after"]]');
    const options = { serializers: [textSerializer()], clock: new FakeClock(), maxMessageSize: 100 };
    // What it sends is larger than what it takes here, the ABORT excepted.
    const client = await websocket(url, options).connect(never);
    const atClient = Recorder.on(client);
    const why = await atClient.end();
    expect(why).toMatchObject({ clean: false, reason: message, error: { reason } });
    expect(why.error).toBeInstanceOf(ProtocolError);
    expect(atClient.args).toEqual([['before']]);
    expect(heard.map((text) => JSON.parse(text))).toEqual([[3, { message }, reason]]);
    expect(codes).toEqual([code]);
    expect(options.clock.pending).toBe(0);
  });
});

describe('a close', () => {
  test('without an answer is given up in the end', async () => {
    const testServer = await TestServer.open();
    const { client, server, clock } = await connect(testServer, { closeTimeout: 300 });
    const atClient = Recorder.on(client);
    // It has not started: it reads nothing, and so answers nothing.
    expect(server.queuedBytes).toBe(0);
    const closed = client.close();
    clock.advance(299);
    expect(atClient.ends).toEqual([]);
    clock.advance(1);
    expect(atClient.ends).toEqual([{ clean: false, reason: 'no answer to the close within 300 ms' }]);
    await closed;
    expect(clock.pending).toBe(0);
  });

  test('of the connection alone is a loss', async () => {
    const testServer = await TestServer.open({ pingInterval: 10, pingTimeout: 5 });
    const { client, server } = await connect(testServer);
    const [atClient, atServer] = [Recorder.on(client), Recorder.on(server)];
    // To the server the page is silent: no byte of it comes in this turn.
    testServer.clock.advance(15);
    expect(await atClient.end()).toEqual({ clean: false, reason: 'the connection was lost' });
    await atServer.end();
  });
});

describe('a connection that fails', () => {
  const base = () => ({ serializers: [textSerializer()], clock: new FakeClock() });

  test('says that the browser does not say why', async () => {
    const testServer = await TestServer.open();
    await testServer.listening.close();
    const options = base();
    const failure = await websocket(testServer.url, options)
      .connect(never)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TransportLost);
    expect(failure).toMatchObject({
      executed: 'no',
      message: expect.stringContaining(`cannot connect to ${testServer.url}: the browser does not tell a page why`),
    });
    expect(options.clock.pending).toBe(0);
  });

  test('after too long a time, or when it is stopped, leaves nothing', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    onTestFinished(() => {
      server.close();
    });
    const url = `ws://127.0.0.1:${(server.address() as { port: number }).port}/`;
    const options = { ...base(), handshakeTimeout: 500 };
    const late = websocket(url, options).connect(never);
    options.clock.advance(500);
    await expect(late).rejects.toThrow(`cannot connect to ${url}: no answer within 500 ms`);
    const controller = new AbortController();
    const stopped = websocket(url, options).connect(controller.signal);
    controller.abort(new Error('enough'));
    await expect(stopped).rejects.toThrow('enough');
    await expect(websocket(url, options).connect(controller.signal)).rejects.toThrow('enough');
    expect(options.clock.pending).toBe(0);
  });
});

describe('configuration', () => {
  const base = { serializers: [textSerializer()], clock: new FakeClock() };

  test.each([
    [{ headers: {} }, 'websocket: headers: not in a browser: a page sends no headers'],
    [{ tls: {} }, 'websocket: tls: not in a browser'],
    [{ proxy: 'http://p' }, 'websocket: proxy: not in a browser'],
    [{ family: 4 }, 'websocket: family: not in a browser'],
    [{ compression: true }, 'websocket: compression: not in a browser'],
    [{ pingInterval: 1 }, 'websocket: pingInterval: not in a browser: a page cannot ping'],
    [{ handshakeTimeOut: 1 }, 'websocket: handshakeTimeOut: there is no such option; did you mean handshakeTimeout?'],
    [{ maxMessageSize: 0 }, 'websocket: maxMessageSize: expected a whole number of bytes'],
  ])('%j is refused', (options, message) => {
    expect(() => websocket('ws://h/', { ...base, ...options } as WebSocketOptions)).toThrow(InvalidConfiguration);
    expect(() => websocket('ws://h/', { ...base, ...options } as WebSocketOptions)).toThrow(message);
  });

  test('a Unix socket is refused, and a place without WebSocket', () => {
    expect(() => websocket('ws+unix:/run/x.sock', base)).toThrow('is a Unix socket, which no page reaches');
    place.WebSocket = undefined;
    expect(() => websocket('ws://h/', base)).toThrow('there is no WebSocket here');
  });
});
