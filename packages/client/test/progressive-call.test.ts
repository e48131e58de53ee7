import {
  ApplicationError,
  Canceled,
  type Dict,
  ERROR_URIS,
  errorMessage,
  MessageType,
  ProtocolError,
  resultMessage,
  SerializationError,
  SessionNotReady,
  Timeout,
  TransportLost,
} from '@wamp-run/protocol';
import { expect, test } from 'vitest';
import { CountedStop, failure, joined, outcome, ROUTER, raw, settle } from './scripted.js';

const PROGRESSIVE: Dict = {
  roles: {
    ...(ROUTER.roles as Dict),
    dealer: { features: { progressive_call_results: true, progressive_call_invocations: true, call_canceling: true } },
  },
};

/** Lists that come when the test gives them. */
function source(end?: () => unknown) {
  const state = { pulled: 0, cleaned: false };
  let give = (_: unknown[] | 'end' | Error) => {};
  async function* lists(): AsyncGenerator<unknown[]> {
    try {
      for (;;) {
        state.pulled++;
        const next = await new Promise<unknown[] | 'end' | Error>((resolve) => {
          give = resolve;
        });
        if (next instanceof Error) throw next;
        if (next === 'end') return;
        yield next;
      }
    } finally {
      state.cleaned = true;
      await end?.();
    }
  }
  return {
    state,
    lists: lists(),
    give: (next: unknown[] | 'end' | Error) => {
      give(next);
      return settle();
    },
  };
}

const call = (options: Dict, args?: unknown[], kwargs: Dict = {}) => ({
  type: MessageType.CALL,
  request: 1,
  options,
  procedure: 'com.p',
  payload: args === undefined ? undefined : { args, kwargs },
});

test('each list is a CALL with progress under one id as it is produced; the end is one without', async () => {
  const { session, peer } = await joined({ details: PROGRESSIVE });
  const { lists, give } = source();
  const result = session.call('com.p', lists, { kwargs: { a: 1 }, discloseMe: true });
  await settle();
  expect(peer.heard).toEqual([]);
  await give([1]);
  expect(await peer.expect(MessageType.CALL)).toEqual(call({ disclose_me: true, progress: true }, [1], { a: 1 }));
  await give([2, 3]);
  expect(await peer.expect(MessageType.CALL)).toEqual(call({ disclose_me: true, progress: true }, [2, 3]));
  await give('end');
  expect(await peer.expect(MessageType.CALL)).toEqual(call({ disclose_me: true }));
  peer.say(resultMessage(1, {}, raw([6])));
  expect(await result).toBe(6);
});

test('a list that the generator returns goes with the last CALL', async () => {
  const { session, peer } = await joined({ details: PROGRESSIVE });
  async function* lists() {
    yield [1];
    return [2];
  }
  void session.call('com.p', lists()).catch(() => {});
  expect(await peer.expect(MessageType.CALL)).toEqual(call({ progress: true }, [1]));
  expect(await peer.expect(MessageType.CALL)).toEqual(call({}, [2]));
});

test('without any list it is a plain call', async () => {
  const { session, peer } = await joined({ details: PROGRESSIVE });
  const { lists, give } = source();
  void session.call('com.p', lists, { kwargs: { a: 1 } }).catch(() => {});
  await settle();
  await give('end');
  expect(await peer.expect(MessageType.CALL)).toEqual(call({}, [], { a: 1 }));
});

test('is refused where the router did not announce it: nothing is sent, nothing is asked for', async () => {
  const { session, peer } = await joined();
  const { lists, state } = source();
  const error = await failure(session.call('com.p', lists));
  expect(error).toBeInstanceOf(ApplicationError);
  expect(error).toMatchObject({ error: ERROR_URIS.featureNotSupported, executed: 'no' });
  expect(error.message).toContain('progressive_call_invocations');
  expect([state.pulled, peer.heard]).toEqual([0, []]);
});

test('other calls keep their ids in sequence while one waits for its first list', async () => {
  const { session, peer } = await joined({ details: PROGRESSIVE });
  const { lists, give } = source();
  session.call('com.p', lists).catch(() => {});
  await settle();
  session.call('com.q').catch(() => {});
  expect(await peer.expect(MessageType.CALL)).toMatchObject({ request: 1, procedure: 'com.q' });
  await give([1]);
  expect(await peer.expect(MessageType.CALL)).toMatchObject({ request: 2, procedure: 'com.p' });
});

test.each([
  ['a result', resultMessage(1, {}, raw([6])), { value: 6 }],
  ['an error', errorMessage(MessageType.CALL, 1, 'com.e'), { error: expect.any(ApplicationError) }],
])('%s that comes early ends the sending, and the generator cleans up', async (_, answer, expected) => {
  const { session, peer } = await joined({ details: PROGRESSIVE });
  const { lists, give, state } = source();
  const result = session.call('com.p', lists);
  await settle();
  await give([1]);
  await peer.expect(MessageType.CALL);
  peer.say(answer);
  expect(await outcome(result)).toEqual(expected);
  await give([2]);
  expect(state.cleaned).toBe(true);
  expect(peer.heard).toEqual([]);
});

test('what the generator throws rejects the call, and cancels it', async () => {
  const { session, peer } = await joined({ details: PROGRESSIVE });
  const { lists, give } = source();
  const result = session.call('com.p', lists);
  result.catch(() => {});
  const error = new Error('no more');
  await settle();
  await give([1]);
  await peer.expect(MessageType.CALL);
  await give(error);
  expect(await failure(result)).toBe(error);
  expect(await peer.expect(MessageType.CANCEL)).toMatchObject({ request: 1 });
});

