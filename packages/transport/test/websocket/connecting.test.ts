import { createHash } from 'node:crypto';
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Connector, InvalidConfiguration, type Stop, TransportLost } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { connectFailure } from '../../src/connect-failure.js';
import { type WebSocketOptions, websocket } from '../../src/websocket/index.js';
import { event } from '../support/messages.js';
import { Recorder } from '../support/recorder.js';
import { textSerializer } from '../support/test-serializers.js';
import { TestServer } from '../support/websockets.js';

/** Every socket that was opened towards a server in this test. */
let opened: Socket[] = [];
const noteSocket = (message: unknown) => opened.push((message as { socket: Socket }).socket);

beforeEach(() => {
  opened = [];
  channel('net.client.socket').subscribe(noteSocket);
});
afterEach(() => {
  channel('net.client.socket').unsubscribe(noteSocket);
});

function connectorTo(url: string, options: Partial<WebSocketOptions> = {}): { connector: Connector; clock: FakeClock } {
  const clock = new FakeClock();
  return { connector: websocket(url, { serializers: [textSerializer()], clock, ...options }), clock };
}

/** Connects in vain, and checks that nothing is left of it: no socket, no timer, no listener. */
async function failure(url: string, options?: Partial<WebSocketOptions>): Promise<TransportLost> {
  const { connector, clock } = connectorTo(url, options);
  const stop = new CountingStop();
  const error = await connector.connect(stop).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(TransportLost);
  expect(error).toMatchObject({ executed: 'no', retryable: true });
  // Those of TLS are not announced; its test looks at them from the other side.
  if (url.startsWith('ws:')) expect(opened.length).toBeGreaterThan(0);
  await expectNothingLeft(clock, stop);
  return error as TransportLost;
}

async function expectNothingLeft(clock: FakeClock, stop: CountingStop): Promise<void> {
  for (const socket of opened) if (!socket.closed) await once(socket, 'close');
  expect(clock.pending).toBe(0);
  expect(stop.listeners.size).toBe(0);
}

class CountingStop implements Stop {
  aborted = false;
  reason: unknown;
  readonly listeners = new Set<() => void>();
  addEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.add(listener);
  }
  removeEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.delete(listener);
  }
  abort(reason: unknown): void {
    this.aborted = true;
    this.reason = reason;
    for (const listener of [...this.listeners]) listener();
  }
}

