// Handlers that do not come to an end, and handlers that let nobody else have a turn: on a router that the test plays.
import { component, register, subscribe } from '@wamp-run/component';
import { type Clock, eventMessage, invocationMessage, Logger, type Message, MessageType } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { Runtime } from '../src/index.js';
import { loaded, ScriptedRouter } from './scripted-router.js';

/** Time that stands still, and that a handler can use up without any timer having its turn: they have it late. */
class BusyClock implements Clock {
  readonly #clock = new FakeClock();
  /** What was used up, and the timers do not know of yet. */
  #used = 0;
  /** It is that late at least. */
  #least = 0;

  now(): number {
    return Math.max(this.#clock.now() + this.#used, this.#least);
  }
  after(ms: number, run: () => void): () => void {
    return this.#clock.after(this.now() - this.#clock.now() + ms, run);
  }
  advance(ms: number): void {
    this.#least = this.now();
    const late = this.#least - this.#clock.now();
    this.#used = 0;
    this.#clock.advance(late + ms);
  }
  use(ms: number): void {
    this.#used += ms;
  }
  get pending(): number {
    return this.#clock.pending;
  }
}

/** Keeps what is warned of, with the component that it is about. */
class Warnings extends Logger {
  constructor(
    readonly lines: string[],
    readonly component = '',
  ) {
    super();
  }
  trace(): void {}
  debug(): void {}
  info(): void {}
  warn(fields: object | string, text?: string): void {
    this.lines.push(`${this.component}: ${text ?? String(fields)}`);
  }
  error(): void {}
  child(fields: { component?: string }): Logger {
    return new Warnings(this.lines, fields.component ?? this.component);
  }
}

@component({ prefix: 'com.work' })
class Worker {
  static use: (ms: number) => void = () => {};
  static waiting: (() => void)[] = [];

  @register('compute')
  compute(ms: number): void {
    Worker.use(ms);
  }

  @register('wait')
  wait(): Promise<void> {
    return new Promise((resolve) => Worker.waiting.push(resolve));
  }

  @register('later')
  async later(ms: number): Promise<void> {
    await null;
    Worker.use(ms);
  }

