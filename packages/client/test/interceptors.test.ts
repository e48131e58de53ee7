import {
  ApplicationError,
  ERROR_URIS,
  errorMessage,
  eventMessage,
  InvalidConfiguration,
  InvalidUriError,
  interruptMessage,
  invocationMessage,
  MessageType,
  publishedMessage,
  registeredMessage,
  resultMessage,
  SerializationError,
  SessionNotReady,
  subscribedMessage,
  Timeout,
} from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import {
  type CallOptions,
  CallResult,
  Client,
  type EventHandler,
  type InterceptedCall,
  type Interceptor,
  type JoinOptions,
  type Procedure,
  type Publication,
} from '../src/index.js';
import { offered } from './offered.js';
import { failure, joined, NO_JITTER, outcome, ScriptedConnector, settle, welcome } from './scripted.js';
import { ToyCodec } from './toy-codec.js';

/** Notes what passes it, in and out. */
function noting(name: string, notes: string[]): Interceptor {
  const around = async (next: () => Promise<unknown>) => {
    notes.push(`${name} in`);
    try {
      return await next();
    } finally {
      notes.push(`${name} out`);
    }
  };
  return {
    call: (_call, next) => around(next),
    invocation: (_invocation, next) => around(next),
    event: (_event, next) => around(next),
    publication: (_publication, next) => {
      notes.push(`${name} in`);
      return next();
    },
  };
}

/** A session that is subscribed to com.t, and the router's way to publish there. */
async function subscribed(handler: EventHandler, interceptors: Interceptor[]) {
  const one = await joined({ interceptors });
  const subscribing = one.session.subscribe('com.t', handler);
  const { request } = await one.peer.expect(MessageType.SUBSCRIBE);
  one.peer.say(subscribedMessage(request, 50));
  const subscription = await subscribing;
  const event = (...args: number[]) => one.peer.say(eventMessage(50, 9, {}, { args, kwargs: {} }));
  return { ...one, subscription, event };
}

