import {
  abortMessage,
  announce,
  authenticateMessage,
  callMessage,
  cancelMessage,
  challengeMessage,
  errorMessage,
  eventMessage,
  eventReceivedMessage,
  goodbyeMessage,
  helloMessage,
  interruptMessage,
  invocationMessage,
  type Message,
  MessageType,
  nameOf,
  publishedMessage,
  publishMessage,
  registeredMessage,
  registerMessage,
  resultMessage,
  subscribedMessage,
  subscribeMessage,
  type Transport,
  unregisteredMessage,
  unregisterMessage,
  unsubscribedMessage,
  unsubscribeMessage,
  welcomeMessage,
  yieldMessage,
} from '@wamp-run/protocol';
import { ScriptedPeer } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { ALL_ROLES, type Attachable, argsOf, routed, routerAndClock, TestClient } from './clients.js';
import { StubbornTransport } from './stubborn-transport.js';

const ROUTER_ROLES = announce({ broker: [], dealer: [] });

/** What a router sends and a client never may. */
const WRONG_DIRECTION: Message[] = [
  welcomeMessage(1, { roles: ROUTER_ROLES }),
  challengeMessage('ticket', {}),
  publishedMessage(1, 1),
  subscribedMessage(1, 1),
  unsubscribedMessage(1),
  eventMessage(1, 1, {}),
  resultMessage(1, {}),
  registeredMessage(1, 1),
  unregisteredMessage(1),
  invocationMessage(1, 1, {}),
  interruptMessage(1, {}),
];

/** What needs a session. */
const BEFORE_HELLO: Message[] = [
  authenticateMessage('', {}),
  goodbyeMessage('wamp.close.normal'),
  errorMessage(MessageType.INVOCATION, 1, 'com.error'),
  publishMessage(1, {}, 'com.tick'),
  subscribeMessage(1, {}, 'com.tick'),
  unsubscribeMessage(1, 1),
  callMessage(1, {}, 'com.add'),
  cancelMessage(1, {}),
  registerMessage(1, {}, 'com.add'),
  unregisterMessage(1, 1),
  yieldMessage(1, {}),
  eventReceivedMessage(1),
];

/** Each breaks the protocol as the first thing that a joined client says. */
const VIOLATIONS: [name: string, message: Message, text: string | RegExp][] = [
  ['V2: a second HELLO', helloMessage('realm1', { roles: ALL_ROLES }), 'received HELLO while established'],
  ...WRONG_DIRECTION.map((message): [string, Message, string] => {
    const name = nameOf(message);
    return [`wrong direction: ${name}`, message, `received ${name} while established`];
  }),
  ['AUTHENTICATE without a challenge', authenticateMessage('', {}), 'received AUTHENTICATE while established'],
  ['EVENT_RECEIVED, which nobody asked for', eventReceivedMessage(1), 'received EVENT_RECEIVED while established'],
  [
    'V5: ERROR for a request type other than INVOCATION',
    errorMessage(MessageType.CALL, 1, 'com.error'),
    'ERROR[1] request type: expected 68 (INVOCATION), got 48',
  ],
  [
    'V6: YIELD for an invocation never made',
    yieldMessage(1, {}),
    'YIELD request id 1: no such invocation in this session',
  ],
  ['V6: YIELD for invocation 0', yieldMessage(0, {}), 'YIELD request id 0: no such invocation in this session'],
  [
    'V6: ERROR for an invocation never made',
    errorMessage(MessageType.INVOCATION, 9, 'com.error'),
    'ERROR request id 9: no such invocation in this session',
  ],
  ['V7: CALL out of sequence', callMessage(7, {}, 'com.add'), 'CALL request id 7: expected 1'],
  ['V7: PUBLISH out of sequence', publishMessage(2, {}, 'com.tick'), 'PUBLISH request id 2: expected 1'],
  ['V7: SUBSCRIBE out of sequence', subscribeMessage(2, {}, 'com.tick'), 'SUBSCRIBE request id 2: expected 1'],
  ['V7: UNSUBSCRIBE out of sequence', unsubscribeMessage(2, 1), 'UNSUBSCRIBE request id 2: expected 1'],
  ['V7: REGISTER out of sequence', registerMessage(2, {}, 'com.add'), 'REGISTER request id 2: expected 1'],
  ['V7: UNREGISTER out of sequence', unregisterMessage(2, 1), 'UNREGISTER request id 2: expected 1'],
  ['V10: progressive CALL', callMessage(1, { progress: true }, 'com.add'), /^CALL options.progress: .* not announced/],
  [
    'V10: passthru in CALL',
    callMessage(1, { ppt_scheme: 'x_a' }, 'com.add'),
    /^CALL options.ppt_scheme: .* not announced/,
  ],
  [
    'V10: passthru in PUBLISH',
    publishMessage(1, { ppt_serializer: 'cbor' }, 'com.tick'),
    /^PUBLISH options.ppt_serializer: .* not announced/,
  ],
  ['V10: passthru in YIELD', yieldMessage(1, { ppt_cipher: 'x' }), /^YIELD options.ppt_cipher: .* not announced/],
  [
    'V10: passthru in ERROR',
    errorMessage(MessageType.INVOCATION, 1, 'com.error', undefined, { ppt_keyid: 'x' }),
    /^ERROR details.ppt_keyid: .* not announced/,
  ],
  ['CANCEL in a mode that is none', cancelMessage(1, { mode: 'gently' }), /^CANCEL options.mode: .*"gently"/],
];

