// A runtime with its components, on transports whose other end the test plays: the router is scripted, time stands still.
import {
  CallDetails,
  ComponentConfig,
  component,
  type DisconnectDetails,
  inject,
  type LoginChallenge,
  register,
  Session,
  type SessionDetails,
  subscribe,
} from '@wamp-run/component';
import {
  abortMessage,
  BinaryPayload,
  challengeMessage,
  ERROR_URIS,
  errorMessage,
  eventMessage,
  goodbyeMessage,
  invocationMessage,
  MessageType,
  type PayloadCodec,
  type PlainPayload,
  registeredMessage,
  subscribedMessage,
  TransportLost,
  unregisteredMessage,
  unsubscribedMessage,
  welcomeMessage,
} from '@wamp-run/protocol';
import { FakeClock, ScriptedPeer } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { BrokenComponent, Runtime, type RuntimeOptions } from '../src/index.js';
import { loaded, ROLES, ScriptedRouter } from './scripted-router.js';

const log: string[] = [];

@component({ prefix: 'com.example.clerk', extra: 'from the decorator' })
class Clerk {
  static built = 0;
  static release: (() => void)[] = [];

  constructor(
    readonly config: ComponentConfig,
    readonly session: Session,
  ) {
    Clerk.built++;
    log.push(`built ${config.realm} ${String(config.extra)}`);
  }

  onConnect(): void {
    log.push('connect');
  }
  onJoin(): void {
    log.push('join');
  }
  onLeave(): void {
    log.push('leave');
  }
  onDisconnect(): void {
    log.push('disconnect');
  }

  @register('work')
  work(): Promise<string> {
    return new Promise((resolve) => Clerk.release.push(() => resolve('worked')));
  }

  @subscribe('com.example.news')
  news(): void {}
}

/** Logs in by itself, and says when it is ready. */
@component()
class Guest {
  onChallenge({ method, extra }: LoginChallenge): string {
    log.push(`challenge ${method}`);
    return `answer to ${String(extra.question)}`;
  }
  onWelcome(details: SessionDetails): string | undefined {
    log.push(`welcome ${details.authid}`);
    return details.authid === 'ann' ? undefined : 'not me';
  }
  onReady(): void {
    log.push('ready');
  }
  onDisconnect({ wasClean }: DisconnectDetails): void {
    log.push(`disconnect ${wasClean}`);
  }
}

/** Has options, and a URI with a named part. */
@component()
class Orders {
  @register('com.shop.orders.<id:int>.cancel', { invoke: 'roundrobin', concurrency: 3 })
  cancel(reason: string, call: CallDetails): string {
    return `${String(call.params.id)} ${reason}`;
  }

  @subscribe('com.shop', { match: 'prefix' })
  sold(): void {}
}

/** Says what it knows of its keys. */
@component()
class Sealed {
  constructor({ keyring }: ComponentConfig) {
    log.push(`sealed with ${keyring?.keyIdFor('com.sealed')}`);
  }
  @register('com.sealed')
  echo(value: number): number {
    return value;
  }
}

@component()
class Open {
  constructor({ keyring }: ComponentConfig) {
    log.push(`open with ${keyring?.keyIdFor('com.open')}`);
  }
  @register('com.open')
  echo(value: number): number {
    return value;
  }
}

/** Joins, works and leaves as slowly as a test wants. */
@component({ prefix: 'com.example.slow' })
class Slow {
  static join: (() => Promise<void>) | undefined;
  static leave: (() => Promise<void>) | undefined;
  static release: ((result: string) => void)[] = [];

  onJoin(): Promise<void> | undefined {
    return Slow.join?.();
  }
  onLeave(): Promise<void> | undefined {
    return Slow.leave?.();
  }

  @register('one')
  one(): Promise<string> {
    return new Promise((resolve) => Slow.release.push(resolve));
  }

  @register('two')
  two(): void {}
}

/** Answers one call, and handles one event, after the other. */
@component({ prefix: 'com.example.narrow' })
class Narrow {
  static release: (() => void)[] = [];

  @register('work', { concurrency: 1 })
  work(): Promise<string> {
    return new Promise((resolve) => Narrow.release.push(() => resolve('worked')));
  }

