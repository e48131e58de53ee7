// One instance of a component takes over from another on a router of our own, over real sockets and in memory, under load.
import { Client, type Session } from '@wamp-run/client';
import * as componentPackage from '@wamp-run/component';
import { component, register, subscribe } from '@wamp-run/component';
import type { Connector } from '@wamp-run/protocol';
import { Router } from '@wamp-run/router';
import { type ComponentToRun, Runtime } from '@wamp-run/runtime';
import { memoryConnector } from '@wamp-run/transport/memory';
import { websocket } from '@wamp-run/transport/websocket';
import { describe, expect, test } from 'vitest';
import { clock, joined, localRouter, random, serializers } from './local.js';

/** What the instances of the component have seen, all together. */
const seen = { built: 0, events: [] as number[], inTurn: [] as number[], busy: 0 };

@component({ prefix: 'com.counter' })
class Counter {
  readonly #life = ++seen.built;

  @register('echo')
  async echo(n: number): Promise<number[]> {
    await new Promise((resolve) => setImmediate(resolve));
    return [this.#life, n];
  }

  @register('narrow', { concurrency: 1 })
  async narrow(n: number): Promise<number> {
    await new Promise((resolve) => setImmediate(resolve));
    return n;
  }

  @subscribe('com.counter.tick')
  tick(n: number): void {
    seen.events.push(n);
  }

  @subscribe('com.counter.turn', { order: 'sequential' })
  async turn(n: number): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    seen.inTurn.push(n);
  }
}

@component({ prefix: 'com.many' })
class Many {
  readonly #life = ++seen.built;

  @register('echo', { invoke: 'roundrobin' })
  async echo(n: number): Promise<number[]> {
    await new Promise((resolve) => setImmediate(resolve));
    return [this.#life, n];
  }
}

type Class = abstract new (...args: never[]) => unknown;

function toRun(of: Class, connectors: Connector[], more: Partial<ComponentToRun> = {}): ComponentToRun {
  const description = componentPackage.describe(of as never);
  return { loaded: { file: 'test', description, package: componentPackage }, connectors, realm: 'realm1', ...more };
}

/** The ways to a router of our own, and a session of a client's on it. */
const WAYS: [string, () => Promise<{ connector: Connector; session: Session; close(): Promise<void> }>][] = [
  [
    'over WebSocket',
    async () => {
      const { router, url } = await localRouter();
      const { session, close } = await joined(url);
      const connector = websocket(url, { serializers: serializers(), clock });
      return { connector, session, close: () => close().then(() => router.close()) };
    },
  ],
  [
    'in memory',
    async () => {
      const router = new Router({ realms: ['realm1'], clock, random });
      const connector = memoryConnector((transport) => router.attach(transport));
      const client = new Client({ connectors: [connector], realm: 'realm1', clock, random });
      const session = await client.joined();
      return { connector, session, close: () => client.close().then(() => router.close()) };
    },
  ],
];

/** Calls and publishes as long as it is wanted, so many at a time. */
function load(session: Session, procedures: readonly string[]) {
  let on = true;
  let calls = 0;
  let events = 0;
  const failures: unknown[] = [];
  const lives = new Set<number>();
  const worker = async (procedure: string) => {
    while (on) {
      const n = ++calls;
      try {
        const answer = await session.call<number[] | number>(procedure, [n]);
        if (typeof answer !== 'number') lives.add(answer[0] as number);
        expect(typeof answer === 'number' ? answer : answer[1]).toBe(n);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  const publisher = async () => {
    while (on) {
      events++;
      session.publish('com.counter.turn', [events]);
      await session.publish('com.counter.tick', [events], { acknowledge: true });
      // In memory all of this is done in one turn of the event loop, and nobody else would ever have a turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const all = [...procedures.flatMap((procedure) => [1, 2, 3, 4].map(() => worker(procedure))), publisher()];
  return {
    lives,
    failures,
    get calls() {
      return calls;
    },
    async stop() {
      on = false;
      await Promise.all(all);
      return events;
    },
  };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

describe.each(WAYS)('a component that is replaced under load, %s', (_, way) => {
  test('no call fails, no event is lost, and none comes twice; readiness never drops', async () => {
    Object.assign(seen, { built: 0, events: [], inTurn: [] });
    const { connector, session, close } = await way();
    const runtime = new Runtime({
      components: [toRun(Counter, [connector])],
      runner: { name: 'test', version: '0' },
      clock,
      random,
    });
    runtime.start();
    await runtime.settled();
    const traffic = load(session, ['com.counter.echo', 'com.counter.narrow']);
    let notReady = 0;
    const watch = setInterval(() => {
      notReady += runtime.status().some(({ state, missing }) => state !== 'running' || missing.length > 0) ? 1 : 0;
    });
    for (let round = 1; round <= 15; round++) {
      const before = traffic.calls;
      await runtime.replace('Counter');
      await until(() => traffic.lives.has(round + 1) && traffic.calls > before + 20);
    }
    clearInterval(watch);
    const events = await traffic.stop();
    await until(() => seen.events.length >= events && seen.inTurn.length >= events);
    // What came twice would be here by now: the router has nothing left to send once it has answered a call.
    await session.call('com.counter.echo', [0]);
    expect(traffic.failures).toEqual([]);
    expect(notReady).toBe(0);
    const every = Array.from({ length: events }, (_, index) => index + 1);
    expect([...seen.events].sort((a, b) => a - b)).toEqual(every);
    expect([...seen.inTurn].sort((a, b) => a - b)).toEqual(every);
    expect([seen.built, runtime.status()[0]?.restarts]).toEqual([16, 0]);
    await runtime.stop();
    await close();
  });

  test('of several instances one after the other', async () => {
    Object.assign(seen, { built: 0, events: [], inTurn: [] });
    const { connector, session, close } = await way();
    const runtime = new Runtime({
      components: [toRun(Many, [connector], { instances: 3 })],
      runner: { name: 'test', version: '0' },
      clock,
      random,
    });
    runtime.start();
    await runtime.settled();
    const traffic = load(session, ['com.many.echo']);
    for (let round = 0; round < 3; round++) {
      await runtime.replace('Many');
      await until(() => traffic.lives.has(seen.built));
    }
    await runtime.replace('Many', toRun(Many, [connector], { instances: 1 }));
    await runtime.replace('Many', toRun(Many, [connector], { instances: 2 }));
    await traffic.stop();
    expect(traffic.failures).toEqual([]);
    expect(runtime.status().map(({ name, state }) => [name, state])).toEqual([
      ['Many', 'running'],
      ['Many-2', 'running'],
    ]);
    await runtime.stop();
    await close();
  });
});
