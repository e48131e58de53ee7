// Clients and routers that this project did not write.

import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { type Dict, type Value } from '@wamp-run/protocol';
import { json } from '@wamp-run/serializers/json';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { built, type Command, demo, inService } from './command.js';
import { joined } from './local.js';

const require = createRequire(import.meta.url);
// Autobahn wants a browser's WebSocket, which Node 20 does not have: this test's own process gets one.
Object.assign(globalThis, { WebSocket });

const LARGE = 2 ** 40 + 1;

describe.each(['json', 'cbor', 'msgpack'] as const)("npm's autobahn over %s", (name) => {
  let command: Command;
  let autobahn: Autobahn;
  let connection: AutobahnConnection;
  let session: AutobahnSession;

  beforeAll(async () => {
    autobahn = require('autobahn') as Autobahn;
    const made = await inService([built('math'), ...demo]);
    command = made.command;
    await command.says(/ready in/);
    const { JSONSerializer, CBORSerializer, MsgpackSerializer } = autobahn.serializer;
    const serializer = { json: JSONSerializer, cbor: CBORSerializer, msgpack: MsgpackSerializer }[name];
    connection = new autobahn.Connection({
      url: made.url,
      realm: 'realm1',
      serializers: [new serializer()],
      max_retries: 0,
    });
    session = await new Promise((resolve, reject) => {
      connection.onopen = resolve;
      connection.onclose = (reason, details) => {
        reject(new Error(`${reason}: ${JSON.stringify(details)}`));
        return true;
      };
      connection.open();
    });
  });
  afterAll(async () => {
    connection.close();
    await command.kill();
  });

  test('calls a procedure of the demo', async () => {
    expect(await session.call('com.shop.stock.left', ['tea'])).toBe(12);
    expect(await session.call('com.shop.orders.create', ['tea', 2])).toEqual({ id: 1, article: 'tea', quantity: 2 });
  });

  test('calls a decorated procedure', async () => {
    expect(await session.call('com.example.math.add', [2, LARGE])).toBe(LARGE + 2);
  });

  test('is refused a wrong argument', async () => {
    const error = await session.call('com.example.math.add', ['2', 3]).then(
      () => undefined,
      (refused: unknown) => refused,
    );
    expect(error).toMatchObject({
      error: 'wamp.error.type_check_error',
      args: ["'a' expected type=number got=string"],
    });
  });

  test('gets progressive results', async () => {
    const progress: unknown[] = [];
    const call = session.call('com.example.math.count', [3], {}, { receive_progress: true });
    const result = await (call as unknown as WithProgress).then(undefined, undefined, (n) => progress.push(n));
    expect({ progress, result }).toEqual({ progress: [1, 2, 3], result: 'done' });
  });

  test('is called, and publishes to, a session of ours', async () => {
    await session.register('com.example.autobahn.join', (args: string[], kwargs: { by?: string }) =>
      args.join(kwargs.by ?? ' '),
    );
    const ours = await joined(connection._options.url);
    expect(await ours.session.call('com.example.autobahn.join', ['a', 'b'], { kwargs: { by: '-' } })).toBe('a-b');
    const event = new Promise<[Value[], Dict]>((resolve, reject) => {
      ours.session.subscribe('com.example.autobahn.event', (args, kwargs) => resolve([args, kwargs])).catch(reject);
    });
    await ours.session.publish('com.example.unrelated', [], { acknowledge: true });
    await session.publish('com.example.autobahn.event', [LARGE], { k: 'v' }, { acknowledge: true });
    expect(await event).toEqual([[LARGE], { k: 'v' }]);
    await ours.close();
  });
});

