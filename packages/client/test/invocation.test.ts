import {
  ApplicationError,
  ERROR_URIS,
  invocationMessage,
  MessageType,
  PayloadExceededError,
  type PlainPayload,
  SerializationError,
  TypeCheckError,
} from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { CallDetails, CallResult, type Procedure } from '../src/index.js';
import { offered, REGISTRATION } from './offered.js';
import { raw, settle, unreadable } from './scripted.js';

/** A class that cannot travel, holding something that must not. */
const SECRET = 'sesame';

describe('an INVOCATION', () => {
  test('reaches the handler with arguments and details', async () => {
    const seen: unknown[][] = [];
    const { invoke, peer } = await offered((...all) => {
      seen.push(all);
    });
    invoke(raw([1, 'b'], { c: true, self: 1 }), { caller: 9, caller_authid: 'joe', caller_authrole: 'user' });
    await peer.expect(MessageType.YIELD);
    const [args, kwargs, details] = seen[0] as [unknown, unknown, CallDetails];
    expect([args, kwargs]).toEqual([[1, 'b'], { c: true, self: 1 }]);
    expect(details).toBeInstanceOf(CallDetails);
    expect(details).toMatchObject({
      registration: REGISTRATION,
      procedure: 'com.p',
      caller: 9,
      callerAuthid: 'joe',
      callerAuthrole: 'user',
      progress: undefined,
    });
    expect(details.signal.aborted).toBe(false);
    expect(details.signal).toBe(details.signal);
  });

  test('without arguments gives the handler empty ones', async () => {
    const { invoke, peer } = await offered((args, kwargs) => [args, kwargs]);
    invoke();
    expect(await peer.expect(MessageType.YIELD)).toMatchObject({ payload: { args: [[[], {}]] } });
  });

  test('need not be numbered in sequence', async () => {
    const { invoke, peer } = await offered(() => 1);
    for (const request of [4711, 3, 9_007_199_254_740_992]) {
      invoke(undefined, {}, request);
      expect(await peer.expect(MessageType.YIELD)).toMatchObject({ request });
    }
  });

  test('under a request that still runs is a violation', async () => {
    const { invoke, peer } = await offered(() => new Promise(() => {}));
    invoke(undefined, {}, 5);
    invoke(undefined, {}, 5);
    expect((await peer.expect(MessageType.ABORT)).reason).toBe(ERROR_URIS.protocolViolation);
  });

  test('whose arguments cannot be read is answered with invalid_payload; the handler does not run', async () => {
    let ran = false;
    const { invoke, peer, reported } = await offered(() => {
      ran = true;
    });
    invoke(unreadable());
    expect(await peer.expect(MessageType.ERROR)).toMatchObject({ error: ERROR_URIS.invalidPayload });
    expect(ran).toBe(false);
    expect(reported).toMatchObject([{ what: 'reading the arguments of procedure com.p' }]);
  });

  test('several run at the same time, and answer as they finish', async () => {
    const done: ((value: string) => void)[] = [];
    const { invoke, peer } = await offered(() => new Promise((resolve) => done.push(resolve)));
    invoke();
    invoke();
    await settle();
    done[1]?.('second');
    expect(await peer.expect(MessageType.YIELD)).toMatchObject({ request: 2, payload: { args: ['second'] } });
    done[0]?.('first');
    expect(await peer.expect(MessageType.YIELD)).toMatchObject({ request: 1, payload: { args: ['first'] } });
  });
});

