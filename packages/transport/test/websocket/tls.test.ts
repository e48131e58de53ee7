import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { InvalidConfiguration, type Transport, TransportLost } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type TlsClientOptions, type TlsServerOptions, websocket } from '../../src/websocket/index.js';
import { certificates } from '../support/certificates/index.js';
import { event } from '../support/messages.js';
import { Recorder } from '../support/recorder.js';
import { textSerializer } from '../support/test-serializers.js';
import { never, TestServer } from '../support/websockets.js';

const { ca, server: identity, client: orders, expired, stranger } = certificates;

/** A TLS server, and somebody who is connected to it all the while and must notice nothing. */
async function serving(tls: Partial<TlsServerOptions> = {}, bystander: TlsClientOptions = { ca }) {
  const testServer = await TestServer.open({ tls: { ...identity, ...tls } });
  const { client, server } = await testServer.connect({ tls: bystander });
  const [atClient, atServer] = [Recorder.on(client), Recorder.on(server)];
  let rounds = 0;
  const unharmed = async () => {
    rounds++;
    client.send(event('to'));
    server.send(event('fro'));
    await Promise.all([atClient.count(rounds), atServer.count(rounds)]);
    expect([atClient.ends, atServer.ends]).toEqual([[], []]);
  };
  return { testServer, unharmed };
}

async function roundTrip({ client, server }: { client: Transport; server: Transport }): Promise<void> {
  const [atClient, atServer] = [Recorder.on(client), Recorder.on(server)];
  client.send(event('to'));
  server.send(event('fro'));
  await Promise.all([atClient.count(1), atServer.count(1)]);
}

/** What is said to a client that does not get in. */
async function refusal(testServer: TestServer, tls: TlsClientOptions): Promise<TransportLost> {
  const clock = new FakeClock();
  const failure = await websocket(testServer.url, { serializers: [textSerializer()], clock, tls })
    .connect(never)
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(TransportLost);
  expect(failure).toMatchObject({ executed: 'no', retryable: true });
  expect(clock.pending).toBe(0);
  return failure as TransportLost;
}

test('large messages arrive as they were, both ways, many in one turn', async () => {
  const testServer = await TestServer.open({ tls: identity });
  const ends = await testServer.connect({ tls: { ca } });
  const [atClient, atServer] = [Recorder.on(ends.client), Recorder.on(ends.server)];
  const texts = [20_000, 70_000, 300_000, 65_500, 40_000, 1_000_000].map((size, n) => `${n}`.repeat(size));
  for (const text of texts) {
    ends.client.send(event(text));
    ends.server.send(event(text));
  }
  for (const at of [atServer, atClient]) {
    await at.count(texts.length);
    expect(at.args.map(([text], n) => text === texts[n])).toEqual(texts.map(() => true));
  }
});

