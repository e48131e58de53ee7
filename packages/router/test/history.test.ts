import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Dict,
  type Event,
  eventMessage,
  InvalidConfiguration,
  type Message,
  payloadOf,
  RawPayload,
  type Serializer,
  type Value,
} from '@wamp-run/protocol';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { sqliteEventStore } from '../src/history/sqlite-history.js';
import { type EventStore, type HistoryOptions, memoryEventStore, Router } from '../src/index.js';
import { routerAndClock, seeded, TestClient } from './clients.js';

const GET_EVENTS = 'wamp.subscription.get_events';
const folder = mkdtempSync(join(tmpdir(), 'history-'));
let files = 0;
const opened: EventStore[] = [];
const file = () => join(folder, `${files++}.sqlite`);

/** Bytes in a form of its own, good enough for events: the header as JSON, the payload as it came. */
const plain: Serializer = {
  name: 'plain',
  subprotocol: 'wamp.2.plain',
  binary: true,
  encode: (message: Message) => {
    const { publication, details, payload } = message as Event;
    const values = payload instanceof RawPayload ? payload.decode() : payload;
    return new TextEncoder().encode(JSON.stringify([publication, details, values]));
  },
  decode: (bytes: Uint8Array) => {
    const [publication, details, payload] = JSON.parse(new TextDecoder().decode(bytes));
    return eventMessage(1, publication, details, payload ?? undefined);
  },
  decodePayload: () => {
    throw new Error('not needed');
  },
};

function sqlite(path: string, events?: number): EventStore {
  const store = sqliteEventStore({ path, serializer: plain, ...(events === undefined ? {} : { events }) });
  opened.push(store);
  return store;
}

afterEach(() => {
  for (const store of opened.splice(0)) store.close();
});

afterAll(() => rmSync(folder, { recursive: true }));

const START = Date.parse('2026-01-31T12:00:00.000Z');

/** A router with a history, whose time of day moves on by a second with every event. */
function historian(history: HistoryOptions, limits = {}) {
  let seconds = 0;
  const { router } = routerAndClock({
    realms: [{ name: 'realm1', history }],
    wallTime: () => START + 1_000 * seconds++,
    limits,
  });
  return router;
}

const shown = (events: unknown) => (events as Dict[]).map(({ args }) => (args as Value[])[0]);

