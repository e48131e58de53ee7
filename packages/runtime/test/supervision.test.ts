// Lives, restarts and needs, on transports whose other end the test plays; time stands still.
import { component, inject, register, subscribe } from '@wamp-run/component';
import {
  abortMessage,
  ERROR_URIS,
  errorMessage,
  goodbyeMessage,
  MessageType,
  registeredMessage,
  resultMessage,
  subscribedMessage,
  TransportLost,
  unregisteredMessage,
  unsubscribedMessage,
} from '@wamp-run/protocol';
import { FakeClock, type ScriptedPeer } from '@wamp-run/protocol/conformance';
import { beforeEach, describe, expect, test } from 'vitest';
import { type ComponentToRun, Runtime, type RuntimeOptions } from '../src/index.js';
import { loaded, ScriptedRouter } from './scripted-router.js';

/** Does in each of its lives what the test wants. */
@component({ prefix: 'com.fragile' })
class Fragile {
  static built = 0;
  static build: (life: number) => void = () => {};
  static join: (life: number) => unknown = () => {};
  static disposed = 0;
  readonly #life = ++Fragile.built;

  constructor() {
    Fragile.build(this.#life);
  }

  onJoin(): unknown {
    return Fragile.join(this.#life);
  }

  dispose(): void {
    Fragile.disposed++;
  }

  @register('work')
  work(): string {
    return `life ${this.#life}`;
  }

  @subscribe('com.news')
  news(): void {}
}

@component()
class Steady {
  @register('com.steady.work')
  work(): void {}
}

@component({ prefix: 'com.shared' })
class Shared {
  @register('work', { invoke: 'roundrobin' })
  work(): void {}

  @register('other', { invoke: 'roundrobin' })
  other(): void {}
}

beforeEach(() => {
  Fragile.built = 0;
  Fragile.disposed = 0;
  Fragile.build = () => {};
  Fragile.join = () => {};
});

/** No jitter: halfway between both ends. */
const EVEN = (n: number) => new Uint8Array(n).fill(0).fill(128, 0, 1);

type Class = abstract new (...args: never[]) => unknown;

function toRun(of: Class, router: ScriptedRouter, more: Partial<ComponentToRun> = {}): ComponentToRun {
  return { loaded: loaded(of), connectors: [router.connector], realm: 'realm1', ...more };
}

function running(components: readonly ComponentToRun[], more: Partial<RuntimeOptions> = {}) {
  const clock = new FakeClock();
  const runtime = new Runtime({
    components,
    runner: { name: 'test', version: '0' },
    slowAfter: 0,
    blockedAfter: 0,
    clock,
    random: EVEN,
    ...more,
  });
  runtime.start();
  return { runtime, clock };
}

/** Every microtask there is, and those that they make. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await Promise.resolve();
}

async function leave(peer: ScriptedPeer): Promise<void> {
  for (;;) {
    const message = await peer.next();
    if (message.type === MessageType.UNREGISTER) peer.say(unregisteredMessage(message.request));
    else if (message.type === MessageType.UNSUBSCRIBE) peer.say(unsubscribedMessage(message.request));
    else if (message.type === MessageType.GOODBYE) return peer.say(goodbyeMessage('wamp.close.goodbye_and_out'));
  }
}

describe('a class that throws while it is built', () => {
  test('is built anew, after delays that double, until its restarts are used up', async () => {
    const router = new ScriptedRouter();
    Fragile.build = () => {
      throw new Error('no license');
    };
    const { runtime, clock } = running([toRun(Fragile, router)]);
    await settle();
    for (const [restarts, delay] of [200, 400, 800, 1_600, 3_200].entries()) {
      expect(runtime.status()).toMatchObject([{ state: 'waiting', restarts: restarts + 1 }]);
      expect(clock.next).toBe(delay);
      clock.advance(delay);
      await settle();
    }
    expect(runtime.status()).toMatchObject([{ state: 'failed', error: { code: 'WAMP_BROKEN_COMPONENT' } }]);
    expect(Fragile.built).toBe(6);
    const { failures, critical } = await runtime.closed;
    expect(failures).toMatchObject([{ message: expect.stringContaining('no license') }]);
    expect([critical, clock.pending, router.connections]).toEqual([undefined, 0, 0]);
  });

  test('comes into service as soon as it can be built, and its neighbour has served all the while', async () => {
    const [router, other] = [new ScriptedRouter(), new ScriptedRouter()];
    Fragile.build = (life) => {
      if (life < 3) throw new Error('no license');
    };
    const { runtime, clock } = running([toRun(Fragile, router), toRun(Steady, other)]);
    await other.welcomed(1);
    clock.advance(200);
    await settle();
    clock.advance(400);
    await router.welcomed(2);
    await runtime.settled();
    expect(runtime.status()).toMatchObject([{ state: 'running', restarts: 2, error: undefined }, { state: 'running' }]);
    expect(Fragile.built).toBe(3);
  });

  test('is not built again where it is never to be restarted', async () => {
    Fragile.build = () => {
      throw new Error('no license');
    };
    const { runtime } = running([toRun(Fragile, new ScriptedRouter(), { restart: 'never' })]);
    expect(await runtime.closed).toMatchObject({ failures: [{ code: 'WAMP_BROKEN_COMPONENT' }] });
    expect(Fragile.built).toBe(1);
  });

  test('is not built again where nothing could mend it', async () => {
    @component()
    class Wanting {
      constructor(@inject('nothing') readonly what: unknown) {}
    }
    const { runtime, clock } = running([toRun(Wanting, new ScriptedRouter())]);
    await runtime.closed;
    expect(runtime.status()).toMatchObject([{ state: 'failed', restarts: 0 }]);
    expect(clock.pending).toBe(0);
  });

  test('can be stopped while it waits for its next life, and be started before that', async () => {
    const router = new ScriptedRouter();
    Fragile.build = (life) => {
      if (life < 3) throw new Error('no license');
    };
    const [stopped, started] = [running([toRun(Fragile, router)]), running([toRun(Fragile, router)])];
    await settle();
    await stopped.runtime.stop();
    expect(stopped.runtime.status()).toMatchObject([{ state: 'stopped' }]);
    expect([await stopped.runtime.closed, stopped.clock.pending]).toEqual([{ failures: [] }, 0]);
    const start = started.runtime.controller.start('Fragile');
    await router.welcomed(2);
    await start;
    expect(started.runtime.status()).toMatchObject([{ state: 'running' }]);
    expect(Fragile.built).toBe(3);
  });
});

describe('an onJoin that throws', () => {
  test('ends that life: the next one is another instance, on another session', async () => {
    const router = new ScriptedRouter();
    Fragile.join = (life) => {
      if (life === 1) throw new Error('no database');
    };
    const { runtime, clock } = running([toRun(Fragile, router)]);
    await leave(await router.welcomed(0));
    await settle();
    expect(runtime.status()).toMatchObject([
      {
        state: 'waiting',
        restarts: 1,
        error: { code: 'WAMP_COMPONENT_FAILED', message: 'Fragile: onJoin failed: no database' },
      },
    ]);
    expect([clock.next, Fragile.disposed]).toEqual([200, 1]);
    clock.advance(200);
    await router.welcomed(2);
    await runtime.settled();
    expect(runtime.status()).toMatchObject([{ state: 'running' }]);
    expect(Fragile.built).toBe(2);
  });

  test('because the session was lost under it is no failure of the component', async () => {
    const router = new ScriptedRouter();
    let fail = (_: Error) => {};
    Fragile.join = () =>
      new Promise((_, reject) => {
        fail = reject;
      });
    const { runtime, clock } = running([toRun(Fragile, router)]);
    const peer = await router.welcomed(0);
    await settle();
    peer.drop();
    fail(new TransportLost('gone'));
    await settle();
    Fragile.join = () => {};
    clock.advance(10_000);
    await router.welcomed(2);
    await runtime.settled();
    expect(runtime.status()).toMatchObject([{ state: 'running', restarts: 0 }]);
    expect(Fragile.built).toBe(1);
  });
});

describe('a life that does not come into service', () => {
  test('because its onJoin never returns: it says so, and begins anew', async () => {
    const router = new ScriptedRouter();
    Fragile.join = (life) => (life === 1 ? new Promise(() => {}) : undefined);
    const { runtime, clock } = running([toRun(Fragile, router, { startTimeout: 5_000 })]);
    const peer = await router.welcomed(0);
    await settle();
    clock.advance(4_999);
    expect(runtime.status()).toMatchObject([{ state: 'starting' }]);
    clock.advance(1);
    expect(runtime.status()).toMatchObject([
      { state: 'waiting', error: { message: 'Fragile is not in service after 5000 ms: its onJoin has not returned' } },
    ]);
    await leave(peer);
    await settle();
    clock.advance(200);
    await router.welcomed(2);
    await runtime.settled();
    expect(runtime.status()).toMatchObject([{ state: 'running', restarts: 1 }]);
  });

  test('because a registration is not answered: it names the procedure', async () => {
    const router = new ScriptedRouter();
    const { runtime, clock } = running([toRun(Fragile, router, { startTimeout: 5_000 })]);
    const peer = await router.welcomed(0);
    await peer.expect(MessageType.REGISTER);
    peer.say(subscribedMessage((await peer.expect(MessageType.SUBSCRIBE)).request, 9));
    await settle();
    clock.advance(5_000);
    expect(runtime.status()).toMatchObject([
      {
        error: { message: 'Fragile is not in service after 5000 ms: the router has not answered for com.fragile.work' },
      },
    ]);
    // What it has is given back, so that nothing is lost that is at work.
    peer.say(unsubscribedMessage((await peer.expect(MessageType.UNSUBSCRIBE)).request));
    await leave(peer);
  });

  test('because another session has its procedure: that is waited for', async () => {
    const router = new ScriptedRouter();
    const { runtime, clock } = running([toRun(Steady, router, { startTimeout: 5_000 })]);
    const peer = await router.welcomed(0);
    for (let round = 0; round < 5; round++) {
      const { request } = await peer.expect(MessageType.REGISTER);
      peer.say(errorMessage(MessageType.REGISTER, request, ERROR_URIS.procedureAlreadyExists));
      await settle();
      clock.advance(15_000);
    }
    const { request } = await peer.expect(MessageType.REGISTER);
    peer.say(registeredMessage(request, 4));
    await runtime.settled();
    expect(runtime.status()).toMatchObject([{ state: 'running', restarts: 0 }]);
    expect(clock.pending).toBe(0);
  });
});

describe('the limit of restarts', () => {
  /** Lives that end in an onJoin that throws, each after it has been in service for so long. */
  async function lives(clock: FakeClock, router: ScriptedRouter, served: number): Promise<void> {
    const peer = await router.welcomed(2);
    await settle();
    clock.advance(served);
    Fragile.join = () => {
      throw new Error('no database');
    };
    peer.drop();
    await settle();
    clock.advance(0);
    await leave(await router.welcomed(0));
    await settle();
    Fragile.join = () => {};
  }

  const restart = { limit: 1, window: 10_000, delay: 100 };

  test('is reached where lives are short', async () => {
    const router = new ScriptedRouter();
    const { runtime, clock } = running([toRun(Fragile, router, { restart })], { retry: { initialRetryDelay: 0 } });
    await lives(clock, router, 9_000);
    expect(runtime.status()).toMatchObject([{ state: 'waiting', restarts: 1 }]);
    clock.advance(100);
    await lives(clock, router, 9_000);
    expect(runtime.status()).toMatchObject([{ state: 'failed', restarts: 1 }]);
    expect(await runtime.closed).toMatchObject({ failures: [{ code: 'WAMP_COMPONENT_FAILED' }] });
  });

  test('begins anew with a life that was in service for a whole window', async () => {
    const router = new ScriptedRouter();
    const { runtime, clock } = running([toRun(Fragile, router, { restart })], { retry: { initialRetryDelay: 0 } });
    await lives(clock, router, 0);
    for (let life = 2; life < 6; life++) {
      expect([clock.next, runtime.status()[0]?.restarts]).toEqual([100, life - 1]);
      clock.advance(100);
      await lives(clock, router, 10_000);
    }
    expect(runtime.status()).toMatchObject([{ state: 'waiting', restarts: 5 }]);
  });

  test.each([
    [{ limits: 3 }, 'Fragile.restart.limits: there is no such option; did you mean limit?'],
    [{ limit: -1 }, 'Fragile.restart.limit: expected a whole number from 0 to'],
    [{ window: 0 }, 'Fragile.restart.window: expected a whole number from 1 to'],
    [{ delay: '200' }, 'Fragile.restart.delay: expected a whole number'],
    ['always', "Fragile.restart: expected 'never' or an object with options, got string"],
  ])('%j is refused at once', (policy, text) => {
    const component = toRun(Fragile, new ScriptedRouter(), { restart: policy as never });
    expect(() => running([component])).toThrow(text);
  });
});