describe('around calls', () => {
  test('the first is the outermost, and what it hands on is what is sent', async () => {
    const notes: string[] = [];
    const changing: Interceptor = {
      call: ({ args, options, ...call }, next) =>
        next({
          ...call,
          procedure: `${call.procedure}.v2`,
          args: [...(args as unknown[]), 3],
          options: { ...options, kwargs: { ...options.kwargs, trace: 'abc' }, discloseMe: true },
        }),
    };
    const { session, peer } = await joined({ interceptors: [noting('a', notes), changing, noting('b', notes)] });
    const call = session.call('com.x', [1, 2], { kwargs: { exact: true } });
    expect(await peer.expect(MessageType.CALL)).toMatchObject({
      request: 1,
      procedure: 'com.x.v2',
      options: { disclose_me: true },
      payload: { args: [1, 2, 3], kwargs: { exact: true, trace: 'abc' } },
    });
    expect(notes).toEqual(['a in', 'b in']);
    peer.say(resultMessage(1, {}, { args: [6], kwargs: {} }));
    expect(await call).toBe(6);
    expect(notes).toEqual(['a in', 'b in', 'b out', 'a out']);
  });

  test('one may answer itself, change the result, and ask again', async () => {
    const cache: Interceptor = { call: ({ procedure }, next) => (procedure === 'com.known' ? 42 : next()) };
    const doubling: Interceptor = { call: async (_, next) => Number(await next()) + Number(await next()) };
    const { session, peer } = await joined({ interceptors: [cache, doubling] });
    expect(await session.call('com.known')).toBe(42);
    const call = session.call('com.x');
    await peer.expect(MessageType.CALL);
    peer.say(resultMessage(1, {}, { args: [1], kwargs: {} }));
    await peer.expect(MessageType.CALL);
    peer.say(resultMessage(2, {}, { args: [5], kwargs: {} }));
    expect(await call).toBe(6);
    expect(peer.heard).toEqual([]);
  });

  test('what one throws, at once or later, is the error of the call, and nothing was sent', async () => {
    const refusal = new ApplicationError('com.app.error.closed', ['on Sundays']);
    for (const call of [
      () => {
        throw refusal;
      },
      async () => {
        await settle();
        throw refusal;
      },
    ]) {
      const { session, peer } = await joined({ interceptors: [{ call }] });
      expect(await failure(session.call('com.x'))).toBe(refusal);
      expect(peer.heard).toEqual([]);
    }
  });

  test('an error that comes back passes them, and they may make something of it', async () => {
    const fallback: Interceptor = {
      call: async (_, next) => {
        try {
          return await next();
        } catch (error) {
          if (error instanceof ApplicationError && error.error === ERROR_URIS.noSuchProcedure) return 'none';
          throw error;
        }
      },
    };
    const { session, peer } = await joined({ interceptors: [fallback] });
    const call = session.call('com.x');
    peer.say(errorMessage(MessageType.CALL, 1, ERROR_URIS.noSuchProcedure));
    expect(await call).toBe('none');
    expect(await failure(session.call('no uri!'))).toBeInstanceOf(InvalidUriError);
    expect(await failure(session.call('com.x', [], { kwargs: [1] }))).toBeInstanceOf(SerializationError);
  });

  test('stream() and remote() go through them; progress, details and the signal are theirs to see', async () => {
    const seen: InterceptedCall[] = [];
    const parts: unknown[] = [];
    const watching: Interceptor = {
      call: (call, next) => {
        seen.push(call);
        const { onProgress } = call.options;
        if (onProgress === undefined) return next();
        const watched = (part: CallResult) => {
          parts.push(part.results[0]);
          onProgress(part);
        };
        return next({ ...call, options: { ...call.options, onProgress: watched } });
      },
    };
    const { session, peer } = await joined({ interceptors: [watching] });
    const stream = session.stream('com.x', [1], { details: true });
    const first = stream.next();
    expect((await peer.expect(MessageType.CALL)).options).toEqual({ receive_progress: true });
    peer.say(resultMessage(1, { progress: true }, { args: [10], kwargs: {} }));
    expect((await first).value).toEqual(new CallResult([10]));
    expect(parts).toEqual([10]);
    expect(seen[0]?.options.details).toBe(true);
    const { signal } = seen[0]?.options ?? {};
    await stream.return(undefined);
    expect(signal?.aborted).toBe(true);
    expect(await peer.expect(MessageType.CANCEL)).toMatchObject({ request: 1 });
    void session.remote<{ list(n: number): number }>('com.shop').list(3);
    expect(await peer.expect(MessageType.CALL)).toMatchObject({ procedure: 'com.shop.list' });
    expect(seen[1]).toMatchObject({ procedure: 'com.shop.list', args: [3] });
  });

  test('they see what is encrypted afterwards', async () => {
    const seen: unknown[] = [];
    const { session, peer } = await joined({
      interceptors: [
        {
          call: (call, next) => {
            seen.push(call.args);
            return next();
          },
        },
      ],
      details: { roles: { broker: {}, dealer: { features: { payload_passthru_mode: true } } } },
    });
    session.setPayloadCodec(new ToyCodec());
    void session.call('com.x', ['secret']).catch(() => {});
    expect(seen).toEqual([['secret']]);
    const { options, payload } = await peer.expect(MessageType.CALL);
    expect(options.ppt_scheme).toBeDefined();
    expect(JSON.stringify(payload)).not.toContain('secret');
  });
});

