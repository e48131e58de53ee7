import { type Message, MessageType, nameOf, type Transport, unsubscribeMessage } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { argsOf, routerAndClock, seeded, TestClient } from './clients.js';
import { randomRun } from './random-run.js';
import { breaches, LIMITED, SHARED } from './transcript.js';

describe('order', () => {
  test('SUBSCRIBED comes before the first EVENT', async () => {
    const { router } = routerAndClock();
    const subscriber = await TestClient.join(router);
    const publisher = await TestClient.join(router);
    const subscribed = subscriber.subscribe('com.tick');
    publisher.publish('com.tick', [1]);
    await subscribed;
    expect(argsOf(await subscriber.event())).toEqual([1]);
  });

  test('REGISTERED comes before the first INVOCATION', async () => {
    const { router } = routerAndClock();
    const callee = await TestClient.join(router);
    const caller = await TestClient.join(router);
    const registered = callee.register('com.add');
    caller.call('com.add', [1]);
    await registered;
    expect(argsOf(await callee.invocation())).toEqual([1]);
  });

  test('events of a publisher arrive in its order, across topics', async () => {
    const { router } = routerAndClock();
    const subscriber = await TestClient.join(router);
    const publisher = await TestClient.join(router);
    await subscriber.subscribe('com.one');
    await subscriber.subscribe('com.two');
    for (const n of [1, 2, 3, 4]) publisher.publish(n % 2 === 0 ? 'com.two' : 'com.one', [n]);
    for (const n of [1, 2, 3, 4]) expect(argsOf(await subscriber.event())).toEqual([n]);
  });

  test('calls of a caller arrive in its order, across procedures', async () => {
    const { router } = routerAndClock();
    const callee = await TestClient.join(router);
    const caller = await TestClient.join(router);
    await callee.register('com.one');
    await callee.register('com.two');
    for (const n of [1, 2, 3, 4]) caller.call(n % 2 === 0 ? 'com.two' : 'com.one', [n]);
    for (const n of [1, 2, 3, 4]) expect(argsOf(await callee.invocation())).toEqual([n]);
  });

  test('UNSUBSCRIBED is the end of the events', async () => {
    const { router } = routerAndClock();
    const subscriber = await TestClient.join(router);
    const publisher = await TestClient.join(router);
    const subscription = await subscriber.subscribe('com.tick');
    publisher.publish('com.tick', ['before']);
    subscriber.say(unsubscribeMessage(subscriber.request(), subscription));
    publisher.publish('com.tick', ['after']);
    expect(argsOf(await subscriber.event())).toEqual(['before']);
    await subscriber.expect(MessageType.UNSUBSCRIBED);
    await subscriber.hearsNothing();
  });
});

/** All that is to be done without anything from outside is done. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** An authorizer that answers now at once, now after some turns, and sometimes no. */
function whimsical(seed: number) {
  const random = seeded(seed + 1_000);
  let asked = 0;
  const below = (n: number) => (random(1)[0] as number) % n;
  const authorize = (): boolean | Promise<boolean> => {
    const allow = below(20) !== 0;
    const turns = below(12);
    if (turns < 3) return allow;
    asked++;
    return later(turns, allow);
  };
  return { authorize, held: () => asked };
}

async function later(turns: number, allow: boolean): Promise<boolean> {
  for (let left = turns; left > 0; left--) await Promise.resolve();
  return allow;
}

const SEEDS = Array.from({ length: 25 }, (_, seed) => seed);