describe('a router that refuses the login', () => {
  test('is not asked again, whatever the policy', async () => {
    const router = new ScriptedRouter();
    const { runtime, clock } = running([toRun(Fragile, router)]);
    const peer = await router.peer();
    await peer.expect(MessageType.HELLO);
    peer.say(abortMessage(ERROR_URIS.authenticationDenied));
    expect(await runtime.closed).toMatchObject({ failures: [{ reason: ERROR_URIS.authenticationDenied }] });
    expect(runtime.status()).toMatchObject([{ state: 'failed', restarts: 0 }]);
    expect([clock.pending, router.connections]).toEqual([0, 1]);
  });
});

describe('what the router takes away', () => {
  async function revoked() {
    const router = new ScriptedRouter();
    const { runtime, clock } = running([toRun(Fragile, router, { startTimeout: 5_000 })]);
    const peer = await router.welcomed(2);
    await runtime.settled();
    const revoke = (registration: number) => peer.say(unregisteredMessage(0, { registration, reason: 'com.reason' }));
    revoke(101);
    const { request, procedure } = await peer.expect(MessageType.REGISTER);
    expect(procedure).toBe('com.fragile.work');
    return { router, runtime, clock, peer, request, revoke };
  }

  test('is asked for again at once; until it is there, it is missing', async () => {
    const { runtime, clock, peer, request } = await revoked();
    expect(runtime.status()).toMatchObject([{ state: 'running', missing: ['com.fragile.work'] }]);
    peer.say(registeredMessage(request, 55));
    await settle();
    expect(runtime.status()).toMatchObject([{ state: 'running', missing: [], restarts: 0 }]);
    expect(clock.pending).toBe(0);
  });

  test('again and again is asked for after pauses that double', async () => {
    const { clock, peer, request, revoke } = await revoked();
    let last = request;
    for (const [index, pause] of [1_000, 2_000, 4_000].entries()) {
      peer.say(registeredMessage(last, 60 + index));
      await settle();
      revoke(60 + index);
      await settle();
      expect(clock.next).toBe(pause);
      clock.advance(pause);
      last = (await peer.expect(MessageType.REGISTER)).request;
    }
  });

  test('is made once at the next join, be it what had come back or not', async () => {
    const { router, runtime, clock, peer, request } = await revoked();
    peer.say(registeredMessage(request, 55));
    peer.say(unsubscribedMessage(0, { subscription: 202, reason: 'com.reason' }));
    const { request: again } = await peer.expect(MessageType.SUBSCRIBE);
    peer.say(subscribedMessage(again, 77));
    await settle();
    peer.drop();
    await settle();
    clock.advance(10_000);
    const next = await router.welcomed(2);
    await settle();
    expect(runtime.status()).toMatchObject([{ state: 'running', missing: [] }]);
    expect(next.heard).toEqual([]);
  });

  test('and is refused now, is the end of the component', async () => {
    const { runtime, peer, request } = await revoked();
    peer.say(errorMessage(MessageType.REGISTER, request, ERROR_URIS.notAuthorized));
    await leave(peer);
    expect(await runtime.closed).toMatchObject({ failures: [{ error: ERROR_URIS.notAuthorized }] });
  });

  test('and is not answered for, ends that life', async () => {
    const { runtime, clock, peer } = await revoked();
    clock.advance(5_000);
    expect(runtime.status()).toMatchObject([{ state: 'waiting', error: { code: 'WAMP_COMPONENT_FAILED' } }]);
    await leave(peer);
    await settle();
    expect(runtime.status()).toMatchObject([{ state: 'waiting', restarts: 1 }]);
  });
});

