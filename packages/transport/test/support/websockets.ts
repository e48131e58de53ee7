import type { Listening, Stop, Transport } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { onTestFinished } from 'vitest';
import {
  type WebSocketListenerOptions,
  type WebSocketOptions,
  websocket,
  websocketListener,
} from '../../src/websocket/index.js';
import { RawPeer } from './raw-peer.js';
import { Recorder } from './recorder.js';
import { binarySerializer, textSerializer } from './test-serializers.js';

export const never: Stop = new AbortController().signal;

/** A listener on a port of its own, which the end of the test closes. Its clock stands still unless the test moves it. */
export class TestServer {
  readonly clock: FakeClock;
  readonly listening: Listening;
  readonly #attached: Transport[];
  readonly #waiting: ((transport: Transport) => void)[];

  private constructor(
    server: Pick<TestServer, 'clock' | 'listening'>,
    attached: Transport[],
    waiting: ((t: Transport) => void)[],
  ) {
    this.clock = server.clock;
    this.listening = server.listening;
    this.#attached = attached;
    this.#waiting = waiting;
  }

  static async open(options: Partial<WebSocketListenerOptions> = {}): Promise<TestServer> {
    const clock = new FakeClock();
    const attached: Transport[] = [];
    const waiting: ((transport: Transport) => void)[] = [];
    const elsewhere = options.socketPath !== undefined || options.server !== undefined;
    const listener = websocketListener({
      ...(elsewhere ? {} : { port: 0 }),
      serializers: [textSerializer(), binarySerializer()],
      clock,
      ...options,
    });
    const listening = await listener.listen((transport) => {
      const next = waiting.shift();
      if (next === undefined) attached.push(transport);
      else next(transport);
    });
    onTestFinished(() => listening.close());
    return new TestServer({ clock, listening }, attached, waiting);
  }

  get url(): string {
    return this.listening.url;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** The next transport that the listener has handed over. */
  accept(): Promise<Transport> {
    const transport = this.#attached.shift();
    if (transport !== undefined) return Promise.resolve(transport);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** A client of ours, and the server's end of its connection; neither is started. */
  async connect(
    options: Partial<WebSocketOptions> = {},
  ): Promise<{ client: Transport; server: Transport; clock: FakeClock }> {
    const clock = new FakeClock();
    const connector = websocket(this.url, { serializers: [textSerializer()], clock, ...options });
    const client = await connector.connect(never);
    closeAtTheEnd(client);
    return { client, server: await this.accept(), clock };
  }

  /** A raw client, and the server's end of its connection, started. */
  async connectRaw(
    subprotocols = 'wamp.2.test-text',
  ): Promise<{ peer: RawPeer; server: Transport; atServer: Recorder }> {
    const peer = await RawPeer.to(this.url, { subprotocols });
    onTestFinished(() => {
      peer.socket.destroy();
    });
    const server = await this.accept();
    return { peer, server, atServer: Recorder.on(server) };
  }
}

function closeAtTheEnd(transport: Transport): void {
  onTestFinished(() => {
    void transport.close();
  });
}