describe('an interceptor that keeps a call', () => {
  /** One that hands on when it is told to, and tells what came of that. */
  function keeping() {
    const kept: { next(): Promise<unknown>; end(): void }[] = [];
    const call: Interceptor['call'] = (_, next) =>
      new Promise((resolve) => kept.push({ next: () => next(), end: () => resolve('ended') }));
    return { kept, interceptor: { call } satisfies Interceptor };
  }
  const late = (what: string) => `an interceptor did not hand on ${what} of com.x within 50 ms`;

  test.each<[string, Partial<JoinOptions>, CallOptions]>([
    ['the time of the call', {}, { timeout: 50 }],
    ['the time of all calls', { callTimeout: 50 }, {}],
  ])('has %s: then the call rejects, and a late next sends nothing', async (_, options, how) => {
    const { kept, interceptor } = keeping();
    const { session, peer, clock } = await joined({ ...options, interceptors: [interceptor] });
    const call = session.call('com.x', [], how);
    clock.advance(49);
    expect(await outcome(call)).toBe('pending');
    clock.advance(1);
    const error = await failure(call);
    expect(error).toBeInstanceOf(Timeout);
    expect(error).toMatchObject({ message: late('the call'), executed: 'no' });
    expect(await failure(kept[0]?.next() as Promise<unknown>)).toBe(error);
    kept[0]?.end();
    await settle();
    expect([peer.heard, clock.pending]).toEqual([[], 0]);
  });

  test('has none without a time, and none more than it needs', async () => {
    const { kept, interceptor } = keeping();
    const { session, clock } = await joined({ interceptors: [interceptor], callTimeout: 50 });
    const call = session.call('com.x', [], { timeout: 0 });
    expect(clock.pending).toBe(0);
    kept[0]?.end();
    expect(await call).toBe('ended');
    const other = session.call('com.x');
    expect(clock.pending).toBe(1);
    kept[1]?.end();
    expect([await other, clock.pending]).toEqual(['ended', 0]);
  });

  test('of a call that is under way the own time counts; when it is back the interceptor has as long again', async () => {
    const { kept, interceptor } = keeping();
    const { session, peer, clock } = await joined({ interceptors: [interceptor] });
    const call = session.call('com.x', [], { timeout: 50 });
    clock.advance(40);
    const sent = kept[0]?.next();
    await peer.expect(MessageType.CALL);
    clock.advance(40);
    peer.say(resultMessage(1, {}, { args: [1], kwargs: {} }));
    expect(await sent).toBe(1);
    clock.advance(49);
    expect(await outcome(call)).toBe('pending');
    clock.advance(1);
    expect(await failure(call)).toMatchObject({ message: late('the result'), executed: 'maybe' });
  });

  test("a client's session is held to it, too: over all attempts", async () => {
    const { kept, interceptor } = keeping();
    const clock = new FakeClock();
    const client = new Client({
      connectors: [new ScriptedConnector()],
      realm: 'realm1',
      interceptors: [interceptor],
      callTimeout: 50,
      clock,
      random: NO_JITTER,
    });
    const call = client.session.call('com.x', [], { idempotent: true });
    clock.advance(50);
    const error = await failure(call);
    expect(error).toMatchObject({ message: late('the call'), executed: 'no' });
    expect(await failure(kept[0]?.next() as Promise<unknown>)).toBe(error);
    await client.close();
  });
});

describe('around publications', () => {
  test('at once: what is changed is sent before publish returns, and what is wrong is thrown', async () => {
    const notes: string[] = [];
    const stamping: Interceptor = {
      publication: (publication, next) => next({ ...publication, args: [...(publication.args ?? []), 'stamped'] }),
    };
    const { session, peer } = await joined({ interceptors: [noting('a', notes), stamping] });
    expect(session.publish('com.t', [1])).toBeUndefined();
    expect(peer.heard).toMatchObject([{ topic: 'com.t', payload: { args: [1, 'stamped'] } }]);
    expect(notes).toEqual(['a in']);
    expect(() => session.publish('no uri!')).toThrow(InvalidUriError);
    expect(() => session.publish('com.t', [], { kwargs: [1] })).toThrow(SerializationError);
  });

  test('acknowledged, the promise is what comes of it; a refusal rejects', async () => {
    const refusing: Interceptor = {
      publication: async ({ topic }, next) => {
        await settle();
        if (topic === 'com.closed') throw new ApplicationError('com.app.error.closed');
        return next();
      },
    };
    const { session, peer } = await joined({ interceptors: [refusing] });
    const publishing: Promise<Publication> = session.publish('com.t', [1], { acknowledge: true });
    await peer.expect(MessageType.PUBLISH);
    peer.say(publishedMessage(1, 77));
    expect((await publishing).id).toBe(77);
    expect(await failure(session.publish('com.closed', [], { acknowledge: true }))).toMatchObject({
      error: 'com.app.error.closed',
    });
  });

  test('unacknowledged, what is rejected later is reported, and an event may be dropped', async () => {
    const slow: Interceptor = {
      publication: async ({ topic }, next) => {
        await settle();
        if (topic !== 'com.dropped') await next();
      },
    };
    const { session, peer, reported } = await joined({ interceptors: [slow] });
    session.publish('com.dropped');
    session.publish('no uri!');
    session.publish('com.t');
    await settle();
    await settle();
    expect(peer.heard).toMatchObject([{ topic: 'com.t' }]);
    expect(reported).toMatchObject([{ what: 'publishing no uri!', error: { code: 'WAMP_INVALID_URI' } }]);
  });
});

