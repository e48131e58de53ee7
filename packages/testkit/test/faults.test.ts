import { ERROR_URIS, Timeout, TransportLost } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { createTestRealm } from '../src/index.js';
import { EURO, Orders } from './shop.js';

const CALM = { initialRetryDelay: 1_000, retryDelayJitter: 0 };

describe('messages', () => {
  test('a lost REGISTERED keeps a component out of service; the retry after a loss brings it in', async () => {
    const realm = createTestRealm();
    const fault = realm.lose({ message: 'REGISTERED', uri: 'com.shop.order' });
    const orders = await realm.start(Orders, { providers: EURO, retry: CALM, until: 'started' });
    await realm.advance(29_000);
    expect([fault.hits, orders.status.state]).toEqual([1, 'starting']);
    await realm.drop(orders);
    expect(orders.status.state).toBe('waiting');
    await realm.advance(1_000);
    expect(orders.status.state).toBe('running');
    const session = await realm.session();
    expect(await session.call('com.shop.order', ['tea', 1])).toBe('1 tea in EUR');
    await realm.close();
  });

  test('without a loss, the deadline of REGISTER is what brings it in', async () => {
    const realm = createTestRealm();
    realm.lose({ message: 'REGISTERED', uri: 'com.shop.order' });
    const orders = await realm.start(Orders, { providers: EURO, retry: CALM, until: 'started' });
    await realm.advance(30_000);
    expect(orders.status.state).not.toBe('running');
    await realm.advance(1_000);
    expect(orders.status.state).toBe('running');
    await realm.close();
  });

  test('a lost RESULT is a timeout for the caller, though the procedure ran; the next call is answered', async () => {
    const realm = createTestRealm();
    await realm.start(Orders, { providers: EURO });
    const session = await realm.session();
    realm.lose({ message: 'RESULT', uri: 'com.shop.order' }, session);
    const lost = expect(session.call('com.shop.order', ['tea', 1], { timeout: 1_000 })).rejects.toThrow(Timeout);
    await realm.advance(1_000);
    await lost;
    expect(await session.call('com.shop.order', ['tea', 1])).toBe('1 tea in EUR');
    expect(realm.events('com.shop.sold')).toHaveLength(2);
    await realm.close();
  });

  test('a delayed message holds back what comes behind it, and nothing of others', async () => {
    const realm = createTestRealm();
    const [slow, quick] = [await realm.session(), await realm.session()];
    const heard: [string, unknown][] = [];
    await slow.subscribe('com.shop.n', ([n]) => heard.push(['slow', n]));
    await quick.subscribe('com.shop.n', ([n]) => heard.push(['quick', n]));
    const publisher = await realm.session();
    realm.delay({ message: 'EVENT', uri: 'com.shop.n' }, 300, slow);
    for (const n of [1, 2]) publisher.publish('com.shop.n', [n]);
    await realm.advance(299);
    expect(heard).toEqual([
      ['quick', 1],
      ['quick', 2],
    ]);
    await realm.advance(1);
    expect(heard.slice(2)).toEqual([
      ['slow', 1],
      ['slow', 2],
    ]);
    await realm.close();
  });

  test('as many as asked for, of one participant, and no longer than wanted', async () => {
    const realm = createTestRealm({ router: { strictRequestIds: false } });
    const session = await realm.session();
    const other = await realm.session();
    const fault = realm.lose({ message: 'PUBLISH', times: 2 }, session);
    for (let i = 0; i < 3; i++) session.publish('com.shop.a', [i]);
    other.publish('com.shop.a', ['other']);
    await realm.settle();
    expect(realm.events().map(({ args }) => args[0])).toEqual([2, 'other']);
    expect(fault.hits).toBe(2);
    const unending = realm.lose({ uri: 'com.shop.b', times: Number.POSITIVE_INFINITY });
    session.publish('com.shop.b');
    await realm.settle();
    unending.end();
    session.publish('com.shop.b');
    await realm.settle();
    expect([unending.hits, realm.events('com.shop.b').length]).toEqual([1, 1]);
    await realm.close();
  });

  test('a lost request ends the session where the router counts them, as the specification has it', async () => {
    const realm = createTestRealm();
    const session = await realm.session();
    realm.lose({ message: 'PUBLISH' }, session);
    for (let i = 0; i < 2; i++) session.publish('com.shop.a', [i]);
    await realm.settle();
    expect(session.isAttached).toBe(false);
    expect(realm.transcript.toString()).toContain('ABORT');
    await realm.close();
  });

  test('what names no message is refused', () => {
    const realm = createTestRealm();
    expect(() => realm.lose({})).toThrow('a fault needs a message or a uri');
    expect(() => realm.lose({ message: 'REGISTRED' as never })).toThrow('there is no "REGISTRED"; there are HELLO,');
    expect(() => realm.lose({ message: 'CALL', times: 0 })).toThrow('times');
    expect(() => realm.delay({ message: 'CALL' }, -1)).toThrow('delay');
    expect(() => realm.lose({ message: 'CALL' }, {} as never)).toThrow('no component and no session of this realm');
  });
});

