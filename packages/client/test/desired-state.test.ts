import {
  ERROR_URIS,
  errorMessage,
  eventMessage,
  goodbyeMessage,
  invocationMessage,
  type Message,
  MessageType,
  registeredMessage,
  SessionNotReady,
  silent,
  subscribedMessage,
  unregisteredMessage,
  unsubscribedMessage,
} from '@wamp-run/protocol';
import { FakeClock, type ScriptedPeer } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { DesiredState } from '../src/desired-state.js';
import { Client, type ClientOptions, type Procedure, type Registration, type Session } from '../src/index.js';
import { type Kept, RecordingSession } from './recording-session.js';
import { failure, NO_JITTER, outcome, ScriptedConnector, settle, welcome } from './scripted.js';

function make(options: Partial<ClientOptions> = {}) {
  const clock = new FakeClock();
  const connector = new ScriptedConnector();
  const reported: { error: unknown; what: string }[] = [];
  const { hooks, ...rest } = options;
  const client = new Client({
    connectors: [connector],
    realm: 'realm1',
    clock,
    random: NO_JITTER,
    hooks: { onUserError: (error, what) => reported.push({ error, what }), ...hooks },
    ...rest,
  });
  return { client, clock, connector, reported };
}

type Made = ReturnType<typeof make>;

/** Joins anew, and gives the router's end: nothing is answered yet but HELLO. */
async function join({ client, clock, connector }: Made): Promise<ScriptedPeer> {
  client.open();
  clock.advance(clock.next ?? 0);
  const peer = await connector.next();
  await welcome(peer);
  await settle();
  return peer;
}

async function lose(peer: ScriptedPeer): Promise<void> {
  peer.drop();
  await settle();
}

/** Takes the next REGISTER, and says yes. */
async function register(peer: ScriptedPeer, id: number): Promise<string> {
  const { request, procedure } = await peer.expect(MessageType.REGISTER);
  peer.say(registeredMessage(request, id));
  await settle();
  return procedure;
}

async function subscribe(peer: ScriptedPeer, id: number): Promise<string> {
  const { request, topic } = await peer.expect(MessageType.SUBSCRIBE);
  peer.say(subscribedMessage(request, id));
  await settle();
  return topic;
}

/** Takes the next REGISTER, and says no. */
async function refuse(peer: ScriptedPeer, error: string): Promise<void> {
  const { request } = await peer.expect(MessageType.REGISTER);
  peer.say(errorMessage(MessageType.REGISTER, request, error));
  await settle();
}

const answers = (peer: ScriptedPeer, request: number): Message[] =>
  peer.heard.filter((message) => message.type === MessageType.YIELD && message.request === request);

