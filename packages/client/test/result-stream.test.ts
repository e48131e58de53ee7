import {
  Canceled,
  errorMessage,
  MessageType,
  resultMessage,
  Timeout,
  TransportLost,
  type Value,
} from '@wamp-run/protocol';
import { expect, test } from 'vitest';
import { CallResult, type StreamOptions } from '../src/index.js';
import { CountedStop, failure, joined, outcome, raw, settle } from './scripted.js';

const DONE = { done: true, value: undefined };

/** A stream that has asked for its first result. */
async function streaming(options?: StreamOptions) {
  const one = await joined();
  const results = one.session.stream<Value, Value>('com.p', [1], options);
  const first = results.next();
  // A failure that a test looks at later is none that nobody handles.
  first.catch(() => {});
  const { request } = await one.peer.expect(MessageType.CALL);
  const part = (...args: Value[]) => {
    one.peer.say(resultMessage(request, { progress: true }, raw(args)));
    return settle();
  };
  const last = (...args: Value[]) => {
    one.peer.say(resultMessage(request, {}, raw(args)));
    return settle();
  };
  return { ...one, results, first, request, part, last };
}

test('the call goes out with the first next, and asks for progressive results', async () => {
  const { session, peer } = await joined();
  const results = session.stream('com.p', [1], { kwargs: { a: 2 } });
  await settle();
  expect(peer.heard).toEqual([]);
  void results.next();
  void results.next();
  expect(await peer.expect(MessageType.CALL)).toEqual({
    type: MessageType.CALL,
    request: 1,
    options: { receive_progress: true },
    procedure: 'com.p',
    payload: { args: [1], kwargs: { a: 2 } },
  });
  await settle();
  expect(peer.heard).toEqual([]);
});

test('progressive results are the yields, the final one is the return value', async () => {
  const { results, first, part, last } = await streaming();
  await part(1);
  await part(2);
  await last('end');
  const steps = [await first, await results.next(), await results.next(), await results.next()];
  expect(steps).toEqual([{ done: false, value: 1 }, { done: false, value: 2 }, { done: true, value: 'end' }, DONE]);
});

test('results are shaped as those of a call', async () => {
  const { results, first, part, last } = await streaming();
  await part();
  await part(1, 2);
  await last(1, 2);
  expect([(await first).value, (await results.next()).value, (await results.next()).value]).toEqual([
    undefined,
    new CallResult([1, 2]),
    new CallResult([1, 2]),
  ]);
});

test('with details all are CallResults', async () => {
  const { results, first, part, last } = await streaming({ details: true });
  await part(1);
  await last(2);
  expect([(await first).value, (await results.next()).value]).toEqual([new CallResult([1]), new CallResult([2])]);
});

test('leaving the loop cancels the call', async () => {
  const { session, peer } = await joined();
  const loop = (async () => {
    for await (const part of session.stream<Value, Value>('com.p')) return part;
  })();
  const { request } = await peer.expect(MessageType.CALL);
  peer.say(resultMessage(request, { progress: true }, raw([1])));
  expect(await peer.expect(MessageType.CANCEL)).toEqual({
    type: MessageType.CANCEL,
    request,
    options: { mode: 'killnowait' },
  });
  expect(await loop).toBe(1);
});

test('return cancels it, in the mode of the options, and settles what waits', async () => {
  const { results, first, peer } = await streaming({ cancelMode: 'kill' });
  expect(await results.return('mine')).toEqual({ done: true, value: 'mine' });
  expect((await peer.expect(MessageType.CANCEL)).options).toEqual({ mode: 'kill' });
  expect([await first, await results.next()]).toEqual([DONE, DONE]);
});

test('throw cancels it, and rejects with what was thrown', async () => {
  const { results, peer } = await streaming();
  const error = new Error('enough');
  expect(await failure(results.throw(error))).toBe(error);
  await peer.expect(MessageType.CANCEL);
});

test('return after the end cancels nothing', async () => {
  const { results, first, last, peer } = await streaming();
  await last('end');
  await first;
  await results.return('mine');
  expect(peer.heard).toEqual([]);
});

test('return before the first next calls nothing', async () => {
  const { session, peer } = await joined();
  const results = session.stream('com.p');
  await results.return(1);
  expect(await results.next()).toEqual(DONE);
  expect(peer.heard).toEqual([]);
});

test('a failure rejects next after the results that came before; then it is done', async () => {
  const { results, first, part, peer, request } = await streaming();
  await part(1);
  await part(2);
  peer.say(errorMessage(MessageType.CALL, request, 'com.e'));
  await settle();
  expect([(await first).value, (await results.next()).value]).toEqual([1, 2]);
  expect(await failure(results.next())).toMatchObject({ error: 'com.e' });
  expect(await results.next()).toEqual(DONE);
});

test('a signal drops what waits, rejects with Canceled, and cancels the call', async () => {
  const signal = new CountedStop();
  const { results, first, part, peer } = await streaming({ signal });
  await part(1);
  await part(2);
  await first;
  signal.abort('enough');
  const error = await failure(results.next());
  expect(error).toBeInstanceOf(Canceled);
  expect(error.cause).toBe('enough');
  await peer.expect(MessageType.CANCEL);
  expect(signal.listeners.size).toBe(0);
});

test('a signal that has aborted before calls nothing', async () => {
  const { session, peer } = await joined();
  const signal = new CountedStop();
  signal.abort('early');
  expect(await failure(session.stream('com.p', [], { signal }).next())).toBeInstanceOf(Canceled);
  expect([peer.heard, signal.added]).toEqual([[], 0]);
});

test.each([
  ['its end', (one: Awaited<ReturnType<typeof streaming>>) => one.last(1)],
  ['return', (one: Awaited<ReturnType<typeof streaming>>) => one.results.return(1)],
  ['a loss', async (one: Awaited<ReturnType<typeof streaming>>) => one.peer.drop()],
])('after %s nobody listens to the signal, and no timer runs', async (_, end) => {
  const signal = new CountedStop();
  const one = await streaming({ signal, timeout: 1_000 });
  expect([signal.listeners.size, one.clock.pending]).toEqual([1, 1]);
  await end(one);
  await settle();
  expect([signal.listeners.size, one.clock.pending]).toEqual([0, 0]);
  expect(await outcome(one.first)).not.toBe('pending');
});

test('the timeout is that of a call: without a result for so long, next rejects with Timeout', async () => {
  const { first, clock, peer } = await streaming({ timeout: 100 });
  clock.advance(100);
  expect(await failure(first)).toBeInstanceOf(Timeout);
  await peer.expect(MessageType.CANCEL);
});

test('the end of the session rejects next', async () => {
  const { first, peer } = await streaming();
  peer.drop();
  expect(await failure(first)).toBeInstanceOf(TransportLost);
});

test('a wrong argument rejects the first next', async () => {
  const { session } = await joined();
  expect(await failure(session.stream('not a uri').next())).toMatchObject({ code: 'WAMP_INVALID_URI' });
});
