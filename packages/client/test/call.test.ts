import {
  ApplicationError,
  Canceled,
  ERROR_URIS,
  errorMessage,
  InvalidConfiguration,
  InvalidUriError,
  MessageType,
  type Payload,
  PayloadExceededError,
  ProtocolError,
  payloadOf,
  resultMessage,
  SerializationError,
  SessionEnded,
  Timeout,
  TypeCheckError,
} from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { CallResult } from '../src/index.js';
import { CountedStop, failure, joined, outcome, raw, settle, unreadable } from './scripted.js';

/** Calls, has the router answer with this payload, and gives what came of it. */
async function answeredWith(payload: Payload | undefined, details?: boolean): Promise<unknown> {
  const { session, peer } = await joined();
  const call = session.call('com.x', [], details === undefined ? {} : { details });
  const { request } = await peer.expect(MessageType.CALL);
  peer.say(resultMessage(request, {}, payload));
  return call;
}

describe('calling', () => {
  test('CALL carries the procedure, the arguments and no option that was not asked for', async () => {
    const { session, peer } = await joined();
    void session.call('com.example.add', [2, 3], { kwargs: { exact: true } });
    void session.call('com.example.nothing');
    expect(await peer.expect(MessageType.CALL)).toEqual({
      type: MessageType.CALL,
      request: 1,
      options: {},
      procedure: 'com.example.add',
      payload: { args: [2, 3], kwargs: { exact: true } },
    });
    expect(await peer.expect(MessageType.CALL)).toMatchObject({ request: 2, payload: undefined });
  });

  test('keyword arguments of any name are data', async () => {
    const { session, peer } = await joined();
    const odd = JSON.parse('{"__proto__": 1, "constructor": 2, "self": 3, "error": 4, "procedure": 5, "signal": 6}');
    const call = session.call('com.x', [], { kwargs: odd, details: true });
    const { request, payload } = await peer.expect(MessageType.CALL);
    expect(Object.keys((payload as { kwargs: object }).kwargs)).toEqual(Object.keys(odd));
    peer.say(resultMessage(request, {}, raw([], odd)));
    expect(Object.keys((await call).kwresults)).toEqual(Object.keys(odd));
  });

  test('an instance of a class as kwargs gives its own properties; what is no dict is refused', async () => {
    const { session, peer } = await joined();
    class Order {
      constructor(readonly item: string) {}
      total() {}
    }
    void session.call('com.x', [], { kwargs: new Order('tea') });
    expect(await peer.expect(MessageType.CALL)).toMatchObject({ payload: { kwargs: { item: 'tea' } } });
    for (const kwargs of [[1], new Map([['a', 1]]), new Uint8Array(1)]) {
      expect(await failure(session.call('com.x', [], { kwargs }))).toBeInstanceOf(SerializationError);
    }
    expect(await failure(session.call('com.x', 'abc' as never))).toBeInstanceOf(SerializationError);
    expect(peer.heard).toEqual([]);
  });
});

describe('what a call resolves to', () => {
  test.each<[string, Payload | undefined, unknown]>([
    ['no payload', undefined, undefined],
    ['empty args', { args: [], kwargs: {} }, undefined],
    ['one value', { args: [7], kwargs: {} }, 7],
    ['one null', { args: [null], kwargs: {} }, null],
    ['one list stays a list', { args: [[1, 2]], kwargs: {} }, [1, 2]],
    ['two values', { args: [1, 2], kwargs: {} }, new CallResult([1, 2])],
    ['keyword results', { args: [], kwargs: { a: 1 } }, new CallResult([], { a: 1 })],
    ['one value and keyword results', { args: [1], kwargs: { a: 1 } }, new CallResult([1], { a: 1 })],
    ['bytes off a wire', raw([1, 2], { a: 3 }), new CallResult([1, 2], { a: 3 })],
  ])('%s', async (_, payload, expected) => {
    const result = await answeredWith(payload);
    expect(result).toEqual(expected);
    expect(result instanceof CallResult).toBe(expected instanceof CallResult);
  });

  test('with details it is a CallResult whatever it looks like', async () => {
    expect(await answeredWith(undefined, true)).toEqual(new CallResult());
    expect(await answeredWith(payloadOf([7], {}), true)).toBeInstanceOf(CallResult);
  });

  test('a result that cannot be read rejects that call alone', async () => {
    const { session, peer } = await joined();
    const call = session.call('com.x');
    peer.say(resultMessage((await peer.expect(MessageType.CALL)).request, {}, unreadable()));
    const error = await failure(call);
    expect(error).toBeInstanceOf(SerializationError);
    expect(error.executed).toBe('yes');
    expect(session.details).toBeDefined();
  });
});

