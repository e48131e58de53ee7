import type { Socket } from 'node:net';
import type { Serializer, Transport } from '@wamp-run/protocol';
import { peerOf } from '../address.js';
import { connectionDetails } from '../connection-details.js';
import type { EntranceSettings } from './entrance-settings.js';
import { firstOctets } from './first-octets.js';
import { MAGIC, Refusal, readRequest, refusalOctets, termsOctets } from './handshake.js';
import { idOf } from './serializer-ids.js';
import { prepare } from './socket-options.js';
import { unixUrl } from './target.js';
import { RawSocketTransport } from './transport.js';

/** What is known of a connection that somebody else has accepted. */
export interface Accepted {
  /** What has been read of it, from its very first octet on; nothing where nothing has been read. */
  readonly first?: Uint8Array;
  /** The file of the Unix socket, where it came in through one. */
  readonly socketPath?: string | undefined;
}

interface Guest {
  readonly serializer: Serializer;
  /** The largest message in bytes that it takes. */
  readonly peerLimit: number;
}

/** Where connections come in, whoever listened for them: the router's half of the handshake. */
export class Entrance {
  readonly #settings: EntranceSettings;
  readonly #attach: (transport: Transport) => void;
  readonly #shakingHands = new Set<Socket>();
  #connections = 0;

  constructor(settings: EntranceSettings, attach: (transport: Transport) => void) {
    this.#settings = settings;
    this.#attach = attach;
  }

  /** Takes a connection over, plain or with TLS behind it; it is handed on when its handshake is done, or hung up on. */
  accept(socket: Socket, { first, socketPath }: Accepted = {}): void {
    const { clock, handshakeTimeout } = this.#settings;
    const hangUp = () => socket.destroy();
    const callOffDeadline = clock.after(handshakeTimeout, hangUp);
    const settle = () => {
      callOffDeadline();
      this.#shakingHands.delete(socket);
      socket.off('end', hangUp).off('error', hangUp).off('close', settle);
    };
    this.#shakingHands.add(socket);
    socket.on('end', hangUp).on('error', hangUp).on('close', settle);
    prepare(socket);
    if (first !== undefined && first.length > 0) socket.unshift(first);
    firstOctets(socket, (octets) => {
      const guest = this.#judge(socket, octets, socketPath);
      if (guest === undefined) return;
      settle();
      this.#letIn(socket, guest, socketPath);
    });
  }

  /** Hangs up on those whose handshake is not done. */
  close(): void {
    for (const socket of this.#shakingHands) socket.destroy();
  }

  /** Who it is that may come in, or undefined where the connection is refused. */
  #judge(socket: Socket, octets: Uint8Array, socketPath: string | undefined): Guest | undefined {
    const peer = socketPath === undefined ? peerOf(socket) : unixUrl(socketPath);
    if (octets[0] !== MAGIC) {
      this.#settings.log.debug({ peer }, 'a peer that does not speak RawSocket was hung up on');
      socket.destroy();
      return undefined;
    }
    const verdict = this.#verdict(octets);
    if (typeof verdict !== 'number') return verdict;
    this.#settings.log.debug({ peer, error: verdict }, 'a RawSocket handshake was refused');
    socket.end(refusalOctets(verdict));
    // The peer's end must be seen; until then the deadline holds.
    socket.resume();
    return undefined;
  }

  #verdict(octets: Uint8Array): Guest | Refusal {
    const { serializers, minPeerMessageSize, maxConnections } = this.#settings;
    const terms = readRequest(octets);
    if (typeof terms === 'number') return terms;
    const serializer = serializers.find((each) => idOf(each) === terms.serializer);
    if (serializer === undefined) return Refusal.serializerUnsupported;
    if (terms.maxLength < minPeerMessageSize) return Refusal.lengthUnacceptable;
    if (this.#connections >= maxConnections) return Refusal.maxConnections;
    return { serializer, peerLimit: terms.maxLength };
  }

  #letIn(socket: Socket, { serializer, peerLimit }: Guest, socketPath: string | undefined): void {
    const { maxMessageSize: maxLength, log } = this.#settings;
    this.#connections++;
    socket.once('close', () => {
      this.#connections--;
    });
    socket.write(termsOctets({ maxLength, serializer: idOf(serializer) }));
    const details = connectionDetails(
      { socket, serializer, end: 'server', socketPath },
      { wire: 'rawsocket', protocol: 'rawsocket' },
    );
    const transport = new RawSocketTransport({ socket, serializer, peerLimit, details, settings: this.#settings });
    try {
      this.#attach(transport);
    } catch (err) {
      log.error({ err, peer: details.peer }, 'a new connection was not taken');
      void transport.close();
    }
  }
}
