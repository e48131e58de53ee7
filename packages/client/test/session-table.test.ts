import {
  abortMessage,
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
  MESSAGE_SHAPES,
  type Message,
  MessageType,
  nameOf,
  ProtocolError,
  publishedMessage,
  publishMessage,
  registeredMessage,
  registerMessage,
  resultMessage,
  subscribedMessage,
  subscribeMessage,
  unregisteredMessage,
  unregisterMessage,
  unsubscribedMessage,
  unsubscribeMessage,
  welcomeMessage,
  yieldMessage,
} from '@wamp-run/protocol';
import { FakeClock, ScriptedPeer } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { joinSession } from '../src/index.js';
import { joined, outcome, ROUTER, settle } from './scripted.js';

/** One of each message, to requests and registrations that do not exist. */
const MESSAGES: Message[] = [
  helloMessage('realm1', ROUTER),
  welcomeMessage(1, ROUTER),
  abortMessage('wamp.close.killed'),
  challengeMessage('ticket', {}),
  authenticateMessage('', {}),
  goodbyeMessage('wamp.close.normal'),
  errorMessage(MessageType.CALL, 99, 'com.e'),
  publishMessage(1, {}, 'com.t'),
  publishedMessage(99, 1),
  subscribeMessage(1, {}, 'com.t'),
  subscribedMessage(99, 1),
  unsubscribeMessage(1, 1),
  unsubscribedMessage(99),
  eventMessage(99, 1, {}),
  eventReceivedMessage(1),
  callMessage(1, {}, 'com.p'),
  cancelMessage(1, {}),
  resultMessage(99, {}),
  registerMessage(1, {}, 'com.p'),
  registeredMessage(99, 1),
  unregisterMessage(1, 1),
  unregisteredMessage(99),
  invocationMessage(1, 99, {}),
  interruptMessage(99, {}),
  yieldMessage(1, {}),
];

const NAMES = MESSAGES.map((message) => [nameOf(message), message] as const);

test('the list has every message of the protocol', () => {
  expect(NAMES.map(([name]) => name).sort()).toEqual(MESSAGE_SHAPES.map(({ name }) => name).sort());
});

/** What a client does with one message: goes on, ends as the peer says, or finds a violation. */
type Reaction = 'goes on' | 'ends' | 'violation';

async function reaction(session: { ended: Promise<{ error: Error }> }): Promise<Reaction> {
  const end = await outcome(session.ended);
  if (end === 'pending') return 'goes on';
  const { error } = (end as { value: { error: Error } }).value;
  return error instanceof ProtocolError ? 'violation' : 'ends';
}

describe('a joined session that receives', () => {
  // Races that a router cannot avoid: EVENT, INVOCATION and INTERRUPT for what is gone by now.
  const GOES_ON = ['EVENT', 'INVOCATION', 'INTERRUPT'];
  const ENDS = ['GOODBYE', 'ABORT'];

  test.each(NAMES)('%s', async (name, message) => {
    const { session, peer } = await joined();
    peer.say(message);
    const expected = GOES_ON.includes(name) ? 'goes on' : ENDS.includes(name) ? 'ends' : 'violation';
    expect(await reaction(session)).toBe(expected);
    const said = peer.heard.map(nameOf);
    const answers: Record<string, string[]> = { INVOCATION: ['ERROR'], GOODBYE: ['GOODBYE'] };
    expect(said).toEqual(expected === 'violation' ? ['ABORT'] : (answers[name] ?? []));
    expect(peer.hungUp).toBe(expected !== 'goes on');
  });
});

describe('a session that has said GOODBYE and receives', () => {
  const LET_PAST = [
    'PUBLISHED',
    'SUBSCRIBED',
    'UNSUBSCRIBED',
    'EVENT',
    'RESULT',
    'REGISTERED',
    'UNREGISTERED',
    'INVOCATION',
    'INTERRUPT',
    'ERROR',
  ];

  test.each(NAMES)('%s', async (name, message) => {
    const { session, peer } = await joined();
    const leaving = session.leave();
    await peer.expect(MessageType.GOODBYE);
    peer.say(message);
    await settle();
    // Whatever it is: this side was leaving, and has left.
    const goesOn = LET_PAST.includes(name);
    expect(await outcome(leaving)).toEqual(goesOn ? 'pending' : { value: undefined });
    expect(peer.heard.map(nameOf)).toEqual(goesOn || name === 'GOODBYE' || name === 'ABORT' ? [] : ['ABORT']);
  });
});

