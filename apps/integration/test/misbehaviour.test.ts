// What one client does wrong ends its own session, with a reason, and no other session notices.
import { type Dict, headerOf, messageFromList, type Value } from '@wamp-run/protocol';
import type { Router } from '@wamp-run/router';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { joined, localRouter, SERIALIZERS } from './local.js';

const HELLO: Value[] = [1, 'realm1', { roles: { caller: {}, callee: {}, publisher: {}, subscriber: {} } }];

/** A client that sends whatever it is told to. */
class Rogue {
  readonly #socket: WebSocket;
  readonly #name: keyof typeof SERIALIZERS;
  readonly #received: Value[][] = [];
  #waiting: ((message: Value[] | 'closed') => void)[] = [];
  #closed = false;

  private constructor(socket: WebSocket, name: keyof typeof SERIALIZERS) {
    this.#socket = socket;
    this.#name = name;
    socket.on('message', (data) => {
      const message = SERIALIZERS[name]().decode(data as Buffer);
      const taker = this.#waiting.shift();
      if (taker === undefined) this.#received.push(headerOf(message));
      else taker(headerOf(message));
    });
    socket.on('close', () => {
      this.#closed = true;
      for (const taker of this.#waiting.splice(0)) taker('closed');
    });
    socket.on('error', () => {});
  }

  static async connect(url: string, name: keyof typeof SERIALIZERS = 'json'): Promise<Rogue> {
    const socket = new WebSocket(url, [`wamp.2.${name}`]);
    await new Promise((resolve, reject) => {
      socket.on('open', resolve);
      socket.on('error', reject);
    });
    return new Rogue(socket, name);
  }

  /** Joined to the realm. */
  static async join(url: string, name: keyof typeof SERIALIZERS = 'json'): Promise<Rogue> {
    const rogue = await Rogue.connect(url, name);
    rogue.send(HELLO);
    expect((await rogue.next())[0]).toBe(2);
    return rogue;
  }

  send(list: Value[]): void {
    this.sendBytes(SERIALIZERS[this.#name]().encode(messageFromList(list)), this.#name !== 'json');
  }

  sendBytes(bytes: Uint8Array | string, binary: boolean): void {
    this.#socket.send(bytes, { binary });
  }

  /** The header of the next message, or `['closed']`. */
  next(): Promise<Value[]> {
    const message = this.#received.shift();
    if (message !== undefined) return Promise.resolve(message);
    if (this.#closed) return Promise.resolve(['closed']);
    return new Promise((resolve) => this.#waiting.push((taken) => resolve(taken === 'closed' ? ['closed'] : taken)));
  }
}

describe('a client that breaks the protocol', () => {
  let router: Router;
  let url: string;
  let bystander: Awaited<ReturnType<typeof joined>>;

  beforeAll(async () => {
    ({ router, url } = await localRouter());
    bystander = await joined(url);
    await bystander.session.register('com.example.echo', ([value]) => value);
  });
  afterAll(async () => {
    await bystander.close();
    await router.close();
  });

  /** The rogue gets ABORT with the reason, its connection is closed, and the bystander works as before. */
  async function expectAborted(rogue: Rogue, reason: string, message: RegExp): Promise<void> {
    const [type, details, given] = await rogue.next();
    expect([type, given]).toEqual([3, reason]);
    expect((details as Dict).message).toMatch(message);
    expect(await rogue.next()).toEqual(['closed']);
    expect(await bystander.session.call('com.example.echo', ['still here'])).toBe('still here');
  }
  const VIOLATION = 'wamp.error.protocol_violation';
  const text = (value: unknown) => JSON.stringify(value);

  test.each([
    ['no JSON', 'hello', /json/i],
    ['a JSON that is no list', '{"a":1}', /list/],
    ['an empty list', '[]', /message/],
    ['an unknown message', '[99,1]', /99 is no message/],
    ['a message too short', '[48,1]', /CALL: expected/],
    ['a wrong type', '[48,1,"x","a.b"]', /CALL\[2\] options: expected dict, got string/],
    ['an id of 0', '[48,0,{},"a.b"]', /CALL\[1\] request: expected id/],
    ['args that are no list', '[48,1,{},"a.b",{}]', /args/],
    ['trailing bytes', '[48,1,{},"a.b"]x', /json/i],
    ['nesting without end', `[48,1,{},"a.b",${'['.repeat(200_000)}`, /deep|nest/i],
  ])('%s', async (_, frame, message) => {
    const rogue = await Rogue.join(url);
    rogue.sendBytes(frame, false);
    await expectAborted(rogue, VIOLATION, message);
  });

  test.each(['cbor', 'msgpack'] as const)('%s: bytes that are nothing', async (name) => {
    const rogue = await Rogue.join(url, name);
    rogue.sendBytes(new Uint8Array([0xff, 0xfe, 0xfd, 0, 0, 1]), true);
    await expectAborted(rogue, VIOLATION, new RegExp(name));
  });

  test.each(['cbor', 'msgpack'] as const)('%s: a length that no message has', async (name) => {
    const rogue = await Rogue.join(url, name);
    rogue.sendBytes(
      name === 'cbor'
        ? new Uint8Array([0x84, 0x18, 0x30, 0x01, 0xa0, 0x7b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])
        : new Uint8Array([0x94, 0x30, 0x01, 0x80, 0xdb, 0xff, 0xff, 0xff, 0xff]),
      true,
    );
    await expectAborted(rogue, VIOLATION, new RegExp(name));
  });

  test('the wrong kind of frame', async () => {
    const rogue = await Rogue.join(url);
    rogue.sendBytes(text([48, 1, {}, 'a.b']), true);
    await expectAborted(rogue, VIOLATION, /frame/);
  });

  test('a message larger than the router takes', async () => {
    const rogue = await Rogue.join(url, 'cbor');
    rogue.sendBytes(new Uint8Array(17 * 1024 * 1024), true);
    await expectAborted(rogue, 'wamp.error.payload_size_exceeded', /16777216|16 MiB/);
  });

  const ORDER: [string, Value[][], RegExp][] = [
    ['V2 a second HELLO', [HELLO], /HELLO while established/],
    ['V5 ERROR with a wrong request type', [[8, 48, 1, {}, 'a.b']], /ERROR/],
    ['V6 YIELD for an invocation that never was', [[70, 1, {}]], /YIELD/],
    [
      'V7 request ids out of order',
      [
        [48, 1, {}, 'a.b'],
        [48, 3, {}, 'a.b'],
      ],
      /3: expected 2/,
    ],
    ['V10 progressive invocations without announcement', [[48, 1, { progress: true }, 'a.b']], /progress/],
    ['a message of a router', [[36, 1, 1, {}]], /EVENT while established/],
    ['AUTHENTICATE without a challenge', [[5, 'x', {}]], /AUTHENTICATE while established/],
    ['a known option of a wrong type', [], /acknowledge/],
  ];
  test.each(ORDER)('%s', async (what, lists, message) => {
    const rogue = await Rogue.join(url);
    for (const list of lists) rogue.send(list);
    if (lists.length === 0) rogue.sendBytes(text([16, 1, { acknowledge: 1 }, 'a.b']), false);
    if (what.startsWith('V7')) expect((await rogue.next()).slice(0, 3)).toEqual([8, 48, 1]);
    await expectAborted(rogue, VIOLATION, message);
  });

  test.each([
    ['CALL', [48, 1, {}, 'a.b']],
    ['GOODBYE', [6, {}, 'wamp.close.normal']],
    ['ERROR', [8, 68, 1, {}, 'a.b']],
  ] as [string, Value[]][])('V3, V4: %s before HELLO', async (name, list) => {
    const rogue = await Rogue.connect(url);
    rogue.send(list);
    await expectAborted(rogue, VIOLATION, new RegExp(`${name} while closed`));
  });

  test('what is wrong in an answer to somebody else reaches only the one who sent it', async () => {
    const rogue = await Rogue.join(url, 'json');
    rogue.send([64, 1, {}, 'com.example.rogue']);
    expect((await rogue.next())[0]).toBe(65);
    const call = bystander.session.call('com.example.rogue', [1]);
    expect((await rogue.next())[0]).toBe(68);
    rogue.sendBytes('[70,1,{},[}', false);
    await expect(call).rejects.toMatchObject({ error: 'wamp.error.canceled', executed: 'maybe' });
    await expectAborted(rogue, VIOLATION, /json/i);
  });

  test('a payload that the other wire cannot carry fails that call alone', async () => {
    const callee = await joined(url, { serializers: [SERIALIZERS.msgpack()] });
    await callee.session.register('com.example.wide', ([value]) => value);
    const caller = await joined(url, { serializers: [SERIALIZERS.cbor()] });
    await expect(caller.session.call('com.example.wide', [2n ** 70n])).rejects.toMatchObject({
      error: 'wamp.error.invalid_payload',
    });
    expect(await caller.session.call('com.example.wide', [2n ** 60n])).toBe(2n ** 60n);
    await caller.close();
    await callee.close();
  });

  test('nothing of a session is left when it has been aborted', async () => {
    const rogue = await Rogue.join(url);
    rogue.send([64, 1, {}, 'com.example.gone']);
    rogue.send([32, 2, {}, 'com.example.gone']);
    await rogue.next();
    await rogue.next();
    rogue.sendBytes('nonsense', false);
    await expectAborted(rogue, VIOLATION, /json/i);
    await expect(bystander.session.call('com.example.gone')).rejects.toMatchObject({
      error: 'wamp.error.no_such_procedure',
    });
  });
});