describe('a client', () => {
  test('trusts an authority of its own, and both ends know the connection by the same ids', async () => {
    const testServer = await TestServer.open({ tls: identity });
    expect(testServer.url).toMatch(/^wss:\/\/127\.0\.0\.1:\d+\/ws$/);
    const ends = await testServer.connect({ tls: { ca } });
    for (const { details } of Object.values({ client: ends.client, server: ends.server })) {
      expect(details).toMatchObject({
        wire: 'websocket',
        secure: true,
        tls: { version: 'TLSv1.3', cipher: expect.stringMatching(/^TLS_/) },
      });
    }
    expect(ends.client.details.peer).toBe(`127.0.0.1:${testServer.port}`);
    expect(ends.client.details.tls).toMatchObject({ authorized: true, peerCertificate: { commonName: 'router.test' } });
    expect(ends.server.details.tls?.peerCertificate).toBeUndefined();
    for (const type of ['tls-exporter', 'tls-unique'] as const) {
      const id = ends.client.details.channelId?.(type);
      expect(id).toHaveLength(32);
      expect(ends.server.details.channelId?.(type)).toEqual(id);
    }
    await roundTrip(ends);
  });

  test('shows a certificate, which the server knows', async () => {
    const testServer = await TestServer.open({ tls: { ...identity, ca, requestCert: true } });
    const ends = await testServer.connect({ tls: { ca, ...orders } });
    expect(ends.server.details.tls).toMatchObject({ authorized: true, peerCertificate: { commonName: 'orders' } });
    await roundTrip(ends);
  });

  test('asks for another name than the host has, and refuses a certificate without it', async () => {
    const { testServer, unharmed } = await serving();
    await roundTrip(await testServer.connect({ tls: { ca, servername: 'router.test' } }));
    const failure = await refusal(testServer, { ca, servername: 'shop.example' });
    expect(failure.message).toContain('TLS: the certificate is not accepted: ');
    expect(failure.message).toContain('shop.example');
    expect(failure.cause).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    await unharmed();
  });

  test.each([
    ['of an authority that it does not know', {}, identity, /unable to (verify|get)/],
    ['of another authority than the one it trusts', { ca: stranger.ca }, identity, /unable to (verify|get)/],
    ['that has expired', { ca: expired.cert }, expired, /certificate has expired/],
  ])('refuses a certificate %s', async (_name, tls, server, words) => {
    const { testServer, unharmed } = await serving(server, { rejectUnauthorized: false });
    const { message } = await refusal(testServer, tls);
    expect(message).toMatch(words);
    expect(message).toMatch(/^cannot connect to wss:\/\/127\.0\.0\.1:\d+\/ws: TLS: the certificate is not accepted: /);
    await unharmed();
  });

  test('takes any certificate where it is told to, and says that nobody vouches for it', async () => {
    const testServer = await TestServer.open({ tls: expired });
    const ends = await testServer.connect({ tls: { rejectUnauthorized: false } });
    expect(ends.client.details.tls).toMatchObject({
      authorized: false,
      peerCertificate: { commonName: 'router.test' },
    });
    await roundTrip(ends);
  });

  test('does not speak a version that is older than it is told to', async () => {
    const testServer = await TestServer.open({ tls: identity });
    const ends = await testServer.connect({ tls: { ca, minVersion: 'TLSv1.3' } });
    expect(ends.client.details.tls?.version).toBe('TLSv1.3');
  });

  test('is told of a server that speaks no TLS, and one of no TLS of a server that does', async () => {
    const plain = await TestServer.open();
    const { testServer, unharmed } = await serving();
    const [clear, secure] = [plain.url.replace('ws:', 'wss:'), testServer.url.replace('wss:', 'ws:')];
    const base = () => ({ serializers: [textSerializer()], clock: new FakeClock() });
    await expect(websocket(clear, base()).connect(never)).rejects.toThrow('TLS failed; perhaps the other side');
    await expect(websocket(secure, base()).connect(never)).rejects.toBeInstanceOf(TransportLost);
    await unharmed();
  });

  test('cannot have settings for TLS on a wire that has none', () => {
    const options = { serializers: [textSerializer()], clock: new FakeClock(), tls: { ca } };
    expect(() => websocket('ws://127.0.0.1/ws', options)).toThrow(InvalidConfiguration);
    expect(() => websocket('ws://127.0.0.1/ws', options)).toThrow('tls: ws://127.0.0.1/ws is not encrypted');
    const typo = { ...options, tls: { serverName: 'x' } as TlsClientOptions };
    expect(() => websocket('wss://127.0.0.1/ws', typo)).toThrow('websocket: tls.serverName: there is no such option');
  });
});

describe('a server', () => {
  test.each([
    ['none', {}],
    ['one of another authority', stranger.client],
  ])('that wants a certificate refuses a client that shows %s', async (_name, shown) => {
    const { testServer, unharmed } = await serving({ ca, requestCert: true }, { ca, ...orders });
    // Under TLS 1.3 the client learns of it when it has said hello already.
    const failure = await refusal(testServer, { ca, ...shown });
    expect(failure.message).toMatch(/cannot connect to wss:.*: /);
    await unharmed();
  });

  test('is not held up by a peer that begins TLS and is silent, speaks something else, or is gone', async () => {
    const { testServer, unharmed } = await serving();
    const gone: Promise<unknown>[] = [];
    for (const bytes of ['', '\x16\x03\x01', 'GET /ws HTTP/1.1\r\n\r\n']) {
      const socket = connect(testServer.port, '127.0.0.1').resume();
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write(bytes);
      gone.push(closing(socket));
    }
    const broken = connect(testServer.port, '127.0.0.1');
    await once(broken, 'connect');
    broken.write('\x16\x03');
    broken.resetAndDestroy();
    await unharmed();
    // The handshakes that are not done do not outlive the listening.
    await testServer.listening.close();
    await Promise.all(gone);
    await unharmed();
  });

  test('that stops listening leaves its connections alone', async () => {
    const { testServer, unharmed } = await serving();
    const idle = connectTls({ port: testServer.port, host: '127.0.0.1', ca });
    onTestFinished(() => {
      idle.destroy();
    });
    await once(idle, 'secureConnect');
    idle.resume().on('error', () => {});
    // The server knows of the idle one once it has taken a later one.
    await testServer.connect({ tls: { ca } });
    await testServer.listening.close();
    await closing(idle);
    await unharmed();
    await expect(testServer.connect({ tls: { ca } })).rejects.toThrow('connection refused');
  });
});

function closing(socket: Socket): Promise<unknown> {
  return socket.closed ? Promise.resolve() : once(socket, 'close');
}