describe('what a handler returns', () => {
  test.each<[string, unknown, unknown]>([
    ['undefined is an empty YIELD', undefined, undefined],
    ['null is one value', null, { args: [null], kwargs: {} }],
    ['a list is one value', [1, 2], { args: [[1, 2]], kwargs: {} }],
    ['a CallResult is its values', new CallResult([1, 2], { a: 3 }), { args: [1, 2], kwargs: { a: 3 } }],
    ['an empty CallResult is an empty YIELD', new CallResult(), undefined],
  ])('%s, at once or later', async (_, value, payload) => {
    const { invoke, peer } = await offered((args) => (args.length === 0 ? value : Promise.resolve(value)));
    for (const args of [[], ['later']]) {
      invoke(raw(args));
      expect(await peer.expect(MessageType.YIELD)).toMatchObject({ options: {}, payload });
    }
  });

  test.each<[string, () => unknown, string]>([
    ['a function', () => ({ secret: SECRET, deep: [() => {}] }), 'args[0].deep[0]'],
    ['a Map', () => ({ secret: SECRET, map: new Map() }), 'args[0].map'],
    ['keyword results that are no dict', () => new CallResult([], [1] as never), 'kwargs'],
  ])('%s cannot be sent: invalid_payload names the path and not the value', async (_, result, path) => {
    const { invoke, peer, reported } = await offered(result);
    invoke();
    const { error, payload } = await peer.expect(MessageType.ERROR);
    expect(error).toBe(ERROR_URIS.invalidPayload);
    expect(JSON.stringify(payload)).toContain(path);
    expect(JSON.stringify(payload)).not.toContain(SECRET);
    expect(reported).toMatchObject([{ what: 'sending the answer of procedure com.p' }]);
    expect(reported[0]?.error).toBeInstanceOf(SerializationError);
  });

  test('what a getter or toJSON throws does not cross', async () => {
    const { invoke, peer } = await offered(() => ({
      toJSON: () => {
        throw new Error(SECRET);
      },
    }));
    invoke();
    const { error, payload } = await peer.expect(MessageType.ERROR);
    expect(error).toBe(ERROR_URIS.invalidPayload);
    expect(JSON.stringify(payload)).not.toContain(SECRET);
  });

  test('what throws when it is looked at is answered all the same', async () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error(SECRET);
        },
        getPrototypeOf: () => {
          throw new Error(SECRET);
        },
      },
    );
    const { invoke, peer, session } = await offered(() => hostile);
    invoke();
    await peer.expect(MessageType.ERROR);
    expect(session.details).toBeDefined();
  });

  test('too much for the wire is payload_size_exceeded', async () => {
    const { invoke, peer, reported } = await offered(() => 'x'.repeat(1_000), { most: 500 });
    invoke();
    expect(await peer.expect(MessageType.ERROR)).toMatchObject({ error: ERROR_URIS.payloadSizeExceeded });
    expect(reported[0]?.error).toBeInstanceOf(PayloadExceededError);
  });
});

describe('what a handler throws', () => {
  const cases: [string, (error: unknown) => Procedure][] = [
    [
      'at once',
      (error) => () => {
        throw error;
      },
    ],
    ['later', (error) => () => Promise.reject(error)],
    [
      'out of a generator',
      (error) =>
        // biome-ignore lint/correctness/useYield: it throws before it yields
        async function* () {
          throw error;
        },
    ],
  ];

  test.each(cases)('an ApplicationError crosses as it is, thrown %s', async (_, throwing) => {
    const error = new ApplicationError('com.shop.error.out_of_stock', ['tea'], { kwargs: { left: 0 } });
    const { invoke, peer, reported } = await offered(throwing(error));
    invoke();
    expect(await peer.expect(MessageType.ERROR)).toMatchObject({
      requestType: MessageType.INVOCATION,
      error: 'com.shop.error.out_of_stock',
      payload: { args: ['tea'], kwargs: { left: 0 } },
    });
    expect(reported).toEqual([]);
  });

  test('a TypeCheckError crosses under its URI', async () => {
    const { invoke, peer } = await offered(() => {
      throw new TypeCheckError('a: expected integer');
    });
    invoke();
    expect(await peer.expect(MessageType.ERROR)).toMatchObject({
      error: ERROR_URIS.typeCheckError,
      payload: { args: ['a: expected integer'] },
    });
  });

  test.each(cases)(
    'any other error is runtime_error without its message, thrown %s; it is reported here',
    async (_, throwing) => {
      const error = new Error(SECRET);
      const { invoke, peer, reported } = await offered(throwing(error));
      invoke();
      expect(await peer.expect(MessageType.ERROR)).toMatchObject({
        error: ERROR_URIS.runtimeError,
        payload: { args: ['the procedure failed'], kwargs: {} },
      });
      expect(reported).toEqual([{ error, what: 'procedure com.p' }]);
    },
  );

  test("with exposeErrors: 'message' the caller gets the message, and nothing else", async () => {
    const { invoke, peer } = await offered(
      () => {
        throw Object.assign(new Error('no disk'), { path: SECRET });
      },
      { exposeErrors: 'message' },
    );
    invoke();
    const { payload } = await peer.expect(MessageType.ERROR);
    expect(payload).toEqual({ args: ['no disk'], kwargs: {} });
  });

  test("with exposeErrors: 'traceback' the caller gets the stack too, as a string", async () => {
    const error = new Error('no disk');
    const { invoke, peer } = await offered(() => Promise.reject(error), { exposeErrors: 'traceback' });
    invoke();
    const { payload } = await peer.expect(MessageType.ERROR);
    expect(payload).toEqual({ args: ['no disk'], kwargs: { traceback: error.stack } });
    expect(error.stack).toContain('invocation.test.ts');
  });

  test("with exposeErrors: 'traceback' an ApplicationError has it beside its own keywords, which stay as they are", async () => {
    const kwargs = JSON.parse('{"left":0,"__proto__":1,"constructor":2}');
    const error = new ApplicationError('com.e', [1], { kwargs });
    const thrown: unknown[] = [error, new ApplicationError('com.e', [], { kwargs: { traceback: 'mine' } })];
    const { invoke, peer } = await offered(() => Promise.reject(thrown.shift()), { exposeErrors: 'traceback' });
    invoke();
    const { payload } = await peer.expect(MessageType.ERROR);
    const keys = Object.keys((payload as PlainPayload).kwargs);
    expect(keys).toEqual(['left', '__proto__', 'constructor', 'traceback']);
    expect(Object.keys(kwargs)).not.toContain('traceback');
    invoke();
    expect(await peer.expect(MessageType.ERROR)).toMatchObject({ payload: { kwargs: { traceback: 'mine' } } });
  });

  test.each([
    ['a string', 'text'],
    ['undefined', undefined],
    ['an object', { a: 1 }],
  ])('%s is runtime_error', async (_, thrown) => {
    const { invoke, peer } = await offered(
      () => {
        throw thrown;
      },
      { exposeErrors: 'message' },
    );
    invoke();
    expect(await peer.expect(MessageType.ERROR)).toMatchObject({
      error: ERROR_URIS.runtimeError,
      payload: { args: ['the procedure failed'] },
    });
  });

  test('an ApplicationError whose URI is none is a fault like any other: a router would end the session for it', async () => {
    const { invoke, peer, reported } = await offered(() => {
      throw new ApplicationError('not a uri');
    });
    invoke();
    expect(await peer.expect(MessageType.ERROR)).toMatchObject({ error: ERROR_URIS.runtimeError });
    expect(reported).toHaveLength(1);
  });

  test('an ApplicationError that cannot be sent is invalid_payload', async () => {
    const { invoke, peer, reported } = await offered(() => {
      throw new ApplicationError('com.e', [(() => {}) as never]);
    });
    invoke();
    expect(await peer.expect(MessageType.ERROR)).toMatchObject({ error: ERROR_URIS.invalidPayload });
    expect(reported).toHaveLength(1);
  });
});

