import { CLOSE_REASONS, goodbyeMessage, MessageType, TransportLost } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { Client, type ClientOptions, type ClientStatus } from '../src/index.js';
import { StatusLog } from '../src/status-log.js';
import { NO_JITTER, outcome, ScriptedConnector, settle, welcome } from './scripted.js';

function make(options: Partial<ClientOptions> = {}) {
  const clock = new FakeClock();
  const connector = new ScriptedConnector();
  const client = new Client({ connectors: [connector], realm: 'realm1', clock, random: NO_JITTER, ...options });
  return { client, clock, connector };
}

/** Reads to the end. */
async function all(statuses: AsyncIterable<ClientStatus>): Promise<ClientStatus[]> {
  const read: ClientStatus[] = [];
  for await (const status of statuses) read.push(status);
  return read;
}

const of = (attempt: number): ClientStatus => ({ state: 'connecting', attempt });

describe('the status of a client', () => {
  test('tells every change, with the error and the delay, to each reader, and ends when the client is closed', async () => {
    const refused = new TransportLost('refused');
    const { client, clock, connector } = make();
    connector.refuse(refused);
    const readers = [all(client.status()), all(client.status())];
    client.open();
    await settle();
    clock.advance(1_000);
    const peer = await connector.next();
    await welcome(peer);
    await client.joined();
    const closing = client.close();
    await peer.expect(MessageType.GOODBYE);
    peer.say(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
    await closing;
    const expected = [
      { state: 'idle', attempt: 0 },
      { state: 'connecting', attempt: 1 },
      { state: 'waiting', attempt: 1, error: refused },
      { state: 'waiting', attempt: 1, error: refused, retryIn: 1_000 },
      { state: 'connecting', attempt: 2 },
      { state: 'joining', attempt: 2 },
      { state: 'joined', attempt: 2 },
      { state: 'closing', attempt: 2 },
      { state: 'closed', attempt: 2 },
    ];
    expect(await Promise.all(readers)).toEqual([expected, expected]);
  });

  test('says in the end why the client gave up', async () => {
    const { client, connector } = make({ retry: false });
    const refused = new TransportLost('refused');
    connector.refuse(refused);
    client.open();
    await client.closed;
    expect(await all(client.status())).toEqual([{ state: 'closed', attempt: 1, error: refused }]);
  });

  test('tells the delay before onRetry runs, which may close the client', async () => {
    const { client, connector } = make({ hooks: { onRetry: () => void client.close() } });
    connector.refuse(new TransportLost('refused'));
    const reading = all(client.status());
    client.open();
    expect((await reading).map(({ state, retryIn }) => [state, retryIn]).slice(2)).toEqual([
      ['waiting', undefined],
      ['waiting', 1_000],
      ['closing', undefined],
      ['closed', undefined],
    ]);
  });

  test('begins with that of now', async () => {
    const { client, connector } = make();
    client.open();
    await welcome(await connector.next());
    await client.joined();
    expect(await client.status().next()).toEqual({ done: false, value: { state: 'joined', attempt: 1 } });
  });
});

describe('a log of statuses', () => {
  test('lets a reader that is behind miss the oldest', async () => {
    const log = new StatusLog(of(0));
    const reader = log.read();
    for (let i = 1; i <= 100; i++) log.add(of(i));
    log.end();
    expect((await all(reader)).map(({ attempt }) => attempt)).toEqual(Array.from({ length: 16 }, (_, i) => i + 85));
  });

  test('keeps nothing of a reader that has stopped, also in the middle of waiting', async () => {
    const log = new StatusLog(of(0));
    for (let i = 0; i < 100; i++) {
      for await (const _ of log.read()) break;
      const reader = log.read();
      await reader.next();
      const waiting = [reader.next(), reader.next()];
      expect([await outcome(waiting[0] as Promise<unknown>), log.waiting]).toEqual(['pending', 2]);
      await reader.return?.();
      expect(await Promise.all(waiting)).toEqual([
        { done: true, value: undefined },
        { done: true, value: undefined },
      ]);
    }
    expect(log.waiting).toBe(0);
  });

  test('gives each change to one of several waiting reads, in order', async () => {
    const log = new StatusLog(of(0));
    const reader = log.read();
    const reads = [reader.next(), reader.next(), reader.next()];
    log.add(of(1));
    log.add(of(2));
    expect((await Promise.all(reads)).map(({ value }) => value?.attempt)).toEqual([0, 1, 2]);
  });
});