describe('a registration of the lasting session', () => {
  test('is made again after a loss: the same object, with the id of the join', async () => {
    const made = make();
    const first = await join(made);
    const registering = made.client.session.register('com.p', () => 'here');
    await register(first, 200);
    const registration = await registering;
    const seen = [[registration.id, registration.active]];
    await lose(first);
    seen.push([registration.id, registration.active]);
    const second = await join(made);
    seen.push([registration.id, registration.active]);
    expect(await register(second, 300)).toBe('com.p');
    seen.push([registration.id, registration.active]);
    expect(seen).toEqual([
      [200, true],
      [200, false],
      [200, false],
      [300, true],
    ]);
    second.say(invocationMessage(1, 300, {}));
    await settle();
    expect(answers(second, 1)).toHaveLength(1);
  });

  test('that is taken back is not made again', async () => {
    const made = make();
    const first = await join(made);
    const registering = made.client.session.register('com.p', () => {});
    await register(first, 200);
    const registration = await registering;
    const unregistering = registration.unregister();
    first.say(unregisteredMessage((await first.expect(MessageType.UNREGISTER)).request));
    await unregistering;
    await lose(first);
    expect((await join(made)).heard).toEqual([]);
  });

  test('can be taken back between joins', async () => {
    const made = make();
    const first = await join(made);
    const registering = made.client.session.register('com.p', () => {});
    await register(first, 200);
    const registration = await registering;
    await lose(first);
    await registration.unregister();
    expect((await join(made)).heard).toEqual([]);
  });

  test('can be taken back while it is on its way: it is, as soon as it has arrived', async () => {
    const made = make();
    const first = await join(made);
    const registering = made.client.session.register('com.p', () => {});
    await register(first, 200);
    const registration = await registering;
    await lose(first);
    const second = await join(made);
    const unregistering = registration.unregister();
    expect(await outcome(unregistering)).toBe('pending');
    await register(second, 300);
    const { request, registration: id } = await second.expect(MessageType.UNREGISTER);
    expect(id).toBe(300);
    second.say(unregisteredMessage(request));
    await unregistering;
    expect(registration.active).toBe(false);
  });

  test('that the router refused, or that was on its way when the session was lost, is not kept', async () => {
    const made = make();
    const first = await join(made);
    const refused = made.client.session.register('com.p', () => {});
    refused.catch(() => {});
    await refuse(first, ERROR_URIS.notAuthorized);
    const lost = made.client.session.register('com.q', () => {});
    lost.catch(() => {});
    await lose(first);
    expect(await failure(refused)).toMatchObject({ error: ERROR_URIS.notAuthorized });
    expect(await failure(lost)).toMatchObject({ name: 'TransportLost' });
    expect((await join(made)).heard).toEqual([]);
  });

  test('asked for twice in one join is refused by the router, and the first one stays', async () => {
    const made = make();
    const first = await join(made);
    void made.client.session.register('com.p', () => {});
    await register(first, 200);
    const again = made.client.session.register('com.p', () => {});
    again.catch(() => {});
    await refuse(first, ERROR_URIS.procedureAlreadyExists);
    expect(await failure(again)).toMatchObject({ error: ERROR_URIS.procedureAlreadyExists });
    await lose(first);
    expect(await register(await join(made), 300)).toBe('com.p');
  });

  test('is refused with SessionNotReady between joins', async () => {
    const made = make();
    await lose(await join(made));
    expect(await failure(made.client.session.register('com.p', () => {}))).toBeInstanceOf(SessionNotReady);
  });
});

describe('what onJoin registers and subscribes', () => {
  test('is made by onJoin alone, once a join', async () => {
    const onJoin = async (session: Session) => {
      await Promise.all([session.register('com.p', () => {}), session.subscribe('com.t', () => {})]);
    };
    const made = make({ hooks: { onJoin } });
    for (let i = 0; i < 3; i++) {
      const peer = await join(made);
      await register(peer, 200);
      await subscribe(peer, 300);
      expect([peer.heard, made.client.session.details]).toEqual([[], expect.anything()]);
      await made.client.joined();
      await lose(peer);
    }
  });

  test('comes before what lasts', async () => {
    let ready = () => {};
    const onJoin = () =>
      new Promise<void>((resolve) => {
        ready = resolve;
      });
    const made = make({ hooks: { onJoin } });
    const first = await join(made);
    ready();
    await settle();
    void made.client.session.register('com.p', () => {});
    await register(first, 200);
    await lose(first);
    const second = await join(made);
    expect(second.heard).toEqual([]);
    ready();
    await settle();
    expect(await register(second, 300)).toBe('com.p');
  });

  test('takes the place of what lasts under the same name: one REGISTER, the newer handler, the same object', async () => {
    const ran: string[] = [];
    const taken: Registration[] = [];
    let register2: Procedure | undefined;
    const onJoin = async (session: Session) => {
      if (register2 !== undefined) taken.push(await session.register('com.p', register2));
    };
    const made = make({ hooks: { onJoin } });
    const first = await join(made);
    const registering = made.client.session.register('com.p', () => ran.push('first'));
    await register(first, 200);
    const registration = await registering;
    await lose(first);
    register2 = () => ran.push('second');
    const second = await join(made);
    await register(second, 300);
    await made.client.joined();
    second.say(invocationMessage(1, 300, {}));
    await settle();
    expect(taken).toEqual([registration]);
    expect(taken[0]).toBe(registration);
    expect(ran).toEqual(['second']);
    expect(second.heard.filter(({ type }) => type === MessageType.REGISTER)).toEqual([]);
  });
});

