import { abortMessage } from '../messages/abort.js';
import { authenticateMessage } from '../messages/authenticate.js';
import { callMessage } from '../messages/call.js';
import { cancelMessage } from '../messages/cancel.js';
import { challengeMessage } from '../messages/challenge.js';
import { errorMessage } from '../messages/error.js';
import { eventMessage } from '../messages/event.js';
import { eventReceivedMessage } from '../messages/event-received.js';
import { goodbyeMessage } from '../messages/goodbye.js';
import { helloMessage } from '../messages/hello.js';
import { interruptMessage } from '../messages/interrupt.js';
import { invocationMessage } from '../messages/invocation.js';
import { type Message } from '../messages/message.js';
import { publishMessage } from '../messages/publish.js';
import { publishedMessage } from '../messages/published.js';
import { registerMessage } from '../messages/register.js';
import { registeredMessage } from '../messages/registered.js';
import { resultMessage } from '../messages/result.js';
import { subscribeMessage } from '../messages/subscribe.js';
import { subscribedMessage } from '../messages/subscribed.js';
import { unregisterMessage } from '../messages/unregister.js';
import { unregisteredMessage } from '../messages/unregistered.js';
import { unsubscribeMessage } from '../messages/unsubscribe.js';
import { unsubscribedMessage } from '../messages/unsubscribed.js';
import { welcomeMessage } from '../messages/welcome.js';
import { yieldMessage } from '../messages/yield.js';
import type { PlainPayload } from '../payload.js';

/** Arguments of every kind; new ones at every call. */
export function samplePayload(): PlainPayload {
  return {
    args: [{ list: [1, 'two', null], bytes: Uint8Array.of(1, 2, 3) }, ['a', { b: true }], -1.5],
    kwargs: { key: { deep: [{}] }, text: 'ü€😀' },
  };
}

/** Every message, with what can be left out and without, and with each kind of payload. */
export function everyMessage(): Message[] {
  const large = 2 ** 53 - 111;
  const roles = { caller: { features: { call_canceling: true } }, publisher: {} };
  const payloads: (PlainPayload | undefined)[] = [
    undefined,
    { args: [1, 'two', [3.5, null]], kwargs: {} },
    { args: [], kwargs: { key: 'value' } },
    { args: [Uint8Array.of(1, 2)], kwargs: { deep: { deeper: [true] } } },
  ];
  return [
    helloMessage('com.example.realm', { roles, authmethods: ['ticket'], authextra: { nested: { n: 1 } } }),
    welcomeMessage(large, { roles: { broker: {}, dealer: {} }, authid: 'änna' }),
    challengeMessage('ticket', {}),
    authenticateMessage('secret', { x: 1 }),
    goodbyeMessage('wamp.close.normal', { message: 'done' }),
    publishedMessage(1, large),
    subscribeMessage(2, { match: 'prefix' }, 'com.example.topic'),
    subscribedMessage(3, large),
    unsubscribeMessage(4, large),
    unsubscribeMessage(4, large, {}),
    unsubscribedMessage(5),
    unsubscribedMessage(0, { subscription: large, reason: 'wamp.subscription.revoked' }),
    eventReceivedMessage(large),
    cancelMessage(6, { mode: 'kill' }),
    registerMessage(7, { invoke: 'roundrobin' }, 'com.example.procedure'),
    registeredMessage(8, large),
    unregisterMessage(9, large),
    unregisterMessage(9, large, {}),
    unregisteredMessage(10),
    unregisteredMessage(0, { registration: large }),
    interruptMessage(11, { mode: 'killnowait' }),
    ...payloads.flatMap((payload) => [
      abortMessage('wamp.error.no_such_realm', { message: 'none' }, payload),
      errorMessage(48, 12, 'com.example.error', payload, { x: 1 }),
      publishMessage(13, { acknowledge: true, exclude: [large] }, 'com.example.topic', payload),
      eventMessage(large, large - 1, { topic: 'com.example.topic' }, payload),
      callMessage(14, { timeout: 1000 }, 'com.example.procedure', payload),
      resultMessage(15, { progress: true }, payload),
      invocationMessage(16, large, { caller: large }, payload),
      yieldMessage(17, {}, payload),
    ]),
  ];
}
