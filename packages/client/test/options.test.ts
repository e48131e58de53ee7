import {
  ApplicationError,
  type Dict,
  ERROR_URIS,
  errorMessage,
  InvalidConfiguration,
  MessageType,
  resultMessage,
  Timeout,
} from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { CallResult, type Session } from '../src/index.js';
import { failure, joined, ROUTER, raw, settle } from './scripted.js';

const VIA = [{ session: 7, authid: 'joe', authrole: 'user' }];

type Ask = (session: Session, options: object) => unknown;

/** How each request is made, and its message. */
const REQUESTS: Record<string, { ask: Ask; type: 48 | 16 | 64 | 32 }> = {
  call: { ask: (session, options) => session.call('com.x', [], options), type: MessageType.CALL },
  publish: {
    ask: (session, options) => session.publish('com.x', [], { acknowledge: true, ...options }),
    type: MessageType.PUBLISH,
  },
  register: { ask: (session, options) => session.register('com.x', () => {}, options), type: MessageType.REGISTER },
  subscribe: { ask: (session, options) => session.subscribe('com.x', () => {}, options), type: MessageType.SUBSCRIBE },
};

const WIRE: [string, object, Dict][] = [
  ['call', {}, {}],
  ['call', { timeout: 100, details: true, cancelMode: 'kill', kwargs: {} }, {}],
  ['call', { onProgress: () => {} }, { receive_progress: true }],
  ['call', { discloseMe: true }, { disclose_me: true }],
  ['call', { discloseMe: false }, { disclose_me: false }],
  ['call', { forwardFor: VIA, transactionHash: '0xa' }, { forward_for: VIA, transaction_hash: '0xa' }],
  ['call', { discloseMe: undefined, timeout: undefined }, {}],
  ['publish', {}, { acknowledge: true }],
  ['publish', { excludeMe: false, retain: true }, { acknowledge: true, exclude_me: false, retain: true }],
  ['publish', { exclude: 5, eligible: [6, 7] }, { acknowledge: true, exclude: [5], eligible: [6, 7] }],
  [
    'publish',
    { excludeAuthid: 'joe', excludeAuthrole: ['a', 'b'], eligibleAuthid: [], eligibleAuthrole: 'c' },
    {
      acknowledge: true,
      exclude_authid: ['joe'],
      exclude_authrole: ['a', 'b'],
      eligible_authid: [],
      eligible_authrole: ['c'],
    },
  ],
  [
    'publish',
    { discloseMe: true, forwardFor: VIA, transactionHash: '0xa' },
    { acknowledge: true, disclose_me: true, forward_for: VIA, transaction_hash: '0xa' },
  ],
  ['register', { match: 'exact', invoke: 'single' }, {}],
  ['register', { match: 'prefix', invoke: 'roundrobin' }, { match: 'prefix', invoke: 'roundrobin' }],
  [
    'register',
    { concurrency: 3, forceReregister: true, discloseCaller: true, forwardTimeout: true },
    { concurrency: 3, force_reregister: true, disclose_caller: true, forward_timeout: true },
  ],
  ['subscribe', { match: 'exact', getRetained: false }, {}],
  ['subscribe', { match: 'wildcard', getRetained: true }, { match: 'wildcard', get_retained: true }],
  ['subscribe', { order: 'sequential', concurrency: 1, onEnd: () => {} }, {}],
];

describe('options on the wire', () => {
  test.each(WIRE)('%s %o', async (kind, options, wire) => {
    const { session, peer } = await joined();
    const { ask, type } = REQUESTS[kind] as (typeof REQUESTS)[string];
    Promise.resolve(ask(session, options)).catch(() => {});
    const message = (await peer.expect(type)) as { options: Dict };
    expect(message.options).toEqual(wire);
    expect(Object.keys(message.options).sort()).toEqual(Object.keys(wire).sort());
  });

  test('an unacknowledged publish asks for no answer', async () => {
    const { session, peer } = await joined();
    session.publish('com.x', [], { acknowledge: false });
    expect((await peer.expect(MessageType.PUBLISH)).options).toEqual({});
  });
});

