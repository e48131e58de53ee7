import { component, register, Session } from '@wamp-run/component';
import {
  callMessage,
  goodbyeMessage,
  helloMessage,
  invocationMessage,
  MessageType,
  registerMessage,
  unregisteredMessage,
} from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { createTestRealm, replayToComponent, replayToRouter, ScriptedRouter, Transcript } from '../src/index.js';
import { BrokenOrders, EURO, Orders } from './shop.js';

async function complaint(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing was thrown',
    (error: Error) => error.message,
  );
}

/** What went over the wires of a realm in which things are ordered, dropped, and ordered again. */
async function recorded(): Promise<string> {
  const realm = createTestRealm();
  const orders = await realm.start(Orders, { providers: EURO, retry: { retryDelayJitter: 0 } });
  const session = await realm.session({ name: 'customer' });
  await session.subscribe('com.shop.sold', () => {});
  await session.call('com.shop.order', ['tea', 2]);
  await realm.advance(250);
  await expect(session.call('com.shop.order', ['milk', 1])).rejects.toThrow();
  await session.publish('com.shop.delivered', ['tea', 2], { acknowledge: true });
  await realm.drop(orders);
  await realm.advance(1_000);
  await session.call('com.shop.order', ['tea', 1]);
  await session.call('com.shop.tea.left', []);
  const text = realm.transcript.toJsonLines();
  await realm.close();
  return text;
}

