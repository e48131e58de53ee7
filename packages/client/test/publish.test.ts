import {
  ApplicationError,
  ERROR_URIS,
  errorMessage,
  InvalidUriError,
  MessageType,
  ProtocolError,
  publishedMessage,
  SessionNotReady,
} from '@wamp-run/protocol';
import { expect, test } from 'vitest';
import { failure, joined, settle } from './scripted.js';

test('an event is sent and forgotten: no option, no promise, nothing pending', async () => {
  const { session, peer } = await joined();
  expect(session.publish('com.t', [1], { kwargs: { a: 2 } })).toBeUndefined();
  expect(await peer.expect(MessageType.PUBLISH)).toEqual({
    type: MessageType.PUBLISH,
    request: 1,
    options: {},
    topic: 'com.t',
    payload: { args: [1], kwargs: { a: 2 } },
  });
  peer.say(publishedMessage(1, 5));
  expect(await session.ended).toMatchObject({ error: expect.any(ProtocolError) });
});

test('acknowledged, it resolves to the publication', async () => {
  const { session, peer } = await joined();
  const publishing = session.publish('com.t', [], { acknowledge: true });
  const { request, options } = await peer.expect(MessageType.PUBLISH);
  expect(options).toEqual({ acknowledge: true });
  peer.say(publishedMessage(request, 4711));
  expect(await publishing).toEqual({ id: 4711 });
});

test('acknowledged, a refusal rejects', async () => {
  const { session, peer } = await joined();
  const publishing = session.publish('com.t', [], { acknowledge: true });
  const { request } = await peer.expect(MessageType.PUBLISH);
  peer.say(errorMessage(MessageType.PUBLISH, request, ERROR_URIS.notAuthorized));
  const error = await failure(publishing);
  expect(error).toBeInstanceOf(ApplicationError);
  expect(error.error).toBe(ERROR_URIS.notAuthorized);
});

test.each([true, false])('excludeMe: %s is sent as it is', async (excludeMe) => {
  const { session, peer } = await joined();
  session.publish('com.t', [], { excludeMe });
  expect((await peer.expect(MessageType.PUBLISH)).options).toEqual({ exclude_me: excludeMe });
});

test('what is wrong is thrown at once, or acknowledged rejects', async () => {
  const { session, peer } = await joined();
  expect(() => session.publish('com..t')).toThrow(InvalidUriError);
  expect(await failure(session.publish('com..t', [], { acknowledge: true }))).toBeInstanceOf(InvalidUriError);
  const leaving = session.leave();
  expect(() => session.publish('com.t')).toThrow(SessionNotReady);
  expect(await failure(session.publish('com.t', [], { acknowledge: true }))).toBeInstanceOf(SessionNotReady);
  await peer.expect(MessageType.GOODBYE);
  peer.drop();
  await leaving;
  await settle();
  expect(peer.heard).toEqual([]);
});