/** A violation amid others who call, publish and answer. Rejects where any of them notices. */
async function amidBystanders(router: Attachable, violation: Message): Promise<void> {
  const callee = await TestClient.join(router);
  await callee.register('com.work');
  const caller = await TestClient.join(router);
  await caller.subscribe('com.news');
  const offender = await TestClient.join(router);

  const pending = caller.call('com.work', ['before']);
  const invocation = await callee.invocation();
  offender.say(violation);
  callee.publish('com.news', ['meanwhile']);
  callee.yield(invocation.request, ['done']);

  expect(argsOf(await caller.event())).toEqual(['meanwhile']);
  const result = await caller.result();
  expect([result.request, argsOf(result)]).toEqual([pending, ['done']]);
  expect((await offender.aborted()).hungUp).toBe(true);

  caller.call('com.work', ['after']);
  const second = await callee.invocation();
  expect([second.request, argsOf(second)]).toEqual([2, ['after']]);
  callee.fail(second.request, 'com.error.refused');
  expect((await caller.error()).error).toBe('com.error.refused');
  await caller.hearsNothing();
  await callee.hearsNothing();
}

describe('a violation by a joined client', () => {
  test.each(VIOLATIONS)('%s', async (_, message, text) => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    client.say(message);
    expect(await client.aborted()).toEqual({
      reason: 'wamp.error.protocol_violation',
      message: typeof text === 'string' ? text : expect.stringMatching(text),
      hungUp: true,
    });
    await routed();
    expect(router.counts()).toMatchObject({ transports: 0, realms: [{ sessions: 0 }] });
  });

  test.each(VIOLATIONS)('does not disturb a bystander that keeps calling: %s', async (_, message) => {
    await amidBystanders(routerAndClock().router, message);
  });

  test('the bystanders do notice where one session’s end is everybody’s', async () => {
    const { router } = routerAndClock();
    const others: Transport[] = [];
    const shared: Attachable = {
      attach: (transport) => {
        others.push(transport);
        const close = async () => {
          for (const other of others) await other.close();
        };
        router.attach({ ...transport, close });
      },
    };
    await expect(amidBystanders(shared, yieldMessage(1, {}))).rejects.toThrow();
  });

  test('takes subscriptions, registrations and pending calls along at once', async () => {
    const { router } = routerAndClock();
    const offender = await TestClient.join(router);
    await offender.register('com.work');
    await offender.subscribe('com.news');
    const other = await TestClient.join(router);
    const request = other.call('com.work');
    await offender.invocation();
    offender.say(yieldMessage(7, {}));
    other.publish('com.news', ['too late']);
    other.call('com.work');
    const canceled = await other.error();
    expect([canceled.error, canceled.request]).toEqual(['wamp.error.canceled', request]);
    expect((await other.error()).error).toBe('wamp.error.no_such_procedure');
    await offender.aborted();
    expect(offender.peer.heard).toEqual([]);
    expect(router.counts().realms[0]).toMatchObject({ sessions: 1, subscriptions: 0, registrations: 0, calls: 0 });
  });

  test('nothing more is taken from the offender, though its transport still delivers', async () => {
    const { router } = routerAndClock();
    const witness = await TestClient.join(router);
    await witness.subscribe('com.news');
    const transport = new StubbornTransport();
    router.attach(transport);
    transport.deliver(helloMessage('realm1', { roles: ALL_ROLES }));
    transport.deliver(callMessage(5, {}, 'com.add'));
    transport.deliver(publishMessage(1, {}, 'com.news'));
    transport.deliver(helloMessage('realm1', { roles: ALL_ROLES }));
    await witness.hearsNothing();
    expect(transport.sent.map(nameOf)).toEqual(['WELCOME', 'ABORT']);
    expect(transport.closing).toBe(1);
    expect(router.counts()).toMatchObject({ transports: 2, realms: [{ sessions: 1 }] });
    transport.end();
    expect(router.counts().transports).toBe(1);
  });
});

describe('before HELLO', () => {
  test.each([...BEFORE_HELLO, ...WRONG_DIRECTION].map((m): [string, Message] => [nameOf(m), m]))(
    'V3, V4 and their like: %s is a violation',
    async (name, message) => {
      const { router } = routerAndClock();
      const peer = new ScriptedPeer();
      router.attach(peer.transport);
      peer.say(message);
      const abort = await peer.expect(MessageType.ABORT);
      expect(abort.reason).toBe('wamp.error.protocol_violation');
      expect(abort.details.message).toBe(`received ${name} while closed`);
      expect(peer.hungUp).toBe(true);
    },
  );
});

describe('ABORT from a client', () => {
  test('ends its session and is not answered', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    await client.register('com.work');
    client.say(abortMessage('wamp.error.protocol_violation', { message: 'enough' }));
    await routed();
    expect(client.peer.heard).toEqual([]);
    expect(client.peer.hungUp).toBe(true);
    expect(router.counts()).toMatchObject({ transports: 0, realms: [{ sessions: 0, registrations: 0 }] });
  });

  test('is not answered either where there is no session', async () => {
    const { router } = routerAndClock();
    const peer = new ScriptedPeer();
    router.attach(peer.transport);
    peer.say(abortMessage('wamp.error.cannot_authenticate'));
    await routed();
    expect(peer.heard).toEqual([]);
    expect(peer.hungUp).toBe(true);
  });
});

describe('a message that no wire would let through', () => {
  test('ends only its own session', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    const bystander = await TestClient.join(router);
    client.say(callMessage(1, null as never, 'com.add'));
    client.say({ type: MessageType.CANCEL, request: 1 } as never);
    await routed();
    await bystander.hearsNothing();
    expect(router.counts().realms[0]?.sessions).toBe(1);
  });
});
