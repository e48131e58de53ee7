import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type PortListenerOptions, portListener } from '../../src/port/index.js';
import { websocketListener } from '../../src/websocket/index.js';
import { certificates } from '../support/certificates/index.js';
import { HttpPeer } from '../support/http-peer.js';
import { random } from '../support/long-polls.js';
import { event } from '../support/messages.js';
import { PortServer, type Wire } from '../support/ports.js';
import { RawPeer } from '../support/raw-peer.js';
import { Recorder } from '../support/recorder.js';
import { batchedSerializer, textSerializer } from '../support/test-serializers.js';

const WIRES: readonly Wire[] = ['websocket', 'rawsocket', 'longpoll'];
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A TCP connection that a test speaks over by hand; what it has got, and when it is gone. */
function dial(port: number): { socket: Socket; gone: Promise<string> } {
  const socket = connect(port, '127.0.0.1');
  return { socket, gone: heard(socket) };
}

async function heard(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => {});
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('latin1');
}

async function speaks(server: PortServer, wire: Wire, secure = false): Promise<void> {
  const ends = await server.connect(wire, { secure });
  const [atClient, atServer] = [Recorder.on(ends.client), Recorder.on(ends.server)];
  ends.client.send(event('there'));
  await atServer.count(1);
  ends.server.send(event('back'));
  await atClient.count(1);
  await ends.client.close();
  await atServer.end();
}

async function listening(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('what is for no wire', () => {
  test('goes to the handler, and nothing else does', async () => {
    const seen: (string | undefined)[] = [];
    const server = await PortServer.open({
      handler: (request, response) => {
        seen.push(`${request.method} ${request.url}`);
        response.end('a page');
      },
    });
    const peer = new HttpPeer(`http://127.0.0.1:${server.port}`);
    for (const wire of WIRES) await speaks(server, wire);
    for (const path of ['/', '/lpx', '/ws', '/lp.html?a']) {
      const answer = await peer.ask(path, { method: 'GET' });
      expect([answer.status, answer.body.toString()]).toEqual([200, 'a page']);
    }
    expect((await peer.ask('/lp/other', { method: 'GET' })).status).toBe(404);
    expect(seen).toEqual(['GET /', 'GET /lpx', 'GET /ws', 'GET /lp.html?a']);
  });

  test('is told where the wires are, where there is no handler', async () => {
    const server = await PortServer.open();
    const peer = new HttpPeer(`http://127.0.0.1:${server.port}`);
    const page = await peer.ask('/', { method: 'GET' });
    expect([page.status, page.body.toString()]).toEqual([
      404,
      'there is nothing here; WAMP is at /ws (WebSocket) and /lp (long-poll)\n',
    ]);
    expect((await peer.ask('/ws', { method: 'GET' })).status).toBe(426);
    const { status } = await RawPeer.to(`http://127.0.0.1:${server.port}/elsewhere`, {});
    expect(status).toBe(404);
  });
});

describe('a server that there is', () => {
  test('keeps its pages and its own upgrades, and all of itself when the listening closes', async () => {
    const server = createServer((_request, response) => response.end('a page'));
    const upgrades: (string | undefined)[] = [];
    server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
      if (request.url === '/ws') return;
      upgrades.push(request.url);
      socket.end('HTTP/1.1 418 Mine\r\nConnection: close\r\n\r\n');
    });
    const base = await listening(server);
    const before = listenersOf(server);
    const port = await PortServer.open({ server });
    expect(port.listening.url).toBe(`${base.replace('http', 'ws')}/ws`);
    for (const wire of WIRES) await speaks(port, wire);
    const peer = new HttpPeer(base);
    expect((await peer.ask('/', { method: 'GET' })).body.toString()).toBe('a page');
    expect((await RawPeer.to(`${base}/mine`)).status).toBe(418);
    expect(upgrades).toEqual(['/mine']);
    const late = () => {};
    server.on('request', late);
    await port.listening.close();
    await turn();
    expect(server.listeners('request')).toContain(late);
    server.off('request', late);
    expect(listenersOf(server)).toEqual(before);
    expect((await peer.ask('/lp/open')).body.toString()).toBe('a page');
    const { socket, gone } = dial(port.port);
    socket.write(Uint8Array.of(0x7f, 0xf1, 0, 0));
    expect(await gone).toMatch(/^HTTP\/1\.1 400/);
  });

  test('may speak TLS', async () => {
    const server = createTlsServer(certificates.server, (_request, response) => response.end('a page'));
    await listening(server);
    const port = await PortServer.open({ server });
    expect(port.listening.url).toMatch(/^wss:/);
    for (const wire of WIRES) await speaks(port, wire, true);
  });

  test('must be listening', async () => {
    const server = createServer();
    await expect(PortServer.open({ server })).rejects.toThrow('server: it is not listening yet');
  });
});

