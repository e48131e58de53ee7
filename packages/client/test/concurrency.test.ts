import {
  ERROR_URIS,
  eventMessage,
  interruptMessage,
  invocationMessage,
  MessageType,
  registeredMessage,
  subscribedMessage,
} from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import type { Procedure, RegisterOptions, SubscribeOptions } from '../src/index.js';
import { Slots } from '../src/slots.js';
import { joined, raw, settle } from './scripted.js';

/** A handler whose runs end when the test says so. */
function gated() {
  const begun: unknown[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const handler = ([n]: unknown[]) => {
    begun.push(n);
    return new Promise<void>((resolve, reject) => {
      ends.push((error) => (error === undefined ? resolve() : reject(error)));
    });
  };
  const end = (index: number, error?: Error) => {
    ends[index]?.(error);
    return settle();
  };
  return { begun, handler, end };
}

async function offering(handler: Procedure, options: RegisterOptions) {
  const one = await joined();
  const registering = one.session.register('com.p', handler, options);
  const { request } = await one.peer.expect(MessageType.REGISTER);
  one.peer.say(registeredMessage(request, 200));
  await registering;
  const invoke = (...requests: number[]) => {
    for (const n of requests) one.peer.say(invocationMessage(n, 200, {}, raw([n])));
    return settle();
  };
  return { ...one, invoke };
}

async function listening(handler: (args: unknown[]) => unknown, options: SubscribeOptions) {
  const one = await joined();
  const subscribing = one.session.subscribe('com.t', handler, options);
  const { request } = await one.peer.expect(MessageType.SUBSCRIBE);
  one.peer.say(subscribedMessage(request, 300));
  const subscription = await subscribing;
  const say = (...values: number[]) => {
    for (const n of values) one.peer.say(eventMessage(300, n, {}, raw([n])));
    return settle();
  };
  return { ...one, subscription, say };
}

describe('concurrency of a registration', () => {
  test('lets so many runs of the handler happen at once; the rest begin in order', async () => {
    const { begun, handler, end } = gated();
    const { invoke, peer } = await offering(handler, { concurrency: 2 });
    await invoke(1, 2, 3, 4);
    expect(begun).toEqual([1, 2]);
    await end(1);
    expect(begun).toEqual([1, 2, 3]);
    await end(0, new Error('no'));
    expect(begun).toEqual([1, 2, 3, 4]);
    expect(peer.heard).toMatchObject([
      { type: MessageType.YIELD, request: 2 },
      { type: MessageType.ERROR, request: 1 },
    ]);
  });

  test('what is interrupted while it waits is answered at once, and never begins', async () => {
    const { begun, handler, end } = gated();
    const { invoke, peer } = await offering(handler, { concurrency: 1 });
    await invoke(1, 2, 3);
    peer.say(interruptMessage(2, { mode: 'kill' }));
    expect(await peer.expect(MessageType.ERROR)).toMatchObject({ request: 2, error: ERROR_URIS.canceled });
    await end(0);
    expect(begun).toEqual([1, 3]);
  });

  test('what is interrupted while it runs keeps its place until it has ended', async () => {
    const { begun, handler, end } = gated();
    const { invoke, peer } = await offering(handler, { concurrency: 1 });
    await invoke(1, 2);
    peer.say(interruptMessage(1, { mode: 'killnowait' }));
    await settle();
    expect(begun).toEqual([1]);
    await end(0);
    expect(begun).toEqual([1, 2]);
  });

  test('a generator runs until it has returned', async () => {
    const begun: unknown[] = [];
    let go = () => {};
    const { invoke } = await offering(
      async function* ([n]) {
        begun.push(n);
        yield 1;
        await new Promise<void>((resolve) => {
          go = resolve;
        });
      },
      { concurrency: 1 },
    );
    await invoke(1, 2);
    expect(begun).toEqual([1]);
    go();
    await settle();
    expect(begun).toEqual([1, 2]);
  });

  test('at the end of the session nothing that waits begins', async () => {
    const { begun, handler, end } = gated();
    const { invoke, peer } = await offering(handler, { concurrency: 1 });
    await invoke(1, 2);
    peer.drop();
    await settle();
    await end(0);
    expect(begun).toEqual([1]);
  });

  test('without it all run at once', async () => {
    const { begun, handler } = gated();
    const { invoke } = await offering(handler, {});
    await invoke(1, 2, 3);
    expect(begun).toEqual([1, 2, 3]);
  });
});

describe('a timeout that the router leaves to this side', () => {
  test('answers with wamp.error.timeout, and aborts the signal', async () => {
    let signal: AbortSignal | undefined;
    let timeout: number | undefined;
    const one = await offering(
      (_args, _kwargs, details) => {
        ({ signal, timeout } = details);
        return new Promise(() => {});
      },
      { forwardTimeout: true },
    );
    one.peer.say(invocationMessage(1, 200, { timeout: 100 }));
    await settle();
    one.clock.advance(99);
    expect([timeout, signal?.aborted]).toEqual([100, false]);
    one.clock.advance(1);
    expect(await one.peer.expect(MessageType.ERROR)).toMatchObject({ request: 1, error: ERROR_URIS.timeout });
    expect(signal?.reason).toMatchObject({ code: 'WAMP_TIMEOUT' });
  });

  test('begins anew with each progressive result, and ends with the answer', async () => {
    let answer = (_: unknown) => {};
    let progress: (() => void) | undefined;
    const one = await offering((_args, _kwargs, details) => {
      progress = details.progress;
      return new Promise((resolve) => {
        answer = resolve;
      });
    }, {});
    one.peer.say(invocationMessage(1, 200, { timeout: 100, receive_progress: true }));
    await settle();
    one.clock.advance(60);
    progress?.();
    one.clock.advance(60);
    expect(one.peer.heard).toMatchObject([{ options: { progress: true } }]);
    answer(1);
    await settle();
    expect(one.clock.pending).toBe(0);
    expect(one.peer.heard).toMatchObject([{ options: { progress: true } }, { payload: { args: [1] } }]);
  });

  test('leaves no timer when the session ends, and 0 is none', async () => {
    const { handler } = gated();
    const one = await offering(handler, {});
    one.peer.say(invocationMessage(1, 200, { timeout: 100 }));
    one.peer.say(invocationMessage(2, 200, { timeout: 0 }));
    await settle();
    expect(one.clock.pending).toBe(1);
    one.peer.drop();
    await settle();
    expect(one.clock.pending).toBe(0);
  });
});

describe('order of a subscription', () => {
  test('sequential: the next event waits for the promise of the one before, whatever comes of it', async () => {
    const { begun, handler, end } = gated();
    const { say, reported } = await listening(handler, { order: 'sequential' });
    await say(1, 2, 3);
    expect(begun).toEqual([1]);
    await end(0, new Error('no'));
    expect(begun).toEqual([1, 2]);
    await end(1);
    expect(begun).toEqual([1, 2, 3]);
    expect(reported).toMatchObject([{ what: 'event handler of com.t' }]);
  });

  test('sequential: a handler that throws at once does not stop the rest', async () => {
    const seen: unknown[] = [];
    const { say } = await listening(
      ([n]) => {
        seen.push(n);
        throw new Error('no');
      },
      { order: 'sequential' },
    );
    await say(1, 2);
    expect(seen).toEqual([1, 2]);
  });

  test('concurrent, the default: nothing waits', async () => {
    for (const options of [{}, { order: 'concurrent' } as const]) {
      const { begun, handler } = gated();
      const { say } = await listening(handler, options);
      await say(1, 2, 3);
      expect(begun).toEqual([1, 2, 3]);
    }
  });

  test('concurrency: so many at once', async () => {
    const { begun, handler, end } = gated();
    const { say } = await listening(handler, { concurrency: 2 });
    await say(1, 2, 3);
    expect(begun).toEqual([1, 2]);
    await end(0);
    expect(begun).toEqual([1, 2, 3]);
  });

  test('what waits is dropped when the handler goes', async () => {
    const { begun, handler, end } = gated();
    const { say, subscription } = await listening(handler, { order: 'sequential' });
    await say(1, 2);
    void subscription.unsubscribe();
    await end(0);
    expect(begun).toEqual([1]);
  });
});

test('slots hand on to very many runs that end at once', () => {
  const slots = new Slots(1);
  let ran = 0;
  slots.take(() => {});
  for (let i = 0; i < 100_000; i++) {
    slots.take(() => {
      ran++;
      slots.release();
    });
  }
  expect(ran).toBe(0);
  slots.release();
  expect(ran).toBe(100_000);
});
