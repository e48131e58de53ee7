import {
  Canceled,
  type Dict,
  ERROR_URIS,
  interruptMessage,
  invocationMessage,
  MessageType,
  type Payload,
  registeredMessage,
  type Value,
} from '@wamp-run/protocol';
import { expect, test } from 'vitest';
import type { ProgressiveProcedure } from '../src/index.js';
import { LateArguments } from '../src/late-arguments.js';
import { joined, raw, settle, unreadable } from './scripted.js';

async function offering(handler: ProgressiveProcedure, options: { concurrency?: number } = {}) {
  const one = await joined();
  const registering = one.session.register('com.p', handler, { ...options, progressive: true });
  const { request } = await one.peer.expect(MessageType.REGISTER);
  one.peer.say(registeredMessage(request, 200));
  const registration = await registering;
  const invoke = (progress: boolean, payload?: Payload, details: Dict = {}, id = 1) => {
    one.peer.say(invocationMessage(id, 200, progress ? { ...details, progress } : details, payload));
    return settle();
  };
  return { ...one, registration, invoke };
}

/** Collects what comes. */
function collecting() {
  const seen: Value[][] = [];
  const handler: ProgressiveProcedure = async (lists, kwargs) => {
    for await (const list of lists) seen.push(list);
    return [...seen.flat(), kwargs];
  };
  return { seen, handler };
}

test('REGISTER says nothing of it', async () => {
  const { session, peer } = await joined();
  void session.register('com.p', async () => {}, { progressive: true }).catch(() => {});
  expect((await peer.expect(MessageType.REGISTER)).options).toEqual({});
});

test('the handler gets the lists as they come, once, and the result is the call’s', async () => {
  const { seen, handler } = collecting();
  const { invoke, peer } = await offering(handler);
  await invoke(true, raw([1], { a: 1 }));
  expect(seen).toEqual([[1]]);
  await invoke(true, raw([2, 3]));
  expect(seen).toEqual([[1], [2, 3]]);
  expect(peer.heard).toEqual([]);
  await invoke(false, raw([4]));
  expect(await peer.expect(MessageType.YIELD)).toMatchObject({
    request: 1,
    payload: { args: [[1, 2, 3, 4, { a: 1 }]] },
  });
  expect(peer.heard).toEqual([]);
});

test('a last message without arguments only says that it is the last', async () => {
  const { seen, handler } = collecting();
  const { invoke, peer } = await offering(handler);
  await invoke(true);
  await invoke(false);
  await peer.expect(MessageType.YIELD);
  expect(seen).toEqual([[]]);
});

test('a plain call is one list', async () => {
  for (const payload of [raw([1]), undefined]) {
    const { seen, handler } = collecting();
    const { invoke, peer } = await offering(handler);
    await invoke(false, payload);
    await peer.expect(MessageType.YIELD);
    expect(seen).toEqual([payload === undefined ? [] : [1]]);
  }
});

test('a handler without it refuses, once, and what comes later is nobody’s', async () => {
  const one = await joined();
  let ran = 0;
  const registering = one.session.register('com.p', () => ++ran);
  one.peer.say(registeredMessage((await one.peer.expect(MessageType.REGISTER)).request, 200));
  await registering;
  for (const progress of [true, true, false]) one.peer.say(invocationMessage(1, 200, { progress }, raw([1])));
  await settle();
  expect(one.peer.heard).toMatchObject([{ type: MessageType.ERROR, error: ERROR_URIS.featureNotSupported }]);
  expect(ran).toBe(0);
  // The id is free again.
  one.peer.heard.length = 0;
  one.peer.say(invocationMessage(1, 200, {}));
  await settle();
  expect(one.peer.heard).toMatchObject([{ type: MessageType.YIELD }]);
});

