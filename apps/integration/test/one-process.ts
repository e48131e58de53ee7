import { Client, type ClientOptions, type Session } from '@wamp-run/client';
import { type Connector, nameOf, type Transport } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { Router, type RouterOptions } from '@wamp-run/router';
import { memoryConnector } from '@wamp-run/transport/memory';
import { expect, onTestFinished } from 'vitest';
import { random } from './local.js';

/** How calls go between sessions of one process: past the messages where they can, or all of them in messages. */
export type Way = 'direct' | 'messages';

export const WAYS: readonly Way[] = ['direct', 'messages'];

/** Someone who has joined. */
export interface Member {
  readonly client: Client;
  readonly session: Session;
}

/** A router and its clients in one process, on a clock that stands still, and a list of all messages that pass. */
export class OneProcess {
  readonly clock = new FakeClock();
  readonly router: Router;
  /** Since the last `forget`: `ann > CALL` is one that ann has sent, `ann < RESULT` one that the router has sent to her. */
  readonly passed: string[] = [];
  /** Errors of the application's own code: whose, and which. */
  readonly reported: (readonly [what: string, error: unknown])[] = [];
  readonly #members: Member[] = [];
  readonly #watchers = new Map<string, () => void>();

  constructor(options: Partial<RouterOptions> = {}) {
    this.router = new Router({ realms: ['realm1'], clock: this.clock, random, ...options });
    onTestFinished(() => this.#end());
  }

  /** A client that has joined; what it joined with is forgotten. */
  async join(name: string, way: Way = 'direct', options: Partial<ClientOptions> = {}): Promise<Member> {
    const client = new Client({
      connectors: [this.connector(name, way)],
      realm: 'realm1',
      retry: false,
      clock: this.clock,
      random,
      hooks: { onUserError: (error, what) => this.reported.push([what, error]) },
      ...options,
    });
    const member = { client, session: await client.joined() };
    this.#members.push(member);
    this.forget();
    return member;
  }

  /** What has passed is not told any more. */
  forget(): void {
    this.passed.length = 0;
  }

  /** Runs something in the very moment in which such a message has been sent, and has not arrived; once. */
  when(sent: string, run: () => void): void {
    this.#watchers.set(sent, run);
  }

  /** All that was sent has arrived, and all that came of it at once. */
  async settled(): Promise<void> {
    for (let length = -1; length !== this.passed.length; ) {
      length = this.passed.length;
      await new Promise(setImmediate);
    }
  }

  /** Nobody waits for anything, in any book of the router's. */
  async expectNothingPending(): Promise<void> {
    await this.settled();
    expect(this.router.counts().realms.map(({ calls }) => calls)).toEqual([0]);
  }

  /** A way in whose two ends say that nothing is on its way, whatever is. */
  liar(name: string): Connector {
    const inner = this.connector(name, 'direct');
    return {
      address: inner.address,
      connect: async (stop) => {
        const transport = await inner.connect(stop);
        Object.defineProperty(transport.inProcess, 'isQuiet', { value: true });
        return transport;
      },
    };
  }

  /** The way in of somebody by this name. */
  connector(name: string, way: Way = 'direct'): Connector {
    const told = (transport: Transport, sign: string): void => {
      if (way === 'messages') Object.defineProperty(transport, 'inProcess', { value: undefined });
      const send = transport.send.bind(transport);
      transport.send = (message) => {
        send(message);
        this.#sent(`${name} ${sign} ${nameOf(message)}`);
      };
    };
    const inner = memoryConnector((far) => {
      told(far, '<');
      this.router.attach(far);
    });
    return {
      address: inner.address,
      connect: async (stop) => {
        const near = await inner.connect(stop);
        told(near, '>');
        return near;
      },
    };
  }

  #sent(what: string): void {
    this.passed.push(what);
    const run = this.#watchers.get(what);
    this.#watchers.delete(what);
    run?.();
  }

  async #end(): Promise<void> {
    await Promise.all(this.#members.map(({ client }) => client.close()));
    const { realms } = this.router.counts();
    await this.router.close();
    expect(realms.map(({ calls, sessions, registrations }) => ({ calls, sessions, registrations }))).toEqual([
      { calls: 0, sessions: 0, registrations: 0 },
    ]);
    expect(this.clock.pending, 'timers that nobody has called off').toBe(0);
  }
}
