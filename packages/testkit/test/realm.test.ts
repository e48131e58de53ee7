import { defineComponent, type Inject, type Session } from '@wamp-run/component';
import { ApplicationError } from '@wamp-run/protocol';
import { describe, expect, test, vi } from 'vitest';
import { createTestRealm, type TestRealm } from '../src/index.js';
import { BrokenOrders, EURO, Orders, Stock } from './shop.js';

/** The text of the error that a promise rejects with. */
async function complaint(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing was thrown',
    (error: Error) => error.message,
  );
}

describe('a component in a test realm', () => {
  test('runs as it will in service: injected, configured, registered, called', async () => {
    const realm = createTestRealm();
    await realm.start(Orders, { providers: EURO });
    const session = await realm.session();
    expect(await session.call('com.shop.order', ['tea', 2])).toBe('2 tea in EUR');
    await expect(session.call('com.shop.order', ['tea', 11])).rejects.toThrow(ApplicationError);
    await expect(session.call('com.shop.order', ['tea', '2'])).rejects.toThrow('wamp.error.type_check_error');
    await realm.close();
  });

  test('is given other dependencies: a value, a class, a factory', async () => {
    const plenty = { left: () => 100 };
    class Empty extends Stock {
      override left(): number {
        return 0;
      }
    }
    const orders = async (stock: object) => {
      const realm = createTestRealm();
      await realm.start(Orders, { extra: { most: 50 }, providers: [...EURO, { token: Stock, ...stock } as never] });
      const session = await realm.session();
      const outcome = await session.call('com.shop.order', ['tea', 20]).catch((error: ApplicationError) => error.error);
      await realm.close();
      return outcome;
    };
    expect(await orders({ useValue: plenty })).toBe('20 tea in EUR');
    expect(await orders({ useFactory: () => plenty })).toBe('20 tea in EUR');
    expect(await orders({ useClass: Empty })).toBe('com.shop.error.too_many');
  });

  test('is given other providers than it brings, in the scope that they have', async () => {
    const closed: string[] = [];
    class Till {
      constructor(readonly name = 'real') {}
      dispose(): void {
        closed.push(this.name);
      }
    }
    class Teller {
      constructor(readonly till: Till) {}
    }
    const teller = {
      token: Teller,
      useFactory: (inject: Inject) => new Teller(inject(Till)),
      scope: 'process',
    } as const;
    const till = { token: Till, useFactory: () => new Till(), scope: 'process' } as const;
    const desk = (prefix: string) =>
      defineComponent({
        name: 'Desk',
        prefix,
        provide: [teller, till],
        setup: ({ inject }) => inject(Teller),
        offer: ({ procedure }) => [procedure('till', {}, ({ deps }) => deps.till.name)],
      });
    const realm = createTestRealm();
    const providers = [{ token: Till, useFactory: () => new Till('double') }];
    await realm.start(desk('com.one'), { providers });
    await realm.start(desk('com.other'), { providers });
    const session = await realm.session();
    expect(await session.call('com.one.till')).toBe('double');
    expect(await session.call('com.other.till')).toBe('double');
    await realm.close();
    expect(closed).toEqual(['double']);
  });

  test('is told where a provider says nothing', async () => {
    const realm = createTestRealm();
    expect(await complaint(realm.start(Orders, { providers: [{ token: Stock } as never] }))).toBe(
      'providers: Stock says nothing; say one of useValue, useClass, useFactory',
    );
    await realm.close();
  });

  test('is the same component, for the faults, after it was restarted', async () => {
    const realm = createTestRealm();
    const orders = await realm.start(Orders, { providers: EURO });
    const first = orders.session;
    await orders.restart();
    expect(orders.session).not.toBe(first);
    await realm.drop(orders.session as Session);
    expect(orders.status.state).toBe('waiting');
    await realm.close();
  });

  test('joins the realm of the test, whatever realm its decorator names', async () => {
    const realm = createTestRealm({ name: 'com.example.test' });
    const orders = await realm.start(Orders, { providers: EURO });
    expect(orders.session?.details?.realm).toBe('com.example.test');
    await realm.close();
  });

  test('that cannot be made fails the start, with the reason', async () => {
    const realm = createTestRealm();
    expect(await complaint(realm.start(Orders))).toContain("'currency'");
    await realm.close();
  });

  test('that waits for the clock says so, instead of hanging', async () => {
    const realm = createTestRealm({ patience: 50 });
    await realm.stopRouter();
    const text = await complaint(realm.start(Orders, { providers: EURO }));
    expect(text).toContain('Orders is not in service, but waiting after: cannot connect to the test realm');
    expect(text).toContain('advance(ms)');
    realm.startRouter();
    await realm.advance(2_000);
    expect(realm.registrations()).toHaveLength(3);
    await realm.close();
  });

  test('shares what the components of one process share', async () => {
    const realm = createTestRealm();
    const shared = new Map<string, unknown>([['a', 1]]);
    const [one, other] = await Promise.all([
      realm.start(Orders, { providers: EURO, config: { shared } }),
      realm.start(BrokenOrders),
    ]);
    expect([one.name, other.name]).toEqual(['Orders', 'Orders-2']);
    expect(one.status.state).toBe('running');
    await other.stop();
    expect(realm.registrations().map(({ by }) => by)).toEqual(['Orders', 'Orders', 'Orders']);
    await realm.close();
  });
});

