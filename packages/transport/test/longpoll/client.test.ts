import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Abort,
  InvalidConfiguration,
  PayloadExceededError,
  ProtocolError,
  TransportLost,
} from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type LongPollOptions, longpoll } from '../../src/longpoll/index.js';
import { certificates } from '../support/certificates/index.js';
import { never, PollServer } from '../support/long-polls.js';
import { event } from '../support/messages.js';
import { Recorder } from '../support/recorder.js';
import { batchedSerializer, textSerializer } from '../support/test-serializers.js';

const text = textSerializer();
const base = { serializers: [text], clock: new FakeClock() };
const OPENED = '{"protocol":"wamp.2.test-text","transport":"id"}';

/** A server whose answers a test gives: every request, with its path and its whole body, in the order of coming. */
class FakeRouter {
  readonly url: string;
  readonly #requests: Asked[] = [];
  #waiting: ((asked: Asked) => void)[] = [];

  private constructor(url: string) {
    this.url = url;
  }

  static async open(): Promise<FakeRouter> {
    const server = createServer((request, response) => router.#take(request, response));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const router: FakeRouter = new FakeRouter(`http://127.0.0.1:${(server.address() as AddressInfo).port}/lp`);
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    return router;
  }

  next(): Promise<Asked> {
    const asked = this.#requests.shift();
    if (asked !== undefined) return Promise.resolve(asked);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** The next request, which must be for this path. */
  async expect(path: string): Promise<Asked> {
    const asked = await this.next();
    expect(asked.path).toBe(path);
    return asked;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const asked = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks), response };
    const next = this.#waiting.shift();
    if (next === undefined) this.#requests.push(asked);
    else next(asked);
  }
}

interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly response: ServerResponse;
}

/** A client with a transport that this router has opened, started. */
async function connected(options: Partial<LongPollOptions> = {}) {
  const router = await FakeRouter.open();
  const clock = new FakeClock();
  const connecting = longpoll(router.url, { ...base, clock, ...options }).connect(never);
  const opening = await router.expect('/lp/open');
  opening.response.end(OPENED);
  const client = await connecting;
  onTestFinished(() => {
    void client.close();
  });
  const atClient = Recorder.on(client);
  const receiving = await router.expect('/lp/id/receive');
  return { router, clock, client, atClient, opening, receiving };
}