describe('before WELCOME', () => {
  const EXPECTED: Record<string, string> = { WELCOME: 'joined', ABORT: 'SessionEnded', CHALLENGE: 'SessionEnded' };

  test.each(NAMES)('%s', async (name, message) => {
    const peer = new ScriptedPeer();
    const joining = joinSession(peer.transport, { realm: 'realm1', clock: new FakeClock() });
    await peer.expect(MessageType.HELLO);
    peer.say(message);
    const result = await outcome(joining.then(() => 'joined'));
    const came = result === 'pending' ? result : 'value' in result ? result.value : (result.error as Error).name;
    expect(came).toBe(EXPECTED[name] ?? 'ProtocolError');
  });

  test.each(NAMES)('while a challenge is being answered: %s', async (name, message) => {
    const peer = new ScriptedPeer();
    const onChallenge = () => new Promise<string>(() => {});
    const joining = joinSession(peer.transport, { realm: 'realm1', clock: new FakeClock(), onChallenge });
    await peer.expect(MessageType.HELLO);
    peer.say(challengeMessage('ticket', {}));
    await settle();
    peer.say(message);
    expect(await outcome(joining)).toMatchObject({
      error: { name: name === 'ABORT' ? 'SessionEnded' : 'ProtocolError' },
    });
    expect(peer.heard.map(nameOf)).toEqual(name === 'ABORT' ? [] : ['ABORT']);
    expect(peer.hungUp).toBe(true);
  });

  test.each(NAMES)('after the answer to a challenge: %s', async (name, message) => {
    const peer = new ScriptedPeer();
    const onChallenge = () => 'secret!!!';
    const joining = joinSession(peer.transport, { realm: 'realm1', clock: new FakeClock(), onChallenge });
    await peer.expect(MessageType.HELLO);
    peer.say(challengeMessage('ticket', {}));
    await peer.expect(MessageType.AUTHENTICATE);
    peer.say(message);
    const result = await outcome(joining.then(() => 'joined'));
    const came = result === 'pending' ? result : 'value' in result ? result.value : (result.error as Error).name;
    // A further challenge is a further factor.
    const expected = { WELCOME: 'joined', ABORT: 'SessionEnded', CHALLENGE: 'pending' }[name];
    expect(came).toBe(expected ?? 'ProtocolError');
    expect(peer.heard.map(nameOf)).toEqual(
      expected === undefined ? ['ABORT'] : name === 'CHALLENGE' ? ['AUTHENTICATE'] : [],
    );
  });

  test.each(NAMES)('and before HELLO: %s', async (name, message) => {
    const peer = new ScriptedPeer();
    const onConnect = () => new Promise(() => {});
    const joining = joinSession(peer.transport, { realm: 'realm1', clock: new FakeClock(), onConnect });
    peer.say(message);
    // A router may refuse before it is asked; nothing else comes unasked, and then there is no session to ABORT.
    expect(await outcome(joining)).toMatchObject({
      error: { name: name === 'ABORT' ? 'SessionEnded' : 'ProtocolError' },
    });
    expect(peer.heard).toEqual([]);
    expect(peer.hungUp).toBe(true);
  });
});

test('nothing that comes after the end is heard', async () => {
  const { session, peer } = await joined();
  // A transport that takes its time to close still delivers.
  peer.transport.close = () => new Promise(() => {});
  peer.say(abortMessage('wamp.close.killed'));
  for (const [, message] of NAMES) peer.say(message);
  expect(await session.ended).toMatchObject({ details: { reason: 'wamp.close.killed' } });
  await settle();
  expect(peer.heard).toEqual([]);
});