describe('a critical component', () => {
  test('takes the others along when its restarts are used up: they are drained first', async () => {
    const [router, other] = [new ScriptedRouter(), new ScriptedRouter()];
    Fragile.join = () => {
      throw new Error('no database');
    };
    const { runtime } = running([toRun(Steady, other), toRun(Fragile, router, { critical: true, restart: 'never' })]);
    const peer = await other.welcomed(1);
    await leave(await router.welcomed(0));
    await leave(peer);
    const end = await runtime.closed;
    expect(end.critical).toMatchObject({ name: 'Fragile', error: { code: 'WAMP_COMPONENT_FAILED' } });
    expect(end.failures).toEqual([end.critical?.error]);
    expect(runtime.status()).toMatchObject([
      { state: 'stopped', critical: false },
      { state: 'failed', critical: true },
    ]);
  });

  test('that is stopped on purpose takes nobody along', async () => {
    const [router, other] = [new ScriptedRouter(), new ScriptedRouter()];
    const { runtime } = running([toRun(Steady, other), toRun(Fragile, router, { critical: true })]);
    const [peer] = [await router.welcomed(2), await other.welcomed(1)];
    await runtime.settled();
    const stopped = runtime.controller.stop('Fragile');
    await leave(peer);
    await stopped;
    expect(runtime.status()).toMatchObject([{ state: 'running' }, { state: 'stopped' }]);
  });
});