describe('around invocations', () => {
  test('arguments and results may be changed; details say who calls', async () => {
    const seen: unknown[] = [];
    const changing: Interceptor = {
      invocation: async ({ args, kwargs, details }, next) => {
        const { trace, ...rest } = kwargs;
        seen.push(details.procedure, details.request, details.caller, trace);
        return [await next({ args: (args as number[]).map((n) => n * 10), kwargs: rest, details })];
      },
    };
    const { peer, invoke } = await offered(([n], kwargs) => ({ n, kwargs }), { interceptors: [changing] });
    invoke({ args: [4], kwargs: { trace: 'abc', left: 1 } }, { caller: 99 }, 17);
    const { request, payload } = await peer.expect(MessageType.YIELD);
    expect(request).toBe(17);
    expect(payload).toMatchObject({ args: [[{ n: 40, kwargs: { left: 1 } }]] });
    expect(seen).toEqual(['com.p', 17, 99, 'abc']);
  });

  test("a refusal crosses the wire as the procedure's own would, and the procedure does not run", async () => {
    let ran = 0;
    const refusing: Interceptor = {
      invocation: ({ args }, next) => {
        if ((args as unknown[])[0] === 'guest')
          throw new ApplicationError(ERROR_URIS.notAuthorized, ['guests may not']);
        if ((args as unknown[])[0] === 'broken') throw new Error('a bug in the interceptor');
        return next();
      },
    };
    const { peer, invoke, reported } = await offered(() => ++ran, { interceptors: [refusing] });
    invoke({ args: ['guest'], kwargs: {} });
    expect(await peer.expect(MessageType.ERROR)).toMatchObject({
      error: ERROR_URIS.notAuthorized,
      payload: { args: ['guests may not'] },
    });
    expect(reported).toEqual([]);
    invoke({ args: ['broken'], kwargs: {} });
    const { error, payload } = await peer.expect(MessageType.ERROR);
    expect(error).toBe(ERROR_URIS.runtimeError);
    expect(JSON.stringify(payload)).not.toContain('bug');
    expect(reported).toMatchObject([{ what: 'procedure com.p', error: { message: 'a bug in the interceptor' } }]);
    expect(ran).toBe(0);
    invoke({ args: ['member'], kwargs: {} });
    expect(await peer.expect(MessageType.YIELD)).toMatchObject({ payload: { args: [1] } });
  });

  test('a generator comes as it is: it may be wrapped, and each yield is a progressive result', async () => {
    const notes: string[] = [];
    async function* watched(parts: AsyncGenerator): AsyncGenerator {
      try {
        for await (const part of parts) yield Number(part) + 1;
        return 'end';
      } finally {
        notes.push('finished');
      }
    }
    const wrapping: Interceptor = {
      invocation: async (_invocation, next) => {
        const result = await next();
        notes.push('begun');
        return watched(result as AsyncGenerator);
      },
    };
    const { peer, invoke } = await offered(
      async function* () {
        yield 1;
        yield 2;
      },
      { interceptors: [wrapping] },
    );
    invoke(undefined, { receive_progress: true });
    const answers = [await peer.expect(MessageType.YIELD), await peer.expect(MessageType.YIELD)];
    expect(answers).toMatchObject([
      { options: { progress: true }, payload: { args: [2] } },
      { options: { progress: true }, payload: { args: [3] } },
    ]);
    expect(await peer.expect(MessageType.YIELD)).toMatchObject({ options: {}, payload: { args: ['end'] } });
    expect(notes).toEqual(['begun', 'finished']);
  });

  test('progress() may be watched through the details, which keep the signal and the log', async () => {
    const sent: unknown[] = [];
    const watching: Interceptor = {
      invocation: (invocation, next) => {
        const { details } = invocation;
        const { progress } = details;
        const watched = (args?: readonly unknown[]) => {
          sent.push(args);
          progress?.(args);
        };
        const changed = details.with({ progress: watched });
        expect(changed.signal).toBe(details.signal);
        expect(changed.request).toBe(details.request);
        return next({ ...invocation, details: changed });
      },
    };
    const handler: Procedure = (_args, _kwargs, { progress }) => progress?.([5]);
    const { peer, invoke } = await offered(handler, { interceptors: [watching] });
    invoke(undefined, { receive_progress: true });
    await peer.expect(MessageType.YIELD);
    await peer.expect(MessageType.YIELD);
    expect(sent).toEqual([[5]]);
  });

  test('a call that is canceled while one waits does not begin, and nothing is reported', async () => {
    let ran = false;
    let go = () => {};
    const waiting: Interceptor = {
      invocation: async (_invocation, next) => {
        await new Promise<void>((resolve) => {
          go = resolve;
        });
        return next();
      },
    };
    const { peer, invoke, reported } = await offered(
      () => {
        ran = true;
      },
      { interceptors: [waiting] },
    );
    invoke(undefined, {}, 5);
    await settle();
    peer.say(interruptMessage(5, { mode: 'kill' }));
    expect(await peer.expect(MessageType.ERROR)).toMatchObject({ request: 5, error: ERROR_URIS.canceled });
    go();
    await settle();
    expect(ran).toBe(false);
    expect(reported).toEqual([]);
    expect(peer.heard).toEqual([]);
  });

  test('they are within the concurrency of the registration', async () => {
    const begun: number[] = [];
    const release: (() => void)[] = [];
    const waiting: Interceptor = {
      invocation: async ({ details }, next) => {
        begun.push(details.request ?? 0);
        await new Promise<void>((resolve) => release.push(resolve));
        return next();
      },
    };
    const { session, peer } = await joined({ interceptors: [waiting] });
    const registering = session.register('com.p', () => 1, { concurrency: 1 });
    await peer.expect(MessageType.REGISTER);
    peer.say(registeredMessage(1, 7));
    await registering;
    for (const id of [1, 2]) peer.say(invocationMessage(id, 7, {}));
    await settle();
    expect(begun).toEqual([1]);
    release[0]?.();
    await peer.expect(MessageType.YIELD);
    await settle();
    expect(begun).toEqual([1, 2]);
  });
});

