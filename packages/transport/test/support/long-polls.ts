import { randomBytes } from 'node:crypto';
import type { Listening, Stop, Transport } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { onTestFinished } from 'vitest';
import {
  type LongPollListenerOptions,
  type LongPollOptions,
  longpoll,
  longpollListener,
} from '../../src/longpoll/index.js';
import { HttpPeer } from './http-peer.js';
import { Recorder } from './recorder.js';
import { batchedSerializer, binarySerializer, textSerializer } from './test-serializers.js';

export const random = (n: number): Uint8Array => randomBytes(n);
export const never: Stop = new AbortController().signal;

/** A long-poll listener on a port of its own, which the end of the test closes. Its clock stands still unless moved. */
export class PollServer {
  readonly clock: FakeClock;
  readonly listening: Listening;
  readonly #attached: Transport[] = [];
  readonly #waiting: ((transport: Transport) => void)[] = [];

  private constructor(clock: FakeClock, listening: Listening) {
    this.clock = clock;
    this.listening = listening;
  }

  static async open(options: Partial<LongPollListenerOptions> = {}): Promise<PollServer> {
    const clock = new FakeClock();
    const serializers = [textSerializer(), binarySerializer(), batchedSerializer()];
    const listener = longpollListener({ port: 0, serializers, clock, random, ...options });
    const listening = await listener.listen((transport) => server.#take(transport));
    const server: PollServer = new PollServer(clock, listening);
    onTestFinished(() => listening.close());
    return server;
  }

  get url(): string {
    return this.listening.url;
  }

  /** The next transport that the listener has handed over. */
  accept(): Promise<Transport> {
    const transport = this.#attached.shift();
    if (transport !== undefined) return Promise.resolve(transport);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** A client of ours, and the server's end of its transport; neither is started. */
  async connect(
    options: Partial<LongPollOptions> = {},
  ): Promise<{ client: Transport; server: Transport; clock: FakeClock }> {
    const clock = new FakeClock();
    const client = await longpoll(this.url, { serializers: [textSerializer()], clock, ...options }).connect(never);
    onTestFinished(() => {
      void client.close();
    });
    return { client, server: await this.accept(), clock };
  }

  /** A raw client with an open transport, and the server's end of it, started. */
  async connectRaw(protocol?: string): Promise<{ peer: HttpPeer; id: string; server: Transport; atServer: Recorder }> {
    const peer = new HttpPeer(this.url);
    const id = await peer.open(protocol);
    const server = await this.accept();
    return { peer, id, server, atServer: Recorder.on(server) };
  }

  #take(transport: Transport): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#attached.push(transport);
    else next(transport);
  }
}
