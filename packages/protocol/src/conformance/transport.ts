// Longer than 300 lines: one suite, read test by test; what the tests share stands in files of its own.

import { PayloadExceededError, SerializationError } from '../errors.js';
import { callMessage } from '../messages/call.js';
import { type Event, eventMessage } from '../messages/event.js';
import { headerOf, type Message, nameOf, payloadIn } from '../messages/message.js';
import { decoded, type PlainPayload } from '../payload.js';
import type { Transport } from '../transport.js';
import { type Dict, MAX_DEPTH, type Value } from '../value.js';
import { check, failureOf, plain, same } from './comparing.js';
import { Recorder } from './recorder.js';
import { everyMessage, samplePayload } from './sample-messages.js';

/** Two transports that are each other's peer, neither started. */
export interface TransportPair {
  readonly a: Transport;
  readonly b: Transport;
}

/** What is not the same for every transport. */
export interface TransportCapabilities {
  /** The largest message in bytes that the pairs carry. Without it, there is no limit to test. */
  readonly maxMessageSize?: number;
}

/** What the suite needs. */
export interface TransportConformance {
  /** The test runner's way to declare a test. */
  test(name: string, run: () => Promise<void>): void;
  /** A new pair, carrying messages of more than 2 MiB unless `maxMessageSize` says less. The suite closes it. */
  pair(): Promise<TransportPair>;
  readonly capabilities?: TransportCapabilities;
}

type Open = () => Promise<TransportPair>;

/**
 * Declares the tests that every Transport passes. A test fails by throwing; one that waits for what never comes is for
 * the runner's time limit.
 *
 * @example transportConformance({ test, pair: async () => { const [a, b] = memoryPair(); return { a, b }; } });
 */
