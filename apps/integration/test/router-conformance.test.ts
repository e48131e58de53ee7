// The router passes its own conformance suite whole, over every wire; a router that does not, does not.
import { type Connector, InvalidConfiguration, type Message, MessageType, type Transport } from '@wamp-run/protocol';
import { Router } from '@wamp-run/router';
import { routerConformance } from '@wamp-run/router/conformance';
import { memoryConnector } from '@wamp-run/transport/memory';
import { websocket, websocketListener } from '@wamp-run/transport/websocket';
import { afterAll, describe, expect, test } from 'vitest';
import { clock, random, SERIALIZERS } from './local.js';

const closing: (() => unknown)[] = [];

afterAll(async () => {
  for (const close of closing.splice(0)) await close();
});

const HISTORY = 'com.conformance.history';

function router(): Router {
  const made = new Router({
    realms: [{ name: 'realm1', history: { topics: [{ uri: HISTORY }] } }],
    clock,
    random,
    // Clients of tests that are over go at once.
    closeTimeout: 100,
  });
  closing.push(() => made.close());
  return made;
}

/** Opens what is only known later. */
function later(connector: Promise<Connector>): Connector {
  return { address: 'later', connect: async (stop) => (await connector).connect(stop) };
}

for (const [name, serializer] of Object.entries(SERIALIZERS)) {
  describe(`over WebSocket with ${name}`, () => {
    const opened = router()
      .listen(websocketListener({ port: 0, serializers: [serializer()], clock, closeTimeout: 100 }))
      .then(({ url }) => websocket(url, { serializers: [serializer()], clock, closeTimeout: 100 }));
    routerConformance({ test, connector: later(opened), historyTopic: HISTORY });
  });
}

describe('in one process', () => {
  const there = router();
  routerConformance({
    test,
    connector: memoryConnector((transport) => there.attach(transport)),
    historyTopic: HISTORY,
  });
});

describe('a suite', () => {
  const nowhere: Connector = { address: 'nowhere', connect: () => Promise.reject(new Error('nowhere')) };

  test('skips what a router lacks, with the reason, and tests all else', () => {
    const [tested, skipped] = [[] as string[], [] as string[]];
    routerConformance({
      test: (name) => tested.push(name),
      skip: (name, reason) => skipped.push(`${name} (${reason})`),
      connector: nowhere,
      lacks: { event_history: 'has another one', 'basic: V2: a second HELLO': 'ignores it' },
    });
    expect(skipped).toEqual([
      'basic: V2: a second HELLO (ignores it)',
      expect.stringMatching(/^event_history: .* \(has another one\)$/),
    ]);
    expect(tested.length).toBeGreaterThan(80);
    expect(new Set(tested).size).toBe(tested.length);
  });

  test.each([{ event_histori: 'x' }, { 'basic: V99': 'x' }, { event_history: '' }])('refuses %j', (lacks) => {
    const declare = () => routerConformance({ test: () => {}, connector: nowhere, lacks: lacks as never });
    expect(declare).toThrow(InvalidConfiguration);
  });
});

describe('is found out where a router', () => {
  /** What the suite says of a router whose messages, on their way to clients, something is done to. */
  async function failures(change: (message: Message, pass: (message: Message) => void) => void): Promise<string[]> {
    const there = router();
    const connector = memoryConnector((transport: Transport) => {
      const start = transport.start.bind(transport);
      there.attach({
        details: transport.details,
        queuedBytes: 0,
        start,
        send: (message) => change(message, (changed) => transport.send(changed)),
        close: () => transport.close(),
      });
    });
    const runs: [name: string, run: () => Promise<void>][] = [];
    routerConformance({ test: (name, run) => runs.push([name, run]), connector, historyTopic: HISTORY });
    const failed: string[] = [];
    for (const [name, run] of runs) {
      let callOff = () => {};
      const tooLong = new Promise<never>((_, reject) => {
        callOff = clock.after(150, () => reject(new Error('nothing comes')));
      });
      await Promise.race([run(), tooLong]).catch(() => failed.push(name));
      callOff();
    }
    return failed;
  }

  test.each<[string, string, (message: Message, pass: (message: Message) => void) => void]>([
    [
      'does not say that an event is retained',
      'event_retention: get_retained',
      (message, pass) => {
        if (message.type !== MessageType.EVENT) return pass(message);
        const { retained: _, ...details } = message.details;
        pass({ ...message, details });
      },
    ],
    [
      'sends INTERRUPT for nobody',
      'call_canceling: killnowait',
      (message, pass) => {
        if (message.type !== MessageType.INTERRUPT) pass(message);
      },
    ],
    [
      'announces less than it is said to have',
      'WELCOME announces',
      (message, pass) =>
        pass(
          message.type === MessageType.WELCOME
            ? { ...message, details: { ...message.details, roles: { broker: {}, dealer: {} } } }
            : message,
        ),
    ],
    [
      'takes every violation',
      'basic: V7: CALL',
      (message, pass) => {
        if (message.type !== MessageType.ABORT) pass(message);
      },
    ],
    [
      'delivers events twice',
      'pattern_based_subscription: one EVENT',
      (message, pass) => {
        pass(message);
        if (message.type === MessageType.EVENT) pass(message);
      },
    ],
  ])('%s', async (_, rule, change) => {
    const failed = await failures(change);
    expect(failed.some((name) => name.startsWith(rule))).toBe(true);
    expect(failed.length).toBeLessThan(40);
  });
});