  @subscribe('com.example.news', { order: 'sequential' })
  news(): Promise<void> {
    return new Promise((resolve) => Narrow.release.push(resolve));
  }
}

@component({ prefix: 'com.example.clerk' })
class Rival {
  @register('work')
  work(): void {}
}

/** Nobody provides what it wants. */
@component()
class Wanting {
  constructor(@inject('nothing') readonly what: unknown) {}
}

function runtimeOf(
  router: ScriptedRouter,
  classes: (abstract new (...args: never[]) => unknown)[],
  more: Partial<RuntimeOptions> = {},
) {
  const clock = new FakeClock();
  const runtime = new Runtime({
    components: classes.map((of) => ({ loaded: loaded(of), connectors: [router.connector], realm: 'realm1' })),
    runner: { name: 'test', version: '0' },
    slowAfter: 0,
    blockedAfter: 0,
    clock,
    random: (n) => new Uint8Array(n).fill(1),
    ...more,
  });
  log.length = 0;
  Clerk.built = 0;
  Clerk.release = [];
  Slow.join = undefined;
  Slow.leave = undefined;
  Slow.release = [];
  return { runtime, clock };
}

describe('a component in service', () => {
  test('is built once, and joined again after every loss', async () => {
    const router = new ScriptedRouter();
    const { runtime, clock } = runtimeOf(router, [Clerk]);
    runtime.start();
    const first = await router.welcomed(2);
    await runtime.settled();
    expect(runtime.status()).toMatchObject([
      {
        name: 'Clerk',
        state: 'running',
        realm: 'realm1',
        procedures: ['com.example.clerk.work'],
        topics: ['com.example.news'],
      },
    ]);
    first.drop();
    while (clock.pending === 0) await Promise.resolve();
    expect(runtime.status()).toMatchObject([{ state: 'waiting', error: expect.any(TransportLost) }]);
    clock.advance(60_000);
    await router.welcomed(2);
    while (runtime.status()[0]?.state !== 'running') await Promise.resolve();
    expect(log).toEqual([
      'built realm1 from the decorator',
      'connect',
      'join',
      'leave',
      'disconnect',
      'connect',
      'join',
    ]);
    expect(Clerk.built).toBe(1);
  });

  test('withdraws, finishes what runs, and says goodbye when it is stopped', async () => {
    const router = new ScriptedRouter();
    const { runtime, clock } = runtimeOf(router, [Clerk]);
    runtime.start();
    const peer = await router.welcomed(2);
    await runtime.settled();
    peer.say(invocationMessage(1, 101, {}));
    while (Clerk.release.length === 0) await Promise.resolve();
    const stopped = runtime.stop();
    expect(runtime.status()).toMatchObject([{ state: 'draining', running: 1 }]);
    const unregister = await peer.expect(MessageType.UNREGISTER);
    peer.say(unregisteredMessage(unregister.request));
    const unsubscribe = await peer.expect(MessageType.UNSUBSCRIBE);
    peer.say(unsubscribedMessage(unsubscribe.request));
    Clerk.release[0]?.();
    const answer = await peer.expect(MessageType.YIELD);
    expect((answer.payload as PlainPayload).args).toEqual(['worked']);
    await peer.expect(MessageType.GOODBYE);
    peer.say(goodbyeMessage('wamp.close.goodbye_and_out'));
    await stopped;
    await runtime.stop();
    expect(await runtime.closed).toEqual({ failures: [] });
    expect(runtime.status()).toMatchObject([{ state: 'stopped', running: 0 }]);
    expect(clock.pending).toBe(0);
  });

  test('finishes calls and events that wait for their turn, too; what comes until the router has confirmed is handled', async () => {
    const router = new ScriptedRouter();
    Narrow.release = [];
    const { runtime, clock } = runtimeOf(router, [Narrow]);
    runtime.start();
    const peer = await router.welcomed(2);
    await runtime.settled();
    for (const request of [1, 2]) peer.say(invocationMessage(request, 101, {}));
    for (const publication of [1, 2]) peer.say(eventMessage(202, publication, {}));
    while (Narrow.release.length < 2) await Promise.resolve();
    const stopped = runtime.stop();
    const unregister = await peer.expect(MessageType.UNREGISTER);
    const unsubscribe = await peer.expect(MessageType.UNSUBSCRIBE);
    peer.say(invocationMessage(3, 101, {}));
    peer.say(eventMessage(202, 3, {}));
    peer.say(unregisteredMessage(unregister.request));
    peer.say(unsubscribedMessage(unsubscribe.request));
    for (let done = 0; done < 6; done++) {
      while (Narrow.release.length <= done) await Promise.resolve();
      Narrow.release[done]?.();
    }
    for (const request of [1, 2, 3]) expect((await peer.expect(MessageType.YIELD)).request).toBe(request);
    await peer.expect(MessageType.GOODBYE);
    peer.say(goodbyeMessage('wamp.close.goodbye_and_out'));
    await stopped;
    expect([Narrow.release.length, clock.pending]).toEqual([6, 0]);
  });

  test('takes part in its login where it has the hooks', async () => {
    const router = new ScriptedRouter();
    const { runtime } = runtimeOf(router, [Guest]);
    runtime.start();
    const peer = await router.peer();
    await peer.expect(MessageType.HELLO);
    peer.say(challengeMessage('riddle', { question: 'who' }));
    expect((await peer.expect(MessageType.AUTHENTICATE)).signature).toBe('answer to who');
    peer.say(welcomeMessage(7, { ...ROLES, authid: 'ann' }));
    await runtime.settled();
    while (!log.includes('ready')) await Promise.resolve();
    peer.drop();
    while (log.length < 4) await Promise.resolve();
    expect(log).toEqual(['challenge riddle', 'welcome ann', 'ready', 'disconnect false']);
  });

  test('refuses a session that is not the one it wants', async () => {
    const router = new ScriptedRouter();
    const { runtime } = runtimeOf(router, [Guest]);
    runtime.start();
    const peer = await router.peer();
    await peer.expect(MessageType.HELLO);
    peer.say(welcomeMessage(7, { ...ROLES, authid: 'bob' }));
    const { reason, details } = await peer.expect(MessageType.ABORT);
    expect([reason, details.message]).toEqual([ERROR_URIS.cannotAuthenticate, 'not me']);
    peer.drop();
    expect((await runtime.closed).failures).toHaveLength(1);
  });

  test('registers and subscribes with the options of its decorators', async () => {
    const router = new ScriptedRouter();
    const { runtime } = runtimeOf(router, [Orders]);
    runtime.start();
    const peer = await router.peer();
    await peer.expect(MessageType.HELLO);
    peer.say(welcomeMessage(7, ROLES));
    const asked = await peer.expect(MessageType.REGISTER);
    expect([asked.procedure, asked.options]).toEqual([
      'com.shop.orders..cancel',
      { invoke: 'roundrobin', concurrency: 3, match: 'wildcard' },
    ]);
    peer.say(registeredMessage(asked.request, 100));
    const topic = await peer.expect(MessageType.SUBSCRIBE);
    expect([topic.topic, topic.options]).toEqual(['com.shop', { match: 'prefix' }]);
    peer.say(subscribedMessage(topic.request, 200));
    await runtime.settled();
    peer.say(invocationMessage(1, 100, { procedure: 'com.shop.orders.12.cancel' }, { args: ['late'], kwargs: {} }));
    const answer = await peer.expect(MessageType.YIELD);
    expect((answer.payload as PlainPayload).args).toEqual(['12 late']);
    peer.drop();
  });

  test('encrypts where it is told to, and sees what is known of its keys', async () => {
    const router = new ScriptedRouter();
    const keyring = { policyFor: () => 'required' as const, keyIdFor: () => 'k1' };
    const codec: PayloadCodec = {
      encode: (_, uri, args) => ({ scheme: 'x_test', payload: new TextEncoder().encode(`${uri} ${args[0]}`) }),
      decode: (_, uri, { payload }) => ({ uri, args: [payload[0] as number], kwargs: {} }),
      requires: () => true,
    };
    const encryption = { codec, payloadForm: 'autobahn' as const, keyring };
    const connectors = [router.connector];
    const { runtime } = runtimeOf(router, [], {
      components: [Sealed, Open].map((of, index) => ({
        loaded: loaded(of),
        connectors,
        realm: 'realm1',
        ...(index === 0 ? { encryption } : {}),
      })),
    });
    runtime.start();
    const sealed = await router.welcomed(1);
    const open = await router.welcomed(1);
    await runtime.settled();
    expect(log).toEqual(['sealed with k1', 'open with undefined']);
    sealed.say(invocationMessage(1, 101, { enc_algo: 'x_test' }, new BinaryPayload(Uint8Array.of(7))));
    const answer = await sealed.expect(MessageType.YIELD);
    expect(answer.options).toEqual({ enc_algo: 'x_test' });
    expect(new TextDecoder().decode((answer.payload as BinaryPayload).bytes)).toBe('com.sealed 7');
    sealed.say(invocationMessage(2, 101, {}, { args: [7], kwargs: {} }));
    expect((await sealed.expect(MessageType.ERROR)).error).toBe(ERROR_URIS.decryptError);
    open.say(invocationMessage(1, 101, {}, { args: [7], kwargs: {} }));
    expect(((await open.expect(MessageType.YIELD)).payload as PlainPayload).args).toEqual([7]);
    sealed.drop();
    open.drop();
  });

  test('does not wait longer than the grace: what is left is answered, and then it says goodbye', async () => {
    const router = new ScriptedRouter();
    const { runtime, clock } = runtimeOf(router, [Clerk], { grace: 500 });
    runtime.start();
    const peer = await router.welcomed(2);
    await runtime.settled();
    peer.say(invocationMessage(1, 101, {}));
    while (Clerk.release.length === 0) await Promise.resolve();
    const stopped = runtime.stop();
    await peer.expect(MessageType.UNREGISTER);
    await peer.expect(MessageType.UNSUBSCRIBE);
    clock.advance(499);
    expect(peer.heard).toEqual([]);
    clock.advance(1);
    const answer = await peer.expect(MessageType.ERROR);
    expect([answer.request, answer.error, (answer.payload as PlainPayload).args]).toEqual([
      1,
      ERROR_URIS.canceled,
      ['com.example.clerk.work was stopped before it had finished'],
    ]);
    await peer.expect(MessageType.GOODBYE);
    peer.say(goodbyeMessage('wamp.close.goodbye_and_out'));
    await stopped;
  });

  test('keeps what others need of it until they have finished: the last one given is drained first', async () => {
    const [needed, needing] = [new ScriptedRouter(), new ScriptedRouter()];
    const { runtime } = runtimeOf(needed, [], {
      components: [
        { loaded: loaded(Rival), connectors: [needed.connector], realm: 'elsewhere' },
        { loaded: loaded(Clerk), connectors: [needing.connector], realm: 'realm1' },
      ],
    });
    runtime.start();
    const [rival, clerk] = [await needed.welcomed(1), await needing.welcomed(2)];
    await runtime.settled();
    clerk.say(invocationMessage(1, 101, {}));
    while (Clerk.release.length === 0) await Promise.resolve();
    const stopped = runtime.stop();
    clerk.say(unregisteredMessage((await clerk.expect(MessageType.UNREGISTER)).request));
    clerk.say(unsubscribedMessage((await clerk.expect(MessageType.UNSUBSCRIBE)).request));
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    expect(runtime.status()).toMatchObject([{ state: 'running' }, { state: 'draining' }]);
    expect(rival.heard).toEqual([]);
    Clerk.release[0]?.();
    await clerk.expect(MessageType.YIELD);
    rival.say(unregisteredMessage((await rival.expect(MessageType.UNREGISTER)).request));
    for (const peer of [rival, clerk]) {
      await peer.expect(MessageType.GOODBYE);
      peer.say(goodbyeMessage('wamp.close.goodbye_and_out'));
    }
    await stopped;
  });

  test('does not spend the grace on a router that does not answer', async () => {
    const router = new ScriptedRouter();
    const { runtime, clock } = runtimeOf(router, [Clerk], { grace: 60_000 });
    runtime.start();
    const peer = await router.welcomed(2);
    await runtime.settled();
    const stopped = runtime.stop();
    await peer.expect(MessageType.UNREGISTER);
    await peer.expect(MessageType.UNSUBSCRIBE);
    clock.advance(2_000);
    await peer.expect(MessageType.GOODBYE);
    peer.say(goodbyeMessage('wamp.close.goodbye_and_out'));
    await stopped;
  });

  test('can be stopped while it waits for the router', async () => {
    const router = new ScriptedRouter();
    router.reachable = false;
    const { runtime, clock } = runtimeOf(router, [Clerk]);
    runtime.start();
    while (runtime.status()[0]?.state !== 'waiting') await Promise.resolve();
    await runtime.stop();
    expect(await runtime.closed).toEqual({ failures: [] });
    expect(clock.pending).toBe(0);
  });

  test('can be stopped before it is started, and is not started then', async () => {
    const router = new ScriptedRouter();
    const { runtime } = runtimeOf(router, [Clerk]);
    await runtime.stop();
    expect(await runtime.closed).toEqual({ failures: [] });
    runtime.start();
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    expect(router.connections).toBe(0);
    expect(Clerk.built).toBe(0);
  });
});