export function transportConformance({ test, pair, capabilities = {} }: TransportConformance): void {
  const limit = capabilities.maxMessageSize;
  const declare = (name: string, run: (open: Open) => Promise<void>) => test(name, () => withPairs(pair, run));

  declare('describes itself', async (open) => {
    for (const { details } of Object.values(await open())) {
      for (const key of ['wire', 'peer', 'serializer', 'protocol'] as const) {
        check(typeof details[key] === 'string' && details[key] !== '', `details.${key} is empty`);
      }
      check(typeof details.secure === 'boolean', 'details.secure is no boolean');
    }
  });

  declare('carries every message with the same values, in both directions', async (open) => {
    const { a, b, at } = await started(open);
    const messages = everyMessage();
    for (const message of messages) a.send(message);
    for (const message of messages) b.send(message);
    for (const end of [at.b, at.a]) {
      await end.count(messages.length);
      messages.forEach((sent, index) => {
        same(contentOf(end.messages[index] as Message), contentOf(sent), nameOf(sent));
      });
    }
  });

  declare('keeps the order', async (open) => {
    const { a, b, at } = await started(open);
    for (let n = 0; n < 10; n++) {
      a.send(numbered(n));
      b.send(numbered(n));
    }
    await at.a.count(10);
    await at.b.count(10);
    same(at.a.numbers, upTo(10), 'what a got');
    same(at.b.numbers, upTo(10), 'what b got');
  });

  declare('keeps the order of large and small messages', async (open) => {
    const { a, at } = await started(open);
    const sizes = [1, 20_000, 5, 16_384, 16_300, 70_000, 3, 3, 20_000].filter((size) => size < (limit ?? 2 ** 53) / 2);
    sizes.forEach((size, n) => {
      a.send(numbered(n, 'x'.repeat(size)));
    });
    await at.b.count(sizes.length);
    same(at.b.numbers, upTo(sizes.length), 'what b got');
  });

  declare('carries a thousand messages of one turn, in order', async (open) => {
    const { a, at } = await started(open);
    for (let n = 0; n < 1000; n++) a.send(numbered(n));
    await at.b.count(1000);
    same(at.b.numbers, upTo(1000), 'what b got');
  });

  declare('keeps what comes before start', async (open) => {
    const { a, b } = await open();
    const [atA, atB] = [new Recorder(), new Recorder()];
    // Sending needs no start.
    for (let n = 0; n < 3; n++) a.send(numbered(n));
    // By the time the answer is here, b has had its chance to receive.
    b.send(numbered(0));
    a.start(atA);
    await atA.count(1);
    b.start(atB);
    check(atB.messages.length === 0, 'a message was delivered inside start');
    a.send(numbered(3));
    await atB.count(4);
    same(atB.numbers, upTo(4), 'what b got');
  });

  declare('refuses a second start', async (open) => {
    const { a, b, at } = await started(open);
    const intruder = new Recorder();
    check(failureOf(() => b.start(intruder)) !== undefined, 'start can be called twice');
    a.send(numbered(0));
    await at.b.count(1);
    check(intruder.messages.length === 0, 'the second handler gets messages');
  });

  declare('delivers nothing inside send', async (open) => {
    const { a, b } = await open();
    let sending = 0;
    let inside = false;
    const sendFrom = (from: Transport, message: Message) => {
      sending++;
      from.send(message);
      sending--;
    };
    const note = () => {
      inside ||= sending > 0;
    };
    const atA = new Recorder(note);
    const atB = new Recorder((message) => {
      note();
      sendFrom(b, message);
    });
    a.start(atA);
    b.start(atB);
    sendFrom(a, numbered(0));
    sendFrom(a, numbered(1));
    await atA.count(2);
    check(!inside, 'a message was delivered inside send');
  });

  declare('shares no objects between sender and receiver', async (open) => {
    const { a, at } = await started(open);
    const sample = () => ({ details: { x: { deep: [1] } } as Dict, payload: samplePayload() });
    const { details, payload } = sample();
    a.send(eventMessage(1, 1, details, payload));
    spoil(details);
    spoil(payload.args);
    spoil(payload.kwargs);
    const spoiled = { args: plain(payload.args), kwargs: plain(payload.kwargs) };
    const [first] = (await at.b.count(1)) as [Event];
    same(contentOf(first), contentOf(eventMessage(1, 1, sample().details, sample().payload)), 'what b got');
    // What the receiver does to its message reaches nobody.
    spoil(first.details);
    spoil(decoded(first.payload).args);
    spoil(decoded(first.payload).kwargs);
    same({ args: plain(payload.args), kwargs: plain(payload.kwargs) }, spoiled, 'what a keeps');
    const again = sample();
    a.send(eventMessage(1, 2, again.details, again.payload));
    a.send(eventMessage(1, 2, again.details, again.payload));
    const [, second, third] = (await at.b.count(3)) as [Event, Event, Event];
    spoil(second.details);
    spoil(decoded(second.payload).args);
    same(contentOf(third), contentOf(eventMessage(1, 2, sample().details, sample().payload)), 'what b got last');
  });

  declare('shares no objects between the receivers of a payload that is sent on', async (open) => {
    const [client, first, second] = [await started(open), await started(open), await started(open)];
    client.a.send(callMessage(1, {}, 'com.a', samplePayload()));
    const [call] = await client.at.b.count(1);
    const payload = payloadIn(call as Message);
    for (const { a } of [first, second, first]) a.send(eventMessage(1, 1, {}, payload));
    const got: PlainPayload[] = [];
    for (const { at } of [first, second]) {
      for (const event of await at.b.count(at === first.at ? 2 : 1)) {
        const values = decoded(payloadIn(event));
        same(values, samplePayload(), 'what a receiver got');
        got.push(values);
        spoil(values.args);
        spoil(values.kwargs);
      }
    }
    check(new Set(got.map(({ args }) => args)).size === 3, 'two receivers have the same list');
  });

  declare('refuses what cannot travel, and goes on', async (open) => {
    const { a, at } = await started(open);
    for (const value of [() => 1, Number.NaN, new Map(), Symbol('s'), tooDeep()]) {
      const args = [{ place: [value] }] as unknown as Value[];
      const failure = failureOf(() => a.send(eventMessage(1, 1, {}, { args, kwargs: {} })));
      check(failure instanceof SerializationError, `expected a SerializationError, got ${String(failure)}`);
      check(String(failure).includes('place'), `the error does not say where: ${String(failure)}`);
    }
    a.send(numbered(0));
    await at.b.count(1);
    same(at.b.numbers, [0], 'what b got');
  });

  if (limit === undefined || limit > 2 ** 21) {
    declare('carries 1 MiB of text, and of bytes', async (open) => {
      const { a, at } = await started(open);
      const bytes = Uint8Array.from({ length: 2 ** 20 }, (_, index) => index * 7);
      const text = 'x'.repeat(2 ** 20);
      a.send(numbered(0, text));
      a.send(numbered(1, bytes));
      const [first, second] = (await at.b.count(2)).map((event) => decoded(payloadIn(event)).args[1]);
      check(first === text, 'the text has changed');
      check(second instanceof Uint8Array && second.length === bytes.length, 'the bytes are not as many, or no bytes');
      check(
        bytes.every((byte, index) => byte === (second as Uint8Array)[index]),
        'the bytes have changed',
      );
    });
  }

  if (limit !== undefined) {
    declare('refuses a message over the limit, and goes on', async (open) => {
      const { a, at } = await started(open);
      const failure = failureOf(() => a.send(numbered(0, 'x'.repeat(limit + 1))));
      check(failure instanceof PayloadExceededError, `expected a PayloadExceededError, got ${String(failure)}`);
      a.send(numbered(1));
      await at.b.count(1);
      same(at.b.numbers, [1], 'what b got');
    });
  }

  declare('has nothing queued when all has arrived', async (open) => {
    const { a, b, at } = await started(open);
    for (let n = 0; n < 100; n++) a.send(numbered(n));
    check(a.queuedBytes >= 0, 'queuedBytes is negative');
    await at.b.count(100);
    b.send(numbered(0));
    await at.a.count(1);
    same(a.queuedBytes, 0, 'queuedBytes');
  });

  for (const closers of ['a', 'b', 'ab'] as const) {
    declare(`tells both ends once that it is closed, by ${[...closers].join(' and ')}`, async (open) => {
      const ends = await started(open);
      await Promise.all([...closers].map((closer) => ends[closer as 'a' | 'b'].close()));
      const why = [await ends.at.a.end(), await ends.at.b.end()];
      for (const { clean, reason } of why) check(clean && reason !== '', `expected a clean end, got ${reason}`);
      await Promise.all([ends.a.close(), ends.b.close()]);
      await roundTrip(open);
      same([ends.at.a.ends.length, ends.at.b.ends.length], [1, 1], 'how often closed came');
    });
  }

  declare('closes any number of times, and before start', async (open) => {
    const { a, b } = await open();
    const [atA, atB] = [new Recorder(), new Recorder()];
    b.start(atB);
    await Promise.all([a.close(), a.close()]);
    await a.close();
    await atB.end();
    a.start(atA);
    check(atA.ends.length === 0, 'closed came inside start');
    await atA.end();
    await b.close();
    same([atA.ends.length, atB.ends.length], [1, 1], 'how often closed came');
  });

  declare('delivers what was sent before close, and then the end', async (open) => {
    const { a, at } = await started(open);
    for (let n = 0; n < 100; n++) a.send(numbered(n));
    const closing = a.close();
    a.send(numbered(100));
    await at.b.end();
    same(at.b.numbers, upTo(100), 'what b got before the end');
    await closing;
    await roundTrip(open);
    same(at.b.numbers, upTo(100), 'what b got in all');
  });

  declare('delivers what was sent before close to one that starts late', async (open) => {
    const { a, b } = await open();
    const [atA, atB] = [new Recorder(), new Recorder()];
    a.start(atA);
    for (let n = 0; n < 3; n++) a.send(numbered(n));
    const closing = a.close();
    b.start(atB);
    await atB.end();
    same(atB.numbers, upTo(3), 'what b got');
    await closing;
  });

  declare('sends nothing, without complaint, once it is closed', async (open) => {
    const { a, b, at } = await started(open);
    await a.close();
    await at.b.end();
    a.send(numbered(0));
    b.send(numbered(0));
    await roundTrip(open);
    same([at.a.messages.length, at.b.messages.length], [0, 0], 'messages after the end');
  });
}

