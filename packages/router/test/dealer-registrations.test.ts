import {
  type Id,
  type Message,
  MessageType,
  PeerRoles,
  registerMessage,
  silent,
  unregisterMessage,
} from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { Dealer } from '../src/dealer/dealer.js';
import { DEALER_LIMITS } from '../src/dealer/dealer-options.js';
import { Callee, Caller } from '../src/dealer/parties.js';
import type { Peer } from '../src/peer.js';
import { seeded } from './clients.js';
import { rolesWithout } from './dealer-sessions.js';

/** A dealer, what happens to its registrations, and sessions at it. */
function dealerAndEvents() {
  const happened: string[] = [];
  const tell =
    (what: string) =>
    ({ id, procedure }: { id: Id; procedure: string }, session: Id) => {
      happened.push(`${what} ${id} ${procedure} by ${session}`);
    };
  const clock = new FakeClock();
  const dealer = new Dealer({
    clock,
    random: seeded(1),
    uriRule: 'loose',
    limits: DEALER_LIMITS,
    disclosure: 'asked',
    disclosureOf: undefined,
    trustLevel: undefined,
    events: {
      created: tell('created'),
      registered: tell('registered'),
      unregistered: tell('unregistered'),
      deleted: tell('deleted'),
    },
  });
  let sessions = 0;
  const join = (roles = rolesWithout()) => {
    sessions += 1;
    const heard: Message[] = [];
    const peer: Peer = {
      id: sessions,
      identity: { authid: 'joe', authrole: 'user', authmethod: 'anonymous', authprovider: 'static' },
      roles: new PeerRoles(roles),
      inProcess: undefined,
      over: false,
      serializer: 'none',
      log: silent,
      send: (message) => {
        heard.push(message);
        return undefined;
      },
      deliver: () => undefined,
      heard: () => {},
      tell: (message) => {
        heard.push(message);
      },
    };
    const [callee, caller] = [new Callee(peer), new Caller(peer)];
    return {
      heard,
      register: (procedure: string, options = {}) => dealer.register(registerMessage(1, options, procedure), callee),
      unregister: (id: Id) => dealer.unregister(unregisterMessage(1, id), callee),
      leave: () => dealer.leave(caller, callee),
    };
  };
  const news = () => happened.splice(0);
  return { dealer, clock, join, news };
}

describe('what is told of registrations', () => {
  test('created comes before registered, unregistered before deleted', () => {
    const { join, news } = dealerAndEvents();
    const session = join();
    session.register('com.a');
    expect(news()).toEqual(['created 1 com.a by 1', 'registered 1 com.a by 1']);
    session.unregister(1);
    expect(news()).toEqual(['unregistered 1 com.a by 1', 'deleted 1 com.a by 1']);
  });

  test('only the first callee creates, and only the last one deletes', () => {
    const { join, news } = dealerAndEvents();
    const [one, two] = [join(), join()];
    one.register('com.a', { invoke: 'first' });
    two.register('com.a', { invoke: 'first' });
    one.unregister(1);
    two.leave();
    expect(news()).toEqual([
      'created 1 com.a by 1',
      'registered 1 com.a by 1',
      'registered 1 com.a by 2',
      'unregistered 1 com.a by 1',
      'unregistered 1 com.a by 2',
      'deleted 1 com.a by 2',
    ]);
  });

  test('what is refused is not told', () => {
    const { join, news } = dealerAndEvents();
    const [one, two] = [join(), join()];
    one.register('com.a');
    news();
    two.register('com.a');
    two.register('com..a');
    two.unregister(1);
    expect(news()).toEqual([]);
  });

  test('force_reregister: the old one goes before the new one comes, and the new callee did it', () => {
    const { join, news } = dealerAndEvents();
    const [one, two] = [join(), join()];
    one.register('com.a');
    news();
    two.register('com.a', { force_reregister: true });
    expect(news()).toEqual([
      'unregistered 1 com.a by 2',
      'deleted 1 com.a by 2',
      'created 2 com.a by 2',
      'registered 2 com.a by 2',
    ]);
  });
});

