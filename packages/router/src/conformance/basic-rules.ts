import {
  callMessage,
  errorMessage,
  eventMessage,
  goodbyeMessage,
  helloMessage,
  isDict,
  isId,
  type Message,
  MessageType,
  publishMessage,
  registerMessage,
  subscribeMessage,
  unregisterMessage,
  unsubscribeMessage,
  yieldMessage,
} from '@wamp-run/protocol';
import { check, same } from './checks.js';
import { argsOf } from './conformance-client.js';
import { type Room, rules } from './rule.js';

const BASIC = { publisher: {}, subscriber: {}, caller: {}, callee: {} };
const VIOLATION = 'wamp.error.protocol_violation';

const violation = (make: () => Message) => async (room: Room) => {
  const bystander = await room.join();
  await bystander.register(room.uri('echo'));
  const offender = await room.join();
  offender.say(make());
  same(await offender.aborted(), VIOLATION, 'the reason');
  bystander.call(room.uri('echo'));
  await bystander.invocation();
};

/** HELLO, WELCOME, GOODBYE, ABORT. */
export const SESSION_RULES = rules('basic', {
  'WELCOME: a session id of 1 to 2^53, and the roles broker and dealer': async (room) => {
    const [one, two] = [await room.join(BASIC), await room.join(BASIC)];
    check(isId(one.session) && isId(two.session) && one.session !== two.session, 'ids are missing, or the same');
    const { roles } = one.details;
    check(isDict(roles) && isDict(roles.broker) && isDict(roles.dealer), 'WELCOME details.roles lacks a role');
  },
  'HELLO for a realm that is not there: ABORT no_such_realm': async (room) => {
    const client = await room.connect();
    client.say(helloMessage('wamp-run.conformance.no.such.realm', { roles: BASIC }));
    same(await client.aborted(), 'wamp.error.no_such_realm', 'the reason');
  },
  'GOODBYE is answered with GOODBYE wamp.close.goodbye_and_out': async (room) => {
    const client = await room.join();
    client.say(goodbyeMessage('wamp.close.normal'));
    same((await client.expect(MessageType.GOODBYE)).reason, 'wamp.close.goodbye_and_out', 'the reason');
  },
  'V2: a second HELLO': violation(() => helloMessage('realm1', { roles: BASIC })),
  'V5: ERROR with a request type other than INVOCATION': violation(() => errorMessage(48, 1, 'com.error')),
  'V6: YIELD for an invocation that never was': violation(() => yieldMessage(77, {})),
  'V7: CALL with a request id out of sequence': violation(() => callMessage(7, {}, 'com.a')),
  'V7: PUBLISH with a request id out of sequence': violation(() => publishMessage(7, {}, 'com.a')),
  'V7: SUBSCRIBE with a request id out of sequence': violation(() => subscribeMessage(7, {}, 'com.a')),
  'V7: UNSUBSCRIBE with a request id out of sequence': violation(() => unsubscribeMessage(7, 1)),
  'V7: REGISTER with a request id out of sequence': violation(() => registerMessage(7, {}, 'com.a')),
  'V7: UNREGISTER with a request id out of sequence': violation(() => unregisterMessage(7, 1)),
  'V8: a message that only routers send': violation(() => eventMessage(1, 1, {})),
  'a message other than HELLO first: ABORT protocol_violation': async (room) => {
    const client = await room.connect();
    client.say(callMessage(1, {}, 'com.a'));
    same(await client.aborted(), VIOLATION, 'the reason');
  },
});

/** Publish and subscribe of the basic profile. */
export const PUBSUB_RULES = rules('basic', {
  'SUBSCRIBE again gives the same subscription id; all subscribers of a topic share it': async (room) => {
    const [one, two] = [await room.join(BASIC), await room.join(BASIC)];
    const subscription = await one.subscribe(room.uri('tick'));
    same(await one.subscribe(room.uri('tick')), subscription, 'the id for the same session');
    same(await two.subscribe(room.uri('tick')), subscription, 'the id for another session');
  },
  'PUBLISH with acknowledge: PUBLISHED with the publication id that subscribers see': async (room) => {
    const [publisher, subscriber] = [await room.join(BASIC), await room.join(BASIC)];
    const subscription = await subscriber.subscribe(room.uri('tick'));
    const publication = await publisher.acknowledged(room.uri('tick'), ['a', 1]);
    const event = await subscriber.event();
    same([event.subscription, event.publication, argsOf(event)], [subscription, publication, ['a', 1]], 'EVENT');
  },
  'PUBLISH without acknowledge is never answered': async (room) => {
    const client = await room.join(BASIC);
    client.publish(room.uri('tick'));
    client.publish('not a uri');
    await client.hearsNothing();
  },
  'UNSUBSCRIBE ends the events': async (room) => {
    const [publisher, subscriber] = [await room.join(BASIC), await room.join(BASIC)];
    await subscriber.unsubscribe(await subscriber.subscribe(room.uri('tick')));
    await publisher.acknowledged(room.uri('tick'));
    await subscriber.hearsNothing();
  },
  'UNSUBSCRIBE of nothing: no_such_subscription': async (room) => {
    const client = await room.join(BASIC);
    client.say(unsubscribeMessage(client.request(), 2 ** 50));
    same((await client.error()).error, 'wamp.error.no_such_subscription', 'the error');
  },
  'SUBSCRIBE and PUBLISH on what is no URI: invalid_uri': async (room) => {
    const client = await room.join(BASIC);
    client.say(subscribeMessage(client.request(), {}, 'a..b'));
    same((await client.error()).error, 'wamp.error.invalid_uri', 'the error for SUBSCRIBE');
    client.publish('a b', [], { acknowledge: true });
    same((await client.error()).error, 'wamp.error.invalid_uri', 'the error for PUBLISH');
  },
  'PUBLISH and REGISTER under wamp: invalid_uri': async (room) => {
    const client = await room.join(BASIC);
    client.publish('wamp.session.on_join', [], { acknowledge: true });
    same((await client.error()).error, 'wamp.error.invalid_uri', 'the error for PUBLISH');
    client.say(registerMessage(client.request(), {}, 'wamp.mine'));
    same((await client.error()).error, 'wamp.error.invalid_uri', 'the error for REGISTER');
  },
  'names of JavaScript objects are topics like any other': async (room) => {
    const [publisher, subscriber] = [await room.join(BASIC), await room.join(BASIC)];
    for (const name of ['__proto__', 'constructor', 'toString']) {
      await subscriber.subscribe(room.uri(name));
      await publisher.acknowledged(room.uri(name), [name]);
      same(argsOf(await subscriber.event()), [name], 'the event');
    }
  },
});

