import {
  abortMessage,
  CLOSE_REASONS,
  type Clock,
  type Closed,
  clientTable,
  type Goodbye,
  goodbyeMessage,
  type Logger,
  type Message,
  MessageType,
  ProtocolError,
  SessionEnded,
  SessionMachine,
  type SessionState,
  type Transport,
  type WampError,
} from '@wamp-run/protocol';
import { isPassing } from './close-details.js';
import type { DisconnectDetails } from './disconnect-details.js';
import { endedByDisconnect, endedByLoss, endedByPeer, type SessionEnd } from './session-end.js';

/** Whom a link serves: the handshake first, then the joined session. */
export interface LinkOwner {
  /** A message that is legal now, and is not about the end of the session. A ProtocolError thrown here ends it. */
  receive(message: Message): void;
  /** This side has said GOODBYE: nothing more can be sent, and no answer counts any more. */
  leaving(error: WampError): void;
  /** The session is over. Comes exactly once. */
  end(end: SessionEnd): void;
}

/** What a link needs. */
export interface LinkOptions {
  readonly clock: Clock;
  readonly leaveTimeout: number;
  readonly log: Logger;
}

/**
 * One session's hold on its transport: lets through what the session table allows, and sees to every way in which a
 * session ends. Whatever it was, the owner hears of it once, and the transport is closed by this side.
 */
export class Link {
  readonly transport: Transport;
  /** Resolves when the transport is closed, or has not closed in time. */
  readonly gone: Promise<DisconnectDetails>;
  readonly #machine = new SessionMachine(clientTable);
  readonly #options: LinkOptions;
  #owner: LinkOwner;
  #leaving: SessionEnd | undefined;
  #over = false;
  #connected = true;
  #cancelTimer: (() => void) | undefined;
  #resolveGone: (how: DisconnectDetails) => void = () => {};

  constructor(transport: Transport, owner: LinkOwner, options: LinkOptions) {
    this.transport = transport;
    this.#owner = owner;
    this.#options = options;
    this.gone = new Promise((resolve) => {
      this.#resolveGone = resolve;
    });
  }

  get state(): SessionState {
    return this.#machine.state;
  }

  /** The transport is open, as far as this side knows. */
  get connected(): boolean {
    return this.#connected;
  }

  /** Delivery begins. */
  start(): void {
    this.transport.start({
      message: (message) => this.#message(message),
      closed: (why) => this.#closed(why),
    });
  }

  /** From now on somebody else is served. */
  attach(owner: LinkOwner): void {
    this.#owner = owner;
  }

  /** Sends. Throws what the transport throws of this message, and a ProtocolError where it may not be sent now. */
  send(message: Message): void {
    this.#machine.send(message.type);
    this.transport.send(message);
  }

  /** Leaves with GOODBYE, and waits for the peer's. Does nothing where the session is not established. */
  leave(reason: string, message: string | undefined): void {
    if (this.#machine.state !== 'established') return;
    const error = new SessionEnded(reason, message ?? 'this side left', { retryable: isPassing(reason) });
    const end: SessionEnd = { details: { reason, message }, error, own: true };
    this.#leaving = end;
    this.#machine.send(MessageType.GOODBYE);
    const answered = this.#try(() => this.transport.send(goodbyeMessage(reason, details(message))));
    this.#owner.leaving(error);
    if (answered) this.#cancelTimer = this.#options.clock.after(this.#options.leaveTimeout, () => this.#finish(end));
    else this.#finish(end);
  }

  /** Ends the session at once, with ABORT where the peer can still hear it. */
  abort(reason: string, message: string, error: WampError): void {
    if (this.#over) return;
    this.#try(() => this.send(abortMessage(reason, details(message))));
    this.#finish({ details: { reason, message }, error, own: false });
  }

  /** Ends the session without a word to the peer, and closes the transport. */
  disconnect(): void {
    this.#finish(endedByDisconnect());
  }

  #message(message: Message): void {
    if (this.#over) return;
    try {
      this.#machine.receive(message.type);
      switch (message.type) {
        case MessageType.ABORT:
          this.#finish(endedByPeer(message.reason, message.details.message as string | undefined));
          break;
        case MessageType.GOODBYE:
          this.#goodbye(message);
          break;
        default:
          // After our GOODBYE everything is let past until the peer's.
          if (this.#leaving === undefined) this.#owner.receive(message);
      }
    } catch (error) {
      this.#violated(error);
    }
  }

  #goodbye(message: Goodbye): void {
    if (this.#machine.state === 'closing') this.#try(() => this.send(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut)));
    this.#finish(endedByPeer(message.reason, message.details.message as string | undefined));
  }

  #violated(error: unknown): void {
    const violation =
      error instanceof ProtocolError
        ? error
        : new ProtocolError('a message could not be handled', { side: 'local', cause: error });
    this.#options.log.warn({ err: violation, peer: this.transport.details.peer }, 'the session ends in a violation');
    this.abort(violation.reason, violation.message, violation);
  }

  #closed(why: Closed): void {
    this.#finish(endedByLoss(why, this.transport.details.peer));
    this.#hungUp(why.clean);
  }

  #finish(end: SessionEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#machine.lose();
    this.#cancelTimer?.();
    try {
      // However a session ends that this side was leaving, it has ended as it should.
      this.#owner.end(this.#leaving ?? end);
    } finally {
      this.#hangUp();
    }
  }

  #hangUp(): void {
    this.#cancelTimer = this.#options.clock.after(this.#options.leaveTimeout, () => this.#hungUp(false));
    const failed = (error: unknown) => {
      this.#options.log.warn({ err: error }, 'closing the transport failed');
      this.#hungUp(false);
    };
    try {
      this.transport.close().then(() => this.#hungUp(true), failed);
    } catch (error) {
      failed(error);
    }
  }

  /** The first to say how it ended is right: a transport that knows tells so before `close` resolves. */
  #hungUp(wasClean: boolean): void {
    this.#connected = false;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#resolveGone({ wasClean });
  }

  /** For last words: whether they could be said changes nothing but what is waited for. */
  #try(say: () => void): boolean {
    try {
      say();
      return true;
    } catch (error) {
      this.#options.log.debug({ err: error }, 'the peer could not be told that the session ends');
      return false;
    }
  }
}

function details(message: string | undefined): { message?: string } {
  return message === undefined ? {} : { message };
}
