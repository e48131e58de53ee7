import { Canceled, CLOSE_REASONS, ERROR_URIS, interruptMessage, MessageType, TransportLost } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import type { CallDetails } from '../src/index.js';
import { offered } from './offered.js';
import { settle } from './scripted.js';

/** A procedure that waits until it is told to answer, and what it saw. */
function waiting() {
  const all: { signal: AbortSignal; resolve: (value: unknown) => void; reject: (error: unknown) => void }[] = [];
  const handler = (_args: unknown, _kwargs: unknown, { signal }: CallDetails) =>
    new Promise((resolve, reject) => all.push({ signal, resolve, reject }));
  return { all, handler };
}

describe('INTERRUPT', () => {
  test.each([
    ['kill', { mode: 'kill' }, ERROR_URIS.canceled],
    ['no mode', {}, ERROR_URIS.canceled],
    ['kill with a reason', { mode: 'kill', reason: ERROR_URIS.timeout }, ERROR_URIS.timeout],
    ['kill with a reason that is none', { mode: 'kill', reason: 'not a uri' }, ERROR_URIS.canceled],
  ])('with %s aborts the signal, and is answered with ERROR', async (_, options, uri) => {
    const { all, handler } = waiting();
    const { invoke, peer } = await offered(handler);
    invoke();
    await settle();
    peer.say(interruptMessage(1, options));
    expect(await peer.expect(MessageType.ERROR)).toMatchObject({
      requestType: MessageType.INVOCATION,
      request: 1,
      error: uri,
    });
    expect(all[0]?.signal.aborted).toBe(true);
    expect(all[0]?.signal.reason).toBeInstanceOf(Canceled);
  });

  test.each(['killnowait', 'skip'])(
    'with %s aborts the signal, and is not answered: the dealer has forgotten it',
    async (mode) => {
      const { all, handler } = waiting();
      const { invoke, peer, reported } = await offered(handler);
      invoke();
      await settle();
      peer.say(interruptMessage(1, { mode }));
      await settle();
      expect(all[0]?.signal.aborted).toBe(true);
      all[0]?.resolve('too late');
      await settle();
      expect(peer.heard).toEqual([]);
      expect(reported).toEqual([]);
    },
  );

  test('a signal that is first looked at afterwards has aborted too', async () => {
    let go = () => {};
    let late: AbortSignal | undefined;
    const { invoke, peer } = await offered(async (_args, _kwargs, details) => {
      await new Promise<void>((resolve) => {
        go = resolve;
      });
      late = details.signal;
    });
    invoke();
    await settle();
    peer.say(interruptMessage(1, { mode: 'killnowait' }));
    await settle();
    go();
    await settle();
    expect(late?.aborted).toBe(true);
  });

  test('of an invocation that is answered already is ignored, and so is one for what never was', async () => {
    const { invoke, peer, session } = await offered(() => 1);
    invoke();
    await peer.expect(MessageType.YIELD);
    peer.say(interruptMessage(1, { mode: 'kill' }));
    peer.say(interruptMessage(99, { mode: 'kill' }));
    await settle();
    expect(peer.heard).toEqual([]);
    expect(session.details).toBeDefined();
  });

  test('leaves the others alone', async () => {
    const { all, handler } = waiting();
    const { invoke, peer } = await offered(handler);
    invoke();
    invoke();
    await settle();
    peer.say(interruptMessage(1, { mode: 'killnowait' }));
    await settle();
    expect(all.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    all[1]?.resolve('fine');
    expect(await peer.expect(MessageType.YIELD)).toMatchObject({ request: 2 });
  });

  test('what the handler rejects with because of it is no error; what it rejects with otherwise is reported', async () => {
    const { all, handler } = waiting();
    const { invoke, peer, reported } = await offered(handler);
    for (let i = 1; i <= 4; i++) invoke();
    await settle();
    for (let i = 1; i <= 4; i++) peer.say(interruptMessage(i, { mode: 'killnowait' }));
    await settle();
    all[0]?.reject(all[0]?.signal.reason);
    all[1]?.reject(new DOMException('aborted', 'AbortError'));
    all[2]?.reject(new Canceled('the same again'));
    const real = new Error('the file could not be removed');
    all[3]?.reject(real);
    await settle();
    expect(reported).toEqual([{ error: real, what: 'procedure com.p' }]);
  });
});

describe('the signal of a running call', () => {
  test('aborts when the transport is lost, with the loss as its reason', async () => {
    const { all, handler } = waiting();
    const { invoke, peer, reported } = await offered(handler);
    invoke();
    await settle();
    peer.drop();
    await settle();
    expect(all[0]?.signal.reason).toBeInstanceOf(TransportLost);
    all[0]?.resolve('too late');
    await settle();
    expect(reported).toEqual([]);
  });

  test('aborts as soon as this side leaves', async () => {
    const { all, handler } = waiting();
    const { invoke, session } = await offered(handler);
    invoke();
    await settle();
    void session.leave();
    expect(all[0]?.signal.reason).toMatchObject({ name: 'SessionEnded', reason: CLOSE_REASONS.normal });
  });

  test('does not abort when the call is answered', async () => {
    const { all, handler } = waiting();
    const { invoke, peer } = await offered(handler);
    invoke();
    await settle();
    all[0]?.resolve(1);
    await peer.expect(MessageType.YIELD);
    peer.drop();
    await settle();
    expect(all[0]?.signal.aborted).toBe(false);
  });
});