describe('request ids', () => {
  test('are 1, 2, 3, … over all kinds of requests', async () => {
    const { session, peer } = await joined();
    void session.call('com.x');
    session.publish('com.t');
    void session.subscribe('com.t', () => {});
    void session.register('com.p', () => {});
    await settle();
    expect(peer.heard.map((m) => 'request' in m && m.request)).toEqual([1, 2, 3, 4]);
  });

  test('a request that cannot be sent takes none, and nothing waits for it', async () => {
    const { session, peer, clock } = await joined({ most: 50 });
    const stop = new CountedStop();
    const bad = { signal: stop, timeout: 100 };
    expect(await failure(session.call('com.x', [() => {}], bad))).toMatchObject({
      name: 'SerializationError',
      message: expect.stringContaining('args[0]'),
    });
    expect(await failure(session.call('com.x', ['x'.repeat(99)], bad))).toBeInstanceOf(PayloadExceededError);
    expect(await failure(session.call('not a uri', [], bad))).toBeInstanceOf(InvalidUriError);
    expect(() => session.publish('com.t', [Number.NaN])).toThrow(SerializationError);
    expect(await failure(session.publish('com.t', [new Set()], { acknowledge: true }))).toBeInstanceOf(
      SerializationError,
    );
    expect(stop.listeners.size).toBe(0);
    expect(clock.pending).toBe(0);
    const call = session.call('com.x', [1]);
    const { request } = await peer.expect(MessageType.CALL);
    expect(request).toBe(1);
    peer.say(resultMessage(1, {}));
    await call;
  });

  test('nothing waits for a call that could not be sent, whatever takes its id', async () => {
    const { session, peer } = await joined();
    await failure(session.call('com.x', [() => {}]));
    session.publish('com.t');
    expect(await peer.expect(MessageType.PUBLISH)).toMatchObject({ request: 1 });
    peer.say(resultMessage(1, {}));
    expect(await session.ended).toMatchObject({ error: expect.any(ProtocolError) });
  });

  test('an answer that no request waits for is a violation', async () => {
    for (const message of [
      resultMessage(9, {}),
      errorMessage(MessageType.CALL, 9, 'com.e'),
      errorMessage(MessageType.PUBLISH, 1, 'com.e'),
      errorMessage(MessageType.INVOCATION, 1, 'com.e'),
    ]) {
      const { session, peer } = await joined();
      const call = session.call('com.x');
      await peer.expect(MessageType.CALL);
      peer.say(message);
      expect((await peer.expect(MessageType.ABORT)).reason).toBe(ERROR_URIS.protocolViolation);
      expect(await failure(call)).toBeInstanceOf(ProtocolError);
    }
  });
});