describe.each<[string, () => EventStore]>([
  ['in memory', () => memoryEventStore()],
  ['in SQLite', () => sqlite(file())],
])('event history %s', (_, store) => {
  async function recorded(topics: HistoryOptions['topics'] = [{ uri: 'com.tick' }]) {
    const router = historian({ topics, store: store() });
    const publisher = await TestClient.join(router);
    const reader = await TestClient.join(router);
    return { router, publisher, reader };
  }

  /** Five events, and the subscription to ask for. */
  async function five() {
    const { router, publisher, reader } = await recorded();
    const publications: number[] = [];
    for (let n = 1; n <= 5; n++) publications.push(await publisher.acknowledged('com.tick', [n]));
    const subscription = await reader.subscribe('com.tick');
    const ask = async (query: Dict = {}) => shown(await reader.ask(GET_EVENTS, [subscription], query));
    return { router, publisher, reader, publications, subscription, ask };
  }

  test('each event has timestamp, subscription, publication, details, and what arguments it had', async () => {
    const { publisher, reader } = await recorded();
    const first = await publisher.acknowledged('com.tick', ['a', { b: [1] }], { disclose_me: true });
    const second = await publisher.acknowledged('com.tick');
    const subscription = await reader.subscribe('com.tick');
    expect(await reader.ask(GET_EVENTS, [subscription])).toEqual([
      {
        timestamp: '2026-01-31T12:00:00.000Z',
        subscription,
        publication: first,
        details: {
          publisher: publisher.session,
          publisher_authid: publisher.details.authid,
          publisher_authrole: 'anonymous',
        },
        args: ['a', { b: [1] }],
      },
      { timestamp: '2026-01-31T12:00:01.000Z', subscription, publication: second, details: {} },
    ]);
  });

  test.each<[string, Dict, number[]]>([
    ['nothing: all, in order of publication', {}, [1, 2, 3, 4, 5]],
    ['reverse: newest first', { reverse: true }, [5, 4, 3, 2, 1]],
    ['limit', { limit: 2 }, [1, 2]],
    ['limit and reverse', { limit: 2, reverse: true }, [5, 4]],
    ['from_time: at or after', { from_time: '2026-01-31T12:00:02.000Z' }, [3, 4, 5]],
    ['after_time: after', { after_time: '2026-01-31T12:00:02.000Z' }, [4, 5]],
    ['before_time: before', { before_time: '2026-01-31T12:00:02.000Z' }, [1, 2]],
    ['until_time: at or before', { until_time: '2026-01-31T12:00:02.000Z' }, [1, 2, 3]],
    ['times in any zone', { from_time: '2026-01-31T14:00:03+02:00' }, [4, 5]],
    ['a span', { after_time: '2026-01-31T12:00:00Z', before_time: '2026-01-31T12:00:03Z', reverse: true }, [3, 2]],
    ['null counts as absent', { limit: null, from_time: null }, [1, 2, 3, 4, 5]],
  ])('get_events with %s', async (_name, query, wanted) => {
    const { ask } = await five();
    expect(await ask(query)).toEqual(wanted);
  });

  test('get_events with from_, after_, before_ and until_publication, both ways', async () => {
    const { ask, publications } = await five();
    const [, second, third, fourth] = publications as [number, number, number, number];
    expect(await ask({ from_publication: third })).toEqual([3, 4, 5]);
    expect(await ask({ after_publication: third })).toEqual([4, 5]);
    expect(await ask({ before_publication: third })).toEqual([1, 2]);
    expect(await ask({ until_publication: third })).toEqual([1, 2, 3]);
    expect(await ask({ from_publication: second, before_publication: fourth, reverse: true })).toEqual([3, 2]);
    expect(await ask({ after_publication: fourth, before_publication: second })).toEqual([]);
    expect(await ask({ after_publication: second, limit: 1 })).toEqual([3]);
  });

  test.each<[Dict]>([
    [{ limit: 0 }],
    [{ limit: 'all' }],
    [{ reverse: 1 }],
    [{ from_time: 'yesterday' }],
    [{ after_publication: 0 }],
    [{ after_publication: 1 }],
    [{ topic: 7 }],
  ])('get_events with %j: invalid_argument', async (query) => {
    const { reader, subscription } = await five();
    expect(await reader.refused(GET_EVENTS, [subscription], query)).toBe('wamp.error.invalid_argument');
  });

  test('who is not subscribed may not read: not_authorized; what is not there: no_such_subscription', async () => {
    const { publisher, subscription } = await five();
    expect(await publisher.refused(GET_EVENTS, [subscription])).toBe('wamp.error.not_authorized');
    expect(await publisher.refused(GET_EVENTS, [999])).toBe('wamp.error.no_such_subscription');
    expect(await publisher.refused(GET_EVENTS)).toBe('wamp.error.invalid_argument');
  });

  test('a pattern reads all its topics in one order, each event with its topic, or one of them', async () => {
    const { publisher, reader } = await recorded([{ uri: 'com.', match: 'prefix' }]);
    for (const [n, topic] of ['com.a', 'com.b', 'com.a', 'org.a'].entries()) await publisher.acknowledged(topic, [n]);
    const subscription = await reader.subscribe('com.', { match: 'prefix' });
    const all = (await reader.ask(GET_EVENTS, [subscription])) as Dict[];
    expect(shown(all)).toEqual([0, 1, 2]);
    expect(all.map(({ details }) => (details as Dict).topic)).toEqual(['com.a', 'com.b', 'com.a']);
    expect(shown(await reader.ask(GET_EVENTS, [subscription], { topic: 'com.a' }))).toEqual([0, 2]);
    expect(shown(await reader.ask(GET_EVENTS, [subscription], { reverse: true, limit: 2 }))).toEqual([2, 1]);
  });

  test('only topics that are configured have a history; of the others there is none', async () => {
    const { publisher, reader } = await recorded();
    await publisher.acknowledged('com.tock', [1]);
    expect(await reader.ask(GET_EVENTS, [await reader.subscribe('com.tock')])).toEqual([]);
  });

  test('what the router itself says has none', async () => {
    const { reader, router } = await recorded([{ uri: '', match: 'prefix' }]);
    const subscription = await reader.subscribe('wamp.session.on_join');
    await TestClient.join(router);
    await reader.event();
    expect(await reader.ask(GET_EVENTS, [subscription])).toEqual([]);
  });

  test('events with session id lists are never stored; those by authid and authrole are, for whom they are', async () => {
    const { publisher, reader } = await recorded();
    const authid = reader.details.authid as string;
    await publisher.acknowledged('com.tick', ['to sessions'], { eligible: [reader.session] });
    await publisher.acknowledged('com.tick', ['but sessions'], { exclude: [1] });
    await publisher.acknowledged('com.tick', ['to authid'], { eligible_authid: [authid] });
    await publisher.acknowledged('com.tick', ['but authid'], { exclude_authid: [authid] });
    await publisher.acknowledged('com.tick', ['to admins'], { eligible_authrole: ['admin'] });
    await publisher.acknowledged('com.tick', ['to nobody'], { eligible_authid: [] });
    await publisher.acknowledged('com.tick', ['to all']);
    const subscription = await reader.subscribe('com.tick');
    expect(shown(await reader.ask(GET_EVENTS, [subscription]))).toEqual(['to authid', 'to all']);
    // The limit counts what the asker may have.
    expect(shown(await reader.ask(GET_EVENTS, [subscription], { limit: 2 }))).toEqual(['to authid', 'to all']);
    const other = await publisher.subscribe('com.tick');
    expect(shown(await publisher.ask(GET_EVENTS, [other]))).toEqual(['but authid', 'to all']);
  });

  test('keep: of each topic the newest so many', async () => {
    const { publisher, reader } = await recorded([
      { uri: 'com.', match: 'prefix', keep: 2 },
      { uri: 'com.long', keep: 4 },
    ]);
    for (let n = 1; n <= 5; n++) {
      await publisher.acknowledged('com.a', [n]);
      await publisher.acknowledged('com.long', [n]);
    }
    expect(shown(await reader.ask(GET_EVENTS, [await reader.subscribe('com.a')]))).toEqual([4, 5]);
    expect(shown(await reader.ask(GET_EVENTS, [await reader.subscribe('com.long')]))).toEqual([2, 3, 4, 5]);
  });

  test('one answer holds no more than historyAnswer events, whatever is asked', async () => {
    const router = historian({ topics: [{ uri: 'com.tick' }], store: store() }, { historyAnswer: 3 });
    const client = await TestClient.join(router);
    for (let n = 1; n <= 5; n++) await client.acknowledged('com.tick', [n]);
    const subscription = await client.subscribe('com.tick');
    expect(shown(await client.ask(GET_EVENTS, [subscription]))).toEqual([1, 2, 3]);
    expect(shown(await client.ask(GET_EVENTS, [subscription], { limit: 100, reverse: true }))).toEqual([5, 4, 3]);
  });

  test('two realms in one store see nothing of each other', async () => {
    const history = { topics: [{ uri: 'com.tick' }], store: store() };
    const { router } = routerAndClock({ realms: ['one', 'two'].map((name) => ({ name, history })) });
    for (const realm of ['one', 'two']) {
      const client = await TestClient.join(router, { realm });
      await client.acknowledged('com.tick', [realm]);
      expect(shown(await client.ask(GET_EVENTS, [await client.subscribe('com.tick')]))).toEqual([realm]);
      const pattern = await client.subscribe('com.', { match: 'prefix' });
      expect(shown(await client.ask(GET_EVENTS, [pattern]))).toEqual([realm]);
    }
  });

  test('is announced where there is one, and only there', async () => {
    const { publisher } = await recorded();
    const { broker } = publisher.details.roles as { broker: { features: Dict } };
    expect(broker.features.event_history).toBe(true);
    const without = await TestClient.join(routerAndClock().router);
    expect((without.details.roles as typeof publisher.details.roles & { broker: unknown }).broker).not.toHaveProperty(
      'features.event_history',
    );
    expect(await without.refused(GET_EVENTS, [1])).toBe('wamp.error.no_such_procedure');
  });

  test('a store that fails harms nobody but who asks', async () => {
    const broken: EventStore = {
      append: () => {
        throw new Error('the disk is full');
      },
      events: () => {
        throw new Error('the disk is gone');
      },
      close: () => {},
    };
    const router = historian({ topics: [{ uri: 'com.tick' }], store: broken });
    const client = await TestClient.join(router);
    const subscription = await client.subscribe('com.tick');
    await client.acknowledged('com.tick');
    expect(await client.refused(GET_EVENTS, [subscription])).toBe('wamp.error.runtime_error');
    await client.hearsNothing();
  });
});

