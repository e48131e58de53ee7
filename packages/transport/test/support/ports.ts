import type { Connector, Listening, Transport } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { onTestFinished } from 'vitest';
import { longpoll } from '../../src/longpoll/index.js';
import { type PortListenerOptions, portListener } from '../../src/port/index.js';
import { rawsocket } from '../../src/rawsocket/index.js';
import { websocket } from '../../src/websocket/index.js';
import { certificates } from './certificates/index.js';
import { never, random } from './long-polls.js';
import { textSerializer } from './test-serializers.js';

export type Wire = 'websocket' | 'rawsocket' | 'longpoll';

/** A listener for all wires on a port of its own, which the end of the test closes. Its clock stands still unless moved. */
export class PortServer {
  readonly clock: FakeClock;
  readonly listening: Listening;
  readonly #attached: Transport[] = [];
  readonly #waiting: ((transport: Transport) => void)[] = [];

  private constructor(clock: FakeClock, listening: Listening) {
    this.clock = clock;
    this.listening = listening;
  }

  static async open(options: Partial<PortListenerOptions> = {}): Promise<PortServer> {
    const clock = new FakeClock();
    const place = options.server === undefined ? { port: 0 } : {};
    // A name that RawSocket has a number for.
    const serializers = [textSerializer('json')];
    const listener = portListener({ ...place, serializers, clock, random, ...options });
    const listening = await listener.listen((transport) => server.#take(transport));
    const server: PortServer = new PortServer(clock, listening);
    onTestFinished(() => listening.close());
    return server;
  }

  get port(): number {
    return Number(new URL(this.listening.url).port);
  }

  /** The next transport that the listener has handed over. */
  accept(): Promise<Transport> {
    const transport = this.#attached.shift();
    if (transport !== undefined) return Promise.resolve(transport);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** A client of ours over this wire, and the server's end of its transport; neither is started. */
  async connect(
    wire: Wire,
    options: { secure?: boolean; maxMessageSize?: number } = {},
  ): Promise<{ client: Transport; server: Transport; clock: FakeClock }> {
    const clock = new FakeClock();
    const client = await this.#connector(wire, clock, options).connect(never);
    onTestFinished(() => {
      void client.close();
    });
    return { client, server: await this.accept(), clock };
  }

  #connector(
    wire: Wire,
    clock: FakeClock,
    { secure = false, ...limit }: { secure?: boolean; maxMessageSize?: number },
  ): Connector {
    const place = `127.0.0.1:${this.port}`;
    const options = {
      serializers: [textSerializer('json')],
      clock,
      ...limit,
      ...(secure ? { tls: { ca: certificates.ca } } : {}),
    };
    const s = secure ? 's' : '';
    switch (wire) {
      case 'websocket':
        return websocket(`ws${s}://${place}/ws`, options);
      case 'rawsocket':
        return rawsocket(`rs${s}://${place}`, options);
      case 'longpoll':
        return longpoll(`http${s}://${place}/lp`, options);
    }
  }

  #take(transport: Transport): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#attached.push(transport);
    else next(transport);
  }
}