test('what comes in encrypted they see decrypted, and what they answer goes out encrypted', async () => {
  const seen: unknown[] = [];
  const watching: Interceptor = {
    invocation: async (invocation, next) => {
      seen.push(invocation.args, invocation.details.payloadScheme);
      return `${String(await next())}, watched`;
    },
    event: (event, next) => {
      seen.push(event.args, event.details.payloadScheme);
      return next();
    },
  };
  const { session, peer, invoke } = await offered(([text]) => `got ${String(text)}`, { interceptors: [watching] });
  const codec = new ToyCodec();
  session.setPayloadCodec(codec);
  const sealed = (uri: string, text: string) => {
    const encoded = codec.encode(true, uri, [text], {});
    return { args: [encoded?.payload as Uint8Array], kwargs: {} };
  };
  const details = { ppt_scheme: 'x_toy', ppt_serializer: 'json' };
  invoke(sealed('com.p', 'a secret'), details);
  const { options, payload } = await peer.expect(MessageType.YIELD);
  expect(options.ppt_scheme).toBe('x_toy');
  const [bytes] = (payload as { args: Uint8Array[] }).args;
  const answer = codec.decode(false, 'com.p', { payload: bytes as Uint8Array, scheme: 'x_toy' });
  expect(answer.args).toEqual(['got a secret, watched']);
  const subscribing = session.subscribe('com.t', () => {});
  const { request } = await peer.expect(MessageType.SUBSCRIBE);
  peer.say(subscribedMessage(request, 50));
  await subscribing;
  peer.say(eventMessage(50, 9, details, sealed('com.t', 'news')));
  await settle();
  expect(seen).toEqual([['a secret'], 'x_toy', ['news'], 'x_toy']);
});