describe('what a realm records', () => {
  test('events, by whom and when, with what the publisher sent', async () => {
    const realm = createTestRealm();
    await realm.start(Orders, { providers: EURO });
    const session = await realm.session({ name: 'customer' });
    await realm.advance(500);
    await session.call('com.shop.order', ['tea', 1]);
    await session.publish('com.shop.delivered', ['tea', 1], { acknowledge: true });
    await realm.settle();
    expect(realm.events().map(({ topic, by }) => [topic, by])).toEqual([
      ['com.shop.sold', 'Orders'],
      ['com.shop.delivered', 'customer'],
      ['com.shop.thanks', 'Orders'],
    ]);
    const [sold] = realm.events('com.shop.sold');
    expect(sold).toMatchObject({ args: ['tea', 1], kwargs: { currency: 'EUR' }, at: 500 });
    await realm.close();
  });

  test('what the router refused is marked', async () => {
    const realm = createTestRealm({ disclosure: 'never' });
    const session = await realm.session();
    await expect(session.publish('com.shop.a', [], { acknowledge: true, discloseMe: true })).rejects.toThrow();
    expect(realm.events('com.shop.a')[0]?.refused).toBe('wamp.error.option_disallowed.disclose_me');
    await realm.close();
  });

  test('the same seed gives the same ids, another seed others', async () => {
    const ids = async (seed: number) => {
      const realm = createTestRealm({ seed });
      const session = await realm.session();
      const id = session.details?.session;
      await realm.close();
      return id;
    };
    expect(await ids(7)).toBe(await ids(7));
    expect(await ids(7)).not.toBe(await ids(8));
  });
});

describe('time', () => {
  test('stands still until it is moved; then a timeout comes when it is due', async () => {
    const realm = createTestRealm();
    await realm.start(Orders, { providers: EURO });
    const session = await realm.session();
    const outcome: string[] = [];
    const call = session
      .call('com.shop.slow', [], { timeout: 60_000 })
      .catch((error: Error) => outcome.push(error.name));
    await realm.advance(59_999);
    expect(outcome).toEqual([]);
    await realm.advance(1);
    await call;
    expect(outcome).toHaveLength(1);
    Orders.release();
    await realm.close();
  });

  test('backoff runs through as many attempts as fit', async () => {
    const realm = createTestRealm();
    const delays: number[] = [];
    const session = await realm.session({
      retry: { initialRetryDelay: 1_000, retryDelayGrowth: 2, retryDelayJitter: 0 },
      hooks: { onRetry: (_error, delay) => delays.push(delay) },
    });
    await realm.stopRouter();
    await realm.advance(15_000);
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
    realm.startRouter();
    await realm.advance(16_000);
    expect(session.isAttached).toBe(true);
    await realm.close();
  });

  test('a history goes by the clock of the realm', async () => {
    const startsAt = Date.UTC(2030, 5, 1);
    const realm = createTestRealm({ startsAt, history: { topics: [{ uri: 'com.shop.sold' }] } });
    const session = await realm.session();
    const { id } = await session.subscribe('com.shop.sold', () => {});
    await realm.advance(3_600_000);
    await session.publish('com.shop.sold', ['tea'], { acknowledge: true });
    const told = JSON.stringify(await session.call('wamp.subscription.get_events', [id]));
    expect(told).toContain('2030-06-01T01:00:00.000Z');
    await realm.close();
  });
});