describe('sessions at random', () => {
  test.each(SEEDS)('keep every guarantee and leave nothing behind: seed %i', async (seed) => {
    const { router, clock } = routerAndClock();
    const records = await randomRun({ router, seed, steps: 400, clock });
    expect(breaches(records)).toEqual([]);
    expect(router.counts()).toEqual({
      transports: 0,
      realms: [
        {
          realm: 'realm1',
          sessions: 0,
          subscriptions: 0,
          registrations: 0,
          calls: 0,
          retained: expect.any(Number),
          dropped: 0,
        },
      ],
    });
    expect(clock.pending).toBe(0);
  });

  test.each([LIMITED, SHARED] as const)('keep every guarantee, where all they call is %s', async (procedure) => {
    for (const seed of SEEDS) {
      const { router, clock } = routerAndClock();
      const records = await randomRun({ router, seed, steps: 400, clock, procedure });
      expect([seed, breaches(records)]).toEqual([seed, []]);
      expect(router.counts().realms[0]).toMatchObject({ sessions: 0, registrations: 0, calls: 0 });
      expect(clock.pending).toBe(0);
    }
  });

  test.each(SEEDS)(
    'keep every guarantee with an authorizer that takes its time, or does not: seed %i',
    async (seed) => {
      const { authorize, held } = whimsical(seed);
      const { router, clock } = routerAndClock({
        realms: [{ name: 'realm1', authorizer: { authorize, cache: seed % 2 === 0 ? false : { size: 5 } } }],
      });
      const records = await randomRun({ router, seed, steps: 400, clock, settled: turn });
      expect(breaches(records)).toEqual([]);
      expect(held()).toBeGreaterThan(20);
      expect(router.counts()).toMatchObject({ transports: 0, realms: [{ sessions: 0, registrations: 0, calls: 0 }] });
      expect(clock.pending).toBe(0);
    },
  );

  test('reach every message that a router sends', async () => {
    const heard = new Set<string>();
    for (const seed of SEEDS) {
      const records = await randomRun({ ...routerAndClock(), seed, steps: 400 });
      for (const record of records) for (const message of record.heard) heard.add(nameOf(message));
    }
    expect([...heard].sort()).toEqual([
      'ABORT',
      'ERROR',
      'EVENT',
      'GOODBYE',
      'INTERRUPT',
      'INVOCATION',
      'PUBLISHED',
      'REGISTERED',
      'RESULT',
      'SUBSCRIBED',
      'UNREGISTERED',
      'UNSUBSCRIBED',
      'WELCOME',
    ]);
  });

  test('reach retained events, patterns, testaments and what the router itself says', async () => {
    const reached = { retained: 0, pattern: 0, testament: 0, meta: 0 };
    for (const seed of SEEDS) {
      for (const { heard } of await randomRun({ ...routerAndClock(), seed, steps: 400 })) {
        for (const message of heard) {
          if (message.type !== MessageType.EVENT) continue;
          if (message.details.retained === true) reached.retained++;
          if (message.details.topic !== undefined) reached.pattern++;
          const [name] = argsOf(message) as unknown[];
          if (typeof name !== 'string') reached.meta++;
          else if (name.endsWith('will')) reached.testament++;
        }
      }
    }
    for (const count of Object.values(reached)) expect(count).toBeGreaterThan(20);
  });

  test('reach patterns, parts, rerouting, waiting, time and revocation of calls', async () => {
    const reached = { pattern: 0, part: 0, rerouted: 0, waited: 0, forwarded: 0, disclosed: 0, revoked: 0 };
    const errors = new Map<string, number>();
    const runs = SEEDS.flatMap((seed) => [{ seed }, { seed, procedure: SHARED }] as const);
    for (const run of runs) {
      const invoked = new Set<string>();
      const latest = new Map<string, number>();
      const records = await randomRun({ ...routerAndClock(), steps: 400, ...run });
      for (const message of records.flatMap(({ heard }) => heard)) {
        if (message.type === MessageType.ERROR) errors.set(message.error, (errors.get(message.error) ?? 0) + 1);
        if (message.type === MessageType.UNREGISTERED && message.request === 0) reached.revoked++;
        if (message.type !== MessageType.INVOCATION) continue;
        const { details } = message;
        if (details.procedure !== undefined) reached.pattern++;
        if (details.progress !== undefined) reached.part++;
        if (details.timeout !== undefined) reached.forwarded++;
        if (details.caller !== undefined) reached.disclosed++;
        const [caller, count, procedure] = argsOf(message) as [string, number, string];
        if (procedure === SHARED && invoked.has(`${caller} ${count}`)) reached.rerouted++;
        invoked.add(`${caller} ${count}`);
        // A limited call that comes after a later one, of another procedure, has waited.
        if (procedure === LIMITED && count < (latest.get(caller) ?? 0)) reached.waited++;
        latest.set(caller, Math.max(count, latest.get(caller) ?? 0));
      }
    }
    for (const [what, count] of Object.entries(reached)) expect([what, count > 10]).toEqual([what, true]);
    for (const error of ['timeout', 'no_available_callee', 'canceled', 'feature_not_supported', 'unavailable']) {
      expect([error, (errors.get(`wamp.error.${error}`) ?? 0) > 10]).toEqual([error, true]);
    }
  });

  describe('are found out where the router', () => {
    async function found(through: (transport: Transport) => Transport): Promise<string> {
      const all: string[] = [];
      for (const seed of SEEDS) {
        all.push(...breaches(await randomRun({ ...routerAndClock(), seed, steps: 400, through })));
      }
      return all.join('\n');
    }

    /** Holds back each third message of a type until the next one has gone out. */
    const overtaking = (type: Message['type']) => (transport: Transport) => {
      let held: Message | undefined;
      let count = 0;
      const send = (message: Message) => {
        if (message.type === type && held === undefined && ++count % 3 === 0) {
          held = message;
          return;
        }
        transport.send(message);
        if (held !== undefined) transport.send(held);
        held = undefined;
      };
      return { ...transport, send };
    };

    test.each<[string, Message['type'], string]>([
      ['lets events overtake each other', MessageType.EVENT, 'out of order'],
      ['lets invocations overtake each other', MessageType.INVOCATION, 'INVOCATION'],
      ['lets events overtake SUBSCRIBED', MessageType.SUBSCRIBED, 'EVENT before SUBSCRIBED'],
      ['lets invocations overtake REGISTERED', MessageType.REGISTERED, 'INVOCATION before REGISTERED'],
    ])('%s', async (_, type, breach) => {
      expect(await found(overtaking(type))).toContain(breach);
    });

    test('lets the last result overtake progress', async () => {
      const hasty = (transport: Transport) => {
        const held: Message[] = [];
        const send = (message: Message) => {
          if (message.type === MessageType.RESULT && message.details.progress === true) held.push(message);
          else transport.send(message);
          if (message.type === MessageType.RESULT && message.details.progress === undefined) {
            for (const each of held.splice(0)) transport.send(each);
          }
        };
        return { ...transport, send };
      };
      expect(await found(hasty)).toContain('which is not open');
    });

    test('delivers an event twice', async () => {
      const twice = (transport: Transport) => ({
        ...transport,
        send: (message: Message) => {
          transport.send(message);
          if (message.type === MessageType.EVENT) transport.send(message);
        },
      });
      expect(await found(twice)).toContain('out of order');
    });

    test('answers twice', async () => {
      const twice = (transport: Transport) => ({
        ...transport,
        send: (message: Message) => {
          transport.send(message);
          if (message.type === MessageType.RESULT) transport.send(message);
        },
      });
      expect(await found(twice)).toContain('which is not open');
    });

    test('forgets an answer', async () => {
      const forgetful = (transport: Transport) => ({
        ...transport,
        send: (message: Message) => {
          if (message.type !== MessageType.ERROR) transport.send(message);
        },
      });
      expect(await found(forgetful)).toContain('was never answered');
    });
  });
});