describe('around events', () => {
  test('each handler has its own; an event may be changed, or kept from a handler', async () => {
    const got: unknown[] = [];
    const filtering: Interceptor = {
      event: ({ args, kwargs, details }, next) =>
        (args[0] as number) < 0 ? undefined : next({ args: [args[0] as number, details.topic], kwargs, details }),
    };
    const { event } = await subscribed((args) => got.push(args), [filtering]);
    event(-1);
    event(1);
    await settle();
    expect(got).toEqual([[1, 'com.t']]);
  });

  test("what one throws is reported as the handler's error would be", async () => {
    const failing: Interceptor = {
      event: () => {
        throw new Error('no');
      },
    };
    const { event, reported } = await subscribed(() => {}, [failing]);
    event(1);
    await settle();
    expect(reported).toMatchObject([{ what: 'event handler of com.t', error: { message: 'no' } }]);
  });

  test('a handler that goes while one waits gets nothing more', async () => {
    let go = () => {};
    const got: unknown[] = [];
    const waiting: Interceptor = {
      event: async (_event, next) => {
        await new Promise<void>((resolve) => {
          go = resolve;
        });
        return next();
      },
    };
    const { event, subscription } = await subscribed((args) => got.push(args), [waiting]);
    event(1);
    await settle();
    void subscription.unsubscribe();
    go();
    await settle();
    expect(got).toEqual([]);
  });
});

describe("a client's session", () => {
  test('has them once, over all joins, in both directions', async () => {
    const notes: string[] = [];
    const clock = new FakeClock();
    const connector = new ScriptedConnector();
    const client = new Client({
      connectors: [connector],
      realm: 'realm1',
      interceptors: [noting('a', notes)],
      clock,
      random: NO_JITTER,
    });
    client.open();
    expect(await failure(client.session.call('com.x'))).toBeInstanceOf(SessionNotReady);
    expect(() => client.session.publish('com.t')).toThrow(SessionNotReady);
    expect(notes).toEqual(['a in', 'a out', 'a in']);
    notes.length = 0;
    for (let join = 0; join < 2; join++) {
      const peer = await connector.next();
      await welcome(peer);
      if (join === 0) {
        await client.joined();
        void client.session.register('com.p', () => 1);
      }
      const { request } = await peer.expect(MessageType.REGISTER);
      peer.say(registeredMessage(request, 7));
      await client.joined();
      peer.say(invocationMessage(1, 7, {}));
      await peer.expect(MessageType.YIELD);
      expect(notes.splice(0)).toEqual(['a in', 'a out']);
      const call = client.session.call('com.x');
      const sent = await peer.expect(MessageType.CALL);
      peer.say(resultMessage(sent.request, {}));
      await call;
      expect(notes.splice(0)).toEqual(['a in', 'a out']);
      peer.drop();
      await settle();
      clock.advance(1_000);
    }
    await client.close();
  });

  test('an instance of a class is one, with its own state', async () => {
    class Counting implements Interceptor {
      #count = 0;
      get count(): number {
        return this.#count;
      }
      call(_call: InterceptedCall, next: () => Promise<unknown>): Promise<unknown> {
        this.#count++;
        return next();
      }
    }
    const counting = new Counting();
    const { session } = await joined({ interceptors: [counting] });
    void session.call('com.x').catch(() => {});
    expect(counting.count).toBe(1);
  });

  test.each<[string, unknown, string]>([
    ['no list', { call: () => {} }, 'interceptors: expected a list of interceptors, got dict'],
    ['a function', [() => {}], 'interceptors[0]: expected an object with call, publication, invocation, event'],
    ['nothing', [{ call: () => {} }, undefined], 'interceptors[1]: expected an object'],
    [
      'a slip',
      [{ invocations: () => {} }],
      'interceptors[0].invocations: there is no such method of an interceptor; did you mean invocation?',
    ],
    ['no function', [{ event: 1 }], 'interceptors[0].event: expected a function, got integer'],
    ['empty', [{}], 'interceptors[0]: has none of call, publication, invocation, event'],
  ])('%s is refused when the client is made', (_, interceptors, text) => {
    const make = () =>
      new Client({
        connectors: [new ScriptedConnector()],
        realm: 'realm1',
        interceptors: interceptors as Interceptor[],
        clock: new FakeClock(),
        random: NO_JITTER,
      });
    expect(make).toThrow(InvalidConfiguration);
    expect(make).toThrow(text);
  });

  test('an acknowledged publication that an interceptor never answers stays open, and is its own matter', async () => {
    const { session } = await joined({ interceptors: [{ publication: () => new Promise(() => {}) }] });
    expect(await outcome(session.publish('com.t', [], { acknowledge: true }))).toBe('pending');
  });
});