  @subscribe('com.news')
  news(ms: number): void {
    Worker.use(ms);
  }
}

async function working(more: { slowAfter?: number; blockedAfter?: number } = {}) {
  const router = new ScriptedRouter();
  const clock = new BusyClock();
  const lines: string[] = [];
  const runtime = new Runtime({
    components: [{ loaded: loaded(Worker), connectors: [router.connector], realm: 'realm1' }],
    runner: { name: 'test', version: '0' },
    clock,
    random: (n) => new Uint8Array(n).fill(1),
    log: new Warnings(lines),
    ...more,
  });
  Worker.use = (ms) => clock.use(ms);
  Worker.waiting = [];
  runtime.start();
  const peer = await router.welcomed(4);
  await runtime.settled();
  let request = 0;
  /** Says it, and lets the component begin with it. */
  const say = async (message: Message) => {
    peer.say(message);
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  };
  const call = (registration: number, ...args: number[]) =>
    say(invocationMessage(++request, registration, {}, { args, kwargs: {} }));
  return {
    runtime,
    clock,
    lines,
    peer,
    compute: (ms: number) => call(101, ms),
    wait: () => call(102),
    later: (ms: number) => call(103, ms),
    publish: (ms: number) => say(eventMessage(204, 1, {}, { args: [ms], kwargs: {} })),
  };
}

describe('a handler that does not come to an end', () => {
  test('is named once, and counted until it ends', async () => {
    const { runtime, clock, lines, peer, wait } = await working({ slowAfter: 5_000 });
    await wait();
    clock.advance(4_000);
    await wait();
    expect([lines, runtime.status()[0]]).toMatchObject([[], { running: 2, slow: 0 }]);
    clock.advance(1_000);
    expect(runtime.status()).toMatchObject([{ running: 2, slow: 1 }]);
    clock.advance(10_000);
    expect(runtime.status()).toMatchObject([{ running: 2, slow: 2 }]);
    expect(lines).toEqual([
      'Worker: com.work.wait has not come to an end after 5000 ms',
      'Worker: com.work.wait has not come to an end after 5000 ms',
    ]);
    for (const end of Worker.waiting) end();
    await peer.expect(MessageType.YIELD);
    expect(runtime.status()).toMatchObject([{ running: 0, slow: 0 }]);
  });
});

describe('a handler that keeps the event loop', () => {
  test('is named, of a procedure and of a topic', async () => {
    const { clock, lines, compute, publish } = await working();
    await compute(999);
    expect(lines).toEqual([]);
    await compute(1_000);
    await publish(2_500);
    expect(lines).toEqual([
      'Worker: com.work.compute kept the event loop for 1000 ms',
      'Worker: com.news kept the event loop for 2500 ms',
    ]);
    // The timer that was late because of that tells nothing new.
    clock.advance(1_000);
    expect(lines).toHaveLength(2);
  });

  test('is told in the status for a minute: the last time, by the component that it was', async () => {
    const { clock, compute, publish, runtime } = await working();
    expect(runtime.status()[0]?.blocked).toBeUndefined();
    await compute(999);
    expect(runtime.status()[0]?.blocked).toBeUndefined();
    await compute(5_000);
    expect(runtime.status()[0]?.blocked).toEqual({ what: ['com.work.compute'], ms: 5_000, ago: 0 });
    clock.advance(30_000);
    await publish(1_000);
    expect(runtime.status()[0]?.blocked).toEqual({ what: ['com.news'], ms: 1_000, ago: 0 });
    clock.advance(59_999);
    expect(runtime.status()[0]?.blocked).toEqual({ what: ['com.news'], ms: 1_000, ago: 59_999 });
    clock.advance(1);
    expect(runtime.status()[0]?.blocked).toBeUndefined();
    expect(runtime.blocked).toBeUndefined();
  });

  test('as it is built, or in its onJoin, is named by that', async () => {
    const clock = new BusyClock();
    @component()
    class Slow {
      constructor() {
        clock.use(2_000);
      }
      async onJoin(): Promise<void> {
        clock.use(3_000);
      }
    }
    @component()
    class Quick {}
    const router = new ScriptedRouter();
    const lines: string[] = [];
    const runtime = new Runtime({
      components: [Quick, Slow].map((each) => ({
        loaded: loaded(each),
        connectors: [router.connector],
        realm: 'realm1',
      })),
      runner: { name: 'test', version: '0' },
      clock,
      random: (n) => new Uint8Array(n).fill(1),
      log: new Warnings(lines),
    });
    runtime.start();
    const told = () => runtime.status().map(({ blocked }) => blocked);
    expect(told()).toEqual([undefined, { what: ['its constructor'], ms: 2_000, ago: 0 }]);
    const first = await router.welcomed(0);
    const second = await router.welcomed(0);
    await runtime.settled();
    expect(told()).toEqual([undefined, { what: ['its onJoin'], ms: 3_000, ago: 0 }]);
    expect(lines).toEqual([
      'Slow: its constructor kept the event loop for 2000 ms',
      'Slow: its onJoin kept the event loop for 3000 ms',
    ]);
    first.drop();
    second.drop();
  });

  // The timer that is late was set a quarter of `blockedAfter` before.
  test('after an await is among those that are named, all of which were at work', async () => {
    const { clock, lines, runtime, wait } = await working();
    await wait();
    clock.use(3_000);
    clock.advance(0);
    expect([runtime.blocked, runtime.status()[0]?.blocked]).toEqual([
      { what: ['com.work.wait'], ms: 2_750, ago: 0 },
      undefined,
    ]);
    expect(lines).toEqual([': the event loop was kept for 2750 ms; while com.work.wait was being handled']);
    clock.advance(59_999);
    expect(runtime.blocked?.ago).toBe(59_999);
    clock.advance(1);
    expect(runtime.blocked).toBeUndefined();
    expect(lines.filter((line) => line.includes('event loop'))).toHaveLength(1);
  });

  test('after an await, and ends with that, is among those that are named, before all that goes on', async () => {
    const { clock, later, runtime, wait } = await working();
    await wait();
    await later(2_000);
    clock.advance(0);
    expect(runtime.blocked).toEqual({ what: ['com.work.later', 'com.work.wait'], ms: 1_750, ago: 0 });
    // What ended before the last look was not it.
    await later(0);
    clock.advance(250);
    clock.use(2_000);
    clock.advance(0);
    expect(runtime.blocked).toMatchObject({ what: ['com.work.wait'] });
  });

  test('after another one that is known is told of by itself', async () => {
    const { clock, compute, lines, runtime } = await working();
    clock.advance(500);
    await compute(2_000);
    clock.use(1_500);
    clock.advance(0);
    expect(lines).toEqual([
      'Worker: com.work.compute kept the event loop for 2000 ms',
      ': the event loop was kept for 1500 ms; while com.work.compute was being handled',
    ]);
    expect(runtime.blocked?.ms).toBe(1_500);
  });

  test("in nobody's handler is told of, too", async () => {
    const { clock, lines, runtime } = await working();
    clock.use(1_500);
    clock.advance(0);
    expect(runtime.blocked).toEqual({ what: [], ms: 1_250, ago: 0 });
    expect(lines).toEqual([': the event loop was kept for 1250 ms; nothing was being handled']);
  });

  test('is not looked for where that is not wanted; and nothing is, once the runtime has ended', async () => {
    const { clock, lines, compute, wait, runtime, peer } = await working({ slowAfter: 0, blockedAfter: 0 });
    expect(clock.pending).toBe(0);
    await compute(60_000);
    await wait();
    clock.advance(60_000);
    expect([lines, runtime.status()[0]?.slow]).toEqual([[], 0]);
    peer.drop();
    const other = await working();
    expect(other.clock.pending).toBe(1);
    const stopped = other.runtime.stop();
    other.peer.drop();
    await stopped;
    expect(other.clock.pending).toBe(0);
  });

  test('for how long that may be is checked at once', () => {
    const options = {
      components: [],
      runner: { name: 'test', version: '0' },
      clock: new FakeClock(),
      random: () => new Uint8Array(),
    };
    expect(() => new Runtime({ ...options, slowAfter: -1 })).toThrow('slowAfter: expected milliseconds');
    expect(() => new Runtime({ ...options, blockedAfter: Number.NaN })).toThrow('blockedAfter: expected milliseconds');
  });
});
