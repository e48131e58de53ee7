import {
  type Connector,
  type Dict,
  type Id,
  type Message,
  MessageType,
  PayloadExceededError,
  payloadIn,
  portableArgs,
  portableKwargs,
  type Random,
  RawPayload,
  type Serializer,
  type Stop,
  type Transport,
  type Value,
  welcomeMessage,
} from '@wamp-run/protocol';
import { FakeClock, ScriptedPeer } from '@wamp-run/protocol/conformance';
import { type JoinedSession, type JoinOptions, joinSession } from '../src/index.js';

/** Lets everything run that needs no time: every promise, however long the chain. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** What a promise has come to by now. */
export async function outcome(promise: Promise<unknown>): Promise<{ value: unknown } | { error: unknown } | 'pending'> {
  const settled = promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  return Promise.race([settled, settle().then(() => 'pending' as const)]);
}

/** The error that a promise has rejected with by now. */
export async function failure(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  const result = await outcome(promise);
  if (result === 'pending' || !('error' in result))
    throw new Error(`expected a rejection, got ${JSON.stringify(result)}`);
  return result.error as Error & Record<string, unknown>;
}

/** What a router says in WELCOME that has everything this client knows of. */
export const ROUTER: Dict = {
  roles: {
    broker: { features: { publisher_exclusion: true } },
    dealer: { features: { progressive_call_results: true, call_canceling: true } },
  },
};

export const SESSION: Id = 7_654_321_987_654;

/** The router's part of joining. */
export async function welcome(peer: ScriptedPeer, details: Dict = ROUTER): Promise<void> {
  await peer.expect(MessageType.HELLO);
  peer.say(welcomeMessage(SESSION, details));
}

/** A transport that looks at what it is given, as those with a serializer do. */
export function examining(transport: Transport, most = Number.POSITIVE_INFINITY): Transport {
  return {
    details: transport.details,
    get queuedBytes() {
      return transport.queuedBytes;
    },
    start: (handler) => transport.start(handler),
    close: () => transport.close(),
    send: (message: Message) => {
      const payload = payloadIn(message);
      if (payload !== undefined && 'args' in payload) {
        const size = JSON.stringify([portableArgs(payload.args), portableKwargs(payload.kwargs)]).length;
        if (size > most) throw new PayloadExceededError(`${size} bytes are more than ${most}`);
      }
      transport.send(message);
    },
  };
}

/** A joined session, the router at its other end, and what it reported. */
export interface Joined {
  readonly session: JoinedSession;
  readonly peer: ScriptedPeer;
  readonly clock: FakeClock;
  readonly reported: { error: unknown; what: string }[];
}

export async function joined(options: Partial<JoinOptions> & { details?: Dict; most?: number } = {}): Promise<Joined> {
  const { details, most, ...rest } = options;
  const peer = new ScriptedPeer();
  const clock = new FakeClock();
  const reported: Joined['reported'] = [];
  const joining = joinSession(examining(peer.transport, most), {
    realm: 'realm1',
    clock,
    onUserError: (error, what) => reported.push({ error, what }),
    ...rest,
  });
  await welcome(peer, details);
  return { session: await joining, peer, clock, reported };
}

/** A serializer of JSON for payloads alone, as far as a RawPayload needs one. */
const JSON_PAYLOADS = {
  name: 'json',
  decodePayload: (raw: Uint8Array) => {
    const [args, kwargs = {}] = JSON.parse(Buffer.from(raw).toString()) as [Value[], Dict?];
    return { args, kwargs };
  },
} as unknown as Serializer;

/** A payload as it comes over a wire. */
export function raw(args: Value[], kwargs?: Dict): RawPayload {
  const bytes = Buffer.from(JSON.stringify(kwargs === undefined ? [args] : [args, kwargs]));
  return new RawPayload(new Uint8Array(bytes), kwargs === undefined ? 1 : 2, JSON_PAYLOADS);
}

/** A payload that says it is well-formed and turns out not to be readable. */
export function unreadable(): RawPayload {
  return new RawPayload(new Uint8Array([0x5b]), 1, JSON_PAYLOADS);
}

/** A signal that knows how many listen to it. */
export class CountedStop implements Stop {
  aborted = false;
  reason: unknown;
  readonly listeners = new Set<() => void>();
  added = 0;

  addEventListener(_: 'abort', listener: () => void): void {
    this.added++;
    this.listeners.add(listener);
  }

  removeEventListener(_: 'abort', listener: () => void): void {
    this.listeners.delete(listener);
  }

  abort(reason: unknown): void {
    this.aborted = true;
    this.reason = reason;
    for (const listener of [...this.listeners]) listener();
  }
}

/** A connector whose other ends are played by the test, one after another. */
export class ScriptedConnector implements Connector {
  readonly address: string;
  /** How often it was asked. */
  asked = 0;
  /** The signals that it was given. */
  readonly stops: Stop[] = [];
  #failures: unknown[] = [];
  #peers: ScriptedPeer[] = [];
  #waiting: ((peer: ScriptedPeer) => void)[] = [];

  constructor(address = 'scripted') {
    this.address = address;
  }

  /** The next attempts fail with these. */
  refuse(...errors: unknown[]): void {
    this.#failures.push(...errors);
  }

  async connect(stop: Stop): Promise<Transport> {
    this.asked++;
    this.stops.push(stop);
    if (this.#failures.length > 0) throw this.#failures.shift();
    const peer = new ScriptedPeer();
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#peers.push(peer);
    else waiting(peer);
    return peer.transport;
  }

  /** The router's end of the next transport that the client opens. */
  next(): Promise<ScriptedPeer> {
    const peer = this.#peers.shift();
    if (peer !== undefined) return Promise.resolve(peer);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}

/** Randomness without surprises: this byte, over and over. 0x80 and then zeros is the middle: no jitter. */
export function bytes(first: number, rest = 0): Random {
  return (n) => {
    const array = new Uint8Array(n).fill(rest);
    array[0] = first;
    return array;
  };
}

export const NO_JITTER = bytes(0x80);