describe('what a component needs', () => {
  test('is in service before it starts: a component, and a procedure of one', async () => {
    const [first, second] = [new ScriptedRouter(), new ScriptedRouter()];
    for (const need of ['Steady', 'com.steady.work']) {
      Fragile.built = 0;
      const { runtime } = running([toRun(Fragile, second, { requires: [need] }), toRun(Steady, first)]);
      const peer = await first.welcomed(0);
      await settle();
      expect(runtime.status()).toMatchObject([
        { state: 'idle', waitsFor: [need] },
        { state: 'starting', waitsFor: [] },
      ]);
      expect(Fragile.built).toBe(0);
      await first.accept(peer, 1);
      await second.welcomed(2);
      await runtime.settled();
      expect(runtime.status()).toMatchObject([{ state: 'running', waitsFor: [] }, { state: 'running' }]);
    }
  });

  test('is not missed later: losing it stops nobody', async () => {
    const [first, second] = [new ScriptedRouter(), new ScriptedRouter()];
    const { runtime } = running([toRun(Steady, first), toRun(Fragile, second, { requires: ['Steady'] })]);
    const peer = await first.welcomed(1);
    await second.welcomed(2);
    await runtime.settled();
    peer.drop();
    await settle();
    expect(runtime.status()).toMatchObject([{ state: 'waiting' }, { state: 'running', waitsFor: [] }]);
  });

  test('and has failed for good: it waits in vain, which hangs nobody', async () => {
    const [first, second] = [new ScriptedRouter(), new ScriptedRouter()];
    const { runtime } = running([toRun(Fragile, second, { requires: ['Steady'] }), toRun(Steady, first)]);
    const peer = await first.peer();
    await peer.expect(MessageType.HELLO);
    peer.say(abortMessage(ERROR_URIS.noSuchRealm));
    await runtime.settled();
    expect(await runtime.closed).toMatchObject({ failures: [{ reason: ERROR_URIS.noSuchRealm }] });
    expect(runtime.status()).toMatchObject([{ state: 'idle', waitsFor: ['Steady'] }, { state: 'failed' }]);
  });

  test('is drained after it', async () => {
    const [first, second] = [new ScriptedRouter(), new ScriptedRouter()];
    const { runtime } = running([toRun(Fragile, second, { requires: ['Steady'] }), toRun(Steady, first)]);
    const steady = await first.welcomed(1);
    const fragile = await second.welcomed(2);
    await runtime.settled();
    const stopped = runtime.stop();
    fragile.say(unregisteredMessage((await fragile.expect(MessageType.UNREGISTER)).request));
    await settle();
    expect(steady.heard).toEqual([]);
    fragile.say(unsubscribedMessage((await fragile.expect(MessageType.UNSUBSCRIBE)).request));
    await Promise.all([leave(fragile), leave(steady)]);
    await stopped;
  });

  test('of somebody else is looked for at the router, until it is there', async () => {
    const router = new ScriptedRouter();
    const { runtime, clock } = running([toRun(Steady, router, { requires: ['com.foreign.work'] })]);
    const asking = await router.welcomed(0);
    for (const delay of [250, 500]) {
      const call = await asking.expect(MessageType.CALL);
      expect([call.procedure, call.payload]).toEqual([
        'wamp.registration.match',
        { args: ['com.foreign.work'], kwargs: {} },
      ]);
      asking.say(resultMessage(call.request, {}, { args: [null], kwargs: {} }));
      await settle();
      expect(runtime.status()).toMatchObject([{ state: 'idle', waitsFor: ['com.foreign.work'] }]);
      clock.advance(delay);
    }
    const call = await asking.expect(MessageType.CALL);
    asking.say(resultMessage(call.request, {}, { args: [12], kwargs: {} }));
    await Promise.all([leave(asking), router.welcomed(1)]);
    await runtime.settled();
    expect(runtime.status()).toMatchObject([{ state: 'running' }]);
    await settle();
    expect(clock.pending).toBe(0);
  });

  test('of somebody else, at a router that does not tell: it starts without', async () => {
    const router = new ScriptedRouter();
    const { runtime } = running([toRun(Steady, router, { requires: ['com.foreign.work'] })]);
    const asking = await router.welcomed(0);
    const call = await asking.expect(MessageType.CALL);
    asking.say(errorMessage(MessageType.CALL, call.request, ERROR_URIS.notAuthorized));
    await Promise.all([leave(asking), router.welcomed(1)]);
    await runtime.settled();
    expect(runtime.status()).toMatchObject([{ state: 'running' }]);
  });

  test('can be stopped while it waits', async () => {
    const router = new ScriptedRouter();
    const { runtime, clock } = running([toRun(Steady, router, { requires: ['com.foreign.work'] })]);
    const asking = await router.welcomed(0);
    await asking.expect(MessageType.CALL);
    const stopped = runtime.stop();
    await leave(asking);
    await stopped;
    expect(await runtime.closed).toEqual({ failures: [] });
    await settle();
    expect(clock.pending).toBe(0);
  });

  test.each([
    [['Steadi'], 'Fragile.requires: there is no component "Steadi"; did you mean Steady?'],
    [['Fragile'], 'Fragile.requires: Fragile needs Fragile; take one of these needs away'],
    [['com.steady.work'], 'Fragile needs Steady needs Fragile; take one of these needs away'],
    [[7], 'Fragile.requires: expected a list of names of components and URIs of procedures'],
  ])('%j is refused at once', (requires, text) => {
    const router = new ScriptedRouter();
    const components = [
      toRun(Fragile, router, { requires: requires as string[] }),
      toRun(Steady, router, { requires: ['Fragile'] }),
    ];
    expect(() => running(components)).toThrow(text);
  });
});