describe('a session that is lost at an awkward moment', () => {
  test('during onJoin: what onJoin has left to do is not done on the next session', async () => {
    const router = new ScriptedRouter();
    const { runtime, clock } = runtimeOf(router, [Slow]);
    const joins: (() => void)[] = [];
    Slow.join = () => new Promise((resolve) => joins.push(resolve));
    runtime.start();
    const first = await router.welcomed(0);
    while (joins.length < 1) await Promise.resolve();
    first.drop();
    while (runtime.status()[0]?.state !== 'waiting' || clock.pending === 0) await Promise.resolve();
    clock.advance(60_000);
    const second = await router.welcomed(0);
    while (joins.length < 2) await Promise.resolve();
    joins[0]?.();
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    expect(second.heard).toEqual([]);
    joins[1]?.();
    await router.accept(second, 2);
    await runtime.settled();
    expect(second.heard).toEqual([]);
    expect(runtime.status()).toMatchObject([{ state: 'running' }]);
  });

  test('while it registers, by a GOODBYE of the router: it joins again', async () => {
    const router = new ScriptedRouter();
    const { runtime, clock } = runtimeOf(router, [Slow]);
    Slow.leave = async () => {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    };
    runtime.start();
    const first = await router.welcomed(0);
    await first.expect(MessageType.REGISTER);
    first.say(goodbyeMessage('com.example.kicked'));
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    expect(runtime.status()).toMatchObject([{ state: 'waiting' }]);
    clock.advance(60_000);
    await router.welcomed(2);
    await runtime.settled();
    expect(runtime.status()).toMatchObject([{ state: 'running' }]);
  });

  test('while a procedure is taken, and onLeave takes its time: it joins again', async () => {
    const router = new ScriptedRouter();
    const { runtime, clock } = runtimeOf(router, [Slow]);
    let leave = () => {};
    Slow.leave = () =>
      new Promise((resolve) => {
        leave = resolve;
      });
    runtime.start();
    const first = await router.welcomed(1);
    const refused = await first.expect(MessageType.REGISTER);
    first.say(errorMessage(MessageType.REGISTER, refused.request, ERROR_URIS.procedureAlreadyExists));
    while (clock.next !== 1000) await Promise.resolve();
    first.drop();
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    leave();
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    expect(runtime.status()).toMatchObject([{ state: 'waiting' }]);
    clock.advance(60_000);
    await router.welcomed(2);
    await runtime.settled();
    expect(runtime.status()).toMatchObject([{ state: 'running' }]);
  });

  test('while it drains: it does not come back', async () => {
    const router = new ScriptedRouter();
    const { runtime, clock } = runtimeOf(router, [Slow], { grace: 60_000 });
    runtime.start();
    const peer = await router.welcomed(2);
    await runtime.settled();
    peer.say(invocationMessage(1, 101, {}));
    while (Slow.release.length === 0) await Promise.resolve();
    const stopped = runtime.stop();
    await peer.expect(MessageType.UNREGISTER);
    peer.drop();
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    clock.advance(50_000);
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    expect(router.connections).toBe(1);
    Slow.release[0]?.('done');
    await stopped;
    expect(runtime.status()).toMatchObject([{ state: 'stopped' }]);
  });
});