describe('connections', () => {
  test('a dropped session: what waits rejects, a component comes back, testaments are read', async () => {
    const realm = createTestRealm();
    const orders = await realm.start(Orders, { providers: EURO, retry: CALM });
    const session = await realm.session({ retry: CALM });
    const heir = await realm.session();
    const read: unknown[] = [];
    await heir.subscribe('com.shop.testament', ([text]) => read.push(text));
    await session.call('wamp.session.add_testament', ['com.shop.testament', ['gone'], {}]);
    const waiting = expect(session.call('com.shop.slow')).rejects.toThrow(TransportLost);
    await realm.settle();
    await realm.drop(session);
    await waiting;
    expect(read).toEqual(['gone']);
    await realm.drop(orders);
    expect(realm.registrations()).toEqual([]);
    await expect(realm.drop(orders)).rejects.toThrow('Orders is not connected now');
    await realm.advance(1_000);
    expect(realm.registrations()).toHaveLength(3);
    Orders.release();
    await realm.close();
  });

  test('a stale session: its procedures are taken until the router notices, and then the component has them', async () => {
    const realm = createTestRealm();
    const orders = await realm.start(Orders, { providers: EURO, retry: CALM });
    const notice = await realm.leaveStale(orders);
    await realm.advance(1_000);
    expect(orders.status.state).toBe('starting');
    const said = realm.transcript.toString();
    expect(said).toContain(ERROR_URIS.procedureAlreadyExists);
    expect(realm.registrations()).toHaveLength(3);
    await notice();
    expect(realm.registrations()).toEqual([]);
    await realm.advance(5_000);
    expect(orders.status.state).toBe('running');
    await realm.close();
  });

  test('a slow reader: events to it are dropped beyond the limit, and what fitted arrives in order', async () => {
    const realm = createTestRealm({ router: { limits: { queuedBytes: 2_000 } } });
    const reader = await realm.session();
    const heard: unknown[] = [];
    await reader.subscribe('com.shop.n', ([n]) => heard.push(n));
    const publisher = await realm.session();
    const readOn = realm.stopReading(reader);
    for (let n = 0; n < 100; n++) publisher.publish('com.shop.n', [n]);
    await realm.settle();
    expect(heard).toEqual([]);
    await readOn();
    expect(heard).toEqual(Array.from({ length: heard.length }, (_, n) => n));
    expect(heard.length).toBeGreaterThan(10);
    expect(heard.length).toBeLessThan(100);
    publisher.publish('com.shop.n', ['again']);
    await realm.settle();
    expect(heard.at(-1)).toBe('again');
    await realm.close();
  });

  test('a slow reader is closed where the router says so', async () => {
    const realm = createTestRealm({ router: { limits: { queuedBytes: 500 }, slowSubscribers: 'close' } });
    const reader = await realm.session({ retry: CALM });
    await reader.subscribe('com.shop.n', () => {});
    const publisher = await realm.session();
    const readOn = realm.stopReading(reader);
    for (let n = 0; n < 100; n++) publisher.publish('com.shop.n', [n]);
    await realm.settle();
    expect(reader.isAttached).toBe(true);
    expect(realm.subscriptions()).toEqual([]);
    await readOn();
    expect(reader.isAttached).toBe(false);
    await realm.close();
  });
});

describe.each([false, true])('a router that is restarted (graceful: %s)', (graceful) => {
  test('forgets everything; components and sessions come back', async () => {
    const realm = createTestRealm();
    await realm.start(Orders, { providers: EURO, retry: CALM });
    const session = await realm.session({ retry: CALM });
    const before = session.details?.session;
    await realm.restartRouter({ graceful });
    expect(realm.registrations()).toEqual([]);
    expect(realm.transcript.toString().includes('wamp.close.system_shutdown')).toBe(graceful);
    await realm.advance(2_000);
    expect(session.details?.session).not.toBe(before);
    expect(await session.call('com.shop.order', ['tea', 1])).toBe('1 tea in EUR');
    await realm.close();
  });
});
