import type { InProcess } from './in-process.js';
import type { Message } from './messages/message.js';
import type { Stop } from './stop.js';

/** What is known of the encryption of a wire, and of who is at its other end. */
export interface TlsDetails {
  /** The protocol's version: `TLSv1.3`, `TLSv1.2`. */
  readonly version: string;
  /** The cipher suite by its standard name: `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string;
  /** The peer showed a certificate, and an authority that is trusted here vouches for it. */
  readonly authorized: boolean;
  /** The certificate that the peer showed, believed or not. Absent where it showed none. */
  readonly peerCertificate?: PeerCertificate;
}

/** A certificate, as far as a login needs to know it. */
export interface PeerCertificate {
  /** The common name of its subject; empty where it has none. */
  readonly commonName: string;
  /** SHA-256 of the whole certificate: 64 lower-case hexadecimal digits. */
  readonly fingerprint: string;
}

/** How a login is bound to one TLS connection: RFC 9266 (`tls-exporter`), RFC 5929 (`tls-unique`). */
export type ChannelBinding = 'tls-exporter' | 'tls-unique';

/** What is known of the connection under a session. */
export interface TransportDetails {
  /** Which wire. */
  readonly wire: 'websocket' | 'rawsocket' | 'longpoll' | 'memory';
  /** The other end, for people: `127.0.0.1:51234`, `unix:/run/router.sock`, `memory`. */
  readonly peer: string;
  /** The other end's network address without a port, for counting connections; undefined where it has none. */
  readonly address?: string | undefined;
  /** The serializer's name; `none` where messages are handed over as they are. */
  readonly serializer: string;
  /** The negotiated protocol: `wamp.2.cbor` on WebSocket and long-poll, `rawsocket`, `memory`. */
  readonly protocol: string;
  /** Whether nobody on the way can read along: the wire is encrypted, or does not leave the machine. */
  readonly secure: boolean;
  /** Of a wire that is encrypted. */
  readonly tls?: TlsDetails;
  /**
   * 32 bytes that are the same at both ends of this TLS connection and at no other, or undefined where the connection
   * has none of that type. Absent where the wire is not encrypted.
   */
  readonly channelId?: (type: ChannelBinding) => Uint8Array | undefined;
  /**
   * The value of an HTTP cookie by its name, as a listener has it: of the request that opened the connection, or as it was
   * set in the answer to that. Undefined where there is none, and where a web page of another origin asks. Absent where
   * the wire has no cookies, and on a client's side. A function, so that who writes details down writes no cookie.
   */
  readonly cookie?: (name: string) => string | undefined;
}

/** What a listener asks for each connection that may have cookies: which one it is known by. */
export interface ConnectionCookies {
  /** The cookie's name. */
  readonly name: string;
  /**
   * Called before a connection is answered.
   *
   * @param shown the values that the client has under this name, unchecked
   * @param secure whether the connection is encrypted
   * @returns the value that it is known by, and the header `Set-Cookie` where the client does not have that yet
   */
  open(shown: readonly string[], secure: boolean): { readonly value: string; readonly setCookie?: string | undefined };
}

/** How a transport ended. */
export interface Closed {
  /** Both ends agreed to close. */
  readonly clean: boolean;
  /** For people: what happened. */
  readonly reason: string;
  /** What went wrong, where something did: a ProtocolError where the peer sent what is no message. */
  readonly error?: Error;
}

/** What a transport tells its owner. `closed` comes exactly once, and nothing comes after it. */
export interface TransportHandler {
  message(message: Message): void;
  closed(why: Closed): void;
}

/**
 * Carries messages between two peers, in order, and owns the serializer. What the peer sends that is no message is
 * answered with ABORT (the ProtocolError's reason), and the transport closes.
 * An implementation is proven by `transportConformance`.
 */
export interface Transport {
  readonly details: TransportDetails;
  /** Bytes taken by `send` that the wire has not taken yet. 0 where there are no bytes. */
  readonly queuedBytes: number;
  /** What both ends lay open to each other; only where they are in one process. */
  readonly inProcess?: InProcess;
  /** Delivery begins. Called once; what arrived before is kept and comes first, never before `start` returns. */
  start(handler: TransportHandler): void;
  /**
   * Sends a message; all of one turn of the event loop leave together. On a transport that is closing or closed: nothing.
   * Throws a SerializationError or PayloadExceededError where this message cannot be sent; the transport goes on.
   */
  send(message: Message): void;
  /** Sends what is queued, closes, and resolves when it is closed. Any number of times. */
  close(): Promise<void>;
}

/** Opens transports to one peer. */
export interface Connector {
  /** Where to, for people: the URL, or `memory`. */
  readonly address: string;
  /** Rejects with TransportLost (naming the address and the cause), or with `stop.reason` when stopped. */
  connect(stop: Stop): Promise<Transport>;
}

/** Something that listens. */
export interface Listening {
  /** Where clients reach it; with port 0 asked for, the port that it got. */
  readonly url: string;
  /** Takes no new connections from now on; resolves when the port is free. Transports handed out live on. */
  close(): Promise<void>;
}

/** Takes connections and hands each on as a transport. */
export interface Listener {
  listen(attach: (transport: Transport) => void): Promise<Listening>;
}