describe('the end of a realm', () => {
  test('leaves nothing behind', async () => {
    const realm = createTestRealm();
    await realm.start(Orders, { providers: EURO });
    await realm.session();
    await realm.peer();
    await realm[Symbol.asyncDispose]();
    expect([realm.clock.pending, realm.registrations(), realm.subscriptions()]).toEqual([0, [], []]);
    await expect(realm.session()).rejects.toThrow('closed');
  });

  const leaving = async (leave: (realm: TestRealm) => unknown, leftovers: 'fail' | 'ignore' = 'fail') => {
    const realm = createTestRealm({ patience: 30, leftovers });
    await realm.start(Orders, { providers: EURO });
    await leave(realm);
    return complaint(realm.close());
  };

  test('names the calls, handlers, held messages, faults and timers that the test left', async () => {
    const call = async (realm: TestRealm) => {
      const session = await realm.session({ name: 'customer' });
      void session.call('com.shop.slow').catch(() => {});
    };
    const text = await leaving(call);
    expect(text).toContain('- a call that nobody has answered: com.shop.slow by customer');
    expect(text).toContain('- Orders is still handling a call or event');
    expect(await leaving((realm) => realm.lose({ message: 'REGISTERED', uri: 'com.shop.odrer' }))).toContain(
      '- a fault that befell nothing: lose REGISTERED of com.shop.odrer',
    );
    expect(await leaving((realm) => realm.clock.after(5_000, () => {}))).toContain(
      '- a timer is running on the clock, the next is due in',
    );
    const held = async (realm: TestRealm) => {
      realm.delay({ message: 'PUBLISH' }, 1_000);
      (await realm.session()).publish('com.shop.a');
    };
    expect(await leaving(held)).toContain('- a message held back on the wire of session');
    expect(await leaving(call, 'ignore')).toBe('nothing was thrown');
  });

  test('is the same for a realm whose router is stopped', async () => {
    const realm = createTestRealm();
    await realm.start(Orders, { providers: EURO });
    const session = await realm.session();
    await realm.stopRouter();
    await expect(session.call('com.shop.order', ['tea', 1])).rejects.toThrow();
    await realm.close();
    expect(realm.clock.pending).toBe(0);
  });
});

test('options that are none are refused by their names', async () => {
  expect(() => createTestRealm({ sed: 1 } as never)).toThrow(
    'createTestRealm.sed: there is no such option; did you mean seed?',
  );
  expect(() => createTestRealm({ seed: 0.5 })).toThrow('seed: expected a whole number, got 0.5');
  expect(() => createTestRealm({ patience: -1 })).toThrow('patience: expected milliseconds, got -1');
  expect(() => createTestRealm({ leftovers: 'warn' as never })).toThrow('leftovers: expected fail or ignore');
  expect(() => createTestRealm({ router: { limits: { sessoins: 1 } as never } })).toThrow('sessoins');
  const realm = createTestRealm();
  expect(await complaint(realm.start(Orders, { provider: [] } as never))).toContain('start.provider: there is no such');
  expect(await complaint(realm.start(Orders, { until: 'ready' as never }))).toContain('start.until: expected running');
  expect(await complaint(realm.advance(-1))).toContain('advance: expected milliseconds');
  await realm.close();
});

test('fake timers of the runner do not stop a realm', async () => {
  vi.useFakeTimers();
  try {
    const realm = createTestRealm();
    await realm.start(Orders, { providers: EURO });
    const session = await realm.session();
    expect(await session.call('com.shop.order', ['tea', 1])).toBe('1 tea in EUR');
    await realm.close();
  } finally {
    vi.useRealTimers();
  }
});

test('a realm may refuse: what its roles do not allow is not registered, and the component says why', async () => {
  const realm = createTestRealm({ roles: [{ name: 'anonymous', rules: [] }] });
  expect(await complaint(realm.start(Orders, { providers: EURO }))).toContain('wamp.error.not_authorized');
  expect(realm.registrations()).toEqual([]);
  await realm.close();
});

test('a hundred realms side by side, in under 5 s', async () => {
  const begun = performance.now();
  const answers = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const realm = createTestRealm({ seed: index });
      await realm.start(Orders, { providers: [{ token: 'currency', useValue: `currency ${index}` }] });
      const session = await realm.session();
      const answer = await session.call('com.shop.order', ['tea', 1]);
      const events = realm.events('com.shop.sold').length;
      await realm.close();
      return [answer, events];
    }),
  );
  expect(answers).toEqual(answers.map((_, index) => [`1 tea in currency ${index}`, 1]));
  expect(performance.now() - begun).toBeLessThan(5_000);
});