describe('joined()', () => {
  test('resolves when everything that lasts has been answered', async () => {
    const made = make();
    const first = await join(made);
    void made.client.session.register('com.p', () => {});
    void made.client.session.subscribe('com.t', () => {});
    await register(first, 200);
    await subscribe(first, 300);
    await lose(first);
    const joining = made.client.joined();
    const second = await join(made);
    expect(await outcome(joining)).toBe('pending');
    await register(second, 200);
    expect(await outcome(joining)).toBe('pending');
    await subscribe(second, 300);
    expect(await outcome(joining)).toEqual({ value: made.client.session });
  });
});

describe('a procedure that a stale session still has', () => {
  async function stale() {
    const made = make();
    const first = await join(made);
    const registering = made.client.session.register('com.p', () => {});
    await register(first, 200);
    const registration = await registering;
    await lose(first);
    const peer = await join(made);
    await refuse(peer, ERROR_URIS.procedureAlreadyExists);
    return { ...made, made, peer, registration };
  }

  test('is tried again with backoff until it is free; joined() does not wait for that', async () => {
    const { client, clock, peer, registration, reported } = await stale();
    await client.joined();
    const waits: (number | undefined)[] = [];
    for (let i = 0; i < 5; i++) {
      waits.push(clock.next);
      clock.advance(clock.next ?? 0);
      await refuse(peer, ERROR_URIS.procedureAlreadyExists);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 15_000]);
    clock.advance(15_000);
    expect(registration.active).toBe(false);
    await register(peer, 300);
    expect([registration.active, registration.id, clock.pending, reported]).toEqual([true, 300, 0, []]);
  });

  test('is not tried any longer when the session is lost; the next join begins anew', async () => {
    const { made, clock, peer, reported } = await stale();
    await lose(peer);
    // The one timer is that of the next attempt.
    expect([clock.pending, reported]).toEqual([1, []]);
    expect(await register(await join(made), 300)).toBe('com.p');
    expect(clock.pending).toBe(0);
  });

  test('is not tried any longer when it is taken back', async () => {
    const { clock, peer, registration, reported } = await stale();
    await registration.unregister();
    await settle();
    expect([clock.pending, reported, peer.heard]).toEqual([0, [], []]);
  });

  test('is not tried any longer when the client is closed', async () => {
    const { client, clock, peer } = await stale();
    const closing = client.close();
    peer.drop();
    await closing;
    expect(clock.pending).toBe(0);
  });

  test('can be asked for by hand in the meantime', async () => {
    const { client, clock, peer, registration } = await stale();
    const again = client.session.register('com.p', () => {});
    await register(peer, 300);
    expect(await again).toBe(registration);
    await settle();
    expect([registration.active, clock.pending]).toEqual([true, 0]);
  });
});

test('a registration that is refused for good after a loss is reported, and asked for again at the next join', async () => {
  const made = make();
  const first = await join(made);
  const registering = made.client.session.register('com.p', () => {});
  await register(first, 200);
  const registration = await registering;
  await lose(first);
  const second = await join(made);
  await refuse(second, ERROR_URIS.notAuthorized);
  await made.client.joined();
  expect(made.reported).toMatchObject([
    { error: { error: ERROR_URIS.notAuthorized }, what: 'registering com.p again' },
  ]);
  expect([registration.active, made.clock.pending]).toEqual([false, 0]);
  await lose(second);
  await register(await join(made), 300);
  expect(registration.active).toBe(true);
});

describe('a subscription of the lasting session', () => {
  test('is made again for each handler, with one SUBSCRIBE a topic', async () => {
    const made = make();
    const first = await join(made);
    const subscribing = [1, 2].map(() => made.client.session.subscribe('com.t', () => {}));
    await subscribe(first, 300);
    const subscriptions = await Promise.all(subscribing);
    await lose(first);
    expect(subscriptions.map(({ active }) => active)).toEqual([false, false]);
    const second = await join(made);
    await subscribe(second, 301);
    expect(second.heard).toEqual([]);
    expect(subscriptions.map(({ active, id, topic }) => [active, id, topic])).toEqual([
      [true, 301, 'com.t'],
      [true, 301, 'com.t'],
    ]);
  });

  test('can be taken back between joins', async () => {
    const made = make();
    const first = await join(made);
    const subscribing = made.client.session.subscribe('com.t', () => {});
    await subscribe(first, 300);
    const subscription = await subscribing;
    await lose(first);
    await subscription.unsubscribe();
    expect((await join(made)).heard).toEqual([]);
  });
});