describe('progress', () => {
  test('is there only where the caller asked', async () => {
    const seen: unknown[] = [];
    const { invoke, peer } = await offered((_args, _kwargs, { progress }) => {
      seen.push(typeof progress);
    });
    invoke();
    invoke(undefined, { receive_progress: true });
    await peer.expect(MessageType.YIELD);
    await peer.expect(MessageType.YIELD);
    expect(seen).toEqual(['undefined', 'function']);
  });

  test('sends progressive YIELDs before the last one', async () => {
    const { invoke, peer } = await offered((_args, _kwargs, { progress }) => {
      progress?.();
      progress?.([1, 2]);
      progress?.([], { a: 3 });
      return 'end';
    });
    invoke(undefined, { receive_progress: true });
    const progressive = { options: { progress: true } };
    expect(await peer.expect(MessageType.YIELD)).toMatchObject({ ...progressive, payload: undefined });
    expect(await peer.expect(MessageType.YIELD)).toMatchObject({ ...progressive, payload: { args: [1, 2] } });
    expect(await peer.expect(MessageType.YIELD)).toMatchObject({ ...progressive, payload: { kwargs: { a: 3 } } });
    expect(await peer.expect(MessageType.YIELD)).toMatchObject({ options: {}, payload: { args: ['end'] } });
  });

  test('throws to the handler what cannot be sent', async () => {
    const { invoke, peer } = await offered((_args, _kwargs, { progress }) => {
      try {
        progress?.([() => {}]);
        return 'sent';
      } catch (error) {
        return (error as Error).name;
      }
    });
    invoke(undefined, { receive_progress: true });
    expect(await peer.expect(MessageType.YIELD)).toMatchObject({ payload: { args: ['SerializationError'] } });
  });

  test('does nothing once the call is over', async () => {
    let late = () => {};
    const { invoke, peer } = await offered((_args, _kwargs, { progress }) => {
      late = () => progress?.([1]);
    });
    invoke(undefined, { receive_progress: true });
    await peer.expect(MessageType.YIELD);
    late();
    expect(peer.heard).toEqual([]);
  });
});

test('a handler that ends the session itself is not answered for', async () => {
  const { invoke, peer, session, reported } = await offered(() => {
    void session.leave();
    return 1;
  });
  invoke();
  await peer.expect(MessageType.GOODBYE);
  await settle();
  expect(peer.heard).toEqual([]);
  expect(reported).toEqual([]);
});

test('an onUserError that ends the session itself is not in the way of that', async () => {
  const what: string[] = [];
  const one = await offered(
    () => {
      throw new Error('no');
    },
    {
      onUserError: (_, whose) => {
        what.push(whose);
        void one.session.leave();
      },
    },
  );
  one.invoke();
  await settle();
  expect(what).toEqual(['procedure com.p']);
  expect(one.peer.heard).toMatchObject([{ type: MessageType.GOODBYE }]);
});

test('an INVOCATION for a registration that never was is answered too', async () => {
  const { peer, session } = await offered(() => {});
  peer.say(invocationMessage(1, 999, {}));
  expect(await peer.expect(MessageType.ERROR)).toMatchObject({ error: ERROR_URIS.noSuchProcedure });
  expect(session.details).toBeDefined();
});
