import {
  announce,
  BinaryPayload,
  callMessage,
  type Dict,
  errorMessage,
  type Feature,
  type Message,
  MessageType,
  type Payload,
  publishMessage,
  yieldMessage,
} from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { argsOf, routerAndClock, TestClient } from './clients.js';

const PPT: Dict = { ppt_scheme: 'x_a', ppt_serializer: 'cbor', ppt_cipher: 'aes256gcm', ppt_keyid: 'k' };
const ENC: Dict = { enc_algo: 'cryptobox', enc_serializer: 'json', enc_key: 'k' };

/** The same secret in either form. */
const FORMS: [string, { feature: Feature; attributes: Dict; payload(): Payload }][] = [
  [
    'ppt',
    {
      feature: 'payload_passthru_mode',
      attributes: PPT,
      payload: () => ({ args: [Uint8Array.of(1, 2)], kwargs: {} }),
    },
  ],
  [
    'Autobahn',
    { feature: 'payload_transparency', attributes: ENC, payload: () => new BinaryPayload(Uint8Array.of(1, 2)) },
  ],
];

function rolesWith(...features: Feature[]): Dict {
  return announce({
    publisher: features,
    subscriber: features,
    caller: ['progressive_call_results', 'call_canceling', ...features],
    callee: ['progressive_call_results', 'call_canceling', ...features],
  });
}

describe.each(FORMS)('a payload in the form of %s', (_, { feature, attributes, payload }) => {
  const roles = rolesWith(feature);

  test('goes from the publisher to the subscriber as it is, and nothing of the options but what belongs to it', async () => {
    const { router } = routerAndClock();
    const [subscriber, publisher] = [
      await TestClient.join(router, { roles }),
      await TestClient.join(router, { roles }),
    ];
    await subscriber.subscribe('com.secret');
    const sent = payload();
    publisher.say(publishMessage(publisher.request(), { ...attributes, x_other: 1 }, 'com.secret', sent));
    const event = await subscriber.event();
    expect(event.details).toEqual(attributes);
    expect(event.payload).toBe(sent);
  });

  test('goes to the callee and back, with progress, and so does an error', async () => {
    const { router } = routerAndClock();
    const [callee, caller] = [await TestClient.join(router, { roles }), await TestClient.join(router, { roles })];
    await callee.register('com.seal');
    const sent = [payload(), payload(), payload(), payload()];
    const call = () =>
      caller.say(callMessage(caller.request(), { ...attributes, receive_progress: true }, 'com.seal', sent[0]));
    call();
    const { request, details, payload: arrived } = await callee.invocation();
    expect(details).toEqual({ ...attributes, receive_progress: true });
    expect(arrived).toBe(sent[0]);
    callee.say(yieldMessage(request, { ...attributes, progress: true }, sent[1]));
    callee.say(yieldMessage(request, attributes, sent[2]));
    expect(await caller.result()).toMatchObject({ details: { ...attributes, progress: true }, payload: sent[1] });
    const last = await caller.result();
    expect(last.details).toEqual(attributes);
    expect(last.payload).toBe(sent[2]);
    call();
    const second = await callee.invocation();
    callee.say(errorMessage(MessageType.INVOCATION, second.request, 'com.error', sent[3], attributes));
    const error = await caller.error();
    expect([error.error, error.details]).toEqual(['com.error', attributes]);
    expect(error.payload).toBe(sent[3]);
  });

  test('a callee that has not announced the form is not called', async () => {
    const { router } = routerAndClock();
    const callee = await TestClient.join(router);
    const caller = await TestClient.join(router, { roles });
    await callee.register('com.seal');
    caller.say(callMessage(caller.request(), attributes, 'com.seal', payload()));
    const error = await caller.error();
    expect(error.error).toBe('wamp.error.feature_not_supported');
    expect(argsOf(error)).toEqual([`the callee has not announced ${feature}`]);
    await callee.hearsNothing();
    expect(router.counts().realms[0]?.calls).toBe(0);
  });

  test('a caller that has not announced the form gets an error in place of the result, and the error without its arguments', async () => {
    const { router } = routerAndClock();
    const callee = await TestClient.join(router, { roles });
    const caller = await TestClient.join(router);
    await callee.register('com.seal');
    caller.call('com.seal');
    callee.say(yieldMessage((await callee.invocation()).request, attributes, payload()));
    expect(await caller.error()).toMatchObject({ error: 'wamp.error.feature_not_supported', requestType: 48 });
    caller.call('com.seal', [], { receive_progress: true });
    const progressive = await callee.invocation();
    callee.say(yieldMessage(progressive.request, { ...attributes, progress: true }, payload()));
    expect(await caller.error()).toMatchObject({ error: 'wamp.error.feature_not_supported', requestType: 48 });
    expect(await callee.expect(MessageType.INTERRUPT)).toMatchObject({ request: progressive.request });
    caller.call('com.seal');
    const { request } = await callee.invocation();
    callee.say(errorMessage(MessageType.INVOCATION, request, 'com.error', payload(), attributes));
    const error = await caller.error();
    expect([error.error, error.details, error.payload]).toEqual(['com.error', {}, undefined]);
    expect(router.counts().realms[0]?.calls).toBe(0);
  });

  const uses: [string, (request: number) => Message][] = [
    ['PUBLISH', (request) => publishMessage(request, attributes, 'com.secret', payload())],
    ['CALL', (request) => callMessage(request, attributes, 'com.seal', payload())],
    ['YIELD', () => yieldMessage(1, attributes, payload())],
    ['ERROR', () => errorMessage(MessageType.INVOCATION, 1, 'com.error', payload(), attributes)],
  ];
  test.each(uses)('%s from a client that has not announced the form ends its session', async (name, message) => {
    const { router } = routerAndClock();
    const offender = await TestClient.join(router);
    offender.say(message(offender.request()));
    const { reason, message: text } = await offender.aborted();
    expect(reason).toBe('wamp.error.protocol_violation');
    expect(text).toMatch(new RegExp(`^${name} (options|details)\\.(ppt_scheme|enc_algo): ${feature} is not announced`));
  });
});

test('an event in the form of the specification goes to every subscriber: one that has not announced it copes', async () => {
  const { router } = routerAndClock();
  const subscriber = await TestClient.join(router);
  const publisher = await TestClient.join(router, { roles: rolesWith('payload_passthru_mode') });
  await subscriber.subscribe('com.secret');
  publisher.publish('com.secret', [Uint8Array.of(1)], PPT);
  expect((await subscriber.event()).details).toEqual(PPT);
});

test('bare bytes go only to subscribers who have announced them: others would end their session over them', async () => {
  const { router } = routerAndClock();
  const roles = rolesWith('payload_transparency');
  const [plain, sealed] = [await TestClient.join(router), await TestClient.join(router, { roles })];
  await plain.subscribe('com.secret');
  await sealed.subscribe('com.secret');
  const publisher = await TestClient.join(router, { roles });
  publisher.say(publishMessage(publisher.request(), ENC, 'com.secret', new BinaryPayload(Uint8Array.of(7))));
  expect((await sealed.event()).payload).toBeInstanceOf(BinaryPayload);
  await plain.hearsNothing();
});

test('enc_algo beside ordinary arguments says nothing', async () => {
  const { router } = routerAndClock();
  const [subscriber, publisher] = [await TestClient.join(router), await TestClient.join(router)];
  await subscriber.subscribe('com.tick');
  publisher.publish('com.tick', [1], ENC);
  expect((await subscriber.event()).details).toEqual({});
});
