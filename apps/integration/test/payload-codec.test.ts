// Encoded payloads between clients that share a codec, through a router that cannot read them: in both forms, over memory
// and sockets, and where the router changes the serializer on the way.
import { isDeepStrictEqual } from 'node:util';
import { CallResult, Client, type EventDetails, type Session } from '@wamp-run/client';
import {
  ApplicationError,
  BinaryPayload,
  type Connector,
  type DecodedPayload,
  type Dict,
  decoded,
  type EncodedPayload,
  type Message,
  type PayloadCodec,
  type PayloadForm,
  payloadIn,
  type Transport,
  type Value,
} from '@wamp-run/protocol';
import type { Router } from '@wamp-run/router';
import { cbor } from '@wamp-run/serializers/cbor';
import { memoryConnector } from '@wamp-run/transport/memory';
import { websocket } from '@wamp-run/transport/websocket';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clock, localRouter, random, SERIALIZERS } from './local.js';

/**
 * Hides arguments from the eye of a test, and from nobody else: it is no cipher. CBOR, each byte turned over with a key,
 * behind a prefix.
 */
class ToyCodec implements PayloadCodec {
  readonly #pack = cbor();

  encode(_: boolean, uri: string, args: Value[], kwargs: Dict): EncodedPayload {
    const frame = this.#pack.encode({
      type: 48,
      request: 1,
      options: {},
      procedure: uri,
      payload: { args: [args, kwargs], kwargs: {} },
    });
    return { scheme: 'x_toy', serializer: 'cbor', payload: Uint8Array.of(0x7e, ...frame.map((byte) => byte ^ 0x55)) };
  }

  decode(_: boolean, __: string, { payload }: EncodedPayload): DecodedPayload {
    if (payload[0] !== 0x7e) throw new Error('not of this codec');
    const message = this.#pack.decode(payload.slice(1).map((byte) => byte ^ 0x55));
    const [args, kwargs] = decoded(payloadIn(message)).args as [Value[], Dict];
    return { uri: (message as { procedure: string }).procedure, args, kwargs };
  }
}

const FORMS: PayloadForm[] = ['ppt', 'autobahn'];
const WIRES = ['memory', 'json', 'cbor', 'msgpack'] as const;
type Wire = (typeof WIRES)[number];

let router: Router;
let url: string;
const clients: Client[] = [];

beforeAll(async () => {
  ({ router, url } = await localRouter());
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await router.close();
});

/** What the router hears from memory: whether it can be read there is what this is about. */
const overheard: string[] = [];

function overhearing(transport: Transport): Transport {
  return {
    details: transport.details,
    get queuedBytes() {
      return transport.queuedBytes;
    },
    send: (message) => transport.send(message),
    close: () => transport.close(),
    start: (handler) =>
      transport.start({
        closed: handler.closed.bind(handler),
        message: (message) => {
          overheard.push(textOf(message));
          handler.message(message);
        },
      }),
  };
}

function textOf(message: Message): string {
  const payload = payloadIn(message);
  if (payload === undefined) return '';
  return new TextDecoder().decode(payload instanceof BinaryPayload ? payload.bytes : cbor().encode(message));
}

async function join(wire: Wire, form: PayloadForm, codec: PayloadCodec | undefined = new ToyCodec()): Promise<Session> {
  const connector: Connector =
    wire === 'memory'
      ? memoryConnector((transport) => router.attach(overhearing(transport)))
      : websocket(url, { serializers: [SERIALIZERS[wire]()], clock });
  const options = { connectors: [connector], realm: 'realm1', retry: false, clock, random } as const;
  const client = new Client({ ...options, codec, payloadForm: form });
  clients.push(client);
  return client.joined();
}

const PAIRS = FORMS.flatMap((form) => WIRES.flatMap((one) => WIRES.map((other) => ({ form, one, other }))));

