import {
  BinaryPayload,
  callMessage,
  type Event,
  eventMessage,
  type Invocation,
  invocationMessage,
  MessageType,
  payloadIn,
  publishMessage,
  RawPayload,
  SerializationError,
  type Value,
} from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { memoryPair } from '../../src/memory/index.js';
import { event, eventWith } from '../support/messages.js';
import { Recorder } from '../support/recorder.js';
import { binarySerializer } from '../support/test-serializers.js';

function started() {
  const [near, far] = memoryPair();
  return { near, far, atNear: Recorder.on(near), atFar: Recorder.on(far) };
}

describe('delivery', () => {
  test('what is sent in one turn arrives in one microtask', async () => {
    const { near, atFar } = started();
    for (let n = 0; n < 100; n++) near.send(event(n));
    expect(atFar.messages).toHaveLength(0);
    await null;
    expect(atFar.messages).toHaveLength(100);
  });

  test('a handler that throws loses no message, and does not keep the end from coming', async () => {
    const [near, far] = memoryPair();
    const seen: unknown[] = [];
    const thrown: unknown[] = [];
    const catchIt = (error: unknown) => thrown.push(error);
    const ended = new Promise<void>((resolve) => {
      far.start({
        message(message) {
          seen.push(...((payloadIn(message) as { args: Value[] }).args ?? []));
          throw new Error('a mistake in a handler');
        },
        closed: () => resolve(),
      });
    });
    // Taken over from the runner for this test: the error goes where errors of microtasks go.
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', catchIt);
    try {
      for (let n = 0; n < 3; n++) near.send(event(n));
      await near.close();
      await ended;
    } finally {
      process.off('uncaughtException', catchIt);
      for (const listener of listeners) process.on('uncaughtException', listener);
    }
    expect(seen).toEqual([0, 1, 2]);
    expect(thrown).toHaveLength(3);
  });
});

describe('values', () => {
  test('arrive as a wire would bring them', async () => {
    const { near, atFar } = started();
    class Point {
      x = 1;
      #secret = 2;
      reveal = () => this.#secret;
    }
    const point = new Point();
    Reflect.deleteProperty(point, 'reveal');
    near.send(
      event(
        -0,
        2n ** 53n,
        2n ** 53n + 1n,
        [undefined],
        { gone: undefined, kept: null },
        new Date(0),
        point,
        Buffer.from([1, 2]),
        JSON.parse('{"__proto__": {"polluted": true}}'),
      ),
    );
    await atFar.count(1);
    const [args] = atFar.args as [unknown[]];
    expect(args.slice(0, 8)).toEqual([
      0,
      2 ** 53,
      2n ** 53n + 1n,
      [null],
      { kept: null },
      '1970-01-01T00:00:00.000Z',
      { x: 1 },
      Uint8Array.of(1, 2),
    ]);
    expect(Object.is(args[0], 0)).toBe(true);
    expect(Object.getPrototypeOf(args[7])).toBe(Uint8Array.prototype);
    expect(Object.getOwnPropertyNames(args[8])).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(args[8])).toBe(Object.prototype);
  });

  test('that cannot travel are the sender’s error, in options as in arguments', async () => {
    const { near, atFar } = started();
    expect(() => near.send(event(1, { f: [() => 1] }))).toThrow(SerializationError);
    expect(() => near.send(event(1, { f: [() => 1] }))).toThrow('args[1].f[0]: a function cannot travel');
    expect(() => near.send(eventWith({ x: Number.NaN }))).toThrow('EVENT.x: NaN cannot travel');
    near.send(event('after'));
    await atFar.count(1);
    expect(atFar.args).toEqual([['after']]);
  });

  test('an option that no peer would take is the sender’s error', async () => {
    const { near, atFar } = started();
    const wrong = publishMessage(1, { exclude: 'nobody' }, 'com.topic');
    expect(() => near.send(wrong)).toThrow(SerializationError);
    expect(() => near.send(wrong)).toThrow('PUBLISH[2] options.exclude: expected list of id');
    near.send(event('after'));
    await atFar.count(1);
    expect(atFar.messages).toHaveLength(1);
  });
});