/** Numbers that look random, and are the same every time. */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** What a router has of a session, in an order of its own. */
function held({ registrations, subscriptions }: RecordingSession): string[] {
  const text = (kind: string) => (kept: Kept) => `${kind} ${kept.uri} ${JSON.stringify(kept.options)} ${kept.active}`;
  return [...[...registrations].map(text('procedure')), ...[...subscriptions].map(text('topic'))].sort();
}

/** Random requests and losses: after each join the router has what it had before the loss, options and all. */
async function checkDrops(make: (clock: FakeClock) => DesiredState, seed: number): Promise<number> {
  const random = sequence(seed);
  const desired = make(new FakeClock());
  let session = new RecordingSession();
  const holds: (() => Promise<void>)[] = [];
  let most = 0;
  for (let drop = 0; drop < 20; drop++) {
    for (let i = random(6); i > 0; i--) {
      const options = { invoke: ['first', 'last'][random(2)], match: ['exact', 'prefix'][random(2)] } as never;
      const dice = random(3);
      if (dice === 0 && holds.length > 0) {
        await holds.splice(random(holds.length), 1)[0]?.();
      } else if (dice === 1) {
        const name = `com.p${holds.length}.${drop}.${i}`;
        const registration = await desired.register(session, name, () => {}, options);
        holds.push(() => registration.unregister());
      } else {
        const subscription = await desired.subscribe(session, `com.t${random(3)}`, () => {}, options);
        holds.push(() => subscription.unsubscribe());
      }
    }
    const before = held(session);
    most = Math.max(most, before.length);
    session.drop();
    desired.lost();
    if (random(4) === 0 && holds.length > 0) {
      // Taken back in between: one less, whichever it was.
      const lost = before.length;
      await holds.splice(random(holds.length), 1)[0]?.();
      session = new RecordingSession();
      await desired.reconcile(session);
      expect(held(session)).toHaveLength(lost - 1);
      continue;
    }
    session = new RecordingSession();
    await desired.reconcile(session);
    expect(held(session)).toEqual(before);
  }
  return most;
}

const { report, log } = { report: () => {}, log: silent };

test('after any number of losses the router has the same as before, with the same options', async () => {
  let most = 0;
  for (let seed = 1; seed <= 50; seed++) {
    most = Math.max(most, await checkDrops((clock) => new DesiredState({ clock, log, report }), seed));
  }
  expect(most).toBeGreaterThan(5);
});

/** The same session, by another name. */
function alias(session: Session, withOptions: boolean): Session {
  const register: Session['register'] = (procedure, handler, options) =>
    session.register(procedure, handler as never, withOptions ? options : undefined);
  const subscribe: Session['subscribe'] = (topic, handler, options) => session.subscribe(topic, handler, options);
  return { details: {}, register, subscribe } as unknown as Session;
}

test('the check above rejects a state that forgets options, and one that makes things twice', async () => {
  class Forgetful extends DesiredState {
    override reconcile(session: Session): Promise<void> {
      return super.reconcile(alias(session, false));
    }
  }
  class Doubling extends DesiredState {
    override async reconcile(session: Session): Promise<void> {
      await super.reconcile(alias(session, true));
      await super.reconcile(session);
    }
  }
  for (const Broken of [Forgetful, Doubling]) {
    await expect(checkDrops((clock) => new Broken({ clock, log, report }), 1)).rejects.toThrow();
  }
});