describe('a transcript', () => {
  test('is read back as it was written, bytes and long integers included', async () => {
    const realm = createTestRealm();
    const session = await realm.session();
    session.publish('com.shop.a', [Uint8Array.of(0, 255), 2n ** 60n, { text: 'ü "quoted"', message: [1] }]);
    await realm.settle();
    const text = realm.transcript.toJsonLines();
    expect(Transcript.fromJsonLines(text).lines).toEqual(realm.transcript.lines);
    expect(text.split('\n').filter((line) => line !== '')).toHaveLength(realm.transcript.lines.length);
    await realm.close();
  });

  test('that is none is refused by its line', () => {
    expect(() =>
      Transcript.fromJsonLines('{"at":0,"connection":1,"client":"a","ended":"client","clean":true}\nno'),
    ).toThrow('line 2 of the transcript: ');
    expect(() => Transcript.fromJsonLines('{"from":"client","message":[1,"realm1",{}]}')).toThrow('expected at');
    expect(() =>
      Transcript.fromJsonLines('{"at":0,"connection":1,"client":"a","from":"client","message":[99]}'),
    ).toThrow('line 1 of the transcript: ');
  });

  test('keeps what was sent, whatever its receiver makes of it', async () => {
    const realm = createTestRealm();
    const session = await realm.session();
    await session.register('com.shop.spoil', ([list]) => (list as unknown[]).push('spoilt'));
    await session.call('com.shop.spoil', [['as it was']]);
    const text = realm.transcript.toString();
    expect(text).toContain('← INVOCATION');
    expect(text).toContain('as it was');
    expect(text).not.toContain('spoilt');
    await realm.close();
  });

  test('is replayed to a router with other ids, and goes the same way', async () => {
    const transcript = Transcript.fromJsonLines(await recorded());
    const realm = createTestRealm({ seed: 99 });
    await replayToRouter(transcript, realm);
    expect(realm.events('com.shop.sold')).toHaveLength(2);
    await realm.close();
  });

  test('is replayed with the ids of this run in what the clients say', async () => {
    const first = createTestRealm({ seed: 1 });
    const [one, other] = [await first.session(), await first.session()];
    const registration = await one.register('com.shop.a', () => 1);
    const subscription = await one.subscribe('com.shop.b', () => {});
    await other.publish('com.shop.b', [1], { acknowledge: true, exclude: [one.details?.session as number] });
    await registration.unregister();
    await subscription.unsubscribe();
    await expect(other.call('com.shop.a')).rejects.toThrow('wamp.error.no_such_procedure');
    const transcript = first.transcript;
    expect(transcript.toString()).not.toContain('EVENT');
    const realm = createTestRealm({ seed: 2 });
    await replayToRouter(new Transcript(transcript.lines), realm);
    expect(realm.transcript.toString()).not.toContain('EVENT');
    expect(realm.transcript.toString()).toContain('UNSUBSCRIBED');
    await first.close();
    await realm.close();
  });

  test('that a router does not follow fails at the line where it differs', async () => {
    const transcript = Transcript.fromJsonLines(await recorded());
    const realm = createTestRealm({
      router: { uriRule: 'strict' },
      metaApi: 'none',
      disclosure: 'always',
      leftovers: 'ignore',
    });
    expect(await complaint(replayToRouter(transcript, realm))).toMatch(
      /^line \d+: expected the router to send INVOCATION \[.*\], but it sent INVOCATION \[.*"caller"/,
    );
    await realm.close();
  });

  test('is replayed to a component, which does the same', async () => {
    const transcript = Transcript.fromJsonLines(await recorded());
    const realm = createTestRealm({ seed: 5 });
    await replayToComponent(transcript, realm, Orders, { providers: EURO, retry: { retryDelayJitter: 0 } });
    await realm.close();
  });

  test('that a component does not follow fails at the line where it differs', async () => {
    const text = await recorded();
    const replay = async (replayed: Promise<void>) => complaint(replayed);
    const realm = createTestRealm();
    const dollars = [{ token: 'currency', useValue: 'USD' }];
    const retry = { retryDelayJitter: 0 };
    expect(
      await replay(replayToComponent(Transcript.fromJsonLines(text), realm, Orders, { providers: dollars, retry })),
    ).toMatch(/^line \d+: expected Orders to send PUBLISH \[.*"EUR".*\], but it sent PUBLISH \[.*"USD"/);
    expect(await replay(replayToComponent(Transcript.fromJsonLines(text), realm, BrokenOrders))).toMatch(
      /expected Orders to send REGISTER \[.*"com.shop.order"\], but it sent REGISTER \[.*"com.shop.oder"\]/,
    );
    expect(
      await replay(replayToComponent(Transcript.fromJsonLines(text), realm, Orders, { as: 'Odrers', providers: EURO })),
    ).toBe('the transcript has no line of Odrers; there are lines of: Orders, customer');
    await realm.close();
  });
});

describe('a scripted peer', () => {
  test('speaks to the router of the realm, and faults befall it as anybody', async () => {
    const realm = createTestRealm();
    const peer = await realm.peer();
    peer.say(registerMessage(1, {}, 'com.shop.mine'));
    const { registration } = await peer.expect(MessageType.REGISTERED);
    await realm.settle();
    expect(realm.registrations()).toEqual([{ uri: 'com.shop.mine', match: 'exact', by: 'peer' }]);
    peer.say(callMessage(2, {}, 'com.shop.nobody'));
    expect((await peer.expect(MessageType.ERROR)).error).toBe('wamp.error.no_such_procedure');
    expect(registration).toBeGreaterThan(0);
    peer.drop();
    await realm.settle();
    expect(realm.registrations()).toEqual([]);
    await realm.close();
  });

  test('says HELLO itself where it wants to, and hears what becomes of it', async () => {
    const realm = createTestRealm();
    const peer = await realm.peer({ join: false });
    peer.say(helloMessage('com.example.elsewhere', { roles: { caller: {} } }));
    expect((await peer.expect(MessageType.ABORT)).reason).toBe('wamp.error.no_such_realm');
    await realm.close();
  });
});

@component({ prefix: 'com.shop' })
class Till {
  constructor(readonly session: Session) {}

  @register('total')
  total(): number {
    return 7;
  }
}

test('a scripted router plays the other side of a component', async () => {
  const realm = createTestRealm();
  const router = new ScriptedRouter();
  const till = await realm.start(Till, { connectors: [router.connector], until: 'started' });
  const peer = await router.welcomed();
  await router.confirm(peer, 1);
  await till.settled();
  expect(till.status.state).toBe('running');
  peer.say(invocationMessage(1, 1, {}));
  expect((await peer.expect(MessageType.YIELD)).payload).toEqual({ args: [7], kwargs: {} });
  const stopped = till.stop();
  peer.say(unregisteredMessage((await peer.expect(MessageType.UNREGISTER)).request));
  peer.say(goodbyeMessage((await peer.expect(MessageType.GOODBYE)).reason));
  await stopped;
  await realm.close();
});
