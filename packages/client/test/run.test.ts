import {
  abortMessage,
  CLOSE_REASONS,
  goodbyeMessage,
  InvalidConfiguration,
  MessageType,
  TransportLost,
} from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { expect, test } from 'vitest';
import { Client, type ClientOptions, run } from '../src/index.js';
import { CountedStop, failure, NO_JITTER, outcome, ScriptedConnector, settle, welcome } from './scripted.js';

function options(more: Partial<ClientOptions> = {}) {
  const clock = new FakeClock();
  const connector = new ScriptedConnector();
  const given: ClientOptions = { connectors: [connector], realm: 'realm1', clock, random: NO_JITTER, ...more };
  return { given, clock, connector };
}

/** Joins, and answers the GOODBYE that comes. */
async function serve(connector: ScriptedConnector): Promise<void> {
  const peer = await connector.next();
  await welcome(peer);
  await peer.expect(MessageType.GOODBYE);
  peer.say(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
}

test('many clients run side by side, and each has its own outcome, in the order given', async () => {
  const good = options({ main: () => {} });
  const bad = options({ retry: false });
  const refused = new TransportLost('refused');
  bad.connector.refuse(refused);
  const made = new Client(options({ main: () => {} }).given);
  const lasting = options({ main: () => new Promise(() => {}) });
  const stop = new CountedStop();
  const wrong = { ...options().given, realm: 'not a realm' };
  const running = run([bad.given, wrong, good.given, made, lasting.given], { stop });
  await serve(good.connector);
  const peer = await lasting.connector.next();
  await welcome(peer);
  void made.close();
  expect(await outcome(running)).toBe('pending');
  stop.abort('enough');
  await peer.expect(MessageType.GOODBYE);
  peer.say(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
  const outcomes = await running;
  expect(outcomes.map(({ error }) => error?.name)).toEqual([
    'TransportLost',
    'InvalidUriError',
    undefined,
    undefined,
    undefined,
  ]);
  expect(outcomes[0]?.error).toBe(refused);
  expect(outcomes.map(({ client }) => client?.state)).toEqual(['closed', undefined, 'closed', 'closed', 'closed']);
  expect(outcomes[3]?.client).toBe(made);
  expect(stop.listeners.size).toBe(0);
});

test.each([
  ['first-failure', false],
  ['first-end', true],
] as const)('with stopOn %s, the others are closed with the first of that kind', async (stopOn, endsFirst) => {
  const good = options({ main: () => {} });
  const lasting = options({ main: () => new Promise(() => {}) });
  const bad = options();
  const running = run([good.given, lasting.given, ...(endsFirst ? [] : [bad.given])], { stopOn });
  const peer = await lasting.connector.next();
  await welcome(peer);
  await serve(good.connector);
  await settle();
  if (!endsFirst) {
    expect(await outcome(running)).toBe('pending');
    const refusing = await bad.connector.next();
    await refusing.expect(MessageType.HELLO);
    refusing.say(abortMessage('wamp.error.no_such_realm'));
  }
  await peer.expect(MessageType.GOODBYE);
  peer.say(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
  const outcomes = await running;
  expect(outcomes.map(({ error }) => error === undefined)).toEqual(endsFirst ? [true, true] : [true, true, false]);
});

test('a stopOn that there is not is refused', async () => {
  expect(await failure(run([], { stopOn: 'sometimes' as 'first-end' }))).toMatchObject({
    message: 'stopOn: expected one of all-ended, first-failure, first-end, got sometimes',
  });
});

test('a client that has ended before has its outcome at once', async () => {
  const { given, connector } = options({ retry: false });
  connector.refuse(new TransportLost('refused'));
  const client = new Client(given);
  client.open();
  const { error } = await client.closed;
  expect(await run([client])).toEqual([{ client, error }]);
});

test('a signal that has aborted lets none begin', async () => {
  const { given, connector } = options();
  const stop = new CountedStop();
  stop.abort('no');
  expect(await run([given], { stop })).toMatchObject([{ error: undefined, client: { state: 'closed' } }]);
  await settle();
  expect(connector.asked).toBe(0);
});

test('what is no list is refused', async () => {
  expect(await failure(run(options().given as never))).toBeInstanceOf(InvalidConfiguration);
  expect(await run([])).toEqual([]);
});