test('lists that come after the answer are nobody’s', async () => {
  let ran = 0;
  const { invoke, peer } = await offering(async (lists) => {
    ran++;
    for await (const list of lists) return list;
    return undefined;
  });
  await invoke(true, raw([1]));
  await peer.expect(MessageType.YIELD);
  await invoke(true, raw([2]));
  await invoke(false, raw([3]));
  expect([ran, peer.heard]).toEqual([1, []]);
});

test('INTERRUPT rejects what the handler waits for, and aborts its signal', async () => {
  const errors: unknown[] = [];
  const { invoke, peer, reported } = await offering(async (lists, _kwargs, { signal }) => {
    try {
      for await (const _ of lists);
    } catch (error) {
      errors.push(error, signal.reason);
      throw error;
    }
  });
  await invoke(true, raw([1]));
  peer.say(interruptMessage(1, { mode: 'kill' }));
  expect(await peer.expect(MessageType.ERROR)).toMatchObject({ error: ERROR_URIS.canceled });
  await invoke(false, raw([2]));
  expect(errors).toEqual([expect.any(Canceled), errors[0]]);
  expect([peer.heard, reported]).toEqual([[], []]);
});

test('the end of the session rejects what the handler waits for', async () => {
  let ended: unknown;
  const { invoke, peer, clock } = await offering(async (lists) => {
    try {
      for await (const _ of lists);
    } catch (error) {
      ended = error;
    }
  });
  await invoke(true, raw([1]), { timeout: 100 });
  peer.drop();
  await settle();
  expect(ended).toMatchObject({ code: 'WAMP_TRANSPORT_LOST' });
  expect(clock.pending).toBe(0);
});

test('lists that cannot be read end the call with invalid_payload', async () => {
  const { handler } = collecting();
  const { invoke, peer, reported } = await offering(handler);
  await invoke(true, raw([1]));
  await invoke(false, unreadable());
  expect(await peer.expect(MessageType.ERROR)).toMatchObject({ error: ERROR_URIS.invalidPayload });
  expect(peer.heard).toEqual([]);
  expect(reported[0]).toMatchObject({ what: 'reading the arguments of procedure com.p' });
});

test('after the last list the request is as one that still runs: more is a violation', async () => {
  const { invoke, peer } = await offering(() => new Promise(() => {}));
  await invoke(true, raw([1]));
  await invoke(false, raw([2]));
  await invoke(true, raw([3]));
  expect((await peer.expect(MessageType.ABORT)).reason).toBe(ERROR_URIS.protocolViolation);
});

test('what waits for a place keeps the lists that come meanwhile', async () => {
  const { seen, handler } = collecting();
  let go = () => {};
  let first = true;
  const { invoke } = await offering(
    (lists, kwargs, details) => {
      if (!first) return handler(lists, kwargs, details);
      first = false;
      return new Promise<void>((resolve) => {
        go = resolve;
      });
    },
    { concurrency: 1 },
  );
  await invoke(false);
  await invoke(true, raw([1]), {}, 2);
  await invoke(false, raw([2]), {}, 2);
  expect(seen).toEqual([]);
  go();
  await settle();
  expect(seen).toEqual([[1], [2]]);
});

test('a revoked or unregistered procedure finishes the calls that it has', async () => {
  const { seen, handler } = collecting();
  const { invoke, registration, peer } = await offering(handler);
  await invoke(true, raw([1]));
  void registration.unregister();
  const { request } = await peer.expect(MessageType.UNREGISTER);
  peer.say({ type: MessageType.UNREGISTERED, request, details: undefined });
  await invoke(false, raw([2]));
  await peer.expect(MessageType.YIELD);
  expect(seen).toEqual([[1], [2]]);
});

test('only so many invocations whose rest is late are remembered', () => {
  const late = new LateArguments();
  for (let i = 1; i <= 1025; i++) late.add(i);
  expect([late.expects(1, false), late.expects(2, false), late.expects(1025, true)]).toEqual([false, true, true]);
  expect(late.expects(1025, true)).toBe(false);
});
