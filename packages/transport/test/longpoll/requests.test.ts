import { connect } from 'node:net';
import { type Abort, ERROR_URIS, ProtocolError, silent } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { longpollListener } from '../../src/longpoll/index.js';
import { HttpPeer } from '../support/http-peer.js';
import { PollServer } from '../support/long-polls.js';
import { event } from '../support/messages.js';
import { Recorder } from '../support/recorder.js';
import { batchedSerializer, textSerializer } from '../support/test-serializers.js';

const text = textSerializer();
const batched = batchedSerializer();

/** The next turn of the event loop: for what a server does on its own, and shows by its timers. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('opening', () => {
  test('takes the first protocol of the client’s that is known, and makes an id that nobody guesses', async () => {
    const server = await PollServer.open();
    const peer = new HttpPeer(server.url);
    const protocols = ['wamp.2.unknown', 'wamp.2.test-binary', 'wamp.2.test-text'];
    const answers = await Promise.all(
      [0, 1].map(() => peer.ask('/open?x=382913', { body: JSON.stringify({ protocols }) })),
    );
    const opened = answers.map(({ body }) => JSON.parse(body.toString()));
    expect(answers[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
    for (const each of opened) {
      expect(each).toEqual({ protocol: 'wamp.2.test-binary', transport: expect.stringMatching(/^[\w-]{32}$/) });
    }
    expect(opened[0].transport).not.toBe(opened[1].transport);
    const transport = await server.accept();
    expect(transport.details).toMatchObject({ wire: 'longpoll', serializer: 'test-binary', secure: false });
    expect(transport.details.peer).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  test.each([
    ['{"protocols":["wamp.2.unknown"]}', 'no protocol in common; this server has wamp.2.test-text, '],
    ['{"protocols":[]}', 'no protocol in common'],
    ['{"protocols":"wamp.2.test-text"}', 'expected a body like {"protocols":["wamp.2.json"]}'],
    ['{}', 'expected a body like'],
    ['null', 'expected a body like'],
    ['{"protocols":', 'expected a body like'],
    ['', 'expected a body like'],
    ['{"protocols":[{"__proto__":1},null,7]}', 'no protocol in common'],
  ])('with %s is refused', async (body, message) => {
    const server = await PollServer.open();
    const answer = await new HttpPeer(server.url).ask('/open', { body });
    expect(answer.status).toBe(400);
    expect(answer.body.toString()).toContain(message);
  });

  test('with a body without end is refused before it is read', async () => {
    const server = await PollServer.open();
    const peer = new HttpPeer(server.url);
    const huge = await peer.ask('/open', { body: 'x'.repeat(20_000) });
    expect([huge.status, huge.body.toString()]).toEqual([
      413,
      'a body of more than 16384 bytes; that is the limit here\n',
    ]);
    const { request, answer } = peer.begin('/open', { headers: { 'Transfer-Encoding': 'chunked' } });
    request.on('error', () => {});
    for (let n = 0; n < 5; n++) request.write('x'.repeat(5_000));
    expect((await answer).status).toBe(413);
    expect(server.clock.pending).toBe(0);
  });

  test('with half a body and silence meets a deadline', async () => {
    const server = await PollServer.open({ bodyTimeout: 700 });
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write('POST /lp/open HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n{"proto');
    while (server.clock.pending === 0) await turn();
    server.clock.advance(700);
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 408 [\s\S]*no whole body within 700 ms\n$/);
    expect(server.clock.pending).toBe(0);
  });

  test('one too many is refused, until another has ended', async () => {
    const server = await PollServer.open({ maxTransports: 1 });
    const { peer, id } = await server.connectRaw();
    const body = '{"protocols":["wamp.2.test-text"]}';
    expect((await peer.ask('/open', { body })).status).toBe(503);
    expect((await peer.ask(`/${id}/close`)).status).toBe(202);
    expect((await peer.ask('/open', { body })).status).toBe(200);
  });

  test('that is not taken is told so, and leaves nothing behind', async () => {
    const errors: object[] = [];
    const clock = new FakeClock();
    const log = Object.assign(Object.create(silent), { error: (fields: object) => errors.push(fields) });
    const options = { port: 0, serializers: [text], clock, log, random: (n: number) => new Uint8Array(n) };
    const listening = await longpollListener(options).listen(() => {
      throw new Error('closed for today');
    });
    const peer = new HttpPeer(listening.url);
    const answer = await peer.ask('/open', { body: '{"protocols":["wamp.2.test-text"]}' });
    expect(answer.status).toBe(500);
    expect(answer.body.toString()).not.toContain('today');
    expect(errors).toMatchObject([{ err: { message: 'closed for today' } }]);
    expect(clock.pending).toBe(0);
    expect((await peer.ask(`/${'A'.repeat(32)}/receive`)).status).toBe(404);
    await listening.close();
  });
});

describe('requests that belong to nothing', () => {
  test.each([
    ['/lp', 'POST', 404],
    ['/lp/', 'POST', 404],
    ['/lp/open', 'GET', 405],
    ['/lp/open/more', 'POST', 404],
    ['/lp/nobody/receive', 'POST', 404],
    ['/lp/nobody/send', 'POST', 404],
    ['/lp/nobody/close', 'POST', 404],
    ['/lp/__proto__/close', 'POST', 404],
    ['/lp/nobody/other', 'POST', 404],
    ['/lpx/open', 'POST', 404],
    ['/', 'GET', 404],
  ])('%s, %s: %i', async (path, method, status) => {
    const server = await PollServer.open();
    const answer = await new HttpPeer(server.url.slice(0, -3)).ask(path, { method });
    expect(answer.status).toBe(status);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('the id of another’s transport that has ended is unknown, and the log never has an id', async () => {
    const logged: unknown[] = [];
    const log = Object.assign(Object.create(silent), { debug: (...all: unknown[]) => logged.push(...all) });
    const server = await PollServer.open({ log });
    const { peer, id } = await server.connectRaw();
    await peer.ask(`/${id}/close`);
    expect((await peer.ask(`/${id}/send`, { body: '[36,1,1,{}]' })).status).toBe(404);
    expect((await peer.ask(`/${id}/receive`)).status).toBe(404);
    expect(logged.length).toBeGreaterThan(0);
    expect(JSON.stringify(logged)).not.toContain(id);
  });
});

describe('web pages', () => {
  const page = { Origin: 'https://shop.example' };

  test('from elsewhere are refused, whatever they ask', async () => {
    const server = await PollServer.open();
    const { peer, id } = await server.connectRaw();
    for (const path of ['/open', `/${id}/receive`, `/${id}/send`, `/${id}/close`]) {
      const answer = await peer.ask(path, { headers: page });
      expect(answer.status).toBe(403);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
    expect((await peer.ask('/open', { method: 'OPTIONS', headers: page })).status).toBe(403);
  });

  test('from an origin that is listed may ask, without cookies', async () => {
    const server = await PollServer.open({ allowedOrigins: ['https://shop.example'] });
    const peer = new HttpPeer(server.url);
    const asked = await peer.ask('/open', { method: 'OPTIONS', headers: page });
    expect(asked.status).toBe(204);
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'Content-Type',
      vary: 'Origin',
    });
    expect(asked.headers['access-control-allow-credentials']).toBeUndefined();
    const opened = await peer.ask('/open', { headers: page, body: '{"protocols":["wamp.2.test-text"]}' });
    expect(opened.status).toBe(200);
    expect(opened.headers['access-control-allow-origin']).toBe('https://shop.example');
  });
});

describe('receiving', () => {
  test('waits for a message; in single form one goes to an answer, the others to the next', async () => {
    const server = await PollServer.open();
    const { peer, id, server: transport } = await server.connectRaw();
    const waiting = peer.ask(`/${id}/receive`);
    while (server.clock.next !== 10_000) await turn();
    transport.send(event('one'));
    transport.send(event('two'));
    const first = await waiting;
    expect(first.headers['content-type']).toBe('application/json');
    expect([first.status, JSON.parse(first.body.toString())]).toEqual([200, [36, 1, 1, {}, ['one'], {}]]);
    expect(JSON.parse((await peer.ask(`/${id}/receive`)).body.toString())[4]).toEqual(['two']);
  });

  test('what has gathered goes together where the protocol is batched', async () => {
    const server = await PollServer.open();
    const { peer, id, server: transport } = await server.connectRaw('wamp.2.test-batched.batched');
    for (const n of [1, 2, 3]) transport.send(event(n));
    const { body } = await peer.ask(`/${id}/receive`);
    const frames = batched.batch?.split(body) ?? [];
    expect(frames.map((frame) => batched.decode(frame))).toHaveLength(3);
    const waiting = peer.ask(`/${id}/receive`);
    while (server.clock.next !== 10_000) await turn();
    for (const n of [4, 5]) transport.send(event(n));
    expect(batched.batch?.split((await waiting).body)).toHaveLength(2);
  });

  test('a batch has as much as maxMessageSize, the rest comes next', async () => {
    const server = await PollServer.open({ maxMessageSize: 200 });
    const { peer, id, server: transport } = await server.connectRaw('wamp.2.test-batched.batched');
    for (let n = 0; n < 20; n++) transport.send(event(n));
    const counts: number[] = [];
    for (let got = 0; got < 20; got += counts.at(-1) as number) {
      const { body } = await peer.ask(`/${id}/receive`);
      expect(body.length).toBeLessThanOrEqual(200);
      counts.push(batched.batch?.split(body).length ?? 0);
    }
    expect(counts.length).toBeGreaterThan(2);
    expect(counts[0]).toBeGreaterThan(1);
  });

  test('nothing for a time is answered with nothing, and the transport lives', async () => {
    const server = await PollServer.open({ receiveTimeout: 500 });
    const { peer, id, server: transport } = await server.connectRaw();
    const waiting = peer.ask(`/${id}/receive`);
    while (server.clock.next !== 500) await turn();
    server.clock.advance(500);
    expect(await waiting).toMatchObject({ status: 204, body: Buffer.alloc(0) });
    transport.send(event('later'));
    expect((await peer.ask(`/${id}/receive`)).status).toBe(200);
  });

  test('twice at once is refused, and the first goes on', async () => {
    const server = await PollServer.open();
    const { peer, id, server: transport, atServer } = await server.connectRaw();
    const first = peer.ask(`/${id}/receive`);
    while (server.clock.next !== 10_000) await turn();
    const second = await peer.ask(`/${id}/receive`);
    expect(second.status).toBe(409);
    transport.send(event('for the first'));
    expect((await first).body.toString()).toContain('for the first');
    expect(atServer.ends).toEqual([]);
  });

  test('close ends a waiting request at once', async () => {
    const server = await PollServer.open();
    const { peer, id, server: transport, atServer } = await server.connectRaw();
    const waiting = peer.ask(`/${id}/receive`);
    while (server.clock.next !== 10_000) await turn();
    await transport.close();
    expect((await waiting).status).toBe(410);
    expect(atServer.ends).toEqual([{ clean: true, reason: 'closed by this side' }]);
    expect(server.clock.pending).toBe(0);
    expect((await peer.ask(`/${id}/receive`)).status).toBe(404);
  });

  test('with a body is refused', async () => {
    const server = await PollServer.open();
    const { peer, id } = await server.connectRaw();
    expect((await peer.ask(`/${id}/receive`, { body: 'x' })).status).toBe(400);
  });
});

describe('sending', () => {
  test.each([202, 204] as const)('is answered %i as configured', async (acceptedStatus) => {
    const server = await PollServer.open({ acceptedStatus });
    const { peer, id, atServer } = await server.connectRaw();
    const sent = await peer.ask(`/${id}/send`, { body: '[36,1,1,{},["in"],{}]' });
    expect([sent.status, sent.body.length]).toEqual([acceptedStatus, 0]);
    expect(atServer.args).toEqual([['in']]);
    expect((await peer.ask(`/${id}/close`)).status).toBe(acceptedStatus);
    expect(await atServer.end()).toEqual({ clean: true, reason: 'closed by the peer' });
    expect(server.clock.pending).toBe(0);
  });

  test('in several requests at once keeps the order in which they came', async () => {
    const server = await PollServer.open();
    const { peer, id, atServer } = await server.connectRaw();
    const body = '[36,1,1,{},["slow"],{}]';
    const slow = peer.begin(`/${id}/send`, { headers: { 'Content-Length': body.length } });
    slow.request.write(body.slice(0, 5));
    // The server has the first request when it times its body.
    while (server.clock.pending < 2) await turn();
    const fast = peer.ask(`/${id}/send`, { body: '[36,1,1,{},["fast"],{}]' });
    await peer.ask('/nobody/receive');
    expect(atServer.args).toEqual([]);
    slow.request.end(body.slice(5));
    expect([(await slow.answer).status, (await fast).status]).toEqual([202, 202]);
    expect(atServer.args).toEqual([['slow'], ['fast']]);
  });

  test('before there is somebody to take it waits', async () => {
    const server = await PollServer.open();
    const peer = new HttpPeer(server.url);
    const id = await peer.open();
    const sending = peer.ask(`/${id}/send`, { body: '[36,1,1,{},["early"],{}]' });
    await peer.ask('/nobody/receive');
    const atServer = Recorder.on(await server.accept());
    expect((await sending).status).toBe(202);
    expect(atServer.args).toEqual([['early']]);
  });
});

describe('what is no message', () => {
  test.each([
    ['[36,', 'not JSON'],
    ['', 'not JSON'],
    ['{"a":1}', 'message: expected list, got dict'],
    [Uint8Array.of(0x5b, 0xff, 0x5d), 'not JSON'],
  ])('%j is answered with 400, then ABORT, then the end', async (garbage, message) => {
    const server = await PollServer.open();
    const other = await server.connectRaw();
    const { peer, id, atServer } = await server.connectRaw();
    await peer.ask(`/${id}/send`, { body: '[36,1,1,{},["before"],{}]' });
    const refused = await peer.ask(`/${id}/send`, { body: garbage });
    expect([refused.status, refused.body.toString()]).toEqual([400, `${message}\n`]);
    expect((await peer.ask(`/${id}/send`, { body: '[36,1,1,{},["after"],{}]' })).status).toBe(400);
    const abort = text.decode((await peer.ask(`/${id}/receive`)).body) as Abort;
    expect(abort).toMatchObject({ reason: ERROR_URIS.protocolViolation, details: { message } });
    expect((await peer.ask(`/${id}/receive`)).status).toBe(400);
    expect(atServer.args).toEqual([['before']]);
    expect(await atServer.end()).toMatchObject({ clean: false, reason: message });
    expect(atServer.ends[0]?.error).toBeInstanceOf(ProtocolError);
    expect((await peer.ask(`/${id}/receive`)).status).toBe(404);
    await other.peer.ask(`/${other.id}/send`, { body: '[36,1,1,{},["fine"],{}]' });
    expect(other.atServer.args).toEqual([['fine']]);
  });

  test('a batch that is cut short: the whole messages before it are taken', async () => {
    const server = await PollServer.open();
    const { peer, id, atServer } = await server.connectRaw('wamp.2.test-batched.batched');
    const whole = batched.batch?.join([batched.encode(event(1)), batched.encode(event(2))]) as Uint8Array;
    const cut = await peer.ask(`/${id}/send`, { body: whole.subarray(0, whole.length - 1) });
    expect([cut.status, cut.body.toString()]).toEqual([400, 'half a message in a batch\n']);
    await peer.ask(`/${id}/receive`);
    await peer.ask(`/${id}/receive`);
    expect(await atServer.end()).toMatchObject({ clean: false });
  });

  test('one that does not fetch its ABORT is given up', async () => {
    const server = await PollServer.open({ closeTimeout: 700 });
    const { peer, id, atServer } = await server.connectRaw();
    await peer.ask(`/${id}/send`, { body: '?' });
    server.clock.advance(699);
    expect(atServer.ends).toEqual([]);
    server.clock.advance(1);
    expect((await atServer.end()).error).toBeInstanceOf(ProtocolError);
    expect(server.clock.pending).toBe(0);
  });

  test.each(['announced', 'chunked'])('a message over the limit, %s', async (how) => {
    const server = await PollServer.open({ maxMessageSize: 1024 });
    const { peer, id, atServer } = await server.connectRaw();
    const headers = how === 'announced' ? { 'Content-Length': 4096 } : { 'Transfer-Encoding': 'chunked' };
    const { request, answer } = peer.begin(`/${id}/send`, { headers });
    request.end('x'.repeat(4096));
    expect((await answer).status).toBe(413);
    const abort = text.decode((await peer.ask(`/${id}/receive`)).body) as Abort;
    expect(abort).toMatchObject({ reason: ERROR_URIS.payloadSizeExceeded });
    await peer.ask(`/${id}/receive`);
    expect(await atServer.end()).toMatchObject({ error: { reason: ERROR_URIS.payloadSizeExceeded } });
    expect(server.clock.pending).toBe(0);
  });

  test('ten thousand messages in one batch are taken one after the other, where the serializer allows them', async () => {
    const server = await PollServer.open();
    const { peer, id, atServer } = await server.connectRaw('wamp.2.test-batched.batched');
    const frames = Array.from({ length: 10_000 }, (_, n) => batched.encode(event(n)));
    expect((await peer.ask(`/${id}/send`, { body: batched.batch?.join(frames) as Uint8Array })).status).toBe(202);
    expect(atServer.messages).toHaveLength(10_000);
  });
});

describe('a client that asks too much', () => {
  test('with more requests to send at once than may wait has ended', async () => {
    const server = await PollServer.open();
    const { peer, id, atServer } = await server.connectRaw();
    const begun = Array.from({ length: 258 }, () => {
      const asking = peer.begin(`/${id}/send`, { headers: { 'Content-Length': 100 } });
      asking.request.on('error', () => {});
      asking.request.flushHeaders();
      return asking;
    });
    expect(await atServer.end()).toEqual({
      clean: false,
      reason: 'more than 256 requests to send came at once',
    });
    const statuses = (await Promise.all(begun.map(({ answer }) => answer))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
    expect(statuses.filter((status) => status === 400)).toHaveLength(257);
    while (server.clock.pending > 0) await turn();
  });

  test('gets its ABORT where that is larger than what it may send itself', async () => {
    const server = await PollServer.open({ maxMessageSize: 20 });
    for (const protocol of ['wamp.2.test-text', 'wamp.2.test-batched.batched']) {
      const { peer, id, atServer } = await server.connectRaw(protocol);
      expect((await peer.ask(`/${id}/send`, { body: '?' })).status).toBe(400);
      expect((await peer.ask(`/${id}/receive`)).body.length).toBeGreaterThan(20);
      expect((await peer.ask(`/${id}/receive`)).status).toBe(400);
      expect((await atServer.end()).error).toBeInstanceOf(ProtocolError);
    }
  });
});

describe('a client that vanishes', () => {
  test('and asks no more is given up, and everything is freed', async () => {
    const server = await PollServer.open({ idleTimeout: 5_000 });
    const { peer, id, atServer, server: transport } = await server.connectRaw();
    const { request } = peer.begin(`/${id}/receive`);
    request.on('error', () => {});
    request.end();
    while ((server.clock.next as number) !== 10_000) await turn();
    request.destroy();
    while ((server.clock.next as number) !== 5_000) await turn();
    transport.send(event('into the void'));
    server.clock.advance(4_999);
    expect(atServer.ends).toEqual([]);
    server.clock.advance(1);
    expect(await atServer.end()).toEqual({
      clean: false,
      reason: 'the client has not asked for messages for 5000 ms',
    });
    await transport.close();
    expect([server.clock.pending, transport.queuedBytes]).toEqual([0, 0]);
    expect((await peer.ask(`/${id}/receive`)).status).toBe(404);
  });

  test('in the middle of a message ends', async () => {
    const server = await PollServer.open();
    const { peer, id, atServer } = await server.connectRaw();
    const { request } = peer.begin(`/${id}/send`, { headers: { 'Content-Length': 100 } });
    request.on('error', () => {});
    request.write('[36,');
    while (server.clock.pending < 2) await turn();
    request.destroy();
    expect(await atServer.end()).toEqual({
      clean: false,
      reason: 'a message did not arrive: the body was cut off',
    });
    expect(server.clock.pending).toBe(0);
  });

  test('in the middle of a message, without hanging up, meets a deadline', async () => {
    const server = await PollServer.open({ bodyTimeout: 700 });
    const { peer, id, atServer } = await server.connectRaw();
    const { request, answer } = peer.begin(`/${id}/send`, { headers: { 'Content-Length': 100 } });
    request.on('error', () => {});
    request.write('[36,');
    while (server.clock.next !== 700) await turn();
    server.clock.advance(700);
    expect((await answer).status).toBe(408);
    expect(await atServer.end()).toMatchObject({ clean: false });
    expect(server.clock.pending).toBe(0);
  });

  test('and does not fetch what waits for it is cut off at maxQueuedBytes', async () => {
    const server = await PollServer.open({ maxMessageSize: 1024, maxQueuedBytes: 2048 });
    const other = await server.connectRaw();
    const { atServer, server: transport } = await server.connectRaw();
    for (let n = 0; n < 2; n++) transport.send(event('x'.repeat(900)));
    expect(transport.queuedBytes).toBeGreaterThan(1800);
    expect(atServer.ends).toEqual([]);
    transport.send(event('x'.repeat(900)));
    expect((await atServer.end()).reason).toBe(
      'the client does not fetch its messages: more than 2048 bytes wait (maxQueuedBytes)',
    );
    expect(transport.queuedBytes).toBe(0);
    other.server.send(event('fine'));
    expect((await other.peer.ask(`/${other.id}/receive`)).status).toBe(200);
  });
});