describe.each(PAIRS)('$form, from $one to $other', ({ form, one, other }) => {
  const name = `com.${form}.${one}.${other}`;

  test('calls, progressive results, errors and events arrive, decoded', async () => {
    const [caller, callee] = await Promise.all([join(one, form), join(other, form)]);
    await callee.register(name, async function* ([fail], kwargs, { payloadScheme }) {
      if (fail === true) throw new ApplicationError('com.error', ['why'], { kwargs: { k: [1n << 60n] } });
      yield 'part';
      return new CallResult([payloadScheme ?? 'in the clear', new Uint8Array([0, 255])], kwargs);
    });
    const parts: unknown[] = [];
    const onProgress = ({ results, payloadScheme }: CallResult) => parts.push([results, payloadScheme]);
    const result = await caller.call<CallResult>(name, [false], { kwargs: { a: { b: null } }, onProgress });
    expect(result).toMatchObject({
      results: ['x_toy', new Uint8Array([0, 255])],
      kwresults: { a: { b: null } },
      payloadScheme: 'x_toy',
    });
    expect(parts).toEqual([[['part'], 'x_toy']]);
    await expect(caller.call(name, [true])).rejects.toMatchObject({
      error: 'com.error',
      args: ['why'],
      kwargs: { k: [1n << 60n] },
      details: { payloadScheme: 'x_toy' },
    });
    const event = new Promise<[Value[], EventDetails]>((resolve) => {
      void callee
        .subscribe(name, (args, _, details) => resolve([args, details]))
        .then(() => {
          caller.publish(name, ['told', 7]);
        });
    });
    const [args, details] = await event;
    expect([args, details.payloadScheme]).toEqual([['told', 7], 'x_toy']);
  });
});

test('a router has nothing to read: neither arguments nor results pass it in the clear', async () => {
  overheard.length = 0;
  const [caller, callee] = await Promise.all([join('memory', 'ppt'), join('memory', 'autobahn')]);
  await callee.register('com.hidden', ([text]) => `secret ${text}`);
  expect(await caller.call('com.hidden', ['password'])).toBe('secret password');
  expect(overheard.length).toBeGreaterThan(3);
  expect(overheard.join()).not.toMatch(/secret|password/);
  // It would have, had there been anything to hear.
  caller.setPayloadCodec(undefined);
  expect(await caller.call('com.hidden', ['password'])).toBe('secret password');
  expect(overheard.join()).toMatch(/password.*secret/s);
});

test('somebody without the codec learns nothing, harms nothing, and is told what is missing', async () => {
  const [sealed, open] = await Promise.all([join('cbor', 'ppt'), join('json', 'ppt')]);
  open.setPayloadCodec(undefined);
  await open.register('com.open', () => 'ran');
  await expect(sealed.call('com.open', ['x'])).rejects.toMatchObject({ error: 'wamp.error.no_payload_codec' });
  await sealed.register('com.sealed', () => 'fine');
  expect(await open.call('com.sealed')).toBe('fine');
  open.setPayloadCodec(new ToyCodec());
  expect(await sealed.call('com.open', ['x'])).toBe('ran');
});

test('any arguments survive the codec, each serializer, and a router that changes it', async () => {
  const callees = new Map<Wire, Session>();
  for (const wire of WIRES) {
    const callee = await join(wire, 'ppt');
    callees.set(wire, callee);
    await callee.register(`com.echo.${wire}`, (args, kwargs) => new CallResult(args, kwargs));
  }
  const callers: [Wire, Session][] = [];
  for (const form of FORMS) for (const wire of WIRES) callers.push([wire, await join(wire, form)]);
  const pack = cbor();
  const call = { type: 48, request: 1, options: {}, procedure: 'p' } as const;
  const value = fc.anything({
    maxDepth: 3,
    values: [
      fc.string({ unit: 'binary' }),
      fc.boolean(),
      fc.constant(null),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.uint8Array(),
      fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }),
    ],
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(value, { maxLength: 3 }),
      fc.dictionary(fc.string(), value, { maxKeys: 3 }),
      fc.nat(callers.length - 1),
      fc.constantFrom(...WIRES),
      async (args, kwargs, index, wire) => {
        const payload = { args: args as Value[], kwargs: kwargs as Dict };
        const expected = decoded(payloadIn(pack.decode(pack.encode({ ...call, payload }))));
        const [, caller] = callers[index] as [Wire, Session];
        const result = await caller.call(`com.echo.${wire}`, args, { kwargs, details: true });
        expect(isDeepStrictEqual([result.results, result.kwresults], [expected.args, expected.kwargs])).toBe(true);
      },
    ),
    { numRuns: 150, seed: Number(process.env.SEED ?? 11) },
  );
});
