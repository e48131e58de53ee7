// Two processes of one service on one router: restarted in turn under load no call fails; of one that is killed only those
// fail that were on their way to it, and each says so.
import type { Session } from '@wamp-run/client';
import { ApplicationError, type WampError } from '@wamp-run/protocol';
import { afterEach, expect, test } from 'vitest';
import { built, Command } from './command.js';
import { joined, localRouter } from './local.js';

const RATE = 500;
/** How often the load is looked after (ms): what is due by then goes out. */
const TICK = 10;

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Outcome {
  readonly sent: number;
  readonly pid: number | undefined;
  readonly error: WampError | undefined;
}

/** Calls at a steady rate, whatever becomes of those before. */
class Load {
  readonly outcomes: Outcome[] = [];
  readonly #session: Session;
  readonly #began = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #pending = new Set<Promise<void>>();
  #sent = 0;
  #watching: { least: number; resolve(): void }[] = [];

  constructor(session: Session) {
    this.#session = session;
    this.#timer = setInterval(() => {
      const due = ((performance.now() - this.#began) * RATE) / 1_000;
      while (this.#sent < due) this.#send();
    }, TICK);
  }

  get sent(): number {
    return this.#sent;
  }

  /** Resolves when so many more calls have been answered, one way or the other. */
  answered(more: number): Promise<void> {
    return new Promise((resolve) => this.#watching.push({ least: this.outcomes.length + more, resolve }));
  }

  /** Sends no more, and waits for all answers. Calls a second, over all. */
  async stop(): Promise<number> {
    clearInterval(this.#timer);
    const rate = (this.#sent * 1_000) / (performance.now() - this.#began);
    await Promise.all(this.#pending);
    return Math.round(rate);
  }

  #send(): void {
    const sent = this.#sent++;
    const call = this.#session.call<[number, number]>('com.counter.who', [sent]).then(
      ([pid, n]) => this.#over({ sent, pid: n === sent ? pid : -1, error: undefined }),
      (error: WampError) => this.#over({ sent, pid: undefined, error }),
    );
    this.#pending.add(call);
    void call.then(() => this.#pending.delete(call));
  }

  #over(outcome: Outcome): void {
    this.outcomes.push(outcome);
    this.#watching = this.#watching.filter(({ least, resolve }) => {
      if (this.outcomes.length < least) return true;
      resolve();
      return false;
    });
  }
}

async function service(url: string): Promise<Command> {
  const command = new Command([built('counter'), '--url', url]);
  ends.push(() => command.kill());
  await command.says(/ready in/);
  return command;
}

/** Two processes of the service on a router, and a caller. */
async function standing() {
  const { router, url } = await localRouter();
  ends.push(() => router.close());
  const services = await Promise.all([service(url), service(url)]);
  const { session, close } = await joined(url);
  ends.push(close);
  return { url, services, session };
}

test('restarted in turn under 500 calls a second, no call fails', { timeout: 60_000 }, async () => {
  const { url, services, session } = await standing();
  const load = new Load(session);
  await load.answered(RATE / 2);
  const pids = new Set(services.map(({ pid }) => pid));
  for (let round = 0; round < 2; round++) {
    for (const index of [0, 1]) {
      const old = services[index] as Command;
      old.signal('SIGTERM');
      expect(await old.exit).toBe(0);
      const next = await service(url);
      pids.add(next.pid);
      services[index] = next;
      await load.answered(RATE / 4);
    }
  }
  const rate = await load.stop();
  const failed = load.outcomes.filter(({ error }) => error !== undefined);
  console.info(`${load.sent} calls at ${rate}/s over 4 restarts: ${failed.length} failed`);
  expect(failed).toEqual([]);
  expect(load.outcomes.length).toBe(load.sent);
  // Each of the processes has answered, the old ones and the new ones.
  expect(new Set(load.outcomes.map(({ pid }) => pid))).toEqual(pids);
});

test('killed: only the calls on their way to it fail, and each says that it may have been executed', {
  timeout: 60_000,
}, async () => {
  const { services, session } = await standing();
  const [doomed, other] = services as [Command, Command];
  const HELD = 20;
  const holding = new Map<number, number>();
  const begun = new Promise<void>((resolve) => {
    void session.subscribe('com.counter.holding', ([pid, n]) => {
      holding.set(n as number, pid as number);
      if (holding.size === HELD) resolve();
    });
  });
  const held = Array.from({ length: HELD }, (_, n) =>
    session.call<number>('com.counter.hold', [n]).then(
      (pid) => ({ n, pid, error: undefined }),
      (error: WampError) => ({ n, pid: undefined, error }),
    ),
  );
  await begun;
  const load = new Load(session);
  await load.answered(RATE / 2);
  // From the router's word that it has gone, no call goes to it any more.
  const gone = new Promise<number>((resolve) => {
    void session.subscribe('wamp.session.on_leave', () => resolve(load.sent));
  });
  await load.answered(RATE / 10);
  const before = load.outcomes.filter(({ error }) => error !== undefined);
  expect(before).toEqual([]);
  doomed.signal('SIGKILL');
  const sentByThen = await gone;
  await load.answered(RATE / 2);
  const rate = await load.stop();
  session.publish('com.counter.release', []);
  const results = await Promise.all(held);

  const failed = load.outcomes.filter(({ error }) => error !== undefined);
  console.info(
    `${load.sent} calls at ${rate}/s, one of two processes killed: ${failed.length} and ${HELD / 2} held ones failed`,
  );
  for (const { n, pid, error } of results) {
    const at = holding.get(n);
    if (at === other.pid) expect(pid).toBe(other.pid);
    else {
      expect(at).toBe(doomed.pid);
      expectMaybe(error);
    }
  }
  expect(results.filter(({ error }) => error !== undefined).length).toBe(HELD / 2);
  for (const { sent, error } of failed) {
    expect(sent).toBeLessThan(sentByThen);
    expectMaybe(error);
  }
});

function expectMaybe(error: WampError | undefined): void {
  expect(error).toBeInstanceOf(ApplicationError);
  expect([(error as ApplicationError).error, error?.executed]).toEqual(['wamp.error.canceled', 'maybe']);
}