describe('several instances', () => {
  test('have names, sessions and states of their own', async () => {
    const router = new ScriptedRouter();
    const { runtime } = running([toRun(Shared, router, { instances: 3 })]);
    const peers = [await router.welcomed(2), await router.welcomed(2), await router.welcomed(2)];
    await runtime.settled();
    expect(runtime.status().map(({ name, state }) => [name, state])).toEqual([
      ['Shared', 'running'],
      ['Shared-2', 'running'],
      ['Shared-3', 'running'],
    ]);
    (peers[1] as ScriptedPeer).drop();
    await settle();
    expect(runtime.status().map(({ state }) => state)).toEqual(['running', 'waiting', 'running']);
  });

  test('need a shared registration of every procedure', () => {
    expect(() => running([toRun(Fragile, new ScriptedRouter(), { instances: 2 })])).toThrow(
      'Fragile.instances: 2 of it cannot share com.fragile.work; register with invoke',
    );
  });

  test('stand beside other components of that name', () => {
    const router = new ScriptedRouter();
    const names = new Runtime({
      components: [toRun(Shared, router, { instances: 2 }), toRun(Shared, router, { realm: 'other', instances: 2 })],
      runner: { name: 'test', version: '0' },
      clock: new FakeClock(),
      random: EVEN,
    })
      .status()
      .map(({ name }) => name);
    expect(names).toEqual(['Shared', 'Shared-2', 'Shared-3', 'Shared-3-2']);
  });

  test.each([0, 1.5, '2', 5_000])('%j is no number of them', (instances) => {
    const component = toRun(Shared, new ScriptedRouter(), { instances: instances as number });
    expect(() => running([component])).toThrow('Shared.instances: expected a whole number from 1 to 1024');
  });
});