describe('a history in memory', () => {
  const append = (store: EventStore, n: number, text = '') =>
    store.append(
      {
        realm: 'realm1',
        topic: `com.topic${n % 3}`,
        publication: n,
        time: n,
        details: {},
        receivers: undefined,
        payload: payloadOf([text], {}),
      },
      1_000,
    );
  const all = (store: EventStore) => [...store.events({ realm: 'realm1', topic: '', match: 'prefix', reverse: false })];

  test('holds no more events in all than it may: the oldest of all topics go', () => {
    const store = memoryEventStore({ events: 10 });
    for (let n = 1; n <= 25; n++) append(store, n);
    expect(all(store).map(({ publication }) => publication)).toEqual([16, 17, 18, 19, 20, 21, 22, 23, 24, 25]);
    const exact = store.events({ realm: 'realm1', topic: 'com.topic0', match: 'exact', reverse: false });
    expect([...exact].map(({ publication }) => publication)).toEqual([18, 21, 24]);
  });

  test('holds no more bytes than it may', () => {
    const store = memoryEventStore({ bytes: 10_000 });
    for (let n = 1; n <= 25; n++) append(store, n, 'x'.repeat(1_000));
    expect(all(store).map(({ publication }) => publication)).toEqual([22, 23, 24, 25]);
    append(store, 26, 'x'.repeat(100_000));
    expect(all(store)).toEqual([]);
  });

  test.each([{ events: 0 }, { bytes: 0 }, { events: 1.5 }])('%j is refused', (options) => {
    expect(() => memoryEventStore(options)).toThrow(InvalidConfiguration);
  });
});

