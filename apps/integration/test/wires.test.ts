// What a session can do, over every wire and with every serializer, batched or not, from our client to our router. A wire
// or a serializer more is a line more in one of the two tables.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type Session } from '@wamp-run/client';
import {
  ApplicationError,
  type Connector,
  type Listener,
  type Serializer,
  TransportLost,
  type Value,
} from '@wamp-run/protocol';
import { Router } from '@wamp-run/router';
import { cbor, cborBatched } from '@wamp-run/serializers/cbor';
import { flatbuffers, flatbuffersBatched } from '@wamp-run/serializers/flatbuffers';
import { json, jsonBatched } from '@wamp-run/serializers/json';
import { msgpack, msgpackBatched } from '@wamp-run/serializers/msgpack';
import { ubjson, ubjsonBatched } from '@wamp-run/serializers/ubjson';
import { longpoll, longpollListener } from '@wamp-run/transport/longpoll';
import { memoryConnector } from '@wamp-run/transport/memory';
import { portListener } from '@wamp-run/transport/port';
import { rawsocket, rawsocketListener } from '@wamp-run/transport/rawsocket';
import { websocket, websocketListener } from '@wamp-run/transport/websocket';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { Cuttable } from './cuttable.js';
import { clock, random } from './local.js';

const folder = mkdtempSync(join(tmpdir(), 'wires-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const freePath = () => join(folder, `${++files}.sock`);

const pem = (name: string) =>
  readFileSync(new URL(`../../../packages/transport/test/support/certificates/${name}.pem`, import.meta.url), 'utf8');
const identity = { cert: pem('server'), key: pem('server-key') };
const trust = { tls: { ca: pem('authority') } };

interface Wire {
  /** `missed`: how long a client of long-poll may be silent. */
  readonly listener: (serializers: Serializer[], missed?: { idleTimeout: number }) => Listener;
  readonly connector: (url: string, serializers: Serializer[]) => Connector;
  /** There is a form of it in which messages go in batches. */
  readonly batches: boolean;
}

// A client of long-poll that vanishes is missed when it has not asked for as long as this. Only for those that do vanish: on a
// busy machine another one, that is there, may take as long to ask again.
const SOON = { idleTimeout: 500 };
const port = 0;
const single = (serializers: Serializer[]) => serializers.filter(({ batch }) => batch === undefined);
// RawSocket has no batches, and something to speak even where the others have nothing else.
const all = (serializers: Serializer[], missed?: { idleTimeout: number }) => {
  const rawsocket = { serializers: single([...serializers, ...(single(serializers).length === 0 ? [json()] : [])]) };
  return { serializers, clock, port, random, rawsocket, ...(missed && { longpoll: missed }) };
};

const WIRES: Record<string, Wire> = {
  websocket: {
    listener: (serializers) => websocketListener({ serializers, clock, port }),
    connector: (url, serializers) => websocket(url, { serializers, clock }),
    batches: true,
  },
  'websocket over TLS': {
    listener: (serializers) => websocketListener({ serializers, clock, port, tls: identity }),
    connector: (url, serializers) => websocket(url, { serializers, clock, ...trust }),
    batches: true,
  },
  'websocket over a Unix socket': {
    listener: (serializers) => websocketListener({ serializers, clock, socketPath: freePath() }),
    connector: (url, serializers) => websocket(url, { serializers, clock }),
    batches: true,
  },
  'websocket, compressed': {
    listener: (serializers) => websocketListener({ serializers, clock, port, compression: { threshold: 0 } }),
    connector: (url, serializers) => websocket(url, { serializers, clock, compression: { threshold: 0 } }),
    batches: true,
  },
  'rawsocket over TCP': {
    listener: (serializers) => rawsocketListener({ serializers, clock, port }),
    connector: (url, serializers) => rawsocket(url, { serializers, clock }),
    batches: false,
  },
  'rawsocket over TLS': {
    listener: (serializers) => rawsocketListener({ serializers, clock, port, tls: identity }),
    connector: (url, serializers) => rawsocket(url, { serializers, clock, ...trust }),
    batches: false,
  },
  'rawsocket over a Unix socket': {
    listener: (serializers) => rawsocketListener({ serializers, clock, path: freePath() }),
    connector: (url, serializers) => rawsocket(url, { serializers, clock }),
    batches: false,
  },
  'long-poll': {
    listener: (serializers, missed) => longpollListener({ serializers, clock, port, random, ...missed }),
    connector: (url, serializers) => longpoll(url, { serializers, clock }),
    batches: true,
  },
  'long-poll over TLS': {
    listener: (serializers, missed) => longpollListener({ serializers, clock, port, random, tls: identity, ...missed }),
    connector: (url, serializers) => longpoll(url, { serializers, clock, ...trust }),
    batches: true,
  },
  'websocket on the one port': {
    listener: (serializers, missed) => portListener(all(serializers, missed)),
    connector: (url, serializers) => websocket(url, { serializers, clock }),
    batches: true,
  },
  'rawsocket on the one port': {
    listener: (serializers) => portListener({ ...all(serializers), websocket: false, longpoll: false }),
    connector: (url, serializers) => rawsocket(url, { serializers, clock }),
    batches: false,
  },
  'long-poll on the one port': {
    listener: (serializers, missed) => portListener({ ...all(serializers, missed), websocket: false }),
    connector: (url, serializers) => longpoll(url, { serializers, clock }),
    batches: true,
  },
};

const SERIALIZERS: Record<string, { single: () => Serializer; batched: () => Serializer }> = {
  json: { single: json, batched: jsonBatched },
  cbor: { single: cbor, batched: cborBatched },
  msgpack: { single: msgpack, batched: msgpackBatched },
  ubjson: { single: ubjson, batched: ubjsonBatched },
  flatbuffers: { single: flatbuffers, batched: flatbuffersBatched },
};

const cells = Object.entries(WIRES).flatMap(([wire, { batches }]) =>
  Object.entries(SERIALIZERS).flatMap(([name, each]) => {
    const alone: [string, string, () => Serializer] = [wire, name, each.single];
    return batches ? [alone, [wire, `${name} in batches`, each.batched] as typeof alone] : [alone];
  }),
);

/** Where clients of one cell get in. */
interface Place {
  connector(): Promise<Connector>;
  /** A connector whose way to the router can be cut, where there is a way. */
  readonly cuttable?: () => Promise<{ connector: Connector; cut(): void }>;
}

describe.each(cells)('%s, %s', (name, _serializer, serializer) => {
  const wire = WIRES[name] as Wire;
  const router = new Router({ realms: ['realm1'], clock, random });
  let url = '';
  beforeAll(async () => {
    ({ url } = await router.listen(wire.listener([serializer()])));
  });
  afterAll(() => router.close());

  behaves({
    connector: async () => wire.connector(url, [serializer()]),
    cuttable: async () => {
      const { url: watched } = await router.listen(wire.listener([serializer()], SOON));
      const way = await Cuttable.to(watched, freePath());
      return { connector: wire.connector(way.url, [serializer()]), cut: way.cut };
    },
  });
});

describe('memory', () => {
  const router = new Router({ realms: ['realm1'], clock, random });
  afterAll(() => router.close());
  behaves({ connector: async () => memoryConnector((transport) => router.attach(transport)) });
});

/** A client, joined; the end of the test closes it. */
async function joinOver(connector: Connector): Promise<{ session: Session; client: Client }> {
  const client = new Client({ connectors: [connector], realm: 'realm1', retry: false, clock, random });
  onTestFinished(() => client.close());
  return { session: await client.joined(), client };
}

/** The router handles a session's messages in order: with this answered, it has those before it. */
async function settled(session: Session): Promise<void> {
  await session.publish('com.example.unrelated', [], { acknowledge: true });
}

function behaves(place: Place): void {
  const both = async () => {
    const [callee, caller] = await Promise.all([joinOver(await place.connector()), joinOver(await place.connector())]);
    return { callee, caller };
  };
  const values: Value[] = [
    [0, -1, 255, 65_536, 2 ** 32, 2 ** 53 - 1, -(2 ** 53) + 1],
    ['', 'äöü€😀', 'x'.repeat(100_000)],
    new Uint8Array([0, 1, 30, 24, 127, 128, 255]),
    { deep: { deeper: [{}, [], null, true, false, 1.5] } },
  ];

  test('a call, its arguments and its result', async () => {
    const { callee, caller } = await both();
    await callee.session.register('com.example.echo', (args, kwargs) => [args, kwargs as Value]);
    expect(await caller.session.call('com.example.echo', values, { kwargs: { key: 'value' } })).toEqual([
      values,
      { key: 'value' },
    ]);
  });

  test('many calls at once, each with its own answer', async () => {
    const { callee, caller } = await both();
    await callee.session.register('com.example.double', ([n]) => Number(n) * 2);
    const numbers = Array.from({ length: 100 }, (_, n) => n);
    const results = await Promise.all(numbers.map((n) => caller.session.call('com.example.double', [n])));
    expect(results).toEqual(numbers.map((n) => n * 2));
  });

  test('an error arrives whole', async () => {
    const { callee, caller } = await both();
    await callee.session.register('com.example.fail', () => {
      throw new ApplicationError('com.example.error.failed', ['why', 7], { kwargs: { left: 2 } });
    });
    const failed = await caller.session.call('com.example.fail').catch((error: unknown) => error);
    expect(failed).toMatchObject({ error: 'com.example.error.failed', args: ['why', 7], kwargs: { left: 2 } });
    await expect(caller.session.call('com.example.nobody')).rejects.toMatchObject({
      error: 'wamp.error.no_such_procedure',
    });
  });

  test('progress comes in order, before the result', async () => {
    const { callee, caller } = await both();
    await callee.session.register('com.example.count', async function* ([upTo]) {
      for (let n = 1; n <= Number(upTo); n++) yield n;
      return 'done';
    });
    const progress: Value[] = [];
    const result = await caller.session.call('com.example.count', [20], {
      onProgress: ({ results }) => progress.push(...results),
    });
    expect({ progress, result }).toEqual({ progress: Array.from({ length: 20 }, (_, n) => n + 1), result: 'done' });
  });

  test('events reach those who subscribed, in order, until they no longer do', async () => {
    const { callee, caller } = await both();
    const seen: Value[] = [];
    let wake = () => {};
    const subscription = await callee.session.subscribe('com.example.topic', ([n]) => {
      seen.push(n as Value);
      wake();
    });
    const count = async (wanted: number) => {
      while (seen.length < wanted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    const numbers = Array.from({ length: 50 }, (_, n) => n);
    for (const n of numbers) caller.session.publish('com.example.topic', [n]);
    await count(50);
    await subscription.unsubscribe();
    await caller.session.publish('com.example.topic', [50], { acknowledge: true });
    await settled(callee.session);
    expect(seen).toEqual(numbers);
  });

  test('who leaves is gone, and says goodbye', async () => {
    const { callee, caller } = await both();
    await callee.session.register('com.example.leaving', () => 1);
    expect(await caller.session.call('com.example.leaving')).toBe(1);
    await callee.client.close();
    expect((await callee.client.closed).error).toBeUndefined();
    await expect(caller.session.call('com.example.leaving')).rejects.toMatchObject({
      error: 'wamp.error.no_such_procedure',
    });
  });

  const { cuttable } = place;
  if (cuttable === undefined) return;

  test('a connection that is lost: the call in flight is answered, its client told, and others go on', async () => {
    const { connector, cut } = await cuttable();
    const [callee, caller] = await Promise.all([joinOver(connector), joinOver(await place.connector())]);
    let begun = () => {};
    const running = new Promise<void>((resolve) => {
      begun = resolve;
    });
    await callee.session.register('com.example.wait', () => {
      begun();
      return new Promise<never>(() => {});
    });
    const inFlight = caller.session.call('com.example.wait').catch((error: unknown) => error);
    await running;
    const own = callee.session.call('com.example.wait').catch((error: unknown) => error);
    cut();
    expect(await own).toBeInstanceOf(TransportLost);
    expect((await callee.client.closed).error).toBeInstanceOf(TransportLost);
    expect(await inFlight).toMatchObject({ error: 'wamp.error.canceled' });
    await settled(caller.session);
  });
}

test('on the one port every wire calls every other, with every serializer', async () => {
  const router = new Router({ realms: ['realm1'], clock, random });
  onTestFinished(() => router.close());
  const every = Object.values(SERIALIZERS).flatMap((each) => [each.single(), each.batched()]);
  const { url } = await router.listen(portListener(all(every)));
  const place = new URL(url).host;
  const ways = Object.values(SERIALIZERS).flatMap((each) => [
    rawsocket(`rs://${place}`, { serializers: [each.single()], clock }),
    websocket(`ws://${place}/ws`, { serializers: [each.single()], clock }),
    longpoll(`http://${place}/lp`, { serializers: [each.batched()], clock }),
  ]);
  const ends = await Promise.all(ways.map(joinOver));
  await Promise.all(
    ends.map(({ session }, index) => session.register(`com.example.number${index}`, (args) => [index, args])),
  );
  const payload: Value[] = ['text', new Uint8Array([1, 2]), { a: [null, 2 ** 40] }];
  for (const { session } of ends) {
    const answers = ends.map((_, index) => session.call(`com.example.number${index}`, payload));
    expect(await Promise.all(answers)).toEqual(ends.map((_, index) => [index, payload]));
  }
});
