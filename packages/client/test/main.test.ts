import {
  CLOSE_REASONS,
  goodbyeMessage,
  MessageType,
  registeredMessage,
  resultMessage,
  SessionEnded,
} from '@wamp-run/protocol';
import { FakeClock, type ScriptedPeer } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { Client, type ClientOptions, type Session } from '../src/index.js';
import { NO_JITTER, outcome, raw, ScriptedConnector, settle, welcome } from './scripted.js';

type Main = (session: Session, signal: AbortSignal) => unknown;

function make(main: Main, options: Partial<ClientOptions> = {}) {
  const clock = new FakeClock();
  const connector = new ScriptedConnector();
  const reported: { error: unknown; what: string }[] = [];
  const { hooks, ...rest } = options;
  const client = new Client({
    connectors: [connector],
    realm: 'realm1',
    clock,
    random: NO_JITTER,
    main,
    hooks: { onUserError: (error, what) => reported.push({ error, what }), ...hooks },
    ...rest,
  });
  const join = async () => {
    client.open();
    clock.advance(clock.next ?? 0);
    const peer = await connector.next();
    await welcome(peer);
    await settle();
    return peer;
  };
  return { client, clock, connector, reported, join };
}

async function letGo(peer: ScriptedPeer): Promise<void> {
  const { reason } = await peer.expect(MessageType.GOODBYE);
  expect(reason).toBe(CLOSE_REASONS.normal);
  peer.say(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
  await settle();
}

/** A main that lasts until it is told to stop. */
function waiting(signals: AbortSignal[]): Main {
  return (_, signal) => {
    signals.push(signal);
    return new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve());
    });
  };
}

describe('main', () => {
  test('runs with the lasting session, and when it has finished the client leaves and ends without an error', async () => {
    const results: unknown[] = [];
    const { client, clock, connector, join } = make(async (session) => {
      results.push(await session.call('com.x'), session === client.session);
    });
    const peer = await join();
    peer.say(resultMessage((await peer.expect(MessageType.CALL)).request, {}, raw([7])));
    await letGo(peer);
    expect(await client.closed).toEqual({});
    expect([results, connector.asked, clock.pending]).toEqual([[7, true], 1, 0]);
  });

  test('runs after onJoin, and after what lasts has been answered', async () => {
    const ran: string[] = [];
    const hooks = { onJoin: () => ran.push('join') };
    const { client, join } = make(
      (_, signal) => {
        ran.push('main');
        return waiting([])(client.session, signal);
      },
      { hooks },
    );
    const first = await join();
    void client.session.register('com.p', () => {});
    first.say(registeredMessage((await first.expect(MessageType.REGISTER)).request, 200));
    await settle();
    first.drop();
    await settle();
    const second = await join();
    const { request } = await second.expect(MessageType.REGISTER);
    expect(ran).toEqual(['join', 'main', 'join']);
    second.say(registeredMessage(request, 200));
    await settle();
    expect(ran).toEqual(['join', 'main', 'join', 'main']);
  });

  test('runs again at each join; the signal of the one before has aborted with the reason', async () => {
    const signals: AbortSignal[] = [];
    const { client, join, reported } = make(waiting(signals));
    for (let i = 0; i < 3; i++) {
      const peer = await join();
      expect(signals.map(({ aborted }) => aborted)).toEqual([...Array(i).fill(true), false]);
      peer.drop();
      await settle();
    }
    expect(signals[0]?.reason).toMatchObject({ name: 'TransportLost' });
    expect([client.state, reported]).toEqual(['waiting', []]);
    await client.close();
  });

  test('that returns because its session was lost does not end the client', async () => {
    const { client, join } = make(waiting([]));
    (await join()).drop();
    await settle();
    expect(client.state).toBe('waiting');
  });

  test('that rejects because its session was lost is not reported; an error of its own is', async () => {
    const fault = new Error('in the clean-up');
    let turn = 0;
    const { client, join, reported } = make(async (session) => {
      try {
        await session.call('com.x');
      } catch (error) {
        throw turn++ === 0 ? error : fault;
      }
    });
    for (const expected of [[], [{ error: fault, what: 'main' }]]) {
      const peer = await join();
      await peer.expect(MessageType.CALL);
      peer.drop();
      await settle();
      expect([client.state, reported]).toEqual(['waiting', expected]);
    }
  });

  test('that never returns holds up neither the next attempt nor close()', async () => {
    const { client, clock, join } = make(() => new Promise(() => {}));
    (await join()).drop();
    await settle();
    const peer = await join();
    const closing = client.close();
    await letGo(peer);
    await closing;
    expect(clock.pending).toBe(0);
  });

  test('is told to stop as soon as the client is closed', async () => {
    const signals: AbortSignal[] = [];
    const { client, join } = make(waiting(signals));
    const peer = await join();
    const closing = client.close();
    expect(signals[0]?.aborted).toBe(true);
    await letGo(peer);
    await closing;
    expect(await client.closed).toEqual({});
  });
});

describe('a main that throws', () => {
  const fault = new Error('no database');
  const broken: Main = () => Promise.reject(fault);

  test('is reported, leaves, and is tried again with backoff: joins in between do not begin the count anew', async () => {
    const { client, clock, join, reported } = make(broken);
    const waits: (number | undefined)[] = [];
    for (let i = 0; i < 3; i++) {
      await letGo(await join());
      expect(client.state).toBe('waiting');
      waits.push(clock.next);
    }
    expect(waits).toEqual([1_000, 1_500, 2_250]);
    expect(reported).toEqual(Array.from({ length: 3 }, () => ({ error: fault, what: 'main' })));
  });

  test('uses up the retries, and is the cause in the end', async () => {
    const { client, join } = make(broken, { retry: { maxRetries: 1 } });
    await letGo(await join());
    await letGo(await join());
    const { error } = await client.closed;
    expect(error).toMatchObject({ name: 'TransportLost', cause: { name: 'SessionEnded', cause: fault } });
  });

  test('after a long time is a first failure', async () => {
    const fails: (() => void)[] = [];
    const { clock, join } = make(
      () =>
        new Promise((_, reject) => {
          fails.push(() => reject(fault));
        }),
    );
    for (let i = 0; i < 3; i++) {
      const peer = await join();
      clock.advance(30_000);
      fails[i]?.();
      await letGo(peer);
      expect(clock.next).toBe(1_000);
    }
  });

  test('ends the client where onMainError says fail', async () => {
    const { client, clock, connector, join, reported } = make(broken, { onMainError: 'fail' });
    await letGo(await join());
    const { error } = await client.closed;
    expect(error).toBeInstanceOf(SessionEnded);
    expect(error).toMatchObject({ cause: fault });
    expect([connector.asked, clock.pending, reported.length]).toEqual([1, 0, 1]);
  });

  test('does so when it throws at once, too', async () => {
    const { client, join } = make(
      () => {
        throw fault;
      },
      { onMainError: 'fail' },
    );
    const peer = await join();
    expect(await outcome(client.closed)).toBe('pending');
    await letGo(peer);
    expect((await client.closed).error).toMatchObject({ cause: fault });
  });
});