describe('an ERROR for a call', () => {
  test.each([
    [ERROR_URIS.noSuchProcedure, 'no', true],
    [ERROR_URIS.notAuthorized, 'no', false],
    [ERROR_URIS.authorizationFailed, 'no', true],
    [ERROR_URIS.invalidUri, 'no', false],
    [ERROR_URIS.optionNotAllowed, 'no', false],
    [ERROR_URIS.featureNotSupported, 'no', false],
    ['wamp.error.no_available_callee', 'no', true],
    [ERROR_URIS.canceled, 'maybe', true],
    [ERROR_URIS.timeout, 'maybe', true],
    [ERROR_URIS.invalidPayload, 'maybe', false],
    [ERROR_URIS.payloadSizeExceeded, 'maybe', false],
    [ERROR_URIS.invalidArgument, 'maybe', false],
    [ERROR_URIS.runtimeError, 'yes', false],
    ['com.shop.error.out_of_stock', 'yes', false],
  ])('%s: ApplicationError; executed: %s, retryable: %s', async (uri, executed, retryable) => {
    const { session, peer } = await joined();
    const call = session.call('com.x');
    const { request } = await peer.expect(MessageType.CALL);
    peer.say(errorMessage(MessageType.CALL, request, uri, raw(['tea', 2], { left: 0, error: 'mine' })));
    const error = await failure(call);
    expect(error).toBeInstanceOf(ApplicationError);
    expect(error).toMatchObject({
      error: uri,
      args: ['tea', 2],
      kwargs: { left: 0, error: 'mine' },
      executed,
      retryable,
    });
  });

  test('type_check_error is TypeCheckError, and the procedure did not run', async () => {
    const { session, peer } = await joined();
    const call = session.call('com.x');
    const { request } = await peer.expect(MessageType.CALL);
    peer.say(errorMessage(MessageType.CALL, request, ERROR_URIS.typeCheckError, raw(['a: no', 2], { b: 3 })));
    const error = await failure(call);
    expect(error).toBeInstanceOf(TypeCheckError);
    expect(error).toMatchObject({ args: ['a: no', 2], kwargs: { b: 3 }, executed: 'no' });
  });

  test('with an old name is understood', async () => {
    const { session, peer } = await joined();
    const call = session.call('com.x');
    peer.say(errorMessage(MessageType.CALL, (await peer.expect(MessageType.CALL)).request, 'wamp.error.cancelled'));
    expect(await failure(call)).toMatchObject({ error: ERROR_URIS.canceled, executed: 'maybe' });
  });

  test('whose arguments cannot be read still rejects with its URI', async () => {
    const { session, peer } = await joined();
    const call = session.call('com.x');
    peer.say(errorMessage(MessageType.CALL, (await peer.expect(MessageType.CALL)).request, 'com.e', unreadable()));
    expect(await failure(call)).toMatchObject({ error: 'com.e', args: [], cause: expect.any(SyntaxError) });
  });
});

describe('progressive results', () => {
  test('onProgress asks for them and receives each as a CallResult, in order; the last one resolves the call', async () => {
    const { session, peer } = await joined();
    const seen: CallResult[] = [];
    const call = session.call('com.x', [], { onProgress: (result) => seen.push(result) });
    const { request, options } = await peer.expect(MessageType.CALL);
    expect(options).toEqual({ receive_progress: true });
    peer.say(resultMessage(request, { progress: true }, raw([1])));
    peer.say(resultMessage(request, { progress: true }));
    peer.say(resultMessage(request, { progress: true }, raw([], { a: 1 })));
    peer.say(resultMessage(request, {}, raw(['end'])));
    expect(await call).toBe('end');
    expect(seen).toEqual([new CallResult([1]), new CallResult(), new CallResult([], { a: 1 })]);
    expect(seen.every((result) => result instanceof CallResult)).toBe(true);
  });

  test('that nobody asked for are dropped', async () => {
    const { session, peer } = await joined();
    const call = session.call('com.x');
    const { request } = await peer.expect(MessageType.CALL);
    peer.say(resultMessage(request, { progress: true }, raw([1])));
    peer.say(resultMessage(request, {}, raw([2])));
    expect(await call).toBe(2);
  });

  test('what onProgress throws or rejects with is reported, and the call goes on', async () => {
    const { session, peer, reported } = await joined();
    const errors = [new Error('sync'), new Error('async')];
    let turn = 0;
    const onProgress = () => {
      if (turn++ === 0) throw errors[0];
      return Promise.reject(errors[1]);
    };
    const call = session.call('com.x', [], { onProgress });
    const { request } = await peer.expect(MessageType.CALL);
    peer.say(resultMessage(request, { progress: true }));
    peer.say(resultMessage(request, { progress: true }));
    peer.say(resultMessage(request, {}, raw([2])));
    expect(await call).toBe(2);
    await settle();
    expect(reported).toEqual(errors.map((error) => ({ error, what: 'onProgress of com.x' })));
  });

  test('one that cannot be read rejects the call, and cancels it', async () => {
    const { session, peer } = await joined();
    const call = session.call('com.x', [], { onProgress: () => {} });
    const { request } = await peer.expect(MessageType.CALL);
    peer.say(resultMessage(request, { progress: true }, unreadable()));
    expect(await failure(call)).toBeInstanceOf(SerializationError);
    expect(await peer.expect(MessageType.CANCEL)).toMatchObject({ request });
  });
});