test('an upgraded socket is the same as without the other wires: nobody else listens on it', async () => {
  const taken = async (open: (server: Server) => Promise<{ url: string; close(): Promise<void> }>) => {
    const server = createServer();
    const sockets: Socket[] = [];
    server.on('connection', (socket: Socket) => sockets.push(socket));
    await listening(server);
    const { url, close } = await open(server);
    const peer = await RawPeer.to(url, { subprotocols: 'wamp.2.json' });
    onTestFinished(() => {
      peer.socket.destroy();
    });
    expect(peer.status).toBe(101);
    await close();
    const [socket] = sockets as [Socket];
    return Object.fromEntries(socket.eventNames().map((name) => [name, socket.listenerCount(name)]));
  };
  const { clock } = await PortServer.open();
  const options = { serializers: [textSerializer('json')], clock };
  const attach = () => {};
  const alone = await taken((server) => websocketListener({ server, ...options }).listen(attach));
  const beside = await taken((server) => portListener({ server, random, ...options }).listen(attach));
  expect(beside).toEqual(alone);
  expect(alone.data).toBe(1);
});

describe('the first octet', () => {
  test('may come alone, on either wire', async () => {
    const server = await PortServer.open();
    const http = dial(server.port);
    http.socket.write('G');
    const raw = dial(server.port);
    raw.socket.write(Uint8Array.of(0x7f));
    // An answer on a later connection: the server has had its chance to read.
    await speaks(server, 'longpoll');
    http.socket.write('ET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    raw.socket.write(Uint8Array.of(0xf1, 0, 0));
    expect(await http.gone).toMatch(/^HTTP\/1\.1 404 /);
    const transport = await server.accept();
    expect(transport.details).toMatchObject({ wire: 'rawsocket', serializer: 'json' });
  });

  test('decides: what is neither is answered as HTTP', async () => {
    const server = await PortServer.open();
    const { socket, gone } = dial(server.port);
    socket.write(Uint8Array.of(0x16, 3, 1, 0, 5, 1));
    expect(await gone).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('of RawSocket with a handshake that is refused is RawSocket’s to answer', async () => {
    const server = await PortServer.open();
    const { socket, gone } = dial(server.port);
    socket.write(Uint8Array.of(0x7f, 0xf2, 0, 0));
    socket.end();
    expect(await gone).toBe('\x7f\x10\0\0');
  });

  test('leads to a RawSocket that ends when its other side does, as on a port of its own', async () => {
    const server = await PortServer.open();
    const { socket, gone } = dial(server.port);
    socket.write(Uint8Array.of(0x7f, 0xf1, 0, 0));
    const atServer = Recorder.on(await server.accept());
    socket.end();
    expect((await gone).slice(0, 4)).toBe('\x7f\xf1\0\0');
    await atServer.end();
    expect(server.clock.pending).toBe(0);
  });

  test('must come in time', async () => {
    const server = await PortServer.open({ firstOctetTimeout: 700 });
    const { gone } = dial(server.port);
    while (server.clock.next !== 700) await turn();
    server.clock.advance(700);
    expect(await gone).toBe('');
    expect(server.clock.pending).toBe(0);
  });

  test('must come in time behind TLS, its handshake included', async () => {
    const server = await PortServer.open({ firstOctetTimeout: 700, tls: certificates.server });
    const silent = dial(server.port);
    while (server.clock.next !== 700) await turn();
    server.clock.advance(300);
    const shaken = connectTls({ port: server.port, host: '127.0.0.1', ca: certificates.ca });
    const gone = heard(shaken);
    await once(shaken, 'secureConnect');
    while (server.clock.pending !== 2) await turn();
    server.clock.advance(400);
    expect(await silent.gone).toBe('');
    server.clock.advance(300);
    expect(await gone).toBe('');
    expect(server.clock.pending).toBe(0);
  });

  test('is not waited for where the other side has hung up', async () => {
    const server = await PortServer.open();
    const { socket, gone } = dial(server.port);
    while (server.clock.pending === 0) await turn();
    socket.end();
    await gone;
    while (server.clock.pending > 0) await turn();
  });

  test('of too many at once: the oldest makes room, and who speaks gets in', async () => {
    const server = await PortServer.open({ maxSilent: 2 });
    const silent: ReturnType<typeof dial>[] = [];
    for (const count of [1, 2]) {
      silent.push(dial(server.port));
      while (server.clock.pending < count) await turn();
    }
    const others = Promise.race(silent.slice(1).map(({ gone }) => gone.then(() => 'cut')));
    for (const wire of WIRES) {
      const ends = await server.connect(wire);
      expect(ends.server.details.wire).toBe(wire);
    }
    await silent[0]?.gone;
    expect(silent[0]?.socket.destroyed).toBe(true);
    silent[1]?.socket.destroy();
    expect(await others).toBe('cut');
  });
});

describe('to stop listening', () => {
  test('frees the port at once, cuts who has said nothing, and leaves transports alone', async () => {
    const server = await PortServer.open();
    const { gone } = dial(server.port);
    while (server.clock.pending === 0) await turn();
    const ends = await Promise.all(
      WIRES.map(async (wire) => {
        const { client, server: far } = await server.connect(wire);
        return { client, far, atClient: Recorder.on(client), atServer: Recorder.on(far) };
      }),
    );
    await Promise.all([server.listening.close(), server.listening.close()]);
    await gone;
    await expect(server.connect('websocket')).rejects.toThrow('connection refused');
    for (const { far, atClient } of ends) {
      far.send(event('still here'));
      await atClient.count(1);
      await far.close();
      expect(await atClient.end()).toMatchObject({ clean: true });
    }
    const again = await PortServer.open({ port: server.port });
    expect(again.port).toBe(server.port);
  });

  test('ends a long-poll whose client hangs up: it cannot come back', async () => {
    const server = await PortServer.open();
    const peer = new HttpPeer(`http://127.0.0.1:${server.port}/lp`);
    const id = await peer.open('wamp.2.json');
    const atServer = Recorder.on(await server.accept());
    const { request } = peer.begin(`/${id}/receive`);
    request.on('error', () => {});
    request.end();
    while (server.clock.next !== 10_000) await turn();
    await server.listening.close();
    expect(atServer.ends).toEqual([]);
    request.destroy();
    expect(await atServer.end()).toEqual({ clean: false, reason: 'the client is gone' });
    expect(server.clock.pending).toBe(0);
  });

  test('refuses to open another long-poll over a connection that there is', async () => {
    const server = await PortServer.open();
    const peer = new HttpPeer(`http://127.0.0.1:${server.port}/lp`);
    const id = await peer.open('wamp.2.json');
    Recorder.on(await server.accept());
    await server.listening.close();
    expect((await peer.ask('/open', { body: '{"protocols":["wamp.2.json"]}' })).status).toBe(503);
    expect((await peer.ask(`/${id}/close`)).status).toBe(202);
  });
});

test('the URL is that of the first wire that there is', async () => {
  const base = /^(ws|http|rs):\/\/127\.0\.0\.1:\d+/;
  const of = async (options: Partial<PortListenerOptions>) => (await PortServer.open(options)).listening.url;
  expect((await of({})).replace(base, '$1')).toBe('ws/ws');
  expect((await of({ websocket: { path: '/wamp' } })).replace(base, '$1')).toBe('ws/wamp');
  expect((await of({ websocket: false, longpoll: { path: '/poll' } })).replace(base, '$1')).toBe('http/poll');
  expect((await of({ websocket: false, longpoll: false })).replace(base, '$1')).toBe('rs');
});

test('a wire that is off is not there', async () => {
  const server = await PortServer.open({ rawsocket: false, longpoll: false });
  const { socket, gone } = dial(server.port);
  socket.write(Uint8Array.of(0x7f, 0xf1, 0, 0));
  expect(await gone).toMatch(/^HTTP\/1\.1 400 /);
  expect((await new HttpPeer(`http://127.0.0.1:${server.port}`).ask('/lp/open')).status).toBe(404);
  await speaks(server, 'websocket');
});

describe('configuration', () => {
  const one = createServer();
  test.each<[Record<string, unknown>, string]>([
    [{ port: undefined }, 'portListener: port: give it, or a server'],
    [{ port: 65536 }, 'portListener: port: expected 0 to 65535, got 65536'],
    [{ server: one }, 'portListener: server and port do not go together'],
    [{ port: undefined, server: one, handler: () => {} }, 'portListener: server and handler do not go together'],
    [{ port: undefined, server: {} }, 'portListener: server: expected a server of node:http or node:https'],
    [{ websocket: false, rawsocket: false, longpoll: false }, 'all are false; leave one of them on'],
    [{ rawsocket: 'yes' }, 'portListener: rawsocket: expected true, false or an object with options'],
    [{ longpoll: { path: 'lp' } }, 'portListener: longpoll: path: "lp" is not a base path'],
    [{ longpoll: { path: '/lp/' } }, 'portListener: longpoll: path: "/lp/" is not a base path'],
    [{ longpoll: { maxQueuedBytes: 5 } }, 'portListener: longpoll: maxQueuedBytes: expected a whole number of bytes'],
    [{ longpoll: { acceptedStatus: 200 } }, 'portListener: longpoll: acceptedStatus: expected 202 or 204, got 200'],
    [{ websocket: { path: 'ws' } }, 'portListener: websocket: path: "ws" is not a path'],
    [{ firstOctetTimeout: 0 }, 'portListener: firstOctetTimeout: expected a whole number of milliseconds'],
    [{ maxSilent: 0 }, 'portListener: maxSilent: expected a whole number of connections'],
    [{ random: undefined }, 'portListener: longpoll: random: expected a function'],
    [
      { serializers: [batchedSerializer()] },
      'portListener: rawsocket: no serializer is left, because RawSocket has no',
    ],
    [{ serializers: [] }, 'portListener: serializers: give at least one'],
    [{ longPoll: true }, 'portListener: longPoll: there is no such option; did you mean longpoll?'],
    [{ longpoll: { pth: '/lp' } }, 'portListener: longpoll: pth: there is no such option; did you mean path?'],
    [{ websocket: { pth: '/ws' } }, 'portListener: websocket: pth: there is no such option; did you mean path?'],
    [{ rawsocket: { maxConnection: 1 } }, 'portListener: rawsocket: maxConnection: there is no such option'],
  ])('%j is refused', async (options, message) => {
    const { clock } = await PortServer.open();
    const all = { port: 0, serializers: [textSerializer('json')], clock, random, ...options };
    expect(() => portListener(all as PortListenerOptions)).toThrow(InvalidConfiguration);
    expect(() => portListener(all as PortListenerOptions)).toThrow(message);
  });
});

/** Who listens for what, for a comparison. */
function listenersOf(server: Server): Record<string, unknown[]> {
  return Object.fromEntries(
    ['connection', 'request', 'upgrade', 'secureConnection'].map((name) => [name, server.rawListeners(name)]),
  );
}
