import type { Event, Id, InProcess, Logger, Message, PeerRoles } from '@wamp-run/protocol';
import type { Identity } from './handshake.js';

/** One session as broker and dealer see it: somebody who announced roles, and to whom messages can be sent. */
export interface Peer {
  /** The session id. */
  readonly id: Id;
  /** Who it has logged in as. */
  readonly identity: Identity;
  /** What the client announced in HELLO. */
  readonly roles: PeerRoles;
  /** The name of the serializer of its wire. */
  readonly serializer: string;
  readonly log: Logger;
  /** What its transport shares with the router, where both are in one process. */
  readonly inProcess: InProcess | undefined;
  /** Whether it has left. */
  readonly over: boolean;
  /**
   * Sends a message that carries somebody else's payload. Never throws: what one session sent must not become an
   * exception on the way to another. Returns what kept the message from being sent: a SerializationError or a
   * PayloadExceededError where this peer's wire cannot carry it. A peer that has left takes everything.
   */
  send(message: Message): Error | undefined;
  /** `send` for an event, which is dropped and counted while too much waits for this peer (`limits.queuedBytes`). */
  deliver(event: Event): Error | undefined;
  /** It has called, or answered, without a message: a sign of life all the same. */
  heard(): void;
  /** Sends a message of the router's own making. It fits every wire; should one refuse it all the same, that is logged. */
  tell(message: Message): void;
}