describe('a component that is not in service with all it has', () => {
  test('finishes what runs when it is stopped', async () => {
    const router = new ScriptedRouter();
    const { runtime, clock } = runtimeOf(router, [Slow]);
    runtime.start();
    const peer = await router.welcomed(1);
    const refused = await peer.expect(MessageType.REGISTER);
    peer.say(errorMessage(MessageType.REGISTER, refused.request, ERROR_URIS.procedureAlreadyExists));
    while (clock.next !== 1000) await Promise.resolve();
    peer.say(invocationMessage(1, 101, {}));
    while (Slow.release.length === 0) await Promise.resolve();
    const stopped = runtime.stop();
    const unregister = (await peer.next()) as { type: number; request: number };
    expect(unregister.type).toBe(MessageType.UNREGISTER);
    peer.say(unregisteredMessage(unregister.request));
    Slow.release[0]?.('done');
    const answer = await peer.next();
    expect(answer.type).toBe(MessageType.YIELD);
    await peer.expect(MessageType.GOODBYE);
    peer.say(goodbyeMessage('wamp.close.goodbye_and_out'));
    await stopped;
    expect(clock.pending).toBe(0);
  });
});

describe('a procedure that is taken', () => {
  test('is tried again until it is free', async () => {
    const router = new ScriptedRouter();
    const { runtime, clock } = runtimeOf(router, [Clerk]);
    runtime.start();
    const peer = await router.peer();
    await peer.expect(MessageType.HELLO);
    peer.say(welcomeMessage(7, ROLES));
    const refused = await peer.expect(MessageType.REGISTER);
    peer.say(errorMessage(MessageType.REGISTER, refused.request, ERROR_URIS.procedureAlreadyExists));
    await router.accept(peer, 1);
    for (const delay of [1000, 2000, 4000]) {
      while (clock.next !== delay) await Promise.resolve();
      clock.advance(delay);
      const again = await peer.expect(MessageType.REGISTER);
      expect(again.procedure).toBe('com.example.clerk.work');
      if (delay < 4000) peer.say(errorMessage(MessageType.REGISTER, again.request, ERROR_URIS.procedureAlreadyExists));
      else peer.say(registeredMessage(again.request, 5));
    }
    await runtime.settled();
    expect(runtime.status()).toMatchObject([{ state: 'running' }]);
  });

  test('is not tried any longer when the session ends', async () => {
    const router = new ScriptedRouter();
    const { runtime, clock } = runtimeOf(router, [Clerk]);
    runtime.start();
    const peer = await router.peer();
    await peer.expect(MessageType.HELLO);
    peer.say(welcomeMessage(7, ROLES));
    const refused = await peer.expect(MessageType.REGISTER);
    peer.say(errorMessage(MessageType.REGISTER, refused.request, ERROR_URIS.procedureAlreadyExists));
    await router.accept(peer, 1);
    while (clock.next !== 1000) await Promise.resolve();
    peer.drop();
    while (runtime.status()[0]?.state !== 'waiting') await Promise.resolve();
    await runtime.stop();
    expect(clock.pending).toBe(0);
  });
});