describe('an iteration over events of the lasting session', () => {
  test('goes on at the next join, and ends with the client', async () => {
    const made = make();
    const { client } = made;
    let peer = await join(made);
    const events = client.session.events('com.t')[Symbol.asyncIterator]();
    const first = events.next();
    peer.say(subscribedMessage((await peer.expect(MessageType.SUBSCRIBE)).request, 300));
    await settle();
    peer.say(eventMessage(300, 1, {}, { args: ['before'], kwargs: {} }));
    expect((await first).value).toMatchObject({ args: ['before'] });
    const second = events.next();
    await lose(peer);
    peer = await join(made);
    peer.say(subscribedMessage((await peer.expect(MessageType.SUBSCRIBE)).request, 301));
    await settle();
    peer.say(eventMessage(301, 2, {}, { args: ['after'], kwargs: {} }));
    expect((await second).value).toMatchObject({ args: ['after'] });
    const last = failure(events.next());
    const closed = client.close();
    await peer.expect(MessageType.GOODBYE);
    peer.say(goodbyeMessage('wamp.close.goodbye_and_out'));
    await closed;
    expect(await last).toBeInstanceOf(SessionNotReady);
  });

  test('is not made again when the reader has left', async () => {
    const made = make();
    let peer = await join(made);
    const events = made.client.session.events('com.t')[Symbol.asyncIterator]();
    void events.next();
    peer.say(subscribedMessage((await peer.expect(MessageType.SUBSCRIBE)).request, 300));
    await settle();
    const left = events.return?.();
    peer.say(unsubscribedMessage((await peer.expect(MessageType.UNSUBSCRIBE)).request));
    await left;
    await lose(peer);
    peer = await join(made);
    await settle();
    expect(peer.heard).toEqual([]);
  });
});

test('a pattern with named parts is asked for again as the wire carries it', async () => {
  const made = make();
  const peer = await join(made);
  const one = made.client.session.register('com.<id:int>.get', () => {});
  const asked = await peer.expect(MessageType.REGISTER);
  expect(asked).toMatchObject({ procedure: 'com..get', options: { match: 'wildcard' } });
  peer.say(registeredMessage(asked.request, 200));
  await one;
  await lose(peer);
  const again = await join(made);
  expect((await again.expect(MessageType.REGISTER)).options).toMatchObject({ match: 'wildcard' });
});

describe('onEnd of what lasts', () => {
  /** Registered and subscribed on a client's session, once joined. */
  async function lasting(onEnd: ((error: Error) => unknown) | undefined) {
    const made = make();
    const peer = await join(made);
    const registering = made.client.session.register('com.p', () => {}, { onEnd });
    expect(await register(peer, 200)).toBe('com.p');
    const subscribing = made.client.session.subscribe('com.t', () => {}, { onEnd });
    expect(await subscribe(peer, 300)).toBe('com.t');
    await registering;
    await subscribing;
    return { made, peer };
  }

  test('hears of a revocation, which is the end of it; of a lost session it hears nothing', async () => {
    const ends: Error[] = [];
    const { made, peer } = await lasting((error) => ends.push(error));
    await lose(peer);
    const second = await join(made);
    expect([await register(second, 201), await subscribe(second, 301)]).toEqual(['com.p', 'com.t']);
    expect(ends).toEqual([]);
    second.say(unregisteredMessage(0, { registration: 201, reason: 'com.closed' }));
    second.say(unsubscribedMessage(0, { subscription: 301, reason: 'com.closed' }));
    await settle();
    expect(ends).toMatchObject([{ error: 'com.closed' }, { error: 'com.closed' }]);
    await lose(second);
    const third = await join(made);
    expect(third.heard).toEqual([]);
    const closing = made.client.close();
    await third.expect(MessageType.GOODBYE);
    third.say(goodbyeMessage('wamp.close.goodbye_and_out'));
    await closing;
    expect(ends).toHaveLength(2);
  });

  test('hears of the client’s end; what it throws or rejects with is reported', async () => {
    const ends: Error[] = [];
    const { made, peer } = await lasting(async (error) => {
      ends.push(error);
      throw new Error('from onEnd');
    });
    const closing = made.client.close();
    await peer.expect(MessageType.GOODBYE);
    peer.say(goodbyeMessage('wamp.close.goodbye_and_out'));
    await closing;
    await settle();
    expect(ends.map((error) => error instanceof SessionNotReady)).toEqual([true, true]);
    expect(made.reported.map(({ what }) => what)).toEqual(['onEnd of com.p', 'onEnd of com.t']);
  });

  test('where nobody hears of a revocation, the next join asks again', async () => {
    const { made, peer } = await lasting(undefined);
    peer.say(unregisteredMessage(0, { registration: 200 }));
    peer.say(unsubscribedMessage(0, { subscription: 300 }));
    await settle();
    await lose(peer);
    const second = await join(made);
    expect([await register(second, 201), await subscribe(second, 301)]).toEqual(['com.p', 'com.t']);
    void made.client.close();
  });
});