describe('taking over', () => {
  async function one(of: Class, more: Partial<ComponentToRun> = {}) {
    const router = new ScriptedRouter();
    const { runtime, clock } = running([toRun(of, router, more)]);
    const old = await router.welcomed(of === Steady ? 1 : 2);
    await runtime.settled();
    return { router, runtime, clock, old };
  }

  test('the procedure goes by force, the old life leaves then, and readiness never drops', async () => {
    const { router, runtime, clock, old } = await one(Fragile);
    const replaced = runtime.replace('Fragile');
    const next = await router.welcomed(0);
    const { request, options } = await next.expect(MessageType.REGISTER);
    expect(options).toEqual({ force_reregister: true });
    const ready = () => runtime.status().map(({ state, missing }) => [state, missing]);
    old.say(unregisteredMessage(0, { registration: 101, reason: 'taken over' }));
    next.say(registeredMessage(request, 300));
    await settle();
    expect(ready()).toEqual([['running', []]]);
    // Nothing is withdrawn before all of the new life is in service.
    expect(old.heard).toEqual([]);
    next.say(subscribedMessage((await next.expect(MessageType.SUBSCRIBE)).request, 400));
    await settle();
    expect(ready()).toEqual([['running', []]]);
    old.say(unsubscribedMessage((await old.expect(MessageType.UNSUBSCRIBE)).request));
    await leave(old);
    await replaced;
    expect(runtime.status()).toMatchObject([{ state: 'running', restarts: 0, missing: [] }]);
    expect([Fragile.built, Fragile.disposed, clock.pending]).toEqual([2, 1, 0]);
  });

  test('a shared registration is made beside the old one', async () => {
    const { router, runtime, old } = await one(Shared);
    const replaced = runtime.replace('Shared');
    const next = await router.welcomed(0);
    for (let each = 0; each < 2; each++) {
      const { request, options } = await next.expect(MessageType.REGISTER);
      expect(options).toEqual({ invoke: 'roundrobin' });
      expect(old.heard).toEqual([]);
      next.say(registeredMessage(request, 300 + each));
    }
    await leave(old);
    await replaced;
  });

  test('where the router knows no force, the old registration is withdrawn first', async () => {
    const { router, runtime, old } = await one(Steady);
    const replaced = runtime.replace('Steady');
    const next = await router.welcomed(0);
    const refused = await next.expect(MessageType.REGISTER);
    next.say(errorMessage(MessageType.REGISTER, refused.request, ERROR_URIS.procedureAlreadyExists));
    old.say(unregisteredMessage((await old.expect(MessageType.UNREGISTER)).request));
    const again = await next.expect(MessageType.REGISTER);
    expect(again.options).toEqual({});
    next.say(registeredMessage(again.request, 300));
    await leave(old);
    await replaced;
    expect(runtime.status()).toMatchObject([{ state: 'running' }]);
  });

  test('a new life that fails is given up: the old one takes back what it lost, and serves on', async () => {
    const { router, runtime, old } = await one(Fragile);
    const replaced = runtime.replace('Fragile');
    const failed = expect(replaced).rejects.toMatchObject({ error: ERROR_URIS.notAuthorized });
    const next = await router.welcomed(0);
    const { request } = await next.expect(MessageType.REGISTER);
    old.say(unregisteredMessage(0, { registration: 101, reason: 'taken over' }));
    next.say(registeredMessage(request, 300));
    const refused = await next.expect(MessageType.SUBSCRIBE);
    next.say(errorMessage(MessageType.SUBSCRIBE, refused.request, ERROR_URIS.notAuthorized));
    const back = await old.expect(MessageType.REGISTER);
    expect(back.options).toEqual({ force_reregister: true });
    old.say(registeredMessage(back.request, 301));
    await leave(next);
    await failed;
    expect(runtime.status()).toMatchObject([{ state: 'running', missing: [], restarts: 0 }]);
  });

  test('a new life that throws in its constructor, or in onJoin, changes nothing', async () => {
    const { router, runtime, old } = await one(Fragile);
    Fragile.build = () => {
      throw new Error('no license');
    };
    await expect(runtime.replace('Fragile')).rejects.toThrow('no license');
    Fragile.build = () => {};
    Fragile.join = () => {
      throw new Error('no database');
    };
    const failed = expect(runtime.replace('Fragile')).rejects.toThrow('no database');
    await leave(await router.welcomed(0));
    await failed;
    expect(old.heard).toEqual([]);
    expect(runtime.status()).toMatchObject([{ state: 'running', missing: [], restarts: 0, error: undefined }]);
  });

  test('a new life that never comes into service is given up in time', async () => {
    const { router, runtime, clock } = await one(Fragile, { startTimeout: 5_000 });
    Fragile.join = () => new Promise(() => {});
    const failed = expect(runtime.replace('Fragile')).rejects.toMatchObject({ code: 'WAMP_COMPONENT_FAILED' });
    const next = await router.welcomed(0);
    await settle();
    clock.advance(5_000);
    await leave(next);
    await failed;
    expect(runtime.status()).toMatchObject([{ state: 'running', missing: [] }]);
  });

  test('a new life that is not wanted any more is given up at once, and the old one serves on', async () => {
    const { router, runtime, old, clock } = await one(Fragile);
    Fragile.join = () => new Promise(() => {});
    const stop = new AbortController();
    const failed = expect(runtime.replace('Fragile', undefined, { stop: stop.signal })).rejects.toMatchObject({
      code: 'WAMP_CANCELED',
      message: 'Fragile: the new instance was given up before it was in service',
      cause: 'not wanted',
    });
    const next = await router.welcomed(0);
    await settle();
    stop.abort('not wanted');
    await leave(next);
    await failed;
    expect(runtime.status()).toMatchObject([{ state: 'running', missing: [], restarts: 0 }]);
    // Aborted before: nothing is begun.
    await expect(runtime.replace('Fragile', undefined, { stop: stop.signal })).rejects.toThrow('given up');
    expect([old.heard, router.connections, clock.pending]).toEqual([[], 2, 0]);
  });

  test('another component comes in its place, under its name; what is wrong with it is refused before', async () => {
    const { router, runtime, old } = await one(Fragile);
    await expect(runtime.replace('Nobody')).rejects.toMatchObject({ code: 'WAMP_NO_SUCH_COMPONENT' });
    await expect(runtime.replace('Fragile', toRun(Steady, router, { instances: 2 }))).rejects.toMatchObject({
      code: 'WAMP_INVALID_CONFIGURATION',
    });
    const replaced = runtime.replace('Fragile', toRun(Steady, router));
    await router.welcomed(1);
    await leave(old);
    await replaced;
    expect(runtime.status()).toMatchObject([{ name: 'Fragile', procedures: ['com.steady.work'], topics: [] }]);
  });

  test('instances come and go with what is run instead', async () => {
    const router = new ScriptedRouter();
    const { runtime } = running([toRun(Shared, router)]);
    const first = await router.welcomed(2);
    await runtime.settled();
    const grown = runtime.replace('Shared', toRun(Shared, router, { instances: 2 }));
    const second = await router.welcomed(2);
    await leave(first);
    const third = await router.welcomed(2);
    await grown;
    expect(runtime.status().map(({ name, state }) => [name, state])).toEqual([
      ['Shared', 'running'],
      ['Shared-2', 'running'],
    ]);
    const shrunk = runtime.replace('Shared', toRun(Shared, router));
    await router.welcomed(2);
    await Promise.all([leave(second), leave(third)]);
    await shrunk;
    expect(runtime.status().map(({ name }) => name)).toEqual(['Shared']);
  });

  test('stopping the runtime meanwhile ends both', async () => {
    const { router, runtime, old, clock } = await one(Steady);
    const replaced = expect(runtime.replace('Steady')).rejects.toMatchObject({ code: 'WAMP_CANCELED' });
    const next = await router.welcomed(0);
    await next.expect(MessageType.REGISTER);
    const stopped = runtime.stop();
    await Promise.all([leave(old), leave(next)]);
    await Promise.all([stopped, replaced]);
    expect(await runtime.closed).toEqual({ failures: [] });
    await settle();
    expect(clock.pending).toBe(0);
  });
});

