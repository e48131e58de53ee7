import {
  callMessage,
  cancelMessage,
  type Dict,
  errorMessage,
  goodbyeMessage,
  helloMessage,
  type Id,
  type Message,
  MessageType,
  publishMessage,
  type Random,
  registerMessage,
  subscribeMessage,
  type Transport,
  unregisterMessage,
  unsubscribeMessage,
  yieldMessage,
} from '@wamp-run/protocol';
import { type FakeClock, ScriptedPeer } from '@wamp-run/protocol/conformance';
import { ALL_ROLES, type Attachable, BASIC_ROLES, routed, seeded } from './clients.js';
import { rolesWithout } from './dealer-sessions.js';
import { LIMITED, type SessionRecord, SHARED } from './transcript.js';

const TOPICS = ['com.one', 'com.two', 'com.three'];
/** What can be subscribed to: topics, patterns that several of them meet, and what the router itself says. */
const SUBSCRIBED_TO: readonly [topic: string, match: string][] = [
  ...TOPICS.map((topic): [string, string] => [topic, 'exact']),
  ['com.', 'prefix'],
  ['com.t', 'prefix'],
  ['', 'prefix'],
  ['.two', 'wildcard'],
  ['com.', 'wildcard'],
  ['wamp.session.on_join', 'exact'],
  ['wamp.subscription.', 'prefix'],
];
const PROCEDURES = ['com.add', 'com.work', 'com.count', 'com.rest'];
const CALLED = [...PROCEDURES, LIMITED, LIMITED, SHARED, SHARED, SHARED];
/** What can be registered, and how; the limited one and the shared one apart. */
const REGISTERED: readonly [procedure: string, match: string][] = [
  ...PROCEDURES.map((procedure): [string, string] => [procedure, 'exact']),
  ['com.', 'prefix'],
  ['com.w', 'prefix'],
  ['com.', 'wildcard'],
  ['.rest', 'wildcard'],
];
/** Who announces everything about calls. */
const CALLING_ROLES: Dict = { ...ALL_ROLES, ...rolesWithout() };
const MOST_SESSIONS = 6;

/** What a run is made of. */
export interface RandomRun {
  readonly router: Attachable;
  readonly seed: number;
  readonly steps: number;
  /** Puts something between the router and every client. */
  readonly through?: (transport: Transport) => Transport;
  /** The one procedure that is registered and called. Default: any. */
  readonly procedure?: typeof LIMITED | typeof SHARED;
  /** The router's clock, which then goes on now and again. */
  readonly clock?: FakeClock;
  /** Waits until all that was said has been routed. Default: as long as that takes where nobody has to be asked. */
  readonly settled?: () => Promise<void>;
}

/**
 * Sessions come, subscribe, publish, register, call, answer, cancel, break the protocol and go, in an order that the
 * seed decides. In the end all calls are answered, and all sessions leave, one way or another.
 */
export async function randomRun({
  router,
  seed,
  steps,
  through,
  clock,
  procedure,
  settled = routed,
}: RandomRun): Promise<SessionRecord[]> {
  const dice = new Dice(seeded(seed));
  const present: Actor[] = [];
  const all: Actor[] = [];
  const join = () => {
    const actor = new Actor(`s${all.length}`, dice, procedure);
    router.attach(through?.(actor.peer.transport) ?? actor.peer.transport);
    actor.hello();
    present.push(actor);
    all.push(actor);
  };
  for (let step = 0; step < steps; step++) {
    if (present.length < 2 || (present.length < MOST_SESSIONS && dice.chance(20))) join();
    const actor = dice.pick(present);
    if (dice.chance(40)) {
      actor.leave();
      present.splice(present.indexOf(actor), 1);
    } else {
      actor.act();
    }
    if (dice.chance(10)) clock?.advance(dice.below(200));
    // Often many messages are under way at once.
    if (dice.chance(3)) await settled();
  }
  await settled();
  // Each answer may let a call in that has waited.
  for (let answers = 1; answers > 0; ) {
    answers = 0;
    for (const actor of present) answers += actor.answerAll();
    await settled();
  }
  for (const actor of present) actor.heardInTime = actor.peer.heard.length;
  for (const actor of present) actor.leave();
  await settled();
  // Who said GOODBYE closes the connection when the answer is there.
  for (const actor of all) actor.peer.drop();
  await settled();
  return all.map((actor) => actor.record());
}

