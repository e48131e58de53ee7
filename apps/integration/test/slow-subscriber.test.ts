// A subscriber that stops reading costs the router no more memory than it may, and nobody else an event.
import { helloMessage, subscribeMessage } from '@wamp-run/protocol';
import { Router, type RouterOptions } from '@wamp-run/router';
import { cbor } from '@wamp-run/serializers/cbor';
import { websocketListener } from '@wamp-run/transport/websocket';
import { afterEach, expect, test } from 'vitest';
import { BareSocket, framed } from './bare-socket.js';
import { clock, random } from './local.js';

const MiB = 2 ** 20;
const BOUND = 4 * MiB;
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function listening(options: Partial<RouterOptions>): Promise<{ router: Router; url: string }> {
  const router = new Router({
    clock,
    random,
    closeTimeout: 100,
    limits: { queuedBytes: BOUND, queuedBytesInAll: 2 * BOUND },
    ...options,
  });
  // Who sleeps answers no ping either: that it is found dead is not what is looked at here.
  const listener = websocketListener({ port: 0, serializers: [cbor()], clock, pingInterval: 0, closeTimeout: 100 });
  const { url } = await router.listen(listener);
  closing.push(() => router.close());
  return { router, url };
}

async function joined(url: string): Promise<BareSocket> {
  const socket = await BareSocket.connect(url);
  closing.push(() => socket.close());
  await socket.ask(helloMessage('realm1', { roles: { publisher: {}, subscriber: {} } }));
  return socket;
}

async function subscribed(url: string): Promise<BareSocket> {
  const socket = await joined(url);
  await socket.ask(subscribeMessage(1, {}, 'com.tick'));
  return socket;
}

// A PUBLISH as CBOR, its request id and the number of the event in four bytes each, in a masked frame with a mask of zeros.
const TOPIC = Buffer.from('com.tick');
const TEXT = Buffer.from('x'.repeat(20));
const MESSAGE = Buffer.from([
  0x85,
  0x10,
  0x1a,
  0,
  0,
  0,
  0,
  0xa0,
  0x68,
  ...TOPIC,
  0x82,
  0x1a,
  0,
  0,
  0,
  0,
  0x74,
  ...TEXT,
]);
const FRAME = framed(MESSAGE);
const REQUEST_AT = FRAME.length - MESSAGE.length + 3;
const NUMBER_FROM_END = TEXT.length + 5;
const BATCH = 1_000;

/** Frames with so many publications, whose request ids and numbers go on from a number. */
function batch(from: number): Buffer {
  const frames = Buffer.alloc(BATCH * FRAME.length);
  for (let index = 0; index < BATCH; index++) {
    const at = index * FRAME.length;
    frames.set(FRAME, at);
    frames.writeUInt32BE(from + index + 1, at + REQUEST_AT);
    frames.writeUInt32BE(from + index, at + FRAME.length - NUMBER_FROM_END);
  }
  return frames;
}

/** Publishes so many events, with a few batches under way at a time, and checks that each arrives, in order. */
function flood(publisher: BareSocket, reader: BareSocket, events: number): Promise<void> {
  let sent = 0;
  let received = 0;
  return new Promise((resolve, reject) => {
    const more = () => {
      while (sent < events && sent - received <= 4 * BATCH) {
        publisher.write(batch(sent));
        sent += BATCH;
      }
    };
    reader.onFrame((bytes) => {
      const number = bytes.readUInt32BE(bytes.length - NUMBER_FROM_END);
      if (number !== received) reject(new Error(`expected event ${received}, got ${number}`));
      received++;
      if (received === events) resolve();
      else if (received % BATCH === 0) more();
    });
    more();
  });
}

/** The most bytes that the process held, inside and outside the heap, over what it held before, while something ran. */
async function growth(run: () => Promise<void>): Promise<number> {
  const held = () => {
    const { external, heapUsed } = process.memoryUsage();
    return external + heapUsed;
  };
  const before = held();
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, held() - before);
  }, 20);
  try {
    await run();
  } finally {
    clearInterval(timer);
  }
  return most;
}

test('a million events: memory stays under its bound, other subscribers miss nothing', {
  timeout: 120_000,
}, async () => {
  const { router, url } = await listening({});
  (await subscribed(url)).sleep();
  const [reader, publisher] = [await subscribed(url), await joined(url)];
  const grown = await growth(() => flood(publisher, reader, 1_000_000));
  const { sessions, dropped } = router.counts().realms[0] as { sessions: number; dropped: number };
  expect(sessions).toBe(3);
  // What the kernel took of it the router does not know; what was beyond the bound then was dropped.
  expect(dropped).toBeGreaterThan(700_000);
  // To hold them all takes several hundred bytes each; what is not collected yet is a small part of that.
  expect(grown).toBeLessThan(BOUND + 100 * MiB);
});

test('slowSubscribers close: it is closed, others miss nothing', { timeout: 60_000 }, async () => {
  const { router, url } = await listening({ slowSubscribers: 'close' });
  (await subscribed(url)).sleep();
  const [reader, publisher] = [await subscribed(url), await joined(url)];
  await flood(publisher, reader, 200_000);
  expect(router.counts().realms[0]?.sessions).toBe(2);
});
