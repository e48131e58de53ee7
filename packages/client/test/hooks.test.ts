import {
  abortMessage,
  CLOSE_REASONS,
  goodbyeMessage,
  Logger,
  MessageType,
  registeredMessage,
  SessionEnded,
  TransportLost,
} from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { Client, type ClientOptions, type Hooks } from '../src/index.js';
import { failure, NO_JITTER, outcome, ScriptedConnector, settle, welcome } from './scripted.js';

/** A logger that keeps the errors. */
class Kept extends Logger {
  readonly errors: unknown[] = [];
  trace(): void {}
  debug(): void {}
  info(): void {}
  warn(): void {}
  error(fields: object | string, text?: string): void {
    this.errors.push([fields, text]);
  }
  child(): Logger {
    return this;
  }
}

function make(hooks: Hooks, options: Partial<ClientOptions> = {}) {
  const clock = new FakeClock();
  const connector = new ScriptedConnector();
  const log = new Kept();
  const reported: { error: unknown; what: string }[] = [];
  const client = new Client({
    connectors: [connector],
    realm: 'realm1',
    clock,
    random: NO_JITTER,
    log,
    hooks: { onUserError: (error, what) => reported.push({ error, what }), ...hooks },
    ...options,
  });
  return { client, clock, connector, log, reported };
}

/** Hooks that note that they ran. */
function noting() {
  const ran: string[] = [];
  const hooks: Hooks = {
    onConnect: ({ peer }) => ran.push(`connect ${peer}`),
    onJoin: (_, { realm }) => ran.push(`join ${realm}`),
    onLeave: ({ reason }) => ran.push(`leave ${reason}`),
    onDisconnect: () => ran.push('disconnect'),
    onRetry: ({ name }, delay) => ran.push(`retry ${name} ${delay}`),
  };
  return { ran, hooks };
}

