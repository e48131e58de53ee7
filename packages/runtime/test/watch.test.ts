// Handlers that do not come to an end, and handlers that let nobody else have a turn: on a router that the test plays.
import { component, register, subscribe } from '@wamp-run/component';
import { type Clock, eventMessage, invocationMessage, Logger, type Message, MessageType } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { Runtime } from '../src/index.js';
import { loaded, ScriptedRouter } from './scripted-router.js';

/** Time that stands still, and that a handler can use up without any timer having its turn. */
class BusyClock implements Clock {
  readonly #clock = new FakeClock();
  #used = 0;

  now(): number {
    return this.#clock.now() + this.#used;
  }
  after(ms: number, run: () => void): () => void {
    return this.#clock.after(ms, run);
  }
  advance(ms: number): void {
    this.#clock.advance(ms);
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
  const peer = await router.welcomed(3);
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
    publish: (ms: number) => say(eventMessage(203, 1, {}, { args: [ms], kwargs: {} })),
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

  test('after an await is among those that are named, all of which were at work', async () => {
    const { clock, lines, wait } = await working();
    await wait();
    clock.use(3_000);
    clock.advance(1_000);
    expect(lines).toEqual([': the event loop was kept for 3000 ms; while com.work.wait was being handled']);
    clock.advance(10_000);
    expect(lines).toHaveLength(1);
  });

  test("in nobody's handler is told of, too", async () => {
    const { clock, lines } = await working();
    clock.use(1_500);
    clock.advance(1_000);
    expect(lines).toEqual([': the event loop was kept for 1500 ms; nothing was being handled']);
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