class Dice {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  below(n: number): number {
    const [high = 0, low = 0] = this.#random(2);
    return (high * 256 + low) % n;
  }

  /** True once in `n` times. */
  chance(n: number): boolean {
    return this.below(n) === 0;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

/** A session that does things at random, and knows from what it heard what it may do. */
class Actor {
  readonly peer = new ScriptedPeer();
  readonly #name: string;
  readonly #procedure: string | undefined;
  readonly #dice: Dice;
  readonly #roles: Dict;
  readonly #calls: Id[] = [];
  /** Its calls in parts whose last part it has not sent. */
  readonly #open = new Map<Id, string>();
  readonly #answered = new Set<Id>();
  readonly #progressed = new Map<Id, number>();
  heardInTime: number | undefined;
  #requests = 0;
  #marks = 0;
  #wills = 0;

  constructor(name: string, dice: Dice, procedure: string | undefined) {
    this.#name = name;
    this.#procedure = procedure;
    this.#dice = dice;
    this.#roles = dice.pick([BASIC_ROLES, ALL_ROLES, CALLING_ROLES, CALLING_ROLES]);
  }

  hello(): void {
    this.peer.say(helloMessage('realm1', { roles: this.#roles }));
  }

  act(): void {
    const act = this.#dice.pick([
      this.#publish,
      this.#call,
      this.#answer,
      this.#answer,
      this.#subscribe,
      this.#register,
      this.#cancel,
      this.#part,
      this.#testify,
    ]);
    act.call(this);
  }

  /** By GOODBYE, by losing the connection, or by a violation. */
  leave(): void {
    const way = this.#dice.below(3);
    if (way === 0) this.peer.say(goodbyeMessage('wamp.close.normal'));
    else if (way === 1) this.peer.drop();
    else this.peer.say(callMessage(this.#requests + 2, {}, 'com.add'));
  }

  /** Answers what it has not answered here before. Returns how many that were. */
  answerAll(): number {
    const before = this.#answered.size;
    for (const invocation of this.#invocations()) {
      if (this.#answered.has(invocation)) continue;
      this.#answered.add(invocation);
      this.peer.say(yieldMessage(invocation, {}));
    }
    return this.#answered.size - before;
  }

  record(): SessionRecord {
    return {
      name: this.#name,
      interruptible: this.#roles !== BASIC_ROLES,
      calls: this.#calls,
      heard: this.peer.heard,
      heardInTime: this.heardInTime,
    };
  }

  #mark(procedure?: string): { args: (string | number)[]; kwargs: Dict } {
    this.#marks += 1;
    const args = [this.#name, this.#marks];
    return { args: procedure === undefined ? args : [...args, procedure], kwargs: {} };
  }

  #request(): Id {
    this.#requests += 1;
    return this.#requests;
  }

  #publish(): void {
    const options: Dict = this.#dice.chance(2) ? { acknowledge: true } : {};
    if (this.#dice.chance(6)) options.retain = true;
    if (this.#dice.chance(6)) options.disclose_me = true;
    if (this.#dice.chance(12)) options.eligible_authrole = ['anonymous'];
    if (this.#dice.chance(12)) options.eligible = [];
    this.peer.say(publishMessage(this.#request(), options, this.#dice.pick(TOPICS), this.#mark()));
  }

  #call(): void {
    const request = this.#request();
    this.#calls.push(request);
    const options: Dict = this.#dice.chance(2) ? { receive_progress: true } : {};
    if (this.#dice.chance(4)) options.timeout = 1 + this.#dice.below(500);
    if (this.#dice.chance(8)) options.disclose_me = true;
    const procedure = this.#procedure ?? this.#dice.pick(CALLED);
    if (this.#roles === CALLING_ROLES && this.#dice.chance(3)) {
      options.progress = true;
      this.#open.set(request, procedure);
    }
    this.peer.say(callMessage(request, options, procedure, this.#mark(procedure)));
  }

  /** A further part of a call, which may be over already. */
  #part(): void {
    if (this.#open.size === 0) return;
    const [request, procedure] = this.#dice.pick([...this.#open]);
    const last = this.#dice.chance(3);
    if (last) this.#open.delete(request);
    this.peer.say(callMessage(request, last ? {} : { progress: true }, procedure, this.#mark(procedure)));
  }

  /** Leaves something to be published at its end, under a name of its own: it comes later than what is said after it. */
  #testify(): void {
    if (!this.#dice.chance(4)) return;
    const request = this.#request();
    this.#calls.push(request);
    this.#wills += 1;
    const args = [this.#dice.pick(TOPICS), [`${this.#name}'s will`, this.#wills], {}];
    this.peer.say(callMessage(request, {}, 'wamp.session.add_testament', { args, kwargs: {} }));
  }

  #cancel(): void {
    if (this.#calls.length === 0) return;
    const options = { mode: this.#dice.pick(['skip', 'kill', 'killnowait']) };
    this.peer.say(cancelMessage(this.#dice.pick(this.#calls), options));
  }

  /** Any of its invocations, answered before or not: a second answer is legal, and dropped. */
  #answer(): void {
    const invocations = this.#invocations();
    if (invocations.length === 0) return;
    // The latest more often than others, which may long be over.
    const invocation = this.#dice.pick(this.#dice.chance(2) ? invocations.slice(-1) : invocations);
    if (this.#dice.chance(3)) {
      const error = this.#dice.pick(['com.error.refused', 'wamp.error.unavailable', 'wamp.error.unavailable']);
      this.peer.say(errorMessage(MessageType.INVOCATION, invocation, error));
    } else if (this.#dice.chance(2)) {
      this.peer.say(yieldMessage(invocation, {}));
    } else {
      const count = (this.#progressed.get(invocation) ?? 0) + 1;
      this.#progressed.set(invocation, count);
      this.peer.say(yieldMessage(invocation, { progress: true }, { args: [count], kwargs: {} }));
    }
  }

  #subscribe(): void {
    const known = this.#heard(MessageType.SUBSCRIBED).map(({ subscription }) => subscription);
    if (known.length > 0 && this.#dice.chance(3)) {
      this.peer.say(unsubscribeMessage(this.#request(), this.#dice.pick(known)));
    } else {
      const [topic, match] = this.#dice.pick(SUBSCRIBED_TO);
      const options: Dict = this.#dice.chance(3) ? { match, get_retained: true } : { match };
      this.peer.say(subscribeMessage(this.#request(), options, topic));
    }
  }

  #register(): void {
    const known = this.#heard(MessageType.REGISTERED).map(({ registration }) => registration);
    if (known.length > 0 && this.#dice.chance(3)) {
      this.peer.say(unregisterMessage(this.#request(), this.#dice.pick(known)));
    } else {
      const [procedure, options] = this.#registration();
      if (this.#dice.chance(8)) options.force_reregister = true;
      if (this.#dice.chance(5)) options.forward_timeout = true;
      this.peer.say(registerMessage(this.#request(), options, procedure));
    }
  }

  #registration(): [procedure: string, options: Dict] {
    const only = this.#procedure;
    if (only === SHARED || (only === undefined && this.#dice.chance(3))) {
      return [SHARED, { invoke: 'roundrobin', concurrency: this.#dice.pick([null, 1, 2]) }];
    }
    if (only === LIMITED || this.#dice.chance(4)) return [LIMITED, { concurrency: 1 + this.#dice.below(2) }];
    const [procedure, match] = this.#dice.pick(REGISTERED);
    return [procedure, { match }];
  }

  #invocations(): Id[] {
    return this.#heard(MessageType.INVOCATION).map(({ request }) => request);
  }

  #heard<T extends Message['type']>(type: T): Extract<Message, { type: T }>[] {
    return this.peer.heard.filter((message): message is Extract<Message, { type: T }> => message.type === type);
  }
}