describe('hooks', () => {
  test('run in order, over a loss and a good end', async () => {
    const { ran, hooks } = noting();
    const { client, connector, clock } = make(hooks);
    client.open();
    const peer = await connector.next();
    await welcome(peer);
    await client.joined();
    peer.drop();
    await settle();
    clock.advance(1_000);
    const second = await connector.next();
    await welcome(second);
    await client.joined();
    const closing = client.close();
    await second.expect(MessageType.GOODBYE);
    second.say(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
    await closing;
    expect(ran).toEqual([
      'connect scripted',
      'join realm1',
      `leave ${CLOSE_REASONS.transportLost}`,
      'disconnect',
      'retry TransportLost 1000',
      'connect scripted',
      'join realm1',
      `leave ${CLOSE_REASONS.normal}`,
      'disconnect',
    ]);
  });

  test('GOODBYE from the router: onLeave with its reason, onDisconnect, onRetry', async () => {
    const { ran, hooks } = noting();
    const { client, connector } = make(hooks);
    client.open();
    const peer = await connector.next();
    await welcome(peer);
    await client.joined();
    peer.say(goodbyeMessage(CLOSE_REASONS.systemShutdown));
    await settle();
    expect(ran.slice(2)).toEqual([`leave ${CLOSE_REASONS.systemShutdown}`, 'disconnect', 'retry SessionEnded 1000']);
  });

  test('an attempt that the router refuses has no onJoin; onLeave has its reason', async () => {
    const { ran, hooks } = noting();
    const { client, connector } = make(hooks);
    client.open();
    const peer = await connector.next();
    await peer.expect(MessageType.HELLO);
    peer.say(abortMessage(CLOSE_REASONS.systemShutdown));
    await settle();
    const left = `leave ${CLOSE_REASONS.systemShutdown}`;
    expect(ran).toEqual(['connect scripted', left, 'disconnect', 'retry SessionEnded 1000']);
  });

  test('an attempt whose transport is lost before WELCOME has neither', async () => {
    const { ran, hooks } = noting();
    const { client, connector } = make(hooks);
    client.open();
    const peer = await connector.next();
    await peer.expect(MessageType.HELLO);
    peer.drop();
    await settle();
    expect(ran).toEqual(['connect scripted', 'disconnect', 'retry TransportLost 1000']);
  });

  test('an attempt without a transport has no onConnect and no onDisconnect', async () => {
    const { ran, hooks } = noting();
    const { client, connector } = make(hooks);
    connector.refuse(new TransportLost('refused'));
    client.open();
    await settle();
    expect(ran).toEqual(['retry TransportLost 1000']);
  });

  test('onRetry is not told of the end', async () => {
    const { ran, hooks } = noting();
    const { client, connector } = make(hooks, { retry: { maxRetries: 1 } });
    connector.refuse(new TransportLost('1'), new TransportLost('2'));
    client.open();
    await settle();
    connector.refuse();
    expect(client.state).toBe('waiting');
    await client.close();
    expect(ran).toEqual(['retry TransportLost 1000']);
  });
});

describe('onConnect', () => {
  test('failing fails the attempt, is reported, and is tried again', async () => {
    const error = new Error('no token');
    const retried: unknown[] = [];
    let turn = 0;
    const onConnect = () => (turn++ === 0 ? Promise.reject(error) : undefined);
    const { client, connector, clock, reported } = make({ onConnect, onRetry: (e) => retried.push(e) });
    client.open();
    const peer = await connector.next();
    await settle();
    expect(reported).toEqual([{ error, what: 'onConnect' }]);
    expect(retried).toMatchObject([{ name: 'SessionEnded', cause: error, retryable: true }]);
    expect([peer.heard, peer.hungUp, client.state]).toEqual([[], true, 'waiting']);
    clock.advance(1_000);
    await welcome(await connector.next());
    await client.joined();
  });

  test('failing at the only attempt ends the client with it', async () => {
    const error = new Error('no token');
    const { client } = make(
      {
        onConnect: () => {
          throw error;
        },
      },
      { retry: false },
    );
    expect(await failure(client.joined())).toMatchObject({ name: 'SessionEnded', cause: error });
  });
});

describe('onJoin', () => {
  test('may use the session that it is given, and joined() waits for it', async () => {
    const { client, connector } = make({
      onJoin: async (session, details) => {
        expect(session).toBe(client.session);
        expect(session.details).toBe(details);
        await session.register('com.p', () => {});
      },
    });
    const joining = client.joined();
    const peer = await connector.next();
    await welcome(peer);
    const { request } = await peer.expect(MessageType.REGISTER);
    expect(await outcome(joining)).toBe('pending');
    peer.say(registeredMessage(request, 200));
    expect(await joining).toBe(client.session);
  });

  test('failing is reported; the session leaves, and the attempt has failed: the delay grows', async () => {
    const error = new Error('no database');
    const retried: unknown[] = [];
    const { ran, hooks } = noting();
    const { client, connector, clock, reported } = make({
      ...hooks,
      onJoin: () => Promise.reject(error),
      onRetry: (e, delay) => retried.push([e.cause, delay]),
    });
    const joining = client.joined();
    for (let i = 0; i < 3; i++) {
      const peer = await connector.next();
      await welcome(peer);
      expect(await peer.expect(MessageType.GOODBYE)).toMatchObject({ reason: CLOSE_REASONS.normal, details: {} });
      peer.say(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
      await settle();
      expect(client.state).toBe('waiting');
      clock.advance(clock.next ?? 0);
    }
    expect(reported).toEqual(Array.from({ length: 3 }, () => ({ error, what: 'onJoin' })));
    expect(retried).toEqual([
      [error, 1_000],
      [error, 1_500],
      [error, 2_250],
    ]);
    expect(ran.slice(0, 3)).toEqual(['connect scripted', `leave ${CLOSE_REASONS.normal}`, 'disconnect']);
    expect(await outcome(joining)).toBe('pending');
  });

  test('failing at the only attempt ends the client with it', async () => {
    const error = new Error('no database');
    const { client, connector } = make({ onJoin: () => Promise.reject(error) }, { retry: false });
    const joining = client.joined();
    joining.catch(() => {});
    const peer = await connector.next();
    await welcome(peer);
    await peer.expect(MessageType.GOODBYE);
    peer.say(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
    const end = await client.closed;
    expect(end.error).toBeInstanceOf(SessionEnded);
    expect(end.error).toMatchObject({ cause: error });
    expect(await failure(joining)).toBe(end.error);
  });

  test('is not waited for once its session is lost; that attempt counts as failed', async () => {
    const waits: number[] = [];
    const { ran, hooks } = noting();
    const { client, connector, clock } = make({
      ...hooks,
      onJoin: () => new Promise(() => {}),
      onRetry: (_, delay) => waits.push(delay),
    });
    client.open();
    for (let i = 0; i < 2; i++) {
      const peer = await connector.next();
      await welcome(peer);
      await settle();
      peer.drop();
      await settle();
      clock.advance(clock.next ?? 0);
    }
    expect(waits).toEqual([1_000, 1_500]);
    expect(ran.slice(0, 3)).toEqual(['connect scripted', `leave ${CLOSE_REASONS.transportLost}`, 'disconnect']);
  });

  test('may close the client', async () => {
    const { client, connector } = make({
      onJoin: () => {
        void client.close();
      },
    });
    client.open();
    const peer = await connector.next();
    await welcome(peer);
    await peer.expect(MessageType.GOODBYE);
    peer.say(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
    expect(await client.closed).toEqual({});
  });
});

describe('onLeave and onDisconnect', () => {
  test('are waited for before the next attempt', async () => {
    let left = () => {};
    let disconnected = () => {};
    const { client, connector, clock } = make({
      onLeave: () =>
        new Promise<void>((resolve) => {
          left = resolve;
        }),
      onDisconnect: () =>
        new Promise<void>((resolve) => {
          disconnected = resolve;
        }),
    });
    client.open();
    const peer = await connector.next();
    await welcome(peer);
    await client.joined();
    peer.drop();
    await settle();
    expect(clock.pending).toBe(0);
    left();
    await settle();
    expect(clock.pending).toBe(0);
    disconnected();
    await settle();
    expect(clock.next).toBe(1_000);
  });

  test('onDisconnect comes when the transport is closed, and not before', async () => {
    const { ran, hooks } = noting();
    const { client, connector } = make(hooks);
    client.open();
    const peer = await connector.next();
    await welcome(peer);
    await client.joined();
    let closed = () => {};
    peer.transport.close = () =>
      new Promise((resolve) => {
        closed = resolve;
      });
    peer.say(abortMessage(CLOSE_REASONS.systemShutdown));
    await settle();
    expect(ran.slice(2)).toEqual([`leave ${CLOSE_REASONS.systemShutdown}`]);
    closed();
    await settle();
    expect(ran.slice(3)).toEqual(['disconnect', 'retry SessionEnded 1000']);
  });

  test('failing is reported, and changes nothing', async () => {
    const errors = [new Error('leave'), new Error('disconnect')];
    const { client, connector, clock, reported } = make({
      onLeave: () => Promise.reject(errors[0]),
      onDisconnect: () => {
        throw errors[1];
      },
    });
    client.open();
    const peer = await connector.next();
    await welcome(peer);
    await client.joined();
    peer.drop();
    await settle();
    expect(reported).toEqual([
      { error: errors[0], what: 'onLeave' },
      { error: errors[1], what: 'onDisconnect' },
    ]);
    expect(clock.next).toBe(1_000);
  });

  test('that never finish do not hold up close() for more than twice leaveTimeout', async () => {
    const never = () => new Promise(() => {});
    const { client, connector, clock } = make({ onLeave: never, onDisconnect: never }, { leaveTimeout: 300 });
    client.open();
    const peer = await connector.next();
    await welcome(peer);
    await client.joined();
    const closing = client.close();
    await peer.expect(MessageType.GOODBYE);
    peer.say(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
    await settle();
    clock.advance(599);
    expect(await outcome(closing)).toBe('pending');
    clock.advance(1);
    await closing;
    expect(clock.pending).toBe(0);
  });

  test('that never finish after session.leave() do not hold up close() either', async () => {
    const { client, connector, clock } = make({ onLeave: () => new Promise(() => {}) });
    const joining = client.joined();
    const peer = await connector.next();
    await welcome(peer);
    const leaving = (await joining).leave();
    await peer.expect(MessageType.GOODBYE);
    peer.say(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
    await leaving;
    await settle();
    const closing = client.close();
    clock.advance(10_000);
    await closing;
    expect(await client.closed).toEqual({});
  });
});

describe('onRetry', () => {
  test('failing is reported; it is not waited for', async () => {
    const error = new Error('no');
    const { client, connector, clock, reported } = make({ onRetry: () => Promise.reject(error) });
    connector.refuse(new TransportLost('refused'));
    client.open();
    await settle();
    expect(reported).toEqual([{ error, what: 'onRetry' }]);
    expect(clock.next).toBe(1_000);
  });

  test('may close the client', async () => {
    const { client, connector, clock } = make({
      onRetry: () => {
        void client.close();
      },
    });
    connector.refuse(new TransportLost('refused'));
    client.open();
    expect(await client.closed).toEqual({});
    expect([connector.asked, clock.pending]).toEqual([1, 0]);
  });
});

describe('onUserError', () => {
  test('absent, the log gets the whole error', async () => {
    const error = new Error('no');
    const { client, connector, log } = make({
      onUserError: undefined,
      onConnect: () => {
        throw error;
      },
    });
    client.open();
    await connector.next();
    await settle();
    expect(log.errors).toEqual([[{ err: error }, 'onConnect failed']]);
  });

  test.each([
    [
      'throwing',
      (second: Error) => {
        throw second;
      },
    ],
    ['rejecting', (second: Error) => Promise.reject(second)],
  ])('%s is logged beside what it was to report', async (_, fail) => {
    const [first, second] = [new Error('first'), new Error('second')];
    const { client, connector, log } = make({
      onUserError: () => fail(second),
      onConnect: () => {
        throw first;
      },
    });
    client.open();
    await connector.next();
    await settle();
    expect(log.errors).toEqual([
      [{ err: first }, 'onConnect failed'],
      [{ err: second }, 'onUserError failed'],
    ]);
    expect(client.state).toBe('waiting');
  });
});