describe('a payload that is sent on', () => {
  async function routed() {
    const client = started();
    client.near.send(callMessage(1, {}, 'com.procedure', { args: [{ n: 1 }], kwargs: {} }));
    const [call] = await client.atFar.count(1);
    const payload = payloadIn(call as never) as { args: Value[]; kwargs: Record<string, Value> };
    return payload;
  }
  const argsOf = (message: unknown) => (message as Event | Invocation).payload as { args: Value[] };

  test('moves to its first receiver uncopied, and further ones get copies', async () => {
    const payload = await routed();
    const { args } = payload;
    const [first, second] = [started(), started()];
    first.near.send(invocationMessage(1, 1, {}, payload));
    second.near.send(invocationMessage(1, 1, {}, payload));
    const [one] = await first.atFar.count(1);
    const [two] = await second.atFar.count(1);
    expect(argsOf(one).args).toBe(args);
    expect(argsOf(two).args).toEqual(args);
    expect(argsOf(two).args).not.toBe(args);
    expect(argsOf(two).args[0]).not.toBe(args[0]);
  });

  test('is gone for the one that sent it on, from the moment its receiver has it', async () => {
    const payload = await routed();
    const [first, second] = [started(), started()];
    first.near.send(eventMessage(1, 1, {}, payload));
    await first.atFar.count(1);
    expect(() => payload.args.length).toThrow('belongs to its receiver');
    expect(() => Object.keys(payload.kwargs)).toThrow('belongs to its receiver');
    expect(() => second.near.send(eventMessage(1, 1, {}, payload))).toThrow('to keep one, send { args, kwargs } of it');
  });

  test('stays where { args, kwargs } of it were sent', async () => {
    const payload = await routed();
    const { near, atFar } = started();
    near.send(eventMessage(1, 1, {}, { args: payload.args, kwargs: payload.kwargs }));
    const [got] = await atFar.count(1);
    argsOf(got).args.push('changed');
    expect(payload.args).toEqual([{ n: 1 }]);
  });

  test('is not taken from the one that could not send it', async () => {
    const payload = await routed();
    const { near, atFar } = started();
    expect(() => near.send(eventMessage(1, 1, { topic: 5 }, payload))).toThrow(SerializationError);
    near.send(event('turn'));
    await atFar.count(1);
    expect(payload.args).toEqual([{ n: 1 }]);
  });
});

test('a raw payload is handed on as it is', async () => {
  const { near, atFar } = started();
  const raw = new RawPayload(Uint8Array.of(1), 1, binarySerializer());
  near.send(eventMessage(1, 1, {}, raw));
  const [got] = await atFar.count(1);
  expect((got as Event).payload).toBe(raw);
});

test('a binary payload is nobody else’s: not its sender’s, and not another reader’s', async () => {
  const { near, far, atNear, atFar } = started();
  const bytes = Uint8Array.of(1, 2);
  near.send(eventMessage(1, 1, { enc_algo: 'x_ab' }, new BinaryPayload(bytes)));
  bytes[0] = 9;
  const [got] = (await atFar.count(1)) as [Event];
  const payload = got.payload as BinaryPayload;
  expect(payload.bytes).toEqual(Uint8Array.of(1, 2));
  far.send(callMessage(1, { enc_algo: 'x_ab' }, 'com.p', payload));
  payload.bytes[0] = 8;
  const [sentOn] = await atNear.count(1);
  expect((payloadIn(sentOn as never) as BinaryPayload).bytes).toEqual(Uint8Array.of(1, 2));
});

test('a binary payload without enc_algo is refused where it is sent', () => {
  const { near } = started();
  expect(() => near.send(eventMessage(1, 1, {}, new BinaryPayload(Uint8Array.of(1))))).toThrow(SerializationError);
});

test('an event for many is copied for each', async () => {
  const frames = new Map<string, Uint8Array>();
  const message = eventMessage(1, 1, {}, { args: [[]], kwargs: {} }, frames);
  const [one, two] = [started(), started()];
  one.near.send(message);
  two.near.send(message);
  const [first] = (await one.atFar.count(1)) as [Event];
  const [second] = (await two.atFar.count(1)) as [Event];
  expect(first.type).toBe(MessageType.EVENT);
  expect(first.payload).not.toBe(second.payload);
  expect((first.payload as { args: Value[] }).args[0]).not.toBe((second.payload as { args: Value[] }).args[0]);
  expect(frames.size).toBe(0);
});

describe('closing', () => {
  test('both ends say who closed', async () => {
    const { far, atNear, atFar } = started();
    await far.close();
    expect(await atNear.end()).toEqual({ clean: true, reason: 'closed by the peer' });
    expect(await atFar.end()).toEqual({ clean: true, reason: 'closed by this side' });
  });

  test('does not wait for a peer that never starts', async () => {
    const [near] = memoryPair();
    const atNear = Recorder.on(near);
    await near.close();
    expect(atNear.ends).toHaveLength(1);
  });
});
