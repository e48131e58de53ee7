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
import { MESSAGE_SHAPES, type Message } from '../messages/message.js';
import { publishMessage } from '../messages/publish.js';
import { publishedMessage } from '../messages/published.js';
import { registerMessage } from '../messages/register.js';
import { registeredMessage } from '../messages/registered.js';
import { resultMessage } from '../messages/result.js';
import { subscribeMessage } from '../messages/subscribe.js';
import { subscribedMessage } from '../messages/subscribed.js';
import { MessageType } from '../messages/types.js';
import { unregisterMessage } from '../messages/unregister.js';
import { unregisteredMessage } from '../messages/unregistered.js';
import { unsubscribeMessage } from '../messages/unsubscribe.js';
import { unsubscribedMessage } from '../messages/unsubscribed.js';
import { welcomeMessage } from '../messages/welcome.js';
import { yieldMessage } from '../messages/yield.js';
import type { PlainPayload } from '../payload.js';
import type { Dict } from '../value.js';
import { check } from './comparing.js';

/** Arguments of every kind; new ones at every call. */
export function samplePayload(): PlainPayload {
  return {
    args: [{ list: [1, 'two', null], bytes: Uint8Array.of(1, 2, 3) }, ['a', { b: true }], -1.5],
    kwargs: { key: { deep: [{}] }, text: 'ü€😀' },
  };
}

/** One message of each type at the least, with and without what is optional. */
export function everyMessage(): Message[] {
  const dict: Dict = { extra: { text: 'ü', list: [1, 2.5, null, false] } };
  const id = 2 ** 53;
  const payload = samplePayload();
  const roles = { caller: { features: { call_canceling: true } } };
  const messages: Message[] = [
    helloMessage('realm1', { roles, authmethods: ['anonymous'] }),
    welcomeMessage(id, { roles: { broker: {}, dealer: {} }, realm: 'realm1' }),
    abortMessage('wamp.error.no_such_realm', { message: 'none' }),
    abortMessage('com.error.x', {}, payload),
    challengeMessage('ticket', dict),
    authenticateMessage('secret', dict),
    goodbyeMessage('wamp.close.normal', { message: 'bye' }),
    errorMessage(MessageType.CALL, 7, 'com.error.x', payload, dict),
    publishMessage(1, { acknowledge: true, exclude: [id, 4] }, 'com.topic', payload),
    publishedMessage(1, id),
    subscribeMessage(2, { match: 'prefix' }, 'com.'),
    subscribedMessage(2, 3),
    unsubscribeMessage(3, 3),
    unsubscribeMessage(3, 3, dict),
    unsubscribedMessage(3),
    unsubscribedMessage(0, { subscription: 3, reason: 'com.gone' }),
    eventMessage(3, id, { topic: 'com.topic' }, { args: [], kwargs: payload.kwargs }),
    eventMessage(3, id, {}),
    eventReceivedMessage(id),
    callMessage(4, { timeout: 1000 }, 'com.procedure', { args: payload.args, kwargs: {} }),
    cancelMessage(4, { mode: 'kill' }),
    resultMessage(4, { progress: true }, payload),
    registerMessage(5, { invoke: 'single' }, 'com.procedure'),
    registeredMessage(5, 6),
    unregisterMessage(6, 6),
    unregisterMessage(6, 6, dict),
    unregisteredMessage(6),
    unregisteredMessage(0, { registration: 6, reason: 'com.gone' }),
    invocationMessage(7, 6, { procedure: 'com.procedure', caller: id }, payload),
    interruptMessage(7, { mode: 'killnowait' }),
    yieldMessage(7, { progress: false }, payload),
  ];
  const types = new Set(messages.map(({ type }) => type));
  for (const shape of MESSAGE_SHAPES) check(types.has(shape.type), `the suite has no ${shape.name}`);
  return messages;
}
