import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Listening, Stop, Transport } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { onTestFinished } from 'vitest';
import {
  type RawSocketListenerOptions,
  type RawSocketOptions,
  rawsocket,
  rawsocketListener,
} from '../../src/rawsocket/index.js';
import { certificates } from './certificates/index.js';
import { OctetPeer } from './octet-peer.js';
import { Recorder } from './recorder.js';
import { binarySerializer, textSerializer } from './test-serializers.js';

export const never: Stop = new AbortController().signal;

/** Serializers that RawSocket has numbers for: 1 and 3. */
export const text = textSerializer('json');
export const binary = binarySerializer('cbor');

export const WIRES = ['tcp', 'tls', 'unix'] as const;
export type Wire = (typeof WIRES)[number];

/** The path of a Unix socket in a folder of its own, which the end of the test removes. */
export function socketPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wamp-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'router.sock');
}

function placeFor(wire: Wire): Partial<RawSocketListenerOptions> {
  switch (wire) {
    case 'tcp':
      return { port: 0 };
    case 'tls':
      return { port: 0, tls: certificates.server };
    case 'unix':
      return { path: socketPath() };
  }
}

/** A listener of its own, which the end of the test closes. Its clock stands still unless the test moves it. */
export class RawSocketServer {
  readonly clock: FakeClock;
  readonly listening: Listening;
  readonly #attached: Transport[];
  readonly #waiting: ((transport: Transport) => void)[];

  private constructor(
    server: Pick<RawSocketServer, 'clock' | 'listening'>,
    attached: Transport[],
    waiting: ((t: Transport) => void)[],
  ) {
    this.clock = server.clock;
    this.listening = server.listening;
    this.#attached = attached;
    this.#waiting = waiting;
  }

  static async open(options: Partial<RawSocketListenerOptions> = {}, wire: Wire = 'tcp'): Promise<RawSocketServer> {
    const clock = new FakeClock();
    const attached: Transport[] = [];
    const waiting: ((transport: Transport) => void)[] = [];
    const place = options.path === undefined ? placeFor(wire) : {};
    const listener = rawsocketListener({ ...place, serializers: [text, binary], clock, ...options });
    const listening = await listener.listen((transport) => {
      const next = waiting.shift();
      if (next === undefined) attached.push(transport);
      else next(transport);
    });
    onTestFinished(() => listening.close());
    return new RawSocketServer({ clock, listening }, attached, waiting);
  }

  get url(): string {
    return this.listening.url;
  }

  get port(): number {
    return Number(/\d+$/.exec(this.url)?.[0]);
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
    options: Partial<RawSocketOptions> = {},
  ): Promise<{ client: Transport; server: Transport; clock: FakeClock }> {
    const clock = new FakeClock();
    const tls = this.url.startsWith('rss:') ? { tls: { ca: certificates.ca } } : {};
    const connector = rawsocket(this.url, { serializers: [text], clock, ...tls, ...options });
    const client = await connector.connect(never);
    onTestFinished(() => {
      void client.close();
    });
    return { client, server: await this.accept(), clock };
  }

  /** A client made of octets, before the handshake. */
  peer(): OctetPeer {
    return OctetPeer.to(this.port);
  }

  /** A client made of octets that has shaken hands (JSON, 16 MiB unless told otherwise), and the server's end, started. */
  async connectPeer(request = 0xf1): Promise<{ peer: OctetPeer; server: Transport; atServer: Recorder }> {
    const peer = this.peer();
    peer.write(0x7f, request, 0, 0);
    await peer.take(4);
    const server = await this.accept();
    return { peer, server, atServer: Recorder.on(server) };
  }
}

/** Lets the loop turn until something holds, which it does in the end. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
