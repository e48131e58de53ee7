// A call between two sessions of one process that its handler answers at once passes by the messages: that it does, and
// all that makes it take messages after all.
import { CallResult, type ClientOptions, type RegisterOptions, type Session } from '@wamp-run/client';
import type { DecodedPayload, EncodedPayload, PayloadCodec } from '@wamp-run/protocol';
import type { RouterOptions } from '@wamp-run/router';
import { describe, expect, test } from 'vitest';
import { OneProcess, type Way } from './one-process.js';

const NONE: string[] = [];
const WHOLE = ['ann > CALL', 'bob < INVOCATION', 'bob > YIELD', 'ann < RESULT'];
/** The call did without, and its answer did not. */
const ANSWER = ['bob > YIELD', 'ann < RESULT'];

/** Encodes nothing, and says that it does not: what it is given goes in the clear. */
const CLEAR: PayloadCodec = {
  encode: (): EncodedPayload | undefined => undefined,
  decode: (_: boolean, uri: string): DecodedPayload => ({ uri, args: [], kwargs: {} }),
};

interface Scene {
  readonly all: OneProcess;
  readonly ann: Session;
  readonly bob: Session;
}

interface Row {
  readonly router?: Partial<RouterOptions>;
  readonly caller?: Partial<ClientOptions>;
  readonly callee?: Partial<ClientOptions>;
  readonly callerBy?: Way;
  readonly calleeBy?: Way;
  /** What bob registers. Default: `com.double`. */
  readonly procedure?: string;
  readonly register?: RegisterOptions;
  /** Done before the call, and told nothing of. */
  readonly before?: (scene: Scene) => Promise<unknown>;
  /** Default: `ann.call('com.double', [21])`. */
  readonly call?: (scene: Scene) => Promise<unknown>;
  /** What of the call passes in messages; other messages are left out. */
  readonly passes: readonly string[];
  readonly result?: unknown;
}

const double = async (args: unknown[]): Promise<number> => 2 * (args[0] as number);
const withOptions =
  (options: object) =>
  ({ ann }: Scene): Promise<unknown> =>
    ann.call('com.double', [21], options);
const subscribed = (who: 'ann' | 'bob') => (scene: Scene) => scene[who].subscribe('com.told', () => {});
const rules = (call: boolean) => [
  { name: 'anonymous', rules: [{ uri: '', match: 'prefix' as const, allow: { call, register: true } }] },
];

/** A call that is made in the moment in which an event is on its way. */
async function whileEvent(to: 'ann' | 'bob', { all, ann }: Scene): Promise<unknown> {
  const { session: eve } = await all.join('eve');
  return new Promise((resolve) => {
    all.when(`${to} < EVENT`, () => resolve(ann.call('com.double', [21])));
    eve.publish('com.told');
  });
}

const ROWS: Record<string, Row> = {
  'nothing in its way': { passes: NONE },
  'keyword arguments': { passes: NONE, call: withOptions({ kwargs: { unit: 'm' } }) },
  'a time': { passes: NONE, call: withOptions({ timeout: 50 }) },
  'options that say nothing': { passes: NONE, call: withOptions({ signal: undefined, details: undefined }) },
  'an interceptor at the caller': { passes: NONE, caller: { interceptors: [{ call: (_, next) => next() }] } },
  'rules that allow it': { passes: NONE, router: { realms: [{ name: 'realm1', roles: rules(true) }] } },
  'callers that are always disclosed': {
    passes: NONE,
    router: { realms: [{ name: 'realm1', disclosure: 'always' }] },
  },
  'a shared registration with one callee': { passes: NONE, register: { invoke: 'roundrobin' } },
  'a session that calls itself': {
    passes: NONE,
    before: ({ ann }) => ann.register('com.own', ([n]) => 2 * (n as number)),
    call: ({ ann }) => ann.call('com.own', [21]),
  },

  'a signal': { passes: WHOLE, call: withOptions({ signal: new AbortController().signal }) },
  'progressive results': { passes: WHOLE, call: withOptions({ onProgress: () => {} }) },
  details: { passes: WHOLE, call: withOptions({ details: true }), result: new CallResult([42]) },
  'disclose me': { passes: WHOLE, call: withOptions({ discloseMe: true }) },
  'a way to cancel': { passes: WHOLE, call: withOptions({ cancelMode: 'kill' }) },
  'a transaction': { passes: WHOLE, call: withOptions({ transactionHash: 'abc' }) },
  'somebody it is forwarded for': {
    passes: WHOLE,
    call: withOptions({ forwardFor: [{ session: 5, authid: 'x', authrole: 'y' }] }),
  },
  'a pattern': { passes: WHOLE, procedure: 'com.dou', register: { match: 'prefix' } },
  'named parts': { passes: WHOLE, procedure: 'com.<what:string>' },
  'two callees': {
    passes: WHOLE,
    register: { invoke: 'first' },
    before: async ({ all }) => {
      const { session } = await all.join('eve');
      return session.register('com.double', double, { invoke: 'first' });
    },
  },
  'a bound of concurrency': { passes: WHOLE, register: { concurrency: 3 } },
  'a callee that keeps the time itself': { passes: WHOLE, register: { forwardTimeout: true } },
  'a codec at the caller': { passes: WHOLE, caller: { codec: CLEAR } },
  'an authorizer': {
    passes: WHOLE,
    router: { realms: [{ name: 'realm1', authorizer: { authorize: () => true } }] },
  },
  'levels of trust': { passes: WHOLE, router: { realms: [{ name: 'realm1', trustLevel: () => 1 }] } },
  'a caller that lays nothing open': { passes: WHOLE, callerBy: 'messages' },
  'a callee that lays nothing open': { passes: WHOLE, calleeBy: 'messages' },
  'a message from the caller': {
    passes: WHOLE,
    call: ({ ann }) => {
      ann.publish('com.told');
      return ann.call('com.double', [21]);
    },
  },
  'a message from the callee': {
    passes: WHOLE,
    call: ({ ann, bob }) => {
      bob.publish('com.told');
      return ann.call('com.double', [21]);
    },
  },
  'a message to the caller': { passes: WHOLE, before: subscribed('ann'), call: (scene) => whileEvent('ann', scene) },
  'a message to the callee': { passes: WHOLE, before: subscribed('bob'), call: (scene) => whileEvent('bob', scene) },
  "the router's own procedure": {
    passes: ['ann > CALL', 'ann < RESULT'],
    call: ({ ann }) => ann.call('wamp.session.count'),
    result: 2,
  },

  'an interceptor at the callee': {
    passes: ANSWER,
    callee: { interceptors: [{ invocation: (_, next) => next() }] },
  },
  'a codec at the callee': { passes: ANSWER, callee: { codec: CLEAR } },
};