describe('a history in SQLite', () => {
  async function run(path: string, use: (client: TestClient) => Promise<void>): Promise<void> {
    const store = sqlite(path);
    const router = new Router({
      realms: [{ name: 'realm1', history: { topics: [{ uri: 'com.tick' }], store } }],
      clock: routerAndClock().clock,
      random: seeded(files),
    });
    const client = await TestClient.join(router);
    await use(client);
    await client.leave();
    await router.close();
    store.close();
  }

  test('survives a restart: events, their order, and whom they were for', async () => {
    const path = file();
    let publication = 0;
    await run(path, async (client) => {
      await client.acknowledged('com.tick', ['secret'], { eligible_authid: ['somebody'] });
      publication = await client.acknowledged('com.tick', ['before']);
    });
    await run(path, async (client) => {
      await client.acknowledged('com.tick', ['after']);
      const subscription = await client.subscribe('com.tick');
      expect(shown(await client.ask(GET_EVENTS, [subscription]))).toEqual(['before', 'after']);
      const since = await client.ask(GET_EVENTS, [subscription], { after_publication: publication });
      expect(shown(since)).toEqual(['after']);
    });
  });

  test('holds no more events in all than it may', () => {
    const store = sqlite(file(), 10);
    for (let n = 1; n <= 25; n++) {
      const topic = `com.topic${n % 3}`;
      const event = {
        realm: 'r',
        topic,
        publication: n,
        time: n,
        details: {},
        receivers: undefined,
        payload: undefined,
      };
      store.append(event, 1_000);
    }
    const all = [...store.events({ realm: 'r', topic: '', match: 'prefix', reverse: true })];
    expect(all.map(({ publication }) => publication)).toEqual([25, 24, 23, 22, 21, 20, 19, 18, 17, 16]);
  });

  test('names of tables and quotes in topics are text like any other', async () => {
    const store = sqlite(file());
    const topic = `com."events";--'`;
    store.append(
      { realm: "r'", topic, publication: 2 ** 53, time: 1, details: {}, receivers: undefined, payload: undefined },
      1,
    );
    const [event] = store.events({ realm: "r'", topic, match: 'exact', reverse: false });
    expect(event).toMatchObject({ topic, publication: 2 ** 53 });
  });

  test('a file that is none, or is of another serializer, is refused by name', () => {
    const noDatabase = file();
    writeFileSync(
      noDatabase,
      'this is a text, and quite a long one, so that nobody takes it for a database'.repeat(20),
    );
    expect(() => sqlite(noDatabase)).toThrow(InvalidConfiguration);
    const path = file();
    sqlite(path).close();
    expect(() => sqliteEventStore({ path, serializer: { ...plain, name: 'other' } })).toThrow(/plain.*other/);
    expect(() => sqlite(join(folder, 'nowhere', 'x.sqlite'))).toThrow(InvalidConfiguration);
    expect(() => sqlite(':memory:', 0)).toThrow(InvalidConfiguration);
  });
});
