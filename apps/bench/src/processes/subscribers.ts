// The ends of the events: one publisher and a hundred subscribers, each on a socket of its own. Every event is checked
// at every subscriber: that it is the next one, and that it is an EVENT.
import { eventMessage, MessageType, publishMessage, subscribeMessage } from '@wamp-run/protocol';
import { optionsOf, serve } from '../child.js';
import { bytesOf, messageIn, rawSession } from '../raw-session.js';
import { RawWebSocket } from '../raw-web-socket.js';

/** What the process is started with. */
export interface SubscribersOptions {
  readonly middle: 'router' | 'spreader';
  readonly url: string;
}

/** What it reports. */
export interface SubscribersReport {
  /** Events that reached everybody. */
  readonly events: number;
  readonly perSecond: number;
}

const SUBSCRIBERS = 100;
/** So many events are on their way at most. */
const WINDOW = 64;
const TOPIC = 'com.example.tick';
/** Numbers from here on take four bytes, so that every event is of the same length and the number is at its end. */
const FIRST = 2 ** 28;
/** An event's first bytes: a list of five, of which the first is the code of EVENT. */
const EVENT_HEAD = [0x85, 0x18, MessageType.EVENT];
/** As long as the ids that a router draws. */
const ANY_ID = 2 ** 52 + 1;

const { middle, url } = optionsOf<SubscribersOptions>();
let request = 0;
/** The number that is published next. */
let next = FIRST;
/** How many subscribers have an event, by its place in the window. */
const had: number[] = new Array(WINDOW).fill(0);
let until = 0;
let began = 0;
let first = FIRST;
let finish: (report: SubscribersReport) => void = () => {};
let fail: (error: Error) => void = () => {};

function publish(): void {
  const payload = { args: [next++], kwargs: {} };
  const message =
    middle === 'router' ? publishMessage(++request, {}, TOPIC, payload) : eventMessage(1, ANY_ID, {}, payload);
  publisher.send(bytesOf(message));
}

function received(number: number): void {
  const place = number % WINDOW;
  had[place] = (had[place] ?? 0) + 1;
  if (had[place] !== SUBSCRIBERS) return;
  had[place] = 0;
  const now = performance.now();
  if (now < until) {
    publish();
  } else if (number === next - 1) {
    const events = next - first;
    finish({ events, perSecond: (events / (now - began)) * 1000 });
  }
}

class Subscriber {
  #expected = FIRST;

  readonly message = (bytes: Uint8Array, start: number, end: number): void => {
    if (bytes[start] !== EVENT_HEAD[0] || bytes[start + 1] !== EVENT_HEAD[1] || bytes[start + 2] !== EVENT_HEAD[2]) {
      fail(new Error('a wrong event: no EVENT with one argument'));
      return;
    }
    // [n]: a list of one, of which that is an integer of four bytes.
    const number = Buffer.from(bytes.buffer, bytes.byteOffset).readUInt32BE(end - 4);
    if (bytes[end - 6] !== 0x81 || bytes[end - 5] !== 0x1a || number !== this.#expected) {
      fail(new Error(`a wrong event: expected ${this.#expected}, got ${number}`));
      return;
    }
    this.#expected++;
    received(number);
  };
}

const closed = () => fail(new Error('a connection was closed'));

async function subscriber(): Promise<void> {
  const { message } = new Subscriber();
  if (middle === 'spreader') {
    await RawWebSocket.connect(url, message, closed);
    return;
  }
  let subscribed = false;
  let done: () => void = () => {};
  const ready = new Promise<void>((resolve) => {
    done = resolve;
  });
  const ws = await rawSession(
    url,
    (bytes, start, end) => {
      if (subscribed) {
        message(bytes, start, end);
        return;
      }
      const { type } = messageIn(bytes, start, end);
      if (type !== MessageType.SUBSCRIBED) throw new Error(`expected SUBSCRIBED, got message ${type}`);
      subscribed = true;
      done();
    },
    closed,
  );
  ws.send(bytesOf(subscribeMessage(1, {}, TOPIC)));
  await ready;
}

const nothing = () => fail(new Error('the publisher got a message'));
const publisher = await (middle === 'router'
  ? rawSession(url, nothing, closed)
  : RawWebSocket.connect(url, nothing, closed));
for (let n = 0; n < SUBSCRIBERS; n++) await subscriber();

serve(url, ({ seconds }: { seconds: number }): Promise<SubscribersReport> => {
  return new Promise((resolve, reject) => {
    finish = resolve;
    fail = reject;
    first = next;
    began = performance.now();
    until = began + seconds * 1000;
    for (let n = 0; n < WINDOW; n++) publish();
  });
});
