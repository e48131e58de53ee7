import {
  announce,
  callMessage,
  cancelMessage,
  type Dict,
  decoded,
  type ErrorMessage,
  type Event,
  errorMessage,
  goodbyeMessage,
  helloMessage,
  type Id,
  type Invocation,
  type Message,
  MessageType,
  nameOf,
  payloadOf,
  publishMessage,
  type Random,
  type Result,
  registerMessage,
  subscribeMessage,
  type Transport,
  unregisterMessage,
  unsubscribeMessage,
  type Value,
  yieldMessage,
} from '@wamp-run/protocol';
import { FakeClock, ScriptedPeer } from '@wamp-run/protocol/conformance';
import { expect } from 'vitest';
import { Router, type RouterOptions } from '../src/index.js';

/** What a client of ours announces. */
export const ALL_ROLES: Dict = announce({
  publisher: ['publisher_exclusion'],
  subscriber: ['subscription_revocation'],
  caller: ['progressive_call_results', 'call_canceling'],
  callee: ['progressive_call_results', 'call_canceling'],
});

/** What a client announces that knows the basic profile only. */
export const BASIC_ROLES: Dict = announce({ publisher: [], subscriber: [], caller: [], callee: [] });

/** Bytes that look random and are the same for the same seed. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return (n) => {
    const bytes = new Uint8Array(n);
    for (let i = 0; i < n; i++) {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      bytes[i] = (mixed ^ (mixed >>> 14)) & 0xff;
    }
    return bytes;
  };
}

/** A router, and the clock it goes by. */
export function routerAndClock(options: Partial<RouterOptions> = {}): { router: Router; clock: FakeClock } {
  const clock = new FakeClock();
  return { router: new Router({ clock, random: seeded(1), ...options }), clock };
}

/** What clients are attached to: the router, or one that is made to be wrong. */
export type Attachable = Pick<Router, 'attach'>;

/** How a client joins. */
export interface JoinOptions {
  realm?: string;
  roles?: Dict;
  serializer?: string;
  /** Puts something between the router and the client. */
  through?: (transport: Transport) => Transport;
}

/** A client that counts its requests, and otherwise does what the test says. */
export class TestClient {
  readonly peer: ScriptedPeer;
  session: Id = 0;
  details: Dict = {};
  #requests = 0;

  constructor(peer: ScriptedPeer) {
    this.peer = peer;
  }

  static async join(router: Attachable, options: JoinOptions = {}): Promise<TestClient> {
    const peer = new ScriptedPeer({ serializer: options.serializer ?? 'none' });
    router.attach(options.through?.(peer.transport) ?? peer.transport);
    const client = new TestClient(peer);
    await client.hello(options);
    return client;
  }

  async hello({ realm = 'realm1', roles = ALL_ROLES }: JoinOptions = {}): Promise<void> {
    this.#requests = 0;
    this.say(helloMessage(realm, { roles }));
    const welcome = await this.peer.expect(MessageType.WELCOME);
    this.session = welcome.session;
    this.details = welcome.details;
  }

  say(message: Message): void {
    this.peer.say(message);
  }

  expect<T extends Message['type']>(type: T): Promise<Extract<Message, { type: T }>> {
    return this.peer.expect(type);
  }

  /** The id for the next request. */
  request(): Id {
    this.#requests += 1;
    return this.#requests;
  }

  async subscribe(topic: string, options: Dict = {}): Promise<Id> {
    this.say(subscribeMessage(this.request(), options, topic));
    return (await this.expect(MessageType.SUBSCRIBED)).subscription;
  }

  async unsubscribe(subscription: Id): Promise<void> {
    this.say(unsubscribeMessage(this.request(), subscription));
    await this.expect(MessageType.UNSUBSCRIBED);
  }

  async register(procedure: string, options: Dict = {}): Promise<Id> {
    this.say(registerMessage(this.request(), options, procedure));
    return (await this.expect(MessageType.REGISTERED)).registration;
  }

  async unregister(registration: Id): Promise<void> {
    this.say(unregisterMessage(this.request(), registration));
    await this.expect(MessageType.UNREGISTERED);
  }

  publish(topic: string, args: Value[] = [], options: Dict = {}): Id {
    const request = this.request();
    this.say(publishMessage(request, options, topic, payloadOf(args, {})));
    return request;
  }

  async acknowledged(topic: string, args: Value[] = [], options: Dict = {}): Promise<Id> {
    this.publish(topic, args, { acknowledge: true, ...options });
    return (await this.expect(MessageType.PUBLISHED)).publication;
  }

  call(procedure: string, args: Value[] = [], options: Dict = {}): Id {
    const request = this.request();
    this.say(callMessage(request, options, procedure, payloadOf(args, {})));
    return request;
  }

  /** Calls, and gives back the arguments of the RESULT. */
  async ask(procedure: string, args: Value[] = [], kwargs: Dict = {}): Promise<unknown> {
    const request = this.request();
    this.say(callMessage(request, {}, procedure, payloadOf(args, kwargs)));
    const result = await this.result();
    expect(result.request).toBe(request);
    return argsOf(result);
  }

  /** Calls, and gives back the URI of the ERROR. */
  async refused(procedure: string, args: Value[] = [], kwargs: Dict = {}): Promise<string> {
    this.say(callMessage(this.request(), {}, procedure, payloadOf(args, kwargs)));
    return (await this.error()).error;
  }

  cancel(request: Id, options: Dict = {}): void {
    this.say(cancelMessage(request, options));
  }

  yield(invocation: Id, args: Value[] = [], options: Dict = {}): void {
    this.say(yieldMessage(invocation, options, payloadOf(args, {})));
  }

  fail(invocation: Id, error: string, args: Value[] = []): void {
    this.say(errorMessage(MessageType.INVOCATION, invocation, error, payloadOf(args, {})));
  }

  invocation(): Promise<Invocation> {
    return this.expect(MessageType.INVOCATION);
  }

  event(): Promise<Event> {
    return this.expect(MessageType.EVENT);
  }

  result(): Promise<Result> {
    return this.expect(MessageType.RESULT);
  }

  error(): Promise<ErrorMessage> {
    return this.expect(MessageType.ERROR);
  }

  /** Says GOODBYE and waits for the answer. */
  async leave(): Promise<void> {
    this.say(goodbyeMessage('wamp.close.normal'));
    await this.expect(MessageType.GOODBYE);
  }

  /** The ABORT that ends this client, after which the router hangs up. */
  async aborted(): Promise<{ reason: string; message: Value | undefined; hungUp: boolean }> {
    const abort = await this.expect(MessageType.ABORT);
    return { reason: abort.reason, message: abort.details.message, hungUp: this.peer.hungUp };
  }

  /**
   * Nothing has been sent to this client: the answer to a question that it asks now is the next that it hears.
   * Throws where something else comes first.
   */
  async hearsNothing(): Promise<void> {
    const request = this.call('nobody.has.this');
    const message = await this.peer.next();
    if (message.type === MessageType.ERROR && message.request === request) return;
    throw new Error(`expected to hear nothing, heard ${nameOf(message)}`);
  }
}

/** All that was said so far has been routed. */
export async function routed(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await Promise.resolve();
}

/** The values in a message, as a test wants to compare them. */
export function argsOf(message: Event | Invocation | Result | ErrorMessage): unknown {
  const payload = message.payload;
  if (payload === undefined) return [];
  return decoded(payload).args;
}