/** Remote procedure calls of the basic profile. */
export const RPC_RULES = rules('basic', {
  'CALL: INVOCATION to the callee, its YIELD is the RESULT': async (room) => {
    const [callee, caller] = [await room.join(BASIC), await room.join(BASIC)];
    const registration = await callee.register(room.uri('add'));
    const request = caller.call(room.uri('add'), [1, 2]);
    const invocation = await callee.invocation();
    same([invocation.registration, argsOf(invocation)], [registration, [1, 2]], 'INVOCATION');
    callee.yield(invocation.request, [3]);
    const result = await caller.result();
    same([result.request, argsOf(result)], [request, [3]], 'RESULT');
  },
  'an ERROR of the callee reaches the caller with URI and arguments': async (room) => {
    const [callee, caller] = [await room.join(BASIC), await room.join(BASIC)];
    await callee.register(room.uri('add'));
    const request = caller.call(room.uri('add'));
    callee.fail((await callee.invocation()).request, 'com.error.refused', ['why']);
    const error = await caller.error();
    same([error.request, error.error, argsOf(error)], [request, 'com.error.refused', ['why']], 'ERROR');
  },
  'CALL of what nobody has: no_such_procedure; of what is no URI: invalid_uri': async (room) => {
    const caller = await room.join(BASIC);
    same(await caller.refused(room.uri('nobody')), 'wamp.error.no_such_procedure', 'the error');
    same(await caller.refused('a b'), 'wamp.error.invalid_uri', 'the error');
  },
  'REGISTER of what somebody has: procedure_already_exists': async (room) => {
    const [callee, other] = [await room.join(BASIC), await room.join(BASIC)];
    await callee.register(room.uri('add'));
    other.say(registerMessage(other.request(), {}, room.uri('add')));
    same((await other.error()).error, 'wamp.error.procedure_already_exists', 'the error');
  },
  'UNREGISTER frees the procedure; of nothing: no_such_registration': async (room) => {
    const [callee, other] = [await room.join(BASIC), await room.join(BASIC)];
    const registration = await callee.register(room.uri('add'));
    other.say(unregisterMessage(other.request(), registration));
    same((await other.error()).error, 'wamp.error.no_such_registration', 'the error');
    await callee.unregister(registration);
    await other.register(room.uri('add'));
  },
  'the callee leaves before it answers: canceled': async (room) => {
    const [callee, caller] = [await room.join(BASIC), await room.join(BASIC)];
    await callee.register(room.uri('add'));
    caller.call(room.uri('add'));
    await callee.invocation();
    await callee.leave();
    same((await caller.error()).error, 'wamp.error.canceled', 'the error');
  },
});

/** What must come before what (MUST in the specification). */
export const ORDER_RULES = rules('basic', {
  'events of one publisher arrive in its order, across topics': async (room) => {
    const [publisher, subscriber] = [await room.join(BASIC), await room.join(BASIC)];
    const topics = [room.uri('one'), room.uri('two'), room.uri('three')];
    for (const topic of topics) await subscriber.subscribe(topic);
    for (let n = 0; n < 300; n++) publisher.publish(topics[(n * n) % 3] as string, [n, 'x'.repeat((n * 7919) % 3_000)]);
    for (let n = 0; n < 300; n++) same(argsOf(await subscriber.event())[0], n, 'the number of the event');
  },
  'SUBSCRIBED comes before the first EVENT': async (room) => {
    const [publisher, subscriber] = [await room.join(BASIC), await room.join(BASIC)];
    for (let n = 0; n < 20; n++) publisher.publish(room.uri('tick'), [n]);
    await subscriber.subscribe(room.uri('tick'));
    await publisher.acknowledged(room.uri('tick'), ['last']);
    for (;;) if (argsOf(await subscriber.event())[0] === 'last') return;
  },
  'calls of one caller arrive in its order, across procedures': async (room) => {
    const [callee, caller] = [await room.join(BASIC), await room.join(BASIC)];
    const procedures = [room.uri('one'), room.uri('two')];
    for (const procedure of procedures) await callee.register(procedure);
    for (let n = 0; n < 300; n++) caller.call(procedures[(n * n) % 2] as string, [n, 'x'.repeat((n * 7919) % 3_000)]);
    for (let n = 0; n < 300; n++) same(argsOf(await callee.invocation())[0], n, 'the number of the call');
  },
  'REGISTERED comes before the first INVOCATION': async (room) => {
    const [callee, caller] = [await room.join(BASIC), await room.join(BASIC)];
    for (let n = 0; n < 20; n++) caller.call(room.uri('add'));
    await callee.register(room.uri('add'));
  },
});