describe('a timeout', () => {
  test('rejects with Timeout, and sends CANCEL killnowait', async () => {
    const { session, peer, clock } = await joined();
    const call = session.call('com.slow', [], { timeout: 300, cancelMode: 'kill' });
    const { request, options } = await peer.expect(MessageType.CALL);
    expect(options).toEqual({});
    clock.advance(299);
    expect(await outcome(call)).toBe('pending');
    clock.advance(1);
    const error = await failure(call);
    expect(error).toBeInstanceOf(Timeout);
    expect(error).toMatchObject({ executed: 'maybe', retryable: true, message: expect.stringContaining('com.slow') });
    expect(await peer.expect(MessageType.CANCEL)).toMatchObject({ request, options: { mode: 'killnowait' } });
    expect(clock.pending).toBe(0);
  });

  test('runs out with the result', async () => {
    const { session, peer, clock } = await joined();
    const call = session.call('com.x', [], { timeout: 300 });
    peer.say(resultMessage((await peer.expect(MessageType.CALL)).request, {}));
    await call;
    expect(clock.pending).toBe(0);
  });

  test('begins anew with each progressive result', async () => {
    const { session, peer, clock } = await joined();
    const call = session.call('com.x', [], { timeout: 300, onProgress: () => {} });
    const { request } = await peer.expect(MessageType.CALL);
    clock.advance(299);
    peer.say(resultMessage(request, { progress: true }));
    await settle();
    expect(clock.pending).toBe(1);
    clock.advance(299);
    expect(await outcome(call)).toBe('pending');
    clock.advance(1);
    expect(await failure(call)).toBeInstanceOf(Timeout);
  });

  test('of 0 is none; one that is no time is refused; one too long for a timer is cut to what a timer takes', async () => {
    const { session, peer, clock } = await joined();
    void session.call('com.x', [], { timeout: 0 });
    await peer.expect(MessageType.CALL);
    expect(clock.pending).toBe(0);
    for (const timeout of [-1, Number.NaN, Number.POSITIVE_INFINITY, '5' as never]) {
      expect(await failure(session.call('com.x', [], { timeout }))).toBeInstanceOf(InvalidConfiguration);
    }
    expect(peer.heard).toEqual([]);
    void session.call('com.x', [], { timeout: 1e12 });
    expect(clock.next).toBe(2 ** 31 - 1);
  });
});

