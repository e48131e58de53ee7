// What must come in order does, for sessions that do as they like over real sockets.
import {
  announce,
  callMessage,
  decoded,
  type Event,
  helloMessage,
  type Id,
  type Message,
  MessageType,
  payloadIn,
  payloadOf,
  publishMessage,
  registerMessage,
  subscribeMessage,
  type Transport,
  unsubscribeMessage,
  yieldMessage,
} from '@wamp-run/protocol';
import { type AuthorizerOptions, Router } from '@wamp-run/router';
import { websocket, websocketListener } from '@wamp-run/transport/websocket';
import { expect, test } from 'vitest';
import { clock, random, serializers } from './local.js';

const TOPICS = ['com.a', 'com.b', 'com.c.a'];
const PATTERNS: [topic: string, match: string][] = [
  ['com.', 'prefix'],
  ['com.c', 'prefix'],
  ['.a', 'wildcard'],
  ['..a', 'wildcard'],
];
const PROCEDURES = ['com.one', 'com.two', 'com.three'];
const ROLES = announce({ publisher: [], subscriber: [], caller: [], callee: ['call_canceling'] });
const ALWAYS = 'com.always';

/** A number below `n`, the same for the same seed. */
function dice(seed: number): (n: number) => number {
  let state = seed + 1;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** A session that does things at random, answers what it is asked, and keeps all that it hears. */
class Actor {
  readonly name: string;
  readonly heard: Message[] = [];
  readonly #transport: Transport;
  readonly #below: (n: number) => number;
  #requests = 0;
  #marks = 0;
  #wake = () => {};

  constructor(name: string, transport: Transport, below: (n: number) => number) {
    this.name = name;
    this.#transport = transport;
    this.#below = below;
    transport.start({
      message: (message) => {
        this.heard.push(message);
        if (message.type === MessageType.INVOCATION) transport.send(yieldMessage(message.request, {}));
        this.#wake();
      },
      closed: () => {},
    });
  }

  /** How many it has published. */
  published = 0;

  async join(): Promise<void> {
    this.#transport.send(helloMessage('realm1', { roles: ROLES }));
    await this.#hears((message) => message.type === MessageType.WELCOME);
    this.#transport.send(subscribeMessage(this.#request(), {}, ALWAYS));
    await this.#hears((message) => message.type === MessageType.SUBSCRIBED);
  }

  act(): void {
    const send = (message: Message) => this.#transport.send(message);
    const pick = <T>(list: readonly T[]) => list[this.#below(list.length)] as T;
    const payload = () => payloadOf([this.name, ++this.#marks, 'x'.repeat(this.#below(10) === 0 ? 30_000 : 10)], {});
    switch (this.#below(8)) {
      case 0:
      case 1:
        this.published++;
        send(publishMessage(this.#request(), {}, ALWAYS, payload()));
        break;
      case 2:
      case 3:
        send(publishMessage(this.#request(), this.#below(3) === 0 ? { retain: true } : {}, pick(TOPICS), payload()));
        break;
      case 4:
        send(callMessage(this.#request(), {}, pick(PROCEDURES), payload()));
        break;
      case 5: {
        const [topic, match] = pick<[string, string]>([
          ...PATTERNS,
          ...TOPICS.map((it): [string, string] => [it, 'exact']),
        ]);
        send(subscribeMessage(this.#request(), { match, get_retained: this.#below(2) === 0 }, topic));
        break;
      }
      case 6: {
        // Never the first, which is to miss nothing.
        const ids = this.heard.flatMap((message) =>
          message.type === MessageType.SUBSCRIBED ? message.subscription : [],
        );
        const others = ids.filter((id) => id !== ids[0]);
        if (others.length > 0) send(unsubscribeMessage(this.#request(), pick(others)));
        break;
      }
      default:
        send(registerMessage(this.#request(), { invoke: 'roundrobin' }, pick(PROCEDURES)));
    }
  }

  /** All that was sent to it so far has arrived, and all that it sent has been routed. */
  async settle(): Promise<void> {
    const request = this.#request();
    this.#transport.send(callMessage(request, {}, 'nobody.has.this'));
    await this.#hears((message) => message.type === MessageType.ERROR && message.request === request);
  }

  #request(): Id {
    this.#requests += 1;
    return this.#requests;
  }

  async #hears(what: (message: Message) => boolean): Promise<void> {
    let from = 0;
    for (;;) {
      for (; from < this.heard.length; from++) if (what(this.heard[from] as Message)) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** Allows everything, after some turns of the event loop that nobody can foresee. */
function hesitant(seed: number): { options: AuthorizerOptions; asked(): number } {
  const below = dice(seed);
  let asked = 0;
  const authorize = async () => {
    asked++;
    for (let turns = below(4); turns > 0; turns--) await new Promise(setImmediate);
    return true;
  };
  return { options: { authorize, cache: false }, asked: () => asked };
}

async function run(seed: number, authorizer?: AuthorizerOptions): Promise<Actor[]> {
  const realm = authorizer === undefined ? { name: 'realm1' } : { name: 'realm1', authorizer };
  const router = new Router({ realms: [realm], clock, random, closeTimeout: 100 });
  const { url } = await router.listen(websocketListener({ port: 0, serializers: serializers(), clock }));
  const below = dice(seed);
  const actors: Actor[] = [];
  try {
    for (const serializer of [...serializers(), ...serializers()]) {
      const connector = websocket(url, { serializers: [serializer], clock });
      const transport = await connector.connect(new AbortController().signal);
      const actor = new Actor(`s${actors.length}`, transport, below);
      await actor.join();
      actors.push(actor);
    }
    for (let step = 0; step < 600; step++) {
      (actors[below(actors.length)] as Actor).act();
      // Often many messages are under way at once.
      if (below(20) === 0) await new Promise(setImmediate);
    }
    for (const actor of actors) await actor.settle();
    // Answers of callees may have come after what they were settled with.
    for (const actor of actors) await actor.settle();
    return actors;
  } finally {
    await router.close();
  }
}

/** What a session heard against the guarantees; nothing where they were kept. */
function breaches({ name, heard }: Actor): string[] {
  const found: string[] = [];
  const known = new Set<string>();
  const latest = new Map<string, number>();
  const inOrder = (what: string, count: number, strictly: boolean) => {
    const before = latest.get(what) ?? 0;
    if (count < before || (strictly && count === before)) found.push(`${name}: ${what}: ${count} after ${before}`);
    latest.set(what, count);
  };
  for (const message of heard) {
    if (message.type === MessageType.SUBSCRIBED) known.add(`subscription ${message.subscription}`);
    if (message.type === MessageType.REGISTERED) known.add(`registration ${message.registration}`);
    const [from, count] = decoded(payloadIn(message)).args as [string, number];
    if (message.type === MessageType.EVENT) {
      const { subscription, details } = message;
      if (!known.has(`subscription ${subscription}`)) found.push(`${name}: EVENT before SUBSCRIBED`);
      if (details.retained === true) continue;
      inOrder(`events of ${from}`, count, false);
      inOrder(`events of ${from} on ${subscription}`, count, true);
    }
    if (message.type === MessageType.INVOCATION) {
      if (!known.has(`registration ${message.registration}`)) found.push(`${name}: INVOCATION before REGISTERED`);
      inOrder(`calls of ${from}`, count, true);
    }
  }
  return found;
}

test.each([
  ...[1, 2, 3, 4, 5].map((seed) => ({ seed, asked: 'nobody is asked' })),
  ...[6, 7, 8, 9, 10].map((seed) => ({ seed, asked: 'an authorizer takes its time' })),
])('six sessions over three serializers, seed $seed: $asked', async ({ seed, asked }) => {
  const authorizer = asked === 'nobody is asked' ? undefined : hesitant(seed);
  const actors = await run(seed, authorizer?.options);
  if (authorizer !== undefined) expect(authorizer.asked()).toBeGreaterThan(500);
  for (const actor of actors) expect(breaches(actor)).toEqual([]);
  // Who was subscribed all the time has missed nothing of what the others published.
  for (const actor of actors) {
    const wanted = actors.reduce((sum, { name, published }) => sum + (name === actor.name ? 0 : published), 0);
    const first = actor.heard.find((message) => message.type === MessageType.SUBSCRIBED)?.subscription;
    const got = actor.heard.filter((message) => message.type === MessageType.EVENT && message.subscription === first);
    expect(got.length).toBe(wanted);
    expect(wanted).toBeGreaterThan(50);
  }
  const types = new Set(actors.flatMap(({ heard }) => heard.map(({ type }) => type)));
  expect(types.has(MessageType.INVOCATION) && types.has(MessageType.RESULT)).toBe(true);
});

test('a session whose events come in another order is found out', async () => {
  const [actor] = (await run(1)) as [Actor];
  expect(breaches(actor)).toEqual([]);
  const sender = (message: Message) => (decoded(payloadIn(message)).args as [string])[0];
  const events = actor.heard.filter(
    (message) => message.type === MessageType.EVENT && message.details.retained !== true,
  );
  const last = events.at(-1) as Message;
  // The last event, and the one before it of the same publisher and subscription, exchanged.
  const pair = events.filter(
    (event) => sender(event) === sender(last) && (event as Event).subscription === (last as Event).subscription,
  );
  const [one, two] = pair.slice(-2).map((event) => actor.heard.indexOf(event)) as [number, number];
  [actor.heard[one], actor.heard[two]] = [actor.heard[two] as Message, actor.heard[one] as Message];
  expect(breaches(actor).join()).toContain(`events of ${sender(last)}`);
});