describe('connecting', () => {
  async function failure(respond: (response: ServerResponse) => void, options: Partial<LongPollOptions> = {}) {
    const router = await FakeRouter.open();
    const connecting = longpoll(router.url, { ...base, ...options }).connect(never);
    connecting.catch(() => {});
    const { response } = await router.next();
    respond(response);
    const error = await connecting.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TransportLost);
    expect(error).toMatchObject({ executed: 'no', retryable: true });
    return (error as Error).message.replace(router.url, 'URL');
  }

  test.each<[string, (response: ServerResponse) => void, string]>([
    ['404', (r) => r.writeHead(404).end('nothing here\nmore'), 'the server answered 404 Not Found: nothing here'],
    ['500 without a word', (r) => r.writeHead(500).end(), 'the server answered 500 Internal Server Error'],
    ['a page', (r) => r.end('<html>'), 'what the server answered is not the opening of a long-poll'],
    ['nothing', (r) => r.end(), 'what the server answered is not the opening of a long-poll'],
    ['no id', (r) => r.end('{"protocol":"wamp.2.test-text"}'), 'what the server answered is not the opening'],
    [
      'a path for an id',
      (r) => r.end('{"protocol":"wamp.2.test-text","transport":"../x"}'),
      'what the server answered',
    ],
    [
      'a protocol that was not offered',
      (r) => r.end('{"protocol":"wamp.2.other","transport":"id"}'),
      'the server chose the protocol "wamp.2.other"; offered were wamp.2.test-text',
    ],
    ['too much', (r) => r.end('x'.repeat(70_000)), 'an answer of more than 65536 bytes'],
    ['a hang-up', (r) => r.destroy(), 'connection reset by the other side'],
  ])('to a server that answers %s fails', async (_name, respond, message) => {
    expect(await failure(respond)).toContain(`cannot connect to URL: ${message}`);
  });

  test('meets a deadline', async () => {
    const clock = new FakeClock();
    const options = { clock, handshakeTimeout: 700 };
    expect(await failure(() => clock.advance(700), options)).toBe('cannot connect to URL: no answer within 700 ms');
    expect(clock.pending).toBe(0);
  });

  test('where nobody listens says so, and a stopped one rejects with the reason', async () => {
    const router = await PollServer.open();
    await router.listening.close();
    await expect(longpoll(router.url, base).connect(never)).rejects.toThrow('connection refused');
    const controller = new AbortController();
    const fake = await FakeRouter.open();
    const connecting = longpoll(fake.url, base).connect(controller.signal);
    connecting.catch(() => {});
    await fake.next();
    controller.abort(new Error('enough'));
    await expect(connecting).rejects.toThrow('enough');
    await expect(longpoll(fake.url, base).connect(controller.signal)).rejects.toThrow('enough');
  });

  test('asks for the protocols in order, with headers and login, below the path of the URL', async () => {
    const router = await FakeRouter.open();
    const url = `${router.url.replace('//', '//me:pass%20word@')}/?tenant=1`;
    const serializers = [batchedSerializer(), text];
    const connector = longpoll(url, { ...base, serializers, headers: { 'X-Key': 'secret' } });
    expect(connector.address).toBe(`${router.url}/?tenant=1`);
    const connecting = connector.connect(never);
    const { headers, body, response } = await router.expect('/lp/open?tenant=1');
    expect(JSON.parse(body.toString())).toEqual({
      protocols: ['wamp.2.test-batched.batched', 'wamp.2.test-text'],
    });
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-key': 'secret',
      authorization: `Basic ${Buffer.from('me:pass word').toString('base64')}`,
    });
    response.end(OPENED);
    const client = await connecting;
    expect(client.details).toMatchObject({ wire: 'longpoll', protocol: 'wamp.2.test-text', secure: false });
    client.send(event('in'));
    const sent = await router.expect('/lp/id/send?tenant=1');
    expect(sent.headers['x-key']).toBe('secret');
    sent.response.writeHead(202).end();
    void client.close();
    (await router.expect('/lp/id/close?tenant=1')).response.writeHead(204).end();
    await client.close();
  });

  test('over TLS checks the certificate, and shows its own', async () => {
    const { ca, server: identity, client: own, stranger } = certificates;
    const server = await PollServer.open({ tls: { ...identity, ca, requestCert: true } });
    await expect(longpoll(server.url, { ...base, tls: { ca: stranger.ca, ...own } }).connect(never)).rejects.toThrow(
      'TLS: the certificate is not accepted',
    );
    await expect(longpoll(server.url, { ...base, tls: { ca } }).connect(never)).rejects.toThrow(TransportLost);
    const ends = await server.connect({ tls: { ca, ...own } });
    expect(ends.client.details).toMatchObject({ secure: true, tls: { authorized: true } });
    expect(ends.server.details.tls?.peerCertificate?.commonName).toBe('orders');
    expect(ends.server.details.channelId?.('tls-exporter')).toBeUndefined();
  });

  test.each<[string, Partial<LongPollOptions>, string]>([
    ['ws://127.0.0.1/lp', {}, '"ws://127.0.0.1/lp" is not a long-poll URL: its scheme is ws: and not http: or https:'],
    ['http://me:secret@127.0.0.1/lp#x', {}, '"http://127.0.0.1/lp#x" is not a long-poll URL: it has a fragment'],
    ['http://', {}, '"http://" is not a long-poll URL: it cannot be parsed'],
    ['http://a%:secret@x/lp', {}, '"http://x/lp" is not a long-poll URL: its login has a percent sign'],
    ['http://x/lp', { serializers: [] }, 'longpoll: serializers: give at least one'],
    ['http://x/lp', { sendTimeout: 0 }, 'longpoll: sendTimeout: expected a whole number of milliseconds'],
    ['http://x/lp', { headers: { 'a b': 'c' } }, 'longpoll: headers: "a b" cannot be sent as an HTTP header'],
    ['https://x/lp', { tls: { ca: 'none' } }, 'longpoll: tls.ca: cannot be used'],
    ['http://x/lp', { timeout: 1 } as never, 'longpoll: timeout: there is no such option; '],
  ])('to %s with %j is refused', (url, options, message) => {
    expect(() => longpoll(url, { ...base, ...options })).toThrow(InvalidConfiguration);
    expect(() => longpoll(url, { ...base, ...options })).toThrow(message);
  });
});

describe('receiving', () => {
  test('asks again after an answer with nothing, whatever its status', async () => {
    const { router, client, atClient, receiving } = await connected();
    receiving.response.writeHead(204).end();
    (await router.expect('/lp/id/receive')).response.end();
    (await router.expect('/lp/id/receive')).response.end(text.encode(event('now')));
    await atClient.count(1);
    expect(atClient.args).toEqual([['now']]);
    await router.expect('/lp/id/receive');
    expect(client.queuedBytes).toBe(0);
  });

  test.each<[string, (asked: Asked) => void, string]>([
    [
      '404',
      ({ response }) => response.writeHead(404).end(),
      'no messages are to be had any more: the server answered 404',
    ],
    [
      '500',
      ({ response }) => response.writeHead(500).end('broken'),
      'the server answered 500 Internal Server Error: broken',
    ],
    ['a hang-up', ({ response }) => response.destroy(), 'the connection was lost: connection reset by the other side'],
    [
      'half an answer',
      ({ response }) => {
        response.writeHead(200, { 'Content-Length': 100 });
        response.write('[36,', () => response.destroy());
      },
      'the connection was lost',
    ],
  ])('%s ends the transport, and nothing is left', async (_name, respond, message) => {
    const { clock, atClient, receiving, client } = await connected();
    respond(receiving);
    expect(await atClient.end()).toMatchObject({ clean: false, reason: expect.stringContaining(message) });
    await client.close();
    expect(clock.pending).toBe(0);
  });

  test('no answer at all meets a deadline', async () => {
    const { clock, atClient } = await connected({ receiveTimeout: 700 });
    clock.advance(700);
    expect(await atClient.end()).toMatchObject({ clean: false, reason: expect.stringContaining('within 700 ms') });
  });

  test('410 is a close in order', async () => {
    const { atClient, receiving } = await connected();
    receiving.response.writeHead(410).end();
    expect(await atClient.end()).toEqual({ clean: true, reason: 'closed by the peer' });
  });

  test.each([
    ['what is no message', '[36,', 'wamp.error.protocol_violation'],
    ['too much', 'x'.repeat(2_000), 'wamp.error.payload_size_exceeded'],
  ])('%s is answered with ABORT and the close', async (_name, body, reason) => {
    const { router, atClient, receiving, client } = await connected({ maxMessageSize: 1_000 });
    receiving.response.end(body);
    let asked = await router.next();
    if (asked.path === '/lp/id/receive') asked = await router.next();
    expect(asked.path).toBe('/lp/id/send');
    expect((text.decode(asked.body) as Abort).reason).toBe(reason);
    asked.response.writeHead(400).end();
    const why = await atClient.end();
    expect(why).toMatchObject({ clean: false, error: { reason } });
    expect(why.error).toBeInstanceOf(ProtocolError);
    client.send(event('too late'));
    await client.close();
  });
});