describe('a signal', () => {
  test.each(['skip', 'kill', 'killnowait', undefined] as const)(
    'sends CANCEL, mode %s, and rejects at once with Canceled',
    async (cancelMode) => {
      const { session, peer } = await joined();
      const signal = new CountedStop();
      const call = session.call('com.x', [], { signal, cancelMode });
      const { request } = await peer.expect(MessageType.CALL);
      const why = new Error('no longer of interest');
      signal.abort(why);
      const error = await failure(call);
      expect(error).toBeInstanceOf(Canceled);
      expect(error).toMatchObject({ cause: why, executed: 'maybe' });
      expect(await peer.expect(MessageType.CANCEL)).toMatchObject({
        request,
        options: { mode: cancelMode ?? 'killnowait' },
      });
      expect(signal.added).toBe(1);
      expect(signal.listeners.size).toBe(0);
    },
  );

  test('that is an AbortSignal does', async () => {
    const { session, peer } = await joined();
    const controller = new AbortController();
    const call = session.call('com.x', [], { signal: controller.signal });
    await peer.expect(MessageType.CALL);
    controller.abort();
    expect(await failure(call)).toMatchObject({ name: 'Canceled', cause: { name: 'AbortError' } });
  });

  test('that has aborted before: nothing is sent', async () => {
    const { session, peer } = await joined();
    const signal = new CountedStop();
    signal.abort('before');
    expect(await failure(session.call('com.x', [], { signal }))).toMatchObject({ name: 'Canceled', executed: 'no' });
    expect(peer.heard).toEqual([]);
    expect(signal.added).toBe(0);
  });

  test('that aborts while the call is being sent counts', async () => {
    const { session, peer } = await joined();
    const signal = new CountedStop();
    const call = session.call('com.x', [{ toJSON: () => signal.abort('in the middle') }], { signal });
    expect(await failure(call)).toMatchObject({ name: 'Canceled', cause: 'in the middle' });
    const { request } = await peer.expect(MessageType.CALL);
    expect(await peer.expect(MessageType.CANCEL)).toMatchObject({ request });
    expect(signal.listeners.size).toBe(0);
  });

  test('is let go with the result', async () => {
    const { session, peer } = await joined();
    const signal = new CountedStop();
    const call = session.call('com.x', [], { signal });
    peer.say(resultMessage((await peer.expect(MessageType.CALL)).request, {}));
    await call;
    expect(signal.listeners.size).toBe(0);
    signal.abort('late');
    expect(peer.heard).toEqual([]);
  });

  test('a dealer without call_canceling hears no CANCEL', async () => {
    const { session, peer } = await joined({ details: { roles: { broker: {}, dealer: {} } } });
    const signal = new CountedStop();
    const call = session.call('com.x', [], { signal });
    const { request } = await peer.expect(MessageType.CALL);
    signal.abort('enough');
    expect(await failure(call)).toBeInstanceOf(Canceled);
    expect(peer.heard).toEqual([]);
    // The answer that comes all the same is dropped.
    peer.say(resultMessage(request, {}, raw([1])));
    await settle();
    expect(session.details).toBeDefined();
  });
});

describe('the answer to a call that this side gave up', () => {
  async function givenUp() {
    const { session, peer } = await joined();
    const signal = new CountedStop();
    const call = session.call('com.x', [], { signal, onProgress: () => {} });
    const { request } = await peer.expect(MessageType.CALL);
    signal.abort('enough');
    await failure(call);
    await peer.expect(MessageType.CANCEL);
    return { session, peer, request };
  }

  test('is expected once: RESULT', async () => {
    const { session, peer, request } = await givenUp();
    peer.say(resultMessage(request, { progress: true }));
    peer.say(resultMessage(request, { progress: true }));
    peer.say(resultMessage(request, {}));
    await settle();
    expect(session.details).toBeDefined();
    peer.say(resultMessage(request, {}));
    await peer.expect(MessageType.ABORT);
  });

  test('is expected once: ERROR', async () => {
    const { session, peer, request } = await givenUp();
    peer.say(errorMessage(MessageType.CALL, request, ERROR_URIS.canceled));
    await settle();
    expect(session.details).toBeDefined();
    peer.say(errorMessage(MessageType.CALL, request, ERROR_URIS.canceled));
    await peer.expect(MessageType.ABORT);
  });

  test('is dropped however many a router owes, and the memory of them is bounded', async () => {
    const { session, peer } = await joined();
    const signal = new CountedStop();
    const calls = Array.from({ length: 3_000 }, () => session.call('com.x', [], { signal }));
    for (const call of calls) call.catch(() => {});
    signal.abort('all of them');
    await settle();
    for (let request = 1; request <= 3_000; request++) {
      peer.say(errorMessage(MessageType.CALL, request, ERROR_URIS.canceled));
    }
    await settle();
    expect(session.details).toBeDefined();
    peer.say(errorMessage(MessageType.CALL, 3_000, ERROR_URIS.canceled));
    expect(await session.ended).toMatchObject({ error: expect.any(ProtocolError) });
  });
});

test('a call while the session ends rejects with why it ended', async () => {
  const { session, peer } = await joined();
  const call = session.call('com.x');
  await peer.expect(MessageType.CALL);
  void session.leave('com.example.moving', 'to another town');
  const error = await failure(call);
  expect(error).toBeInstanceOf(SessionEnded);
  expect(error).toMatchObject({ reason: 'com.example.moving', executed: 'maybe' });
});