describe('components that come and go', () => {
  test('one that is added is started, one that is removed is drained and forgotten', async () => {
    const [router, other] = [new ScriptedRouter(), new ScriptedRouter()];
    const { runtime } = running([toRun(Steady, router)]);
    const steady = await router.welcomed(1);
    runtime.add(toRun(Fragile, other, { requires: ['Steady'] }));
    await other.welcomed(2);
    await runtime.settled();
    expect(runtime.status()).toMatchObject([{ name: 'Steady' }, { name: 'Fragile', state: 'running' }]);
    expect(() => runtime.add(toRun(Steady, other))).toThrow('com.steady.work is offered by Steady and by Steady-2');
    const removed = runtime.remove('Steady');
    await leave(steady);
    await removed;
    expect(runtime.status()).toMatchObject([{ name: 'Fragile', state: 'running' }]);
    await expect(runtime.remove('Steady')).rejects.toThrow('there is no component');
    // What one that is there needed once keeps nobody out.
    runtime.add(toRun(Shared, router));
    await router.welcomed(2);
    await runtime.settled();
    expect(runtime.status()).toMatchObject([{ name: 'Fragile' }, { name: 'Shared', state: 'running' }]);
    expect(() => runtime.add(toRun(Steady, router, { requires: ['Nobody'] }))).toThrow(
      'there is no component "Nobody"',
    );
  });

  test('with the last one the runtime has ended, and takes no other', async () => {
    const router = new ScriptedRouter();
    const { runtime } = running([toRun(Steady, router)]);
    const peer = await router.welcomed(1);
    await runtime.settled();
    const removed = runtime.remove('Steady');
    await leave(peer);
    await removed;
    expect(await runtime.closed).toEqual({ failures: [] });
    expect(() => runtime.add(toRun(Steady, router))).toThrow('the runtime is stopping');
  });
});
