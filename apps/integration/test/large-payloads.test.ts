// Payloads that the router passes on where they lie, in memory that is given back behind them: they arrive as they were.
import {
  ApplicationError,
  callMessage,
  decoded,
  ERROR_URIS,
  handedOver,
  invocationMessage,
  type Message,
  type Payload,
  payloadIn,
  RawPayload,
  type Transport,
  taken,
} from '@wamp-run/protocol';
import { cbor } from '@wamp-run/serializers/cbor';
import { websocket, websocketListener } from '@wamp-run/transport/websocket';
import { describe, expect, onTestFinished, test } from 'vitest';
import { clock, joined, localRouter, SERIALIZERS } from './local.js';

type Name = keyof typeof SERIALIZERS;

const SIZES = [20_000, 33_000, 65_500, 65_536, 200_000, 1_000_000];

function octets(size: number, n: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i * 31 + n) & 0xff);
}

function isSame(a: Uint8Array, b: unknown): boolean {
  return b instanceof Uint8Array && Buffer.compare(a, b) === 0;
}

/** A caller and callees at a router, each with a serializer of its own. */
async function parties(...names: Name[]) {
  const { router, url } = await localRouter();
  const all = await Promise.all(names.map((name) => joined(url, { serializers: [SERIALIZERS[name]()] })));
  onTestFinished(async () => {
    await Promise.all(all.map((each) => each.close()));
    await router.close();
  });
  return all.map(({ session }) => session);
}

type Session = Awaited<ReturnType<typeof joined>>['session'];

describe('a large payload', () => {
  const pairs: [Name, Name][] = [
    ['cbor', 'cbor'],
    ['cbor', 'msgpack'],
    ['msgpack', 'msgpack'],
    ['json', 'json'],
    ['json', 'cbor'],
    ['flatbuffers', 'cbor'],
    ['cbor', 'flatbuffers'],
    ['cbor.batched', 'cbor'],
    ['ubjson', 'ubjson'],
  ];

  test.each(pairs)('goes from %s to %s and back, many at once', async (from, to) => {
    const [caller, callee] = (await parties(from, to)) as [Session, Session];
    const had: boolean[] = [];
    await callee.register('com.echo', ([size, n, bytes]) => {
      had.push(isSame(octets(size as number, n as number), bytes));
      return bytes;
    });
    const wanted = SIZES.flatMap((size) => [1, 2, 3, 4].map((n) => ({ size, n })));
    const back = await Promise.all(
      wanted.map(async ({ size, n }) =>
        isSame(octets(size, n), await caller.call('com.echo', [size, n, octets(size, n)])),
      ),
    );
    expect(had).toEqual(wanted.map(() => true));
    expect(back).toEqual(wanted.map(() => true));
  });

  test('is still there for a second callee, where the first was unavailable', async () => {
    const [caller, busy, free] = (await parties('cbor', 'cbor', 'cbor')) as [Session, Session, Session];
    const seen: string[] = [];
    const options = { invoke: 'first' } as const;
    const handler = (name: string) => (args: unknown[]) => {
      seen.push(`${name}: ${isSame(octets(100_000, 1), args[0])}`);
      if (name === 'busy') throw new ApplicationError(ERROR_URIS.unavailable);
      return args[0];
    };
    await busy.register('com.work', handler('busy'), options);
    await free.register('com.work', handler('free'), options);
    expect(isSame(octets(100_000, 1), await caller.call('com.work', [octets(100_000, 1)]))).toBe(true);
    expect(seen).toEqual(['busy: true', 'free: true']);
  });

  test('is still there where it had to wait for its callee', async () => {
    const [caller, callee] = (await parties('cbor', 'cbor')) as [Session, Session];
    await callee.register('com.one', ([n, bytes]) => isSame(octets(100_000, n as number), bytes), { concurrency: 1 });
    const calls = [1, 2, 3, 4, 5].map((n) => caller.call('com.one', [n, octets(100_000, n)]));
    expect(await Promise.all(calls)).toEqual([true, true, true, true, true]);
  });

  test('reaches every subscriber', async () => {
    const [publisher, ...subscribers] = (await parties('cbor', 'cbor', 'cbor', 'msgpack')) as [Session, ...Session[]];
    const arrived = subscribers.map(
      (subscriber) =>
        new Promise<boolean>((resolve) => {
          void subscriber
            .subscribe('com.tick', ([bytes]) => resolve(isSame(octets(100_000, 1), bytes)))
            .then(() => ready());
        }),
    );
    let missing = subscribers.length;
    function ready() {
      if (--missing === 0) publisher.publish('com.tick', [octets(100_000, 1)]);
    }
    expect(await Promise.all(arrived)).toEqual([true, true, true]);
  });
});

describe('the memory of a payload that came over a WebSocket', () => {
  /** Two connections to one listener, both ends of each. */
  async function connections() {
    const accepted: Transport[] = [];
    const listener = websocketListener({ port: 0, serializers: [cbor()], clock, pingInterval: 0 });
    const listening = await listener.listen((transport) => accepted.push(transport));
    const connector = websocket(listening.url, { serializers: [cbor()], clock, pingInterval: 0 });
    const clients: Transport[] = [];
    for (let n = 0; n < 2; n++) clients.push(await connector.connect(new AbortController().signal));
    onTestFinished(async () => {
      await Promise.all(clients.map((client) => client.close()));
      await listening.close();
    });
    return { clients: clients as [Transport, Transport], accepted: accepted as [Transport, Transport] };
  }

  function next(transport: Transport): Promise<Message> {
    return new Promise((resolve) => transport.start({ message: resolve, closed: () => {} }));
  }

  /** What a server has of a large call: its payload. */
  async function arrived(size = 100_000) {
    const { clients, accepted } = await connections();
    const [caller, callee] = clients;
    const coming = next(accepted[0]);
    for (const idle of [caller, accepted[1]]) idle.start({ message: () => {}, closed: () => {} });
    caller.send(callMessage(1, {}, 'com.echo', { args: [octets(size, 1)], kwargs: {} }));
    const payload = payloadIn(await coming) as RawPayload;
    expect(payload).toBeInstanceOf(RawPayload);
    return { payload, far: next(callee), near: accepted[1] };
  }

  const invocation = (payload: Payload) => invocationMessage(7, 8, {}, payload);

  test('is given back when it has been passed on for the last time', async () => {
    const { payload, far, near } = await arrived();
    near.send(invocation(handedOver(payload)));
    expect(isSame(octets(100_000, 1), decoded(payloadIn(await far)).args[0])).toBe(true);
    while (payload.raw.length > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(payload.raw.buffer.byteLength).toBe(0);
  });

  test('stays where it may be passed on once more', async () => {
    const { payload, far, near } = await arrived();
    near.send(invocation(payload));
    await far;
    expect(isSame(octets(100_000, 1), payload.decode().args[0])).toBe(true);
    near.send(invocation(payload));
    expect(isSame(octets(100_000, 1), payload.copy().decode().args[0])).toBe(true);
  });

  test('is given back when its values are taken, and they are their own', async () => {
    const { payload } = await arrived();
    const [bytes] = taken(payload).args;
    expect(payload.raw).toHaveLength(0);
    expect(isSame(octets(100_000, 1), bytes)).toBe(true);
    expect((bytes as Uint8Array).buffer.byteLength).toBe(100_000);
  });

  test('stays where it is small, and other things lie in it', async () => {
    const { payload } = await arrived(100);
    taken(payload);
    expect(isSame(octets(100, 1), decoded(payload).args[0])).toBe(true);
  });
});