/** What belongs to calls, of what has passed. */
function ofCalls(passed: readonly string[]): string[] {
  return passed.filter((each) => /(CALL|INVOCATION|YIELD|RESULT|ERROR)$/.test(each));
}

describe('a call', () => {
  test.each(Object.entries(ROWS))('with %s', async (_, row) => {
    const all = new OneProcess(row.router);
    const { session: bob } = await all.join('bob', row.calleeBy, row.callee);
    const { session: ann } = await all.join('ann', row.callerBy, row.caller);
    const scene = { all, ann, bob };
    // A promise would make every answer a message.
    await bob.register(row.procedure ?? 'com.double', ([n]) => 2 * (n as number), row.register);
    await row.before?.(scene);
    await all.settled();
    all.forget();
    const result = await (row.call ?? (() => ann.call('com.double', [21])))(scene);
    expect(result).toEqual(row.result ?? 42);
    expect(ofCalls(all.passed)).toEqual(row.passes);
    await all.expectNothingPending();
  });

  test('of a procedure that is answered later makes the answer, and nothing else', async () => {
    const all = new OneProcess();
    const { session: bob } = await all.join('bob');
    const { session: ann } = await all.join('ann');
    await bob.register('com.double', double);
    await bob.register('com.parts', async function* () {
      yield 1;
      return 42;
    });
    await bob.register('com.throws', () => {
      throw new Error('no');
    });
    await bob.register('com.whole', () => new CallResult([40, 2]));
    const outcome: Record<string, readonly string[]> = {};
    for (const procedure of ['com.double', 'com.parts', 'com.throws', 'com.whole']) {
      await all.settled();
      all.forget();
      await ann.call(procedure, [21]).catch(() => {});
      outcome[procedure] = [...all.passed];
    }
    const error = ['bob > ERROR', 'ann < ERROR'];
    expect(outcome).toEqual({
      'com.double': ANSWER,
      'com.parts': ANSWER,
      'com.throws': error,
      'com.whole': ANSWER,
    });
    await all.expectNothingPending();
  });

  test('goes the direct way on the session that lasts, too, and again after messages', async () => {
    const all = new OneProcess();
    const { session: bob } = await all.join('bob');
    const { client } = await all.join('ann');
    await bob.register('com.double', ([n]) => 2 * (n as number));
    const ann = client.session;
    all.forget();
    expect(await ann.call('com.double', [1])).toBe(2);
    expect(all.passed).toEqual(NONE);
    expect(await ann.call('com.double', [2], { discloseMe: true })).toBe(4);
    expect(ofCalls(all.passed)).toEqual(WHOLE);
    await all.settled();
    all.forget();
    expect(await Promise.all([3, 4, 5].map((n) => ann.call('com.double', [n])))).toEqual([6, 8, 10]);
    expect(all.passed).toEqual(NONE);
  });

  test('never runs its procedure inside `call`', async () => {
    const all = new OneProcess();
    const { session: bob } = await all.join('bob');
    const { session: ann } = await all.join('ann');
    const order: string[] = [];
    await bob.register('com.mark', () => {
      order.push('procedure');
    });
    const call = ann.call('com.mark');
    order.push('after call');
    await call;
    expect(order).toEqual(['after call', 'procedure']);
  });

  test('leaves request ids and registrations as the router expects them', async () => {
    const all = new OneProcess({ strictRequestIds: true });
    const { session: bob } = await all.join('bob');
    const { session: ann } = await all.join('ann');
    await bob.register('com.double', ([n]) => 2 * (n as number));
    for (let i = 0; i < 100; i++) await ann.call('com.double', [i]);
    expect(await ann.publish('com.told', [], { acknowledge: true })).toMatchObject({ id: expect.any(Number) });
    const calls = Array.from({ length: 50 }, (_, i) => ann.call('com.double', [i]));
    const registration = await ann.register('com.own', () => 'own');
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 50 }, (_, i) => 2 * i));
    expect(await bob.call('com.own')).toBe('own');
    await registration.unregister();
    await expect(bob.call('com.own')).rejects.toMatchObject({ error: 'wamp.error.no_such_procedure' });
    expect(ann.isAttached).toBe(true);
  });
});
