import { ApplicationError, ERROR_URIS, errorMessage, MessageType } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import type { Procedure } from '../src/index.js';
import { offered } from './offered.js';
import { failure, joined, raw } from './scripted.js';

/** A procedure that calls another, which is answered with this error, and gives the router its answer. */
async function answerTo(inner: string, handler: (call: () => Promise<unknown>) => Procedure) {
  const { session, invoke, peer, reported } = await offered((...call) =>
    handler(() => session.call('com.inner'))(...call),
  );
  invoke();
  const { request } = await peer.expect(MessageType.CALL);
  peer.say(errorMessage(MessageType.CALL, request, inner, raw(['inner text'], { inner: 1 })));
  return { answer: await peer.expect(MessageType.ERROR), reported };
}

/** What the caller of the outer procedure reads from that answer. */
async function readBy(answer: { error: string }) {
  const { session, peer } = await joined();
  const call = session.call('com.outer');
  const { request } = await peer.expect(MessageType.CALL);
  peer.say(errorMessage(MessageType.CALL, request, answer.error));
  return failure(call);
}

const SPEAK_OF_THEIR_CALL = [
  ERROR_URIS.noSuchProcedure,
  ERROR_URIS.typeCheckError,
  ERROR_URIS.notAuthorized,
  ERROR_URIS.invalidArgument,
  ERROR_URIS.canceled,
  ERROR_URIS.timeout,
  'wamp.error.no_available_callee',
];

describe('a procedure that lets the error of a call of its own pass', () => {
  test.each(SPEAK_OF_THEIR_CALL)('does not say %s of itself: it ran', async (uri) => {
    const { answer, reported } = await answerTo(uri, (call) => call);
    expect(answer).toMatchObject({
      error: ERROR_URIS.runtimeError,
      payload: { args: ['a call that the procedure made has failed'], kwargs: { nested: uri } },
    });
    expect(await readBy(answer)).toMatchObject({ executed: 'yes', retryable: false });
    expect(reported).toMatchObject([{ error: { error: uri, args: ['inner text'] }, what: 'procedure com.p' }]);
  });

  test('because its caller would read that it had not run, and may try again', async () => {
    const passedOn = { error: ERROR_URIS.noSuchProcedure };
    expect(await readBy(passedOn)).toMatchObject({ executed: 'no', retryable: true });
  });

  test('an old name of such a URI makes no difference', async () => {
    const { answer } = await answerTo('wamp.error.cancelled', (call) => call);
    expect(answer).toMatchObject({
      error: ERROR_URIS.runtimeError,
      payload: { kwargs: { nested: ERROR_URIS.canceled } },
    });
  });

  test('an error that says what a procedure found passes whole', async () => {
    const { answer, reported } = await answerTo('com.shop.error.locked', (call) => call);
    expect(answer).toMatchObject({
      error: 'com.shop.error.locked',
      payload: { args: ['inner text'], kwargs: { inner: 1 } },
    });
    expect(reported).toEqual([]);
  });

  test('who means it says it anew', async () => {
    const { answer } = await answerTo(ERROR_URIS.notAuthorized, (call) => async () => {
      await call().catch((cause: ApplicationError) => {
        throw new ApplicationError(cause.error, cause.args, { cause });
      });
    });
    expect(answer).toMatchObject({ error: ERROR_URIS.notAuthorized, payload: { args: ['inner text'] } });
  });
});

test('what the error of a nested call rejects with is marked in no way that travels or shows', async () => {
  const { session, peer } = await joined();
  const call = session.call('com.x');
  const { request } = await peer.expect(MessageType.CALL);
  peer.say(errorMessage(MessageType.CALL, request, 'com.e'));
  const error = await failure(call);
  expect(Object.keys(error)).toEqual(Object.keys(new ApplicationError('com.e')));
});