describe('what is refused for good', () => {
  test('fails the component, not its neighbour, and is not asked again', async () => {
    const refusing = new ScriptedRouter();
    const serving = new ScriptedRouter();
    const { runtime } = runtimeOf(serving, [Clerk], {
      components: [
        { loaded: loaded(Rival), connectors: [refusing.connector], realm: 'elsewhere' },
        { loaded: loaded(Clerk), connectors: [serving.connector], realm: 'realm1' },
      ],
    });
    runtime.start();
    const peer = await refusing.peer();
    expect((await peer.expect(MessageType.HELLO)).realm).toBe('elsewhere');
    peer.say(abortMessage(ERROR_URIS.noSuchRealm));
    await serving.welcomed(2);
    await runtime.settled();
    expect(runtime.status()).toMatchObject([
      { state: 'failed', error: { reason: ERROR_URIS.noSuchRealm } },
      { state: 'running' },
    ]);
  });

  test('a registration that the router does not allow', async () => {
    const router = new ScriptedRouter();
    const { runtime } = runtimeOf(router, [Rival]);
    runtime.start();
    const peer = await router.peer();
    await peer.expect(MessageType.HELLO);
    peer.say(welcomeMessage(7, ROLES));
    const refused = await peer.expect(MessageType.REGISTER);
    peer.say(errorMessage(MessageType.REGISTER, refused.request, ERROR_URIS.notAuthorized));
    await peer.expect(MessageType.GOODBYE);
    peer.say(goodbyeMessage('wamp.close.goodbye_and_out'));
    expect(await runtime.closed).toMatchObject({ failures: [{ error: ERROR_URIS.notAuthorized }] });
    expect(runtime.status()).toMatchObject([{ state: 'failed' }]);
  });

  test('a class that cannot be built never connects', async () => {
    const router = new ScriptedRouter();
    const { runtime } = runtimeOf(router, [Wanting]);
    runtime.start();
    const { failures } = await runtime.closed;
    expect(failures).toMatchObject([{ code: 'WAMP_BROKEN_COMPONENT', message: expect.stringContaining('Wanting') }]);
    expect(runtime.status()).toMatchObject([{ state: 'failed', restarts: 0 }]);
    expect(router.connections).toBe(0);
  });

  test('two components with one procedure are refused at once, naming both', () => {
    expect(() => runtimeOf(new ScriptedRouter(), [Clerk, Rival])).toThrow(BrokenComponent);
    expect(() => runtimeOf(new ScriptedRouter(), [Clerk, Rival])).toThrow(
      'com.example.clerk.work is offered by Clerk and by Rival: give one of them another URI, prefix or realm',
    );
  });

  test('two components share a procedure where both say so, and by the same policy', () => {
    const offered = (...policies: ('roundrobin' | 'random' | undefined)[]) =>
      runtimeOf(
        new ScriptedRouter(),
        policies.map((invoke) => {
          @component({ prefix: 'com.example' })
          class Teller {
            @register('serve', { invoke })
            serve(): void {}
          }
          return Teller;
        }),
      );
    expect(() => offered('roundrobin', 'roundrobin', 'roundrobin')).not.toThrow();
    const clash = 'com.example.serve is offered by Teller and by Teller';
    expect(() => offered('roundrobin', 'random')).toThrow(clash);
    expect(() => offered('roundrobin', undefined)).toThrow(clash);
    expect(() => offered(undefined, 'roundrobin')).toThrow(clash);
  });
});