async function listening<S extends Server | HttpServer>(server: S): Promise<{ server: S; url: string }> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.close();
  });
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws` };
}

/** An HTTP server that answers requests to upgrade with these lines. */
function answering(...lines: string[]): Promise<{ server: HttpServer; url: string }> {
  return upgrading((_request, socket) => socket.write([...lines, '', ''].join('\r\n')));
}

function upgrading(upgrade: (request: IncomingMessage, socket: Duplex) => void) {
  const server = createHttpServer((_request, response) => response.writeHead(404).end());
  server.on('upgrade', upgrade);
  return listening(server);
}

describe('a connection that fails', () => {
  test('because nobody listens', async () => {
    const { server, url } = await listening(createServer());
    server.close();
    const error = await failure(url);
    expect(error.message).toBe(`cannot connect to ${url}: connection refused`);
    expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('because the server answers with another status', async () => {
    const { url } = await listening(createHttpServer((_request, response) => response.writeHead(503).end('no')));
    expect((await failure(url)).message).toBe(`cannot connect to ${url}: the server answered 503 Service Unavailable`);
  });

  test('because the server sends elsewhere', async () => {
    const { url } = await listening(
      createHttpServer((_request, response) => response.writeHead(302, { Location: 'ws://127.0.0.1:1/' }).end()),
    );
    expect((await failure(url)).message).toContain('the server answered 302 Found');
  });

  test('because the server hangs up', async () => {
    const { url } = await upgrading((_request, socket) => socket.destroy());
    expect((await failure(url)).message).toMatch(/^cannot connect to .*: (socket hang up|connection reset)/);
  });

  test('because the server speaks something else', async () => {
    const { url } = await listening(createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')));
    expect((await failure(url)).message).toMatch(/^cannot connect to .*: Parse Error/);
  });

  test('because the server does not speak TLS', async () => {
    const { server, url } = await upgrading((_request, socket) => socket.destroy());
    const connection = once(server, 'connection');
    expect((await failure(url.replace('ws:', 'wss:'))).message).toMatch(/^cannot connect to wss:.*: TLS failed/);
    const [far] = (await connection) as [Socket];
    if (!far.closed) await once(far, 'close');
  });

  test.each([
    ['no subprotocol', [], 'the server chose no subprotocol; offered were wamp.2.test-text'],
    [
      'one that was not offered',
      ['Sec-WebSocket-Protocol: wamp.2.cbor'],
      'the server chose the subprotocol "wamp.2.cbor"; offered were wamp.2.test-text',
    ],
  ])('because the server chooses %s', async (_name, headers, text) => {
    const { url } = await answering(
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Accept: whatever',
      ...headers,
    );
    expect((await failure(url)).message).toBe(`cannot connect to ${url}: ${text}`);
  });

  test('because the server’s answer is no WebSocket’s', async () => {
    const { url } = await answering(
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Protocol: wamp.2.test-text',
      'Sec-WebSocket-Accept: whatever',
    );
    expect((await failure(url)).message).toContain('Invalid Sec-WebSocket-Accept header');
  });

  test('because the server never answers', async () => {
    const { server, url } = await listening(createServer());
    const { connector, clock } = connectorTo(url, { handshakeTimeout: 3_000 });
    const stop = new CountingStop();
    const attempt = connector.connect(stop);
    const [far] = (await once(server, 'connection')) as [Socket];
    const farGone = once(
      far.resume().on('error', () => {}),
      'close',
    );
    clock.advance(2_999);
    expect(clock.pending).toBe(1);
    clock.advance(1);
    await expect(attempt).rejects.toThrow(`cannot connect to ${url}: no answer within 3000 ms`);
    await farGone;
    await expectNothingLeft(clock, stop);
  });
});

test.each([
  ['ENOTFOUND', 'there is no host of that name'],
  ['EAI_AGAIN', 'the host name cannot be looked up at present'],
  ['EHOSTUNREACH', 'the host cannot be reached'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'TLS: the certificate is not accepted: as node says it'],
  ['CERT_HAS_EXPIRED', 'TLS: the certificate is not accepted: as node says it'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'TLS: the certificate is not accepted: as node says it'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'TLS: the certificate is not accepted: as node says it'],
  ['EOTHER', 'as node says it'],
])('%s is put into words', (code, words) => {
  const error = Object.assign(new Error('as node says it'), { code });
  expect(connectFailure(error)).toBe(words);
  // As Node reports a name of several addresses that all fail.
  expect(connectFailure(new AggregateError([error, error]))).toBe(words);
});

describe('a connection that is stopped', () => {
  test('before it begins opens no socket', async () => {
    const { url } = await listening(createServer());
    const reason = new Error('no longer wanted');
    await expect(connectorTo(url).connector.connect(AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(opened).toEqual([]);
  });

  test('while it waits for the answer leaves nothing', async () => {
    const { server, url } = await listening(createServer());
    const { connector, clock } = connectorTo(url);
    const stop = new CountingStop();
    const attempt = connector.connect(stop);
    const [far] = (await once(server, 'connection')) as [Socket];
    const farGone = once(
      far.resume().on('error', () => {}),
      'close',
    );
    const reason = new Error('no longer wanted');
    stop.abort(reason);
    await expect(attempt).rejects.toBe(reason);
    await farGone;
    await expectNothingLeft(clock, stop);
  });

  test('at once leaves nothing', async () => {
    const { url } = await listening(createServer());
    const { connector, clock } = connectorTo(url);
    const stop = new CountingStop();
    const attempt = connector.connect(stop);
    stop.abort('enough');
    await expect(attempt).rejects.toBe('enough');
    await expectNothingLeft(clock, stop);
  });

  test('after it is open goes on', async () => {
    const testServer = await TestServer.open();
    const stop = new CountingStop();
    const { connector } = connectorTo(testServer.url);
    const client = await connector.connect(stop);
    const atServer = Recorder.on(await testServer.accept());
    expect(stop.listeners.size).toBe(0);
    client.send(event('still here'));
    await atServer.count(1);
    await client.close();
  });
});

describe('frames that come with the answer', () => {
  /** A server that sends them in one write with its answer, so that they are read together. */
  async function eager(then: (socket: Socket) => void) {
    return upgrading((request, socket) => {
      const accept = createHash('sha1')
        .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
        .digest('base64');
      const head = [
        'HTTP/1.1 101 Switching Protocols',
        'Upgrade: websocket',
        'Connection: Upgrade',
        'Sec-WebSocket-Protocol: wamp.2.test-text',
        `Sec-WebSocket-Accept: ${accept}`,
        '',
        '',
      ].join('\r\n');
      const frames = ['one', 'two'].map((word) => {
        const frame = textSerializer().encode(event(word));
        return Buffer.concat([Buffer.from([0x81, frame.length]), frame]);
      });
      socket.write(Buffer.concat([Buffer.from(head), ...frames]), () => then(socket as Socket));
    });
  }

  test('wait for start', async () => {
    const { url } = await eager((socket) => socket.on('data', () => socket.end()));
    const client = await connectorTo(url).connector.connect(new CountingStop());
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    const atClient = Recorder.on(client);
    expect(atClient.messages).toEqual([]);
    await atClient.count(2);
    expect(atClient.args).toEqual([['one'], ['two']]);
    await client.close();
  });

  test('are kept when the connection breaks before start', async () => {
    let far: Socket | undefined;
    const { url } = await eager((socket) => {
      far = socket;
    });
    const client = await connectorTo(url).connector.connect(new CountingStop());
    far?.resetAndDestroy();
    // Writing finds out that there is nobody.
    const [near] = opened as [Socket];
    while (!near.closed) {
      client.send(event('anybody?'));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await client.close();
    const atClient = Recorder.on(client);
    expect([atClient.messages, atClient.ends]).toEqual([[], []]);
    const why = await atClient.end();
    expect(why).toMatchObject({
      clean: false,
      reason: expect.stringMatching(/^the connection was lost: .*(EPIPE|ECONNRESET)/),
    });
    expect(atClient.args).toEqual([['one'], ['two']]);
    await null;
    expect(atClient.ends).toHaveLength(1);
  });
});

describe('the opening request', () => {
  async function requestFor(options: Partial<WebSocketOptions>, path = ''): Promise<IncomingMessage> {
    const requests: IncomingMessage[] = [];
    const { url } = await upgrading((request, socket) => {
      requests.push(request);
      socket.destroy();
    });
    await failure(url + path, options);
    return requests[0] as IncomingMessage;
  }

  test('carries the headers that were given, and the whole URL', async () => {
    const request = await requestFor({ headers: { Authorization: 'Bearer x', Cookie: 'a=b' } }, '/deep?token=1');
    expect(request.headers).toMatchObject({ authorization: 'Bearer x', cookie: 'a=b' });
    expect(request.url).toBe('/ws/deep?token=1');
  });

  test('goes to the address family that is asked for', async () => {
    const testServer = await TestServer.open({ host: '127.0.0.1' });
    const url = testServer.url.replace('127.0.0.1', 'localhost');
    const { connector } = connectorTo(url, { family: 4 });
    const client = await connector.connect(new CountingStop());
    expect(opened.map(({ remoteFamily }) => remoteFamily)).toEqual(['IPv4']);
    Recorder.on(await testServer.accept());
    await client.close();
    // The same port on the other family has nobody, or is not there at all.
    await failure(url, { family: 6 });
  });

  test('offers the subprotocols in order, and no compression', async () => {
    const request = await requestFor({ serializers: [textSerializer('b'), textSerializer('a')] });
    expect(request.headers['sec-websocket-protocol']).toBe('wamp.2.b,wamp.2.a');
    expect(request.headers['sec-websocket-extensions']).toBeUndefined();
  });
});

describe('configuration', () => {
  test.each([
    ['', 'it cannot be parsed'],
    ['127.0.0.1:8080', 'it cannot be parsed'],
    ['ws://', 'it cannot be parsed'],
    ['ws://host:99999/ws', 'it cannot be parsed'],
    ['http://127.0.0.1:8080/ws', 'its scheme is http: and not ws:, wss: or ws+unix:'],
    ['localhost:8080', 'its scheme is localhost: and not ws:, wss: or ws+unix:'],
    ['ws://127.0.0.1:8080/ws#part', 'it has a fragment'],
  ])('%j is no URL to connect to', (url, complaint) => {
    expect(() => connectorTo(url)).toThrow(InvalidConfiguration);
    expect(() => connectorTo(url)).toThrow(`${JSON.stringify(url)} is not a WebSocket URL: ${complaint}`);
  });

  test('a password in the URL is not told to anybody', () => {
    expect(connectorTo('wss://me:secret@router.example/ws').connector.address).toBe('wss://router.example/ws');
    expect(() => connectorTo('http://me:secret@router.example/ws')).toThrow('"http://router.example/ws" is not');
    // With what does not belong into one, the password may be anywhere.
    expect(connectorTo('wss://me:se@cret@router.example/a@b').connector.address).toBe('wss://router.example/a@b');
    for (const url of ['ws://me:se/cret@router.example/ws', 'ws://me:sec?ret@router.example', 'http://me:secret@']) {
      expect(() => connectorTo(url)).toThrow(/^(?!.*(se\/|cret)).*is not a WebSocket URL/);
    }
  });

  test.each<[Partial<WebSocketOptions>, string]>([
    [{ serializers: [] }, 'websocket: serializers: give at least one'],
    [{ serializers: [textSerializer(), textSerializer()] }, 'websocket: serializers: wamp.2.test-text is there twice'],
    [{ maxMessageSize: 0 }, 'websocket: maxMessageSize: expected a whole number of bytes, at least 1, got 0'],
    [{ pingInterval: -1 }, 'websocket: pingInterval: expected a whole number of milliseconds, at least 0, got -1'],
    [{ pingTimeout: 0 }, 'websocket: pingTimeout: expected a whole number of milliseconds, at least 1, got 0'],
    [{ closeTimeout: 1.5 }, 'websocket: closeTimeout: expected a whole number of milliseconds, at least 1, got 1.5'],
    [{ handshakeTimeout: Number.NaN }, 'websocket: handshakeTimeout: expected a whole number of milliseconds'],
    [{ headers: { 'a b': 'c' } }, 'websocket: headers: "a b" cannot be sent as an HTTP header'],
    [{ headers: { a: 'b\nc' } }, 'websocket: headers: "a" cannot be sent as an HTTP header'],
    [{ headers: { a: 1 as never } }, 'websocket: headers: "a": expected a string, got number'],
    [{ headers: { upgrade: 'h2c' } }, 'websocket: headers: "upgrade" belongs to the handshake; leave it out'],
    [{ headers: { 'Sec-WebSocket-Protocol': 'x' } }, 'headers: "Sec-WebSocket-Protocol" belongs to the handshake'],
    [{ headers: null as never }, 'websocket: headers: expected an object'],
    [{ family: 5 as never }, 'websocket: family: expected 4 or 6, got 5'],
    [{ header: {} } as never, 'websocket: header: there is no such option; did you mean headers?'],
    [{ HandshakeTimeOut: 1 } as never, 'HandshakeTimeOut: there is no such option; did you mean handshakeTimeout?'],
    [{ port: 1 } as never, 'websocket: port: there is no such option; there are serializers, clock,'],
    [{ serializers: undefined } as never, 'websocket: serializers: give at least one'],
    [{ clock: {} } as never, 'websocket: clock: expected a clock, with now and after'],
  ])('%j is refused', (options, message) => {
    expect(() => connectorTo('ws://127.0.0.1:8080/ws', options)).toThrow(InvalidConfiguration);
    expect(() => connectorTo('ws://127.0.0.1:8080/ws', options)).toThrow(message);
  });
});
