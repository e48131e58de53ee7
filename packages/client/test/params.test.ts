import {
  ApplicationError,
  type Dict,
  ERROR_URIS,
  eventMessage,
  InvalidConfiguration,
  InvalidUriError,
  invocationMessage,
  MessageType,
  registeredMessage,
  subscribedMessage,
} from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { failure, type Joined, joined, raw, settle } from './scripted.js';

const WIRE = [
  ['com.app.<id:int>.<name>', 'com.app..', 'wildcard'],
  ['com.<name>.left', 'com..left', 'wildcard'],
  ['com.app.<rest:suffix>', 'com.app.', 'prefix'],
] as const;

async function registered({ session, peer }: Joined, procedure: string, seen: unknown[]) {
  const registering = session.register(procedure, (_args, _kwargs, { params, procedure: called }) => {
    seen.push([called, params]);
  });
  peer.say(registeredMessage((await peer.expect(MessageType.REGISTER)).request, 200));
  return registering;
}

async function subscribed({ session, peer }: Joined, topic: string, seen: unknown[]) {
  const subscribing = session.subscribe(topic, (_args, _kwargs, { params, topic: published }) => {
    seen.push([published, params]);
  });
  peer.say(subscribedMessage((await peer.expect(MessageType.SUBSCRIBE)).request, 300));
  return subscribing;
}

describe('a URI with named parts', () => {
  test.each(WIRE)('%s is %s on the wire, matched as %s', async (text, uri, match) => {
    const { session, peer } = await joined();
    session.register(text, () => {}).catch(() => {});
    session.subscribe(text, () => {}, { match }).catch(() => {});
    expect(await peer.expect(MessageType.REGISTER)).toMatchObject({ procedure: uri, options: { match } });
    expect(await peer.expect(MessageType.SUBSCRIBE)).toMatchObject({ topic: uri, options: { match } });
  });

  test('gives the handler of a call the converted values, and the procedure that was called', async () => {
    const one = await joined();
    const seen: unknown[] = [];
    const registration = await registered(one, 'com.app.<id:int>.<name>', seen);
    one.peer.say(invocationMessage(1, 200, { procedure: 'com.app.7.tea' }));
    await settle();
    expect(seen).toEqual([['com.app.7.tea', { id: 7, name: 'tea' }]]);
    expect(registration.procedure).toBe('com.app.<id:int>.<name>');
  });

  test('gives the handler of an event the same', async () => {
    const one = await joined();
    const seen: unknown[] = [];
    const subscription = await subscribed(one, 'com.app.<rest:suffix>', seen);
    one.peer.say(eventMessage(300, 1, { topic: 'com.app.a.b' }));
    await settle();
    expect(seen).toEqual([['com.app.a.b', { rest: 'a.b' }]]);
    expect(subscription.topic).toBe('com.app.<rest:suffix>');
  });

  test.each([
    ['a value of another type', { procedure: 'com.app.seven.tea' }],
    ['another shape', { procedure: 'com.app.7' }],
    ['no URI at all', {}],
  ])('a call with %s is answered with invalid_argument, and does not reach the handler', async (_, details) => {
    const one = await joined();
    const seen: unknown[] = [];
    await registered(one, 'com.app.<id:int>.<name>', seen);
    one.peer.say(invocationMessage(1, 200, details));
    expect(await one.peer.expect(MessageType.ERROR)).toMatchObject({ request: 1, error: ERROR_URIS.invalidArgument });
    expect([seen, one.reported]).toEqual([[], []]);
  });

  test.each<[string, Dict]>([
    ['a value of another type', { topic: 'com.app.seven.tea' }],
    ['no topic', {}],
  ])('an event with %s is skipped and reported; others come', async (_, details) => {
    const one = await joined();
    const seen: unknown[] = [];
    await subscribed(one, 'com.app.<id:int>.<name>', seen);
    one.peer.say(eventMessage(300, 1, details));
    one.peer.say(eventMessage(300, 2, { topic: 'com.app.7.tea' }));
    await settle();
    expect(seen).toEqual([['com.app.7.tea', { id: 7, name: 'tea' }]]);
    expect(one.reported).toEqual([{ error: expect.any(ApplicationError), what: 'event of com.app.<id:int>.<name>' }]);
  });

  test('two that are the same on the wire share a subscription, each with its own names', async () => {
    const one = await joined();
    const seen: unknown[] = [];
    await subscribed(one, 'com.<a>', seen);
    await one.session.subscribe('com.<b:int>', (_args, _kwargs, { params }) => seen.push(params));
    expect(one.peer.heard).toEqual([]);
    one.peer.say(eventMessage(300, 1, { topic: 'com.7' }, raw([1])));
    await settle();
    expect(seen).toEqual([['com.7', { a: '7' }], { b: 7 }]);
  });

  test('a match that contradicts it is refused, and names the option', async () => {
    const { session, peer } = await joined();
    for (const match of ['exact', 'prefix'] as const) {
      for (const asked of [
        session.register('com.<a>', () => {}, { match }),
        session.subscribe('com.<a>', () => {}, { match }),
      ]) {
        const error = await failure(asked);
        expect(error).toBeInstanceOf(InvalidConfiguration);
        expect(error.message).toContain('options.match');
      }
    }
    expect(peer.heard).toEqual([]);
  });

  test.each(['com.on<name>', 'com.<id:float>', 'com.<a>.<a>', 'com.<a', 'com.<rest:suffix>.x'])(
    '%s is no pattern: it is refused, not taken literally',
    async (text) => {
      const { session, peer } = await joined();
      expect(await failure(session.register(text, () => {}))).toBeInstanceOf(InvalidUriError);
      expect(await failure(session.subscribe(text, () => {}))).toBeInstanceOf(InvalidUriError);
      expect(peer.heard).toEqual([]);
    },
  );

  test('without named parts params is empty, and nobody can put anything there', async () => {
    const one = await joined();
    let params: Dict | undefined;
    const subscribing = one.session.subscribe('com.t', (_args, _kwargs, details) => {
      params = details.params;
    });
    one.peer.say(subscribedMessage((await one.peer.expect(MessageType.SUBSCRIBE)).request, 300));
    await subscribing;
    one.peer.say(eventMessage(300, 1, {}));
    await settle();
    expect(params).toEqual({});
    expect(Object.isFrozen(params)).toBe(true);
  });
});
