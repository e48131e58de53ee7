import {
  ERROR_URIS,
  errorMessage,
  InvalidConfiguration,
  invocationMessage,
  MessageType,
  registeredMessage,
  TransportLost,
  unregisteredMessage,
} from '@wamp-run/protocol';
import { expect, test } from 'vitest';
import { failure, type Joined, joined, raw, settle } from './scripted.js';

/** The router takes these many, under ids from 200 on; what they were. */
async function taken({ peer }: Joined, count: number) {
  const asked = [];
  for (let i = 0; i < count; i++) {
    const message = await peer.expect(MessageType.REGISTER);
    peer.say(registeredMessage(message.request, 200 + i));
    asked.push(message);
  }
  return asked;
}

test.each([
  ['com.math', 'com.math.add'],
  ['com.math.', 'com.math.add'],
  [undefined, 'add'],
])('with prefix %s every name is registered, each with the options', async (prefix, first) => {
  const one = await joined();
  const registering = one.session.registerAll({ add: () => {}, sub: () => {} }, { prefix, invoke: 'first' });
  const asked = await taken(one, 2);
  expect(asked[0]).toMatchObject({ procedure: first, options: { invoke: 'first' } });
  expect((await registering).map(({ id, procedure }) => [id, procedure])).toEqual([
    [200, first],
    [201, first.replace('add', 'sub')],
  ]);
});

test('`this` of a handler is the object', async () => {
  const one = await joined();
  const counter = {
    double: ([n]: unknown[]) => 2 * (n as number),
    quadruple(args: unknown[]) {
      return 2 * this.double(args);
    },
  };
  const registering = one.session.registerAll({ ...counter });
  await taken(one, 2);
  await registering;
  one.peer.say(invocationMessage(1, 201, {}, raw([2])));
  expect(await one.peer.expect(MessageType.YIELD)).toMatchObject({ payload: { args: [8] } });
});

test('where one is refused, the others are taken back before it rejects', async () => {
  const one = await joined();
  const registering = one.session.registerAll({ a: () => {}, b: () => {} }, { prefix: 'com' });
  const requests = [await one.peer.expect(MessageType.REGISTER), await one.peer.expect(MessageType.REGISTER)];
  one.peer.say(errorMessage(MessageType.REGISTER, requests[0]?.request ?? 0, ERROR_URIS.procedureAlreadyExists));
  one.peer.say(registeredMessage(requests[1]?.request ?? 0, 201));
  const { request, registration } = await one.peer.expect(MessageType.UNREGISTER);
  expect(registration).toBe(201);
  one.peer.say(unregisteredMessage(request));
  expect(await failure(registering)).toMatchObject({ error: ERROR_URIS.procedureAlreadyExists });
});

test('the end of the session rejects it', async () => {
  const one = await joined();
  const registering = one.session.registerAll({ a: () => {} });
  await settle();
  one.peer.drop();
  expect(await failure(registering)).toBeInstanceOf(TransportLost);
});

test('what is no function, and a prefix that is no string, are named; nothing is sent', async () => {
  const { session, peer } = await joined();
  const wrong = session.registerAll({ a: () => {}, b: 1 as never });
  expect(await failure(wrong)).toBeInstanceOf(InvalidConfiguration);
  expect((await failure(wrong)).message).toContain('procedures.b');
  const prefix = await failure(session.registerAll({}, { prefix: 1 as never }));
  expect(prefix.message).toContain('prefix');
  expect(peer.heard).toEqual([]);
});