async function withPairs(pair: Open, run: (open: Open) => Promise<void>): Promise<void> {
  const opened: Transport[] = [];
  try {
    await run(async () => {
      const ends = await pair();
      opened.push(ends.a, ends.b);
      return ends;
    });
  } finally {
    // Not awaited: a transport that fails its test may never close.
    for (const transport of opened) transport.close().catch(() => {});
  }
}

async function started(open: Open): Promise<TransportPair & { at: { a: Recorder; b: Recorder } }> {
  const { a, b } = await open();
  const at = { a: new Recorder(), b: new Recorder() };
  a.start(at.a);
  b.start(at.b);
  return { a, b, at };
}

/** Time for what should not come: there and back over a new pair. */
async function roundTrip(open: Open): Promise<void> {
  const { a, b, at } = await started(open);
  a.send(numbered(0));
  await at.b.count(1);
  b.send(numbered(0));
  await at.a.count(1);
}

function numbered(n: number, ...more: Value[]): Message {
  return eventMessage(1, 1, {}, { args: [n, ...more], kwargs: {} });
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

/** Changes everything in a value that can be changed. */
function spoil(value: Value): void {
  if (value instanceof Uint8Array) {
    value.fill(255);
  } else if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(spoil);
    if (Array.isArray(value)) value.push('spoiled');
    else value.spoiled = true;
  }
}

function tooDeep(): Value {
  let value: Value = [];
  for (let depth = 0; depth < MAX_DEPTH; depth++) value = [value];
  return value;
}

function contentOf(message: Message): unknown {
  const { args, kwargs } = decoded(payloadIn(message));
  return { header: headerOf(message), args, kwargs };
}