describe('sending', () => {
  test('is one request at a time, in order; batches take all that gathered meanwhile', async () => {
    const router = await FakeRouter.open();
    const batched = batchedSerializer();
    const connecting = longpoll(router.url, { ...base, serializers: [batched] }).connect(never);
    (await router.next()).response.end('{"protocol":"wamp.2.test-batched.batched","transport":"id"}');
    const client = await connecting;
    onTestFinished(() => {
      void client.close();
    });
    client.send(event(1));
    client.send(event(2));
    const first = await router.expect('/lp/id/send');
    for (const n of [3, 4, 5]) client.send(event(n));
    expect(client.queuedBytes).toBeGreaterThan(0);
    first.response.writeHead(204).end();
    const second = await router.expect('/lp/id/send');
    expect(batched.batch?.split(first.body)).toHaveLength(2);
    expect(batched.batch?.split(second.body)).toHaveLength(3);
    expect(client.queuedBytes).toBe(0);
    second.response.writeHead(202).end();
  });

  test('that is refused ends the transport', async () => {
    const { router, client, atClient } = await connected();
    client.send(event('in'));
    (await router.expect('/lp/id/send')).response.writeHead(400).end('no');
    expect(await atClient.end()).toEqual({
      clean: false,
      reason: 'a message was not taken: the server answered 400 Bad Request: no',
    });
  });

  test('to a transport that is over leaves it to the request for messages to say how it ended', async () => {
    const { router, client, atClient, receiving } = await connected();
    client.send(event('in'));
    const sent = await router.expect('/lp/id/send');
    sent.response.writeHead(404).end();
    await once(sent.response, 'close');
    receiving.response.writeHead(410).end();
    expect(await atClient.end()).toEqual({ clean: true, reason: 'closed by the peer' });
  });

  test('that nobody answers meets a deadline', async () => {
    const { router, clock, client, atClient } = await connected({ sendTimeout: 700 });
    client.send(event('in'));
    await router.expect('/lp/id/send');
    clock.advance(700);
    expect(await atClient.end()).toMatchObject({ clean: false, reason: expect.stringContaining('within 700 ms') });
    expect(clock.pending).toBe(0);
  });

  test('over the limit is the sender’s error, and the transport goes on', async () => {
    const { router, client } = await connected({ maxMessageSize: 1_000 });
    expect(() => client.send(event('x'.repeat(1_000)))).toThrow(PayloadExceededError);
    client.send(event('small'));
    (await router.expect('/lp/id/send')).response.writeHead(202).end();
  });
});

describe('closing', () => {
  test('sends what is queued first, and takes what comes until the answer', async () => {
    const { router, client, atClient, receiving, clock } = await connected();
    client.send(event('last'));
    const closing = client.close();
    const sent = await router.expect('/lp/id/send');
    receiving.response.end(text.encode(event('late')));
    sent.response.writeHead(202).end();
    const paths = [await router.next(), await router.next()];
    expect(paths.map(({ path }) => path).sort()).toEqual(['/lp/id/close', '/lp/id/receive']);
    await atClient.count(1);
    paths
      .find(({ path }) => path === '/lp/id/close')
      ?.response.writeHead(202)
      .end();
    await closing;
    expect(await atClient.end()).toEqual({ clean: true, reason: 'closed by this side' });
    expect(clock.pending).toBe(0);
  });

  test('that nobody answers is cut', async () => {
    const { router, client, atClient, clock } = await connected({ closeTimeout: 700 });
    const closing = client.close();
    await router.expect('/lp/id/close');
    clock.advance(700);
    await closing;
    expect(await atClient.end()).toEqual({ clean: false, reason: 'no answer to the close within 700 ms' });
  });
});