describe('what may be asked of registrations', () => {
  test('list, lookup, match, get, callees', () => {
    const { dealer, clock, join } = dealerAndEvents();
    const [one, two] = [join(), join()];
    clock.advance(5);
    one.register('com.a');
    one.register('com.', { match: 'prefix', invoke: 'random' });
    two.register('com.', { match: 'prefix', invoke: 'random' });
    two.register('com..b', { match: 'wildcard' });
    const { registrations } = dealer;
    expect(registrations.list()).toEqual({ exact: [1], prefix: [2], wildcard: [3] });
    expect(registrations.size).toBe(3);
    expect([registrations.lookup('com.a'), registrations.lookup('com.', 'prefix')]).toEqual([1, 2]);
    expect([registrations.lookup('com.'), registrations.lookup('com.x.b', 'wildcard')]).toEqual([undefined, undefined]);
    expect([registrations.match('com.a'), registrations.match('com.x'), registrations.match('org.a')]).toEqual([
      1,
      2,
      undefined,
    ]);
    expect(registrations.get(2)).toMatchObject({ procedure: 'com.', match: 'prefix', invoke: 'random', created: 5 });
    expect(registrations.get(9)).toBeUndefined();
    expect([registrations.listCallees(2), registrations.countCallees(2)]).toEqual([[1, 2], 2]);
    expect([registrations.listCallees(9), registrations.countCallees(9)]).toEqual([undefined, undefined]);
    one.leave();
    expect(registrations.list()).toEqual({ exact: [], prefix: [2], wildcard: [3] });
    expect(registrations.listCallees(2)).toEqual([2]);
  });
});

describe('revocation', () => {
  test('takes a registration from one callee, who is told; the others keep it', () => {
    const { dealer, join, news } = dealerAndEvents();
    const [one, two] = [join(), join()];
    for (const callee of [one, two]) callee.register('com.a', { invoke: 'first' });
    news();
    expect(dealer.revoke(1, 1, 'maintenance')).toBe(1);
    expect(one.heard.at(-1)).toEqual({
      type: MessageType.UNREGISTERED,
      request: 0,
      details: { registration: 1, reason: 'maintenance' },
    });
    expect(two.heard.map(({ type }) => type)).toEqual([MessageType.REGISTERED]);
    expect(dealer.registrations.listCallees(1)).toEqual([2]);
    expect(news()).toEqual(['unregistered 1 com.a by 1']);
  });

  test('takes it from all', () => {
    const { dealer, join, news } = dealerAndEvents();
    const [one, two] = [join(), join()];
    for (const callee of [one, two]) callee.register('com.a', { invoke: 'first' });
    news();
    expect(dealer.revoke(1, undefined, 'maintenance')).toBe(2);
    expect(news()).toEqual(['unregistered 1 com.a by 1', 'unregistered 1 com.a by 2', 'deleted 1 com.a by 2']);
    expect(dealer.registrations.size).toBe(0);
  });

  test('never sends UNREGISTERED to a callee that did not announce it', () => {
    const { dealer, join } = dealerAndEvents();
    const old = join(rolesWithout('registration_revocation'));
    const young = join();
    old.register('com.a');
    young.register('com.a', { force_reregister: true });
    old.register('com.b');
    expect(dealer.revoke(3, 1, 'maintenance')).toBe(1);
    expect(old.heard.map(({ type }) => type)).toEqual([MessageType.REGISTERED, MessageType.REGISTERED]);
    expect(dealer.registrations.listCallees(2)).toEqual([2]);
  });

  test('of what is not there: nothing', () => {
    const { dealer, join } = dealerAndEvents();
    join().register('com.a');
    expect([dealer.revoke(9, undefined, ''), dealer.revoke(1, 9, '')]).toEqual([0, 0]);
    expect(dealer.registrations.size).toBe(1);
  });
});