describe('the handle on the hosting runtime', () => {
  /** Notes what it is given, and what becomes of it. */
  class Pool {
    static readonly lives: string[] = [];
    constructor() {
      Pool.lives.push('made');
    }
    dispose(): void {
      Pool.lives.push('disposed');
    }
  }
  const provide = [{ token: Pool, useClass: Pool, scope: 'process' }] as const;

  @component({ provide })
  class Left {
    static config: ComponentConfig;
    static pools: Pool[] = [];
    constructor(config: ComponentConfig, pool: Pool) {
      Left.config = config;
      Left.pools.push(pool);
    }
    @register('left.work') work(): void {}
  }

  @component({ provide })
  class Right {
    static config: ComponentConfig;
    static pool: Pool;
    constructor(config: ComponentConfig, pool: Pool) {
      Right.config = config;
      Right.pool = pool;
    }
    @register('right.work') work(): void {}
  }

  async function running() {
    Pool.lives.length = 0;
    Left.pools = [];
    const routers = [new ScriptedRouter(), new ScriptedRouter()];
    const clock = new FakeClock();
    const runtime = new Runtime({
      components: [Left, Right].map((of, i) => ({
        loaded: loaded(of),
        connectors: [(routers[i] as ScriptedRouter).connector],
        realm: 'realm1',
      })),
      runner: { name: 'test', version: '7' },
      slowAfter: 0,
      blockedAfter: 0,
      clock,
      random: (n) => new Uint8Array(n).fill(1),
    });
    runtime.start();
    const peers = await Promise.all(routers.map((router) => router.welcomed(1)));
    await runtime.settled();
    return { runtime, routers, peers };
  }

  async function letGo(peer: ScriptedPeer): Promise<void> {
    const withdrawn = await peer.expect(MessageType.UNREGISTER);
    peer.say(unregisteredMessage(withdrawn.request));
    await peer.expect(MessageType.GOODBYE);
    peer.say(goodbyeMessage('wamp.close.goodbye_and_out'));
  }

  test('lists all of them; what they share is one object, and they know what started them', async () => {
    await running();
    expect(Left.config.controller.list()).toEqual([
      { name: 'Left', state: 'running', realm: 'realm1' },
      { name: 'Right', state: 'running', realm: 'realm1' },
    ]);
    Left.config.shared.set('said by', 'left');
    expect(Right.config.shared.get('said by')).toBe('left');
    expect(Right.config.runner).toEqual({ name: 'test', version: '7' });
  });

  test('stops one of them, and starts it again as another instance', async () => {
    const { runtime, routers, peers } = await running();
    const { controller } = Right.config;
    const stopped = controller.stop('Left');
    await letGo(peers[0] as ScriptedPeer);
    await stopped;
    expect(controller.list().map(({ state }) => state)).toEqual(['stopped', 'running']);
    const started = controller.start('Left');
    await (routers[0] as ScriptedRouter).welcomed(1);
    await started;
    expect(controller.list().map(({ state }) => state)).toEqual(['running', 'running']);
    expect(Left.pools).toHaveLength(2);
    expect(runtime.status()).toMatchObject([{ procedures: ['left.work'] }, { procedures: ['right.work'] }]);
  });

  test('restarts one of them; the runtime goes on, though it was the last', async () => {
    const { runtime, routers, peers } = await running();
    const over = runtime.closed.then(() => 'over');
    const { controller } = Left.config;
    const stopped = controller.stop('Right');
    await letGo(peers[1] as ScriptedPeer);
    await stopped;
    const restarted = controller.restart('Left');
    const again = await (routers[0] as ScriptedRouter).welcomed(1);
    await letGo(peers[0] as ScriptedPeer);
    await restarted;
    expect(await Promise.race([over, Promise.resolve('on')])).toBe('on');
    const last = controller.stop('Left');
    await letGo(again);
    await last;
    expect(await over).toBe('over');
    await expect(controller.start('Left')).rejects.toThrow('the runtime is stopping');
  });

  test('a start that fails says why', async () => {
    const { routers, peers } = await running();
    const { controller } = Right.config;
    const stopped = controller.stop('Left');
    await letGo(peers[0] as ScriptedPeer);
    await stopped;
    const started = controller.start('Left');
    const peer = await (routers[0] as ScriptedRouter).peer();
    await peer.expect(MessageType.HELLO);
    peer.say(abortMessage(ERROR_URIS.noSuchRealm));
    await expect(started).rejects.toMatchObject({ reason: ERROR_URIS.noSuchRealm });
  });

  test('a name that nobody has is refused, with those there are', async () => {
    await running();
    await expect(Left.config.controller.restart('Middle')).rejects.toThrow(
      "there is no component 'Middle' in this process; there are: Left, Right",
    );
  });

  test('what components share for the process is made once, and goes with the last of them', async () => {
    const { peers } = await running();
    expect(Left.pools[0]).toBe(Right.pool);
    const { controller } = Left.config;
    for (const [i, name] of ['Left', 'Right'].entries()) {
      const stopped = controller.stop(name);
      await letGo(peers[i] as ScriptedPeer);
      await stopped;
      expect(Pool.lives).toEqual(i === 0 ? ['made'] : ['made', 'disposed']);
    }
  });
});

describe('URIs that depend on the configuration', () => {
  @component({ extra: { shop: 'north' } })
  class Till {
    @register(({ extra, realm }) => `com.${realm}.${extra.shop}.open`) open(): void {}
  }

  @component()
  class Twin {
    @register('com.realm1.north.open') open(): void {}
  }

  test('are registered, shown and compared as what they come to', async () => {
    const router = new ScriptedRouter();
    const { runtime } = runtimeOf(router, [Till]);
    runtime.start();
    const peer = await router.peer();
    await peer.expect(MessageType.HELLO);
    peer.say(welcomeMessage(7, ROLES));
    expect(await peer.expect(MessageType.REGISTER)).toMatchObject({ procedure: 'com.realm1.north.open' });
    expect(runtime.status()).toMatchObject([{ procedures: ['com.realm1.north.open'] }]);
    expect(() => runtimeOf(router, [Till, Twin])).toThrow('com.realm1.north.open is offered by Till and by Twin');
  });
});