const WRONG: [string, string, unknown[]][] = [
  ['call', 'discloseMe', ['yes', null, 1]],
  ['call', 'details', [1]],
  ['call', 'timeout', [-1, Number.NaN, '5']],
  ['call', 'signal', [{}, null]],
  ['call', 'cancelMode', ['now']],
  ['call', 'onProgress', [true]],
  ['call', 'forwardFor', [{}, [1], [{ session: 'x' }], [{ session: 1, authid: 2 }]]],
  ['call', 'transactionHash', [1]],
  ['call', 'timeuot', [1]],
  ['call', 'toString', [1]],
  ['publish', 'excludeMe', ['no']],
  ['publish', 'exclude', [0, [1.5], 'joe']],
  ['publish', 'eligibleAuthid', [1, [1], null]],
  ['publish', 'retain', [1]],
  ['publish', 'exclude_me', [true]],
  ['register', 'match', ['regex']],
  ['register', 'invoke', ['all']],
  ['register', 'concurrency', [0, 1.5, '2']],
  ['register', 'forceReregister', [1]],
  ['subscribe', 'match', ['regex']],
  ['subscribe', 'order', ['parallel']],
  ['subscribe', 'concurrency', [0]],
  ['subscribe', 'onEnd', [1]],
  ['subscribe', 'buffer', [1]],
];

describe('options that are wrong', () => {
  test.each(WRONG)('%s options.%s is named, and nothing is sent', async (kind, key, values) => {
    const { session, peer } = await joined();
    for (const value of values) {
      const asked = REQUESTS[kind]?.ask(session, { [key]: value }) as Promise<unknown>;
      const error = await failure(asked);
      expect(error).toBeInstanceOf(InvalidConfiguration);
      expect(error.message).toContain(key);
    }
    expect(peer.heard).toEqual([]);
  });

  test.each(['register', 'subscribe', 'call'])('%s takes nothing but an object of them', async (kind) => {
    const { session } = await joined();
    for (const options of [null, [], 'exact']) {
      const asked = REQUESTS[kind]?.ask(session, options as never) as Promise<unknown>;
      expect(await failure(asked)).toBeInstanceOf(InvalidConfiguration);
    }
  });

  test('sequential contradicts a concurrency of more than 1', async () => {
    const { session } = await joined();
    const asked = session.subscribe('com.x', () => {}, { order: 'sequential', concurrency: 2 });
    expect((await failure(asked)).message).toContain('concurrency');
  });

  test('of an unacknowledged publish they are thrown', async () => {
    const { session } = await joined();
    expect(() => session.publish('com.x', [], { retain: 1 as never })).toThrow(InvalidConfiguration);
  });
});

const KEEPS_TIMEOUTS: Dict = {
  roles: { ...(ROUTER.roles as Dict), dealer: { features: { call_timeout: true, call_canceling: true } } },
};

describe('timeout where the router announced call_timeout', () => {
  test.each([
    [100, { timeout: 100 }],
    [0.5, { timeout: 1 }],
    [0, {}],
  ])('of %s goes on the wire in whole milliseconds', async (timeout, wire) => {
    const { session, peer } = await joined({ details: KEEPS_TIMEOUTS });
    session.call('com.x', [], { timeout }).catch(() => {});
    expect((await peer.expect(MessageType.CALL)).options).toEqual(wire);
  });

  test('rejects with Timeout whichever side is sooner', async () => {
    const { session, peer, clock } = await joined({ details: KEEPS_TIMEOUTS });
    const call = session.call('com.x', [], { timeout: 100 });
    const { request } = await peer.expect(MessageType.CALL);
    peer.say(errorMessage(MessageType.CALL, request, ERROR_URIS.timeout));
    const error = await failure(call);
    expect(error).toBeInstanceOf(Timeout);
    expect(error.cause).toBeInstanceOf(ApplicationError);
    expect([clock.pending, peer.heard]).toEqual([0, []]);
  });

  test('an error of that name is the application’s where no timeout was asked for', async () => {
    const { session, peer } = await joined({ details: KEEPS_TIMEOUTS });
    const call = session.call('com.x');
    const { request } = await peer.expect(MessageType.CALL);
    peer.say(errorMessage(MessageType.CALL, request, ERROR_URIS.timeout));
    expect(await failure(call)).toBeInstanceOf(ApplicationError);
  });
});

test('a CallResult tells of the callee, as far as the router does', async () => {
  const { session, peer } = await joined();
  const parts: CallResult[] = [];
  const call = session.call('com.x', [], { details: true, onProgress: (part) => parts.push(part) });
  const { request } = await peer.expect(MessageType.CALL);
  const details = { callee: 5, callee_authid: 'joe', callee_authrole: 'user', forward_for: VIA };
  const fields = { callee: 5, calleeAuthid: 'joe', calleeAuthrole: 'user', forwardFor: VIA };
  peer.say(resultMessage(request, { ...details, progress: true }, raw([1])));
  // Keyword results of the same names are data.
  peer.say(resultMessage(request, details, raw([], { callee: 'kw', forward_for: 'kw' })));
  const result = await call;
  await settle();
  expect(parts).toEqual([new CallResult([1], {}, fields)]);
  expect(result).toEqual(new CallResult([], { callee: 'kw', forward_for: 'kw' }, fields));
});