test.each([
  ['first', []],
  ['later', [[1]]],
])('a %s list that cannot be sent rejects the call, and stops the generator', async (_, before) => {
  const { session, peer } = await joined({ details: PROGRESSIVE });
  const { lists, give, state } = source();
  const result = session.call('com.p', lists);
  result.catch(() => {});
  await settle();
  for (const list of before) await give(list);
  await give([() => {}]);
  const error = await failure(result);
  expect(error).toBeInstanceOf(SerializationError);
  expect(error.executed).toBe(before.length === 0 ? 'no' : 'maybe');
  expect(state.cleaned).toBe(true);
  const types = before.length === 0 ? [] : [MessageType.CALL, MessageType.CANCEL];
  expect(peer.heard.map(({ type }) => type)).toEqual(types);
  // The id of what was not sent goes to the next one.
  session.call('com.q').catch(() => {});
  await settle();
  expect(peer.heard.at(-1)).toMatchObject({ request: before.length + 1 });
});

test.each([
  ['before the first list', 0, 'no'],
  ['between two lists', 1, 'maybe'],
])('a signal that aborts %s rejects the call and stops the generator', async (_, given, executed) => {
  const { session, peer } = await joined({ details: PROGRESSIVE });
  const signal = new CountedStop();
  const { lists, give, state } = source();
  const result = session.call('com.p', lists, { signal });
  await settle();
  for (let i = 0; i < given; i++) await give([i]);
  signal.abort('enough');
  const error = await failure(result);
  expect(error).toBeInstanceOf(Canceled);
  expect(error.executed).toBe(executed);
  expect(signal.listeners.size).toBe(0);
  await give([2]);
  expect(state.cleaned).toBe(true);
  expect(peer.heard.map(({ type }) => type)).toEqual(given === 0 ? [] : [MessageType.CALL, MessageType.CANCEL]);
});

test.each([
  ['before the first list', 0],
  ['between two lists', 1],
])('the end of the session %s rejects the call, and nothing is left', async (_, given) => {
  const { session, peer, clock } = await joined({ details: PROGRESSIVE });
  const signal = new CountedStop();
  const { lists, give, state } = source();
  const result = session.call('com.p', lists, { signal, timeout: 1_000 });
  await settle();
  for (let i = 0; i < given; i++) await give([i]);
  peer.drop();
  expect(await failure(result)).toBeInstanceOf(TransportLost);
  await give([2]);
  expect([state.cleaned, signal.listeners.size, clock.pending]).toEqual([true, 0, 0]);
  expect(await failure(session.call('com.p', source().lists))).toBeInstanceOf(SessionNotReady);
});

test('the timeout runs from the first CALL on', async () => {
  const { session, peer, clock } = await joined({ details: PROGRESSIVE });
  const { lists, give } = source();
  const result = session.call('com.p', lists, { timeout: 100 });
  await settle();
  expect(clock.pending).toBe(0);
  await give([1]);
  await peer.expect(MessageType.CALL);
  clock.advance(100);
  expect(await failure(result)).toBeInstanceOf(Timeout);
  await peer.expect(MessageType.CANCEL);
});

test('an error while the generator cleans up is reported', async () => {
  const error = new Error('the file could not be closed');
  const { session, peer, reported } = await joined({ details: PROGRESSIVE });
  const { lists, give } = source(() => Promise.reject(error));
  const result = session.call('com.p', lists);
  await settle();
  await give([1]);
  peer.say(resultMessage(1, {}, raw([6])));
  expect(await result).toBe(6);
  await give([2]);
  expect(reported).toMatchObject([{ error, what: 'arguments of com.p' }]);
});

test('a wire with much to send is waited for; the end of the call does not wait', async () => {
  const { session, peer, clock } = await joined({ details: PROGRESSIVE });
  const wire = { queuedBytes: 2 ** 20 + 1 };
  Object.defineProperty(peer.transport, 'queuedBytes', { get: () => wire.queuedBytes });
  let pulled = 0;
  async function* lists() {
    for (;;) yield [++pulled];
  }
  const result = session.call('com.p', lists());
  await settle();
  expect([pulled, clock.pending]).toEqual([1, 1]);
  wire.queuedBytes = 0;
  clock.advance(10);
  wire.queuedBytes = 2 ** 20 + 1;
  await settle();
  expect([pulled, clock.pending]).toEqual([2, 1]);
  peer.say(resultMessage(1, {}, raw([6])));
  expect(await result).toBe(6);
  expect(clock.pending).toBe(0);
});

test('a stream sends them too, and leaving it stops both directions', async () => {
  const { session, peer } = await joined({ details: PROGRESSIVE });
  const { lists, give, state } = source();
  const results = session.stream('com.p', lists);
  const first = results.next();
  await settle();
  await give([1]);
  expect((await peer.expect(MessageType.CALL)).options).toEqual({ receive_progress: true, progress: true });
  peer.say(resultMessage(1, { progress: true }, raw(['one'])));
  expect(await first).toEqual({ done: false, value: 'one' });
  await results.return(undefined);
  await peer.expect(MessageType.CANCEL);
  await give([2]);
  expect(state.cleaned).toBe(true);
  expect(peer.heard).toEqual([]);
});

test('an answer to a call that has not gone out is a violation like any other', async () => {
  const { session, peer } = await joined({ details: PROGRESSIVE });
  const result = session.call('com.p', source().lists);
  await settle();
  peer.say(resultMessage(1, {}, raw([6])));
  expect(await failure(result)).toBeInstanceOf(ProtocolError);
});