describe.each(['json', 'cbor', 'msgpack'] as const)("npm's wampy over %s", (name) => {
  let command: Command;
  let url: string;
  let wampy: Wampy;

  beforeAll(async () => {
    ({ command, url } = await inService([built('math'), ...demo]));
    await command.says(/ready in/);
    const { Wampy } = (await import('wampy')) as unknown as { Wampy: WampyClass };
    const [{ JsonSerializer }, { CborSerializer }, { MsgpackSerializer }] = (await Promise.all([
      import('wampy/JsonSerializer.js'),
      import('wampy/CborSerializer.js'),
      import('wampy/MsgpackSerializer.js'),
    ])) as unknown as [
      Record<string, SerializerClass>,
      Record<string, SerializerClass>,
      Record<string, SerializerClass>,
    ];
    const serializer = { json: JsonSerializer, cbor: CborSerializer, msgpack: MsgpackSerializer }[
      name
    ] as SerializerClass;
    wampy = new Wampy(url, { realm: 'realm1', ws: WebSocket, serializer: new serializer(), autoReconnect: false });
    await wampy.connect();
  });
  afterAll(async () => {
    await wampy.disconnect();
    await command.kill();
  });

  test('calls a procedure of the demo', async () => {
    expect(await wampy.call('com.shop.stock.left', ['tea'])).toMatchObject({ argsList: [12] });
    expect(await wampy.call('com.shop.orders.create', ['tea', 2])).toMatchObject({
      argsList: [{ id: 1, article: 'tea', quantity: 2 }],
    });
  });

  test('calls a decorated procedure', async () => {
    // Its MessagePack reads every 64-bit integer as a bigint.
    const sum = name === 'msgpack' ? BigInt(LARGE + 2) : LARGE + 2;
    expect(await wampy.call('com.example.math.add', [2, LARGE])).toMatchObject({ argsList: [sum] });
  });

  test('is refused a wrong argument', async () => {
    const error = await wampy.call('com.example.math.add', ['2', 3]).then(
      () => undefined,
      (refused: unknown) => refused,
    );
    expect(error).toMatchObject({
      errorUri: 'wamp.error.type_check_error',
      argsList: ["'a' expected type=number got=string"],
    });
  });

  test('gets progressive results', async () => {
    const progress: unknown[] = [];
    const result = await wampy.call('com.example.math.count', [3], {
      progress_callback: ({ argsList }: { argsList: unknown[] }) => progress.push(...argsList),
    });
    expect({ progress: progress.slice(0, 3), result: result.argsList }).toEqual({
      progress: [1, 2, 3],
      result: ['done'],
    });
  });

  test('is called, and publishes to, a session of ours', async () => {
    await wampy.register(
      'com.example.wampy.join',
      ({ argsList, argsDict }: { argsList: string[]; argsDict: { by: string } }) => ({
        argsList: [argsList.join(argsDict.by)],
      }),
    );
    const ours = await joined(url);
    expect(await ours.session.call('com.example.wampy.join', ['a', 'b'], { kwargs: { by: '-' } })).toBe('a-b');
    const event = new Promise<[Value[], Dict]>((resolve, reject) => {
      ours.session.subscribe('com.example.wampy.event', (args, kwargs) => resolve([args, kwargs])).catch(reject);
    });
    await ours.session.publish('com.example.unrelated', [], { acknowledge: true });
    await wampy.publish('com.example.wampy.event', { argsList: [LARGE], argsDict: { k: 'v' } });
    expect(await event).toEqual([[LARGE], { k: 'v' }]);
    await ours.close();
  });
});

describe("our client on npm's fox-wamp router (JSON)", () => {
  let server: Server & { clients: Set<unknown> };
  let url: string;

  beforeAll(async () => {
    const FoxRouter = require('fox-wamp') as new () => { listenWAMP(options: object): typeof server };
    server = new FoxRouter().listenWAMP({ host: '127.0.0.1', port: 0 });
    await new Promise<void>((resolve) => server.on('listening', () => resolve()));
    url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => {
    server.close();
  });

  test('registers, calls, subscribes, publishes, and leaves', async () => {
    const one = await joined(url, { serializers: [json()] });
    const two = await joined(url, { serializers: [json()] });
    const registration = await one.session.register('com.example.fox.add', ([a, b]) => (a as number) + (b as number));
    expect(await two.session.call('com.example.fox.add', [2, LARGE])).toBe(LARGE + 2);

    const event = new Promise<[Value[], Dict]>((resolve, reject) => {
      one.session.subscribe('com.example.fox.event', (args, kwargs) => resolve([args, kwargs])).catch(reject);
    });
    await one.session.publish('com.example.unrelated', [], { acknowledge: true });
    const { id } = await two.session.publish('com.example.fox.event', [1], { kwargs: { k: 'v' }, acknowledge: true });
    expect(id).toBeGreaterThan(0);
    expect(await event).toEqual([[1], { k: 'v' }]);

    await registration.unregister();
    await expect(two.session.call('com.example.fox.add', [1, 2])).rejects.toMatchObject({
      error: 'wamp.error.no_such_procedure',
    });
    await one.close();
    await two.close();
  });

  test('gets progressive results', async () => {
    const one = await joined(url, { serializers: [json()] });
    const two = await joined(url, { serializers: [json()] });
    await one.session.register('com.example.fox.count', async function* ([to]) {
      for (let n = 1; n <= (to as number); n++) yield n;
      return 'done';
    });
    const progress: Value[] = [];
    const result = await two.session.call('com.example.fox.count', [2], {
      onProgress: ({ results }) => progress.push(...results),
    });
    expect({ progress, result }).toEqual({ progress: [1, 2], result: 'done' });
    await one.close();
    await two.close();
  });
});

// What these peers' packages do not say in types of their own, as far as it is used here.
type Class<T> = new () => T;
interface Autobahn {
  Connection: new (options: object) => AutobahnConnection;
  serializer: Record<'JSONSerializer' | 'CBORSerializer' | 'MsgpackSerializer', Class<object>>;
}
interface AutobahnConnection {
  onopen: (session: AutobahnSession) => void;
  onclose: (reason: string, details: unknown) => boolean;
  open(): void;
  close(): void;
  _options: { url: string };
}
/** Deferreds of Autobahn's take a third callback, for progress. */
interface WithProgress {
  then(done: undefined, failed: undefined, progress: (value: unknown) => void): Promise<unknown>;
}
interface AutobahnSession {
  call(procedure: string, args?: unknown[], kwargs?: object, options?: object): Promise<unknown>;
  register(procedure: string, handler: unknown): Promise<unknown>;
  publish(topic: string, args: unknown[], kwargs: object, options: object): Promise<unknown>;
}
type SerializerClass = Class<object>;
type WampyClass = new (url: string, options: object) => Wampy;
interface Wampy {
  connect(): Promise<unknown>;
  disconnect(): Promise<unknown>;
  call(procedure: string, args: unknown[], options?: object): Promise<{ argsList: unknown[] }>;
  register(procedure: string, handler: unknown): Promise<unknown>;
  publish(topic: string, payload: object): Promise<unknown>;
}
