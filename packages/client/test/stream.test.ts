import { ERROR_URIS, interruptMessage, MessageType } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { CallResult } from '../src/index.js';
import { offered } from './offered.js';
import { settle } from './scripted.js';

const ASKED = { receive_progress: true };

/** A generator that yields 1, 2, 3, … each when it is let, and notes what becomes of it. */
function counting(end?: () => unknown) {
  const state = { pulled: 0, cleaned: false, go: () => {} };
  async function* handler() {
    try {
      for (;;) {
        yield ++state.pulled;
        await new Promise<void>((resolve) => {
          state.go = resolve;
        });
      }
    } finally {
      state.cleaned = true;
      await end?.();
    }
  }
  return { state, handler };
}

describe('an async generator', () => {
  test('each yield is a progressive YIELD, its return value the final one', async () => {
    const { invoke, peer } = await offered(async function* () {
      yield 1;
      yield new CallResult([2], { half: true });
      yield undefined;
      return 'end';
    });
    invoke(undefined, ASKED);
    const progress = { options: { progress: true } };
    expect(await peer.expect(MessageType.YIELD)).toMatchObject({ ...progress, payload: { args: [1] } });
    expect(await peer.expect(MessageType.YIELD)).toMatchObject({
      ...progress,
      payload: { args: [2], kwargs: { half: true } },
    });
    expect(await peer.expect(MessageType.YIELD)).toMatchObject({ ...progress, payload: undefined });
    expect(await peer.expect(MessageType.YIELD)).toMatchObject({ options: {}, payload: { args: ['end'] } });
  });

  test('where the caller asked for none, yields are dropped, and the return value is the result', async () => {
    const { invoke, peer } = await offered(async function* () {
      yield 1;
      yield 2;
    });
    invoke();
    expect(await peer.expect(MessageType.YIELD)).toMatchObject({ options: {}, payload: undefined });
    expect(peer.heard).toEqual([]);
  });

  test('a promise of a generator is one too', async () => {
    const { handler } = counting();
    const { invoke, peer } = await offered(async () => handler());
    invoke(undefined, ASKED);
    expect(await peer.expect(MessageType.YIELD)).toMatchObject({ options: { progress: true }, payload: { args: [1] } });
  });

  test('an error after some yields ends the call with it', async () => {
    const { invoke, peer } = await offered(async function* () {
      yield 1;
      throw new Error('broken');
    });
    invoke(undefined, ASKED);
    await peer.expect(MessageType.YIELD);
    expect(await peer.expect(MessageType.ERROR)).toMatchObject({ error: ERROR_URIS.runtimeError });
  });

  test('a yield that cannot be sent ends the call with invalid_payload, and the generator cleans up', async () => {
    let cleaned = false;
    const { invoke, peer } = await offered(async function* () {
      try {
        yield () => {};
        yield 'never';
      } finally {
        cleaned = true;
      }
    });
    invoke(undefined, ASKED);
    expect(await peer.expect(MessageType.ERROR)).toMatchObject({ error: ERROR_URIS.invalidPayload });
    await settle();
    expect(cleaned).toBe(true);
    expect(peer.heard).toEqual([]);
  });

  test('INTERRUPT makes it return: nothing more is pulled, and its finally blocks run', async () => {
    const { state, handler } = counting();
    const { invoke, peer, reported } = await offered(handler);
    invoke(undefined, ASKED);
    await peer.expect(MessageType.YIELD);
    await settle();
    peer.say(interruptMessage(1, { mode: 'kill' }));
    expect(await peer.expect(MessageType.ERROR)).toMatchObject({ error: ERROR_URIS.canceled });
    state.go();
    await settle();
    expect(state).toMatchObject({ cleaned: true });
    expect(peer.heard).toEqual([]);
    expect(reported).toEqual([]);
  });

  test('an error while it cleans up is reported', async () => {
    const error = new Error('the file could not be removed');
    const { state, handler } = counting(() => Promise.reject(error));
    const { invoke, peer, reported } = await offered(handler);
    invoke(undefined, ASKED);
    await peer.expect(MessageType.YIELD);
    peer.say(interruptMessage(1, { mode: 'killnowait' }));
    await settle();
    state.go();
    await settle();
    expect(reported).toEqual([{ error, what: 'clean-up of procedure com.p' }]);
  });

  test('the end of the session makes it return', async () => {
    const { state, handler } = counting();
    const { invoke, peer, clock } = await offered(handler);
    invoke(undefined, ASKED);
    await peer.expect(MessageType.YIELD);
    peer.drop();
    await settle();
    state.go();
    await settle();
    expect(state.cleaned).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test('that returns a promise after it was interrupted before it began is stopped as well', async () => {
    const { state, handler } = counting();
    let go = () => {};
    const { invoke, peer } = await offered(async () => {
      await new Promise<void>((resolve) => {
        go = resolve;
      });
      return handler();
    });
    invoke(undefined, ASKED);
    await settle();
    peer.say(interruptMessage(1, { mode: 'killnowait' }));
    await settle();
    go();
    await settle();
    expect(state.pulled).toBe(0);
    expect(peer.heard).toEqual([]);
  });
});

describe('a wire with much to send', () => {
  /** A session over a transport that says it has so many bytes to send. */
  async function congested() {
    const wire = { queuedBytes: 2 ** 20 + 1 };
    let pulled = 0;
    let cleaned = false;
    const one = await offered(async function* () {
      try {
        for (;;) yield ++pulled;
      } finally {
        cleaned = true;
      }
    });
    Object.defineProperty(one.peer.transport, 'queuedBytes', { get: () => wire.queuedBytes });
    return { ...one, wire, pulled: () => pulled, cleaned: () => cleaned };
  }

  test('is waited for before more is pulled', async () => {
    const { invoke, wire, clock, pulled, peer } = await congested();
    invoke(undefined, ASKED);
    await settle();
    expect([pulled(), clock.pending]).toEqual([1, 1]);
    clock.advance(100);
    await settle();
    expect(pulled()).toBe(1);
    // Room for one more, and then there is none again.
    wire.queuedBytes = 0;
    clock.advance(10);
    wire.queuedBytes = 2 ** 20 + 1;
    await settle();
    expect([pulled(), clock.pending]).toEqual([2, 1]);
    expect(peer.heard).toHaveLength(2);
  });

  test('does not hold up the end: the timer goes, and the generator cleans up', async () => {
    for (const how of ['interrupt', 'loss'] as const) {
      const { invoke, clock, peer, cleaned } = await congested();
      invoke(undefined, ASKED);
      await settle();
      if (how === 'interrupt') peer.say(interruptMessage(1, { mode: 'killnowait' }));
      else peer.drop();
      await settle();
      expect([clock.pending, cleaned()]).toEqual([0, true]);
    }
  });

  test('after it had room again, an interrupt still makes the generator return', async () => {
    const { state, handler } = counting();
    const wire = { queuedBytes: 2 ** 20 + 1 };
    const { invoke, peer, clock } = await offered(handler);
    Object.defineProperty(peer.transport, 'queuedBytes', { get: () => wire.queuedBytes });
    invoke(undefined, ASKED);
    await settle();
    wire.queuedBytes = 0;
    clock.advance(10);
    await settle();
    peer.say(interruptMessage(1, { mode: 'killnowait' }));
    await settle();
    state.go();
    await settle();
    expect(state.cleaned).toBe(true);
  });
});
