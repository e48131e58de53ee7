// What comes in order between two sessions does so, whether calls pass by the messages or not: invocations, events and
// results, all that one of them has sent to the other.
import type { Session } from '@wamp-run/client';
import type { AuthorizerOptions } from '@wamp-run/router';
import { describe, expect, test } from 'vitest';
import { OneProcess, WAYS, type Way } from './one-process.js';

/** A number below `n`, the same for the same seed. */
function dice(seed: number): (n: number) => number {
  let state = seed + 1;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

interface Heard {
  readonly what: 'event' | 'invocation' | 'result' | 'late result';
  readonly from: string;
  /** How much the sender had sent by then. */
  readonly count: number;
}

const TOPIC = 'com.said';

/** A session that counts all that it sends, and keeps all that it hears. */
class Actor {
  readonly name: string;
  readonly heard: Heard[] = [];
  /** Calls to one, and events to all. */
  readonly sent: { readonly count: number; readonly to?: string }[] = [];
  readonly calls: Promise<unknown>[] = [];
  readonly session: Session;
  #count = 0;

  constructor(name: string, session: Session) {
    this.name = name;
    this.session = session;
  }

  async begin(): Promise<void> {
    const { session } = this;
    await session.subscribe(TOPIC, (args) => this.#hears('event', args));
    const offer = (what: string, answer: () => unknown) =>
      session.register(`com.${this.name}.${what}`, (args) => {
        this.#hears('invocation', args);
        return answer();
      });
    await offer('now', () => this.#mark());
    await offer('tell', () => {
      this.tell();
      return this.#mark();
    });
    await offer('ask', () => {
      // Of whom is told: whoever is next in the alphabet, and offers the same.
      this.call({ a: 'b', b: 'c', c: 'a' }[this.name] as string, 'now');
      return this.#mark();
    });
    await offer('later', async () => {
      this.tell();
      const told = this.#count + 1;
      this.#mark();
      for (let turns = told % 5; turns > 0; turns--) await undefined;
      return [this.name, told, 'late'];
    });
  }

  tell(): void {
    const mark = this.#mark();
    this.sent.push({ count: mark[1] });
    this.session.publish(TOPIC, mark);
  }

  call(whom: string, what: string, options?: object): void {
    const mark = this.#mark();
    this.sent.push({ count: mark[1], to: whom });
    const call = this.session.call<unknown[]>(`com.${whom}.${what}`, mark, options);
    const heard = call.then((answer) => this.#hears(answer[2] === 'late' ? 'late result' : 'result', answer));
    this.calls.push(heard);
  }

  #mark(): [string, number] {
    this.#count++;
    return [this.name, this.#count];
  }

  #hears(what: Heard['what'], [from, count]: readonly unknown[]): void {
    this.heard.push({ what, from: from as string, count: count as number });
  }
}

interface Run {
  readonly actors: readonly Actor[];
  readonly made: number;
  readonly inMessages: number;
}

const PROCEDURES = ['now', 'now', 'tell', 'ask', 'later'];

/** Three sessions that do as a seed has them do. `lies`: none of them is told of messages that are on their way. */
async function run(seed: number, way: Way, lies = false): Promise<Run> {
  const all = new OneProcess({ strictRequestIds: !lies });
  const actors: Actor[] = [];
  for (const name of ['a', 'b', 'c']) {
    const { session } = await all.join(name, way, lies ? { connectors: [all.liar(name)] } : {});
    actors.push(new Actor(name, session));
  }
  for (const actor of actors) await actor.begin();
  await all.settled();
  all.forget();
  const below = dice(seed);
  for (let step = 0; step < 200; step++) {
    const actor = actors[below(3)] as Actor;
    const whom = (actors[below(3)] as Actor).name;
    // Now and then one that takes messages in any case.
    const options = below(6) === 0 ? { signal: new AbortController().signal } : undefined;
    if (below(4) === 0) actor.tell();
    else if (whom !== actor.name) actor.call(whom, PROCEDURES[below(PROCEDURES.length)] as string, options);
    switch (below(6)) {
      case 0:
        await new Promise(setImmediate);
        break;
      case 1:
      case 2:
        for (let turns = below(4); turns > 0; turns--) await undefined;
        break;
      default:
    }
  }
  await all.settled();
  for (const { calls } of actors) await Promise.all(calls);
  await all.expectNothingPending();
  const made = actors.reduce((sum, { calls }) => sum + calls.length, 0);
  return { actors, made, inMessages: all.passed.filter((each) => each.endsWith('> CALL')).length };
}

/** What a session heard out of order, of all these; nothing where all was as it should be. */
function breaches({ name, heard }: Actor, actors: readonly Actor[]): string[] {
  const found: string[] = [];
  for (const { name: from, sent } of actors) {
    let answered = 0;
    const due = sent.filter(({ to }) => from !== name && (to === name || to === undefined));
    for (const { what, from: sender, count } of heard) {
      if (sender !== from) continue;
      if (what === 'event' || what === 'invocation') {
        if (due.shift()?.count !== count) found.push(`${name}: ${what} ${count} of ${from} is not the next`);
        continue;
      }
      // A promise tells of an answer a little later: something that was sent after it may be known by then.
      if (due[0] !== undefined && due[0].count < count) found.push(`${name}: answer ${count} of ${from} is early`);
      if (what === 'late result') continue;
      if (count < answered) found.push(`${name}: answer ${count} of ${from} after ${answered}`);
      answered = count;
    }
    if (due.length > 0) found.push(`${name}: ${due.length} of ${from} never came`);
  }
  return found;
}

const breachesIn = ({ actors }: Run) => actors.flatMap((actor) => breaches(actor, actors));

const SEEDS = Array.from({ length: 30 }, (_, i) => Number(process.env.SEED ?? 100) + i);

describe('between each two sessions everything comes in the order in which it was sent', () => {
  test.each(WAYS)('%s', async (way) => {
    let direct = 0;
    let inMessages = 0;
    for (const seed of SEEDS) {
      const ran = await run(seed, way);
      expect(breachesIn(ran), `seed ${seed}`).toEqual([]);
      direct += ran.made - ran.inMessages;
      inMessages += ran.inMessages;
      for (const { heard } of ran.actors) expect(new Set(heard.map(({ what }) => what)).size).toBe(4);
    }
    // Both are in play, and neither is an exception.
    expect(inMessages).toBeGreaterThan(500);
    if (way === 'direct') expect(direct).toBeGreaterThan(500);
    else expect(direct).toBe(0);
  });

  test('and where calls overtake messages, that is found out', async () => {
    const found: string[] = [];
    for (const seed of SEEDS.slice(0, 5)) found.push(...breachesIn(await run(seed, 'direct', true)));
    expect(found).not.toEqual([]);
  });
});

describe.each(WAYS)('in one turn (%s)', (way) => {
  async function scene() {
    const all = new OneProcess();
    const { session: bob } = await all.join('bob', way);
    const { session: ann, client } = await all.join('ann', way);
    const order: unknown[] = [];
    await bob.subscribe(TOPIC, ([what]) => {
      order.push(`event ${what}`);
    });
    await bob.register('com.mark', ([what]) => {
      order.push(`call ${what}`);
      return what;
    });
    await all.settled();
    return { all, ann, bob, client, order };
  }

  test('a call, an event and a call come as they were made', async () => {
    const { all, ann, order } = await scene();
    const one = ann.call('com.mark', [1]);
    ann.publish(TOPIC, [2]);
    const three = ann.call('com.mark', [3]);
    ann.publish(TOPIC, [4]);
    expect(await Promise.all([one, three])).toEqual([1, 3]);
    await all.settled();
    expect(order).toEqual(['call 1', 'event 2', 'call 3', 'event 4']);
  });

  test('an event comes before the call behind it', async () => {
    const { ann, order } = await scene();
    ann.publish(TOPIC, [1]);
    expect(await ann.call('com.mark', [2])).toBe(2);
    expect(order).toEqual(['event 1', 'call 2']);
  });

  test('many calls are answered in their order', async () => {
    const { ann, order } = await scene();
    const answered: unknown[] = [];
    const calls = Array.from({ length: 20 }, (_, i) => ann.call('com.mark', [i]).then((it) => answered.push(it)));
    await Promise.all(calls);
    expect(answered).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(order).toEqual(answered.map((i) => `call ${i}`));
  });

  test('a call before leave() is made, and its caller learns that it has left', async () => {
    const { all, ann, order } = await scene();
    const call = ann.call('com.mark', [1]);
    const left = ann.leave();
    await expect(call).rejects.toMatchObject({ code: 'WAMP_SESSION_ENDED', executed: 'maybe' });
    await left;
    await all.settled();
    expect(order).toEqual(['call 1']);
  });

  test('the event that a handler publishes comes before its answer', async () => {
    const { all, ann, bob, order } = await scene();
    await ann.subscribe('com.news', ([what]) => {
      order.push(`news ${what}`);
    });
    await bob.register('com.tell', ([what]) => {
      bob.publish('com.news', [what]);
      return what;
    });
    await all.settled();
    const calls = [1, 2, 3].map((i) => ann.call('com.tell', [i]).then(() => order.push(`answer ${i}`)));
    await Promise.all(calls);
    const of = (what: string) => order.filter((each) => String(each).startsWith(what));
    expect(of('news')).toEqual(['news 1', 'news 2', 'news 3']);
    expect(of('answer')).toEqual(['answer 1', 'answer 2', 'answer 3']);
    for (const i of [1, 2, 3]) expect(order.indexOf(`news ${i}`)).toBeLessThan(order.indexOf(`answer ${i}`));
  });

  test('a call does not overtake what waits for an authorizer', async () => {
    let allow = (_: boolean): void => {};
    const asked = new Promise<boolean>((resolve) => {
      allow = resolve;
    });
    const rules = [{ uri: 'com.mark', allow: { call: true, register: true } }];
    const authorizer: AuthorizerOptions = {
      authorize: ({ action }) => (action === 'publish' ? asked : true),
    };
    const all = new OneProcess({ realms: [{ name: 'realm1', roles: [{ name: 'anonymous', rules }], authorizer }] });
    const { session: bob } = await all.join('bob', way);
    const { session: ann } = await all.join('ann', way);
    const order: string[] = [];
    await bob.register('com.mark', () => {
      order.push('call');
    });
    await ann.call('com.mark');
    await bob.subscribe('com.news', () => {
      order.push('news');
    });
    ann.publish('com.news');
    await all.settled();
    const call = ann.call('com.mark');
    await all.settled();
    expect(order).toEqual(['call']);
    allow(true);
    await call;
    expect(order).toEqual(['call', 'news', 'call']);
  });
});
