import { ProtocolError } from '@wamp-run/protocol';

/**
 * - `idle`: not opened yet
 * - `connecting`: a transport is being opened
 * - `joining`: from an open transport to WELCOME
 * - `joined`: a session is there
 * - `waiting`: an attempt has failed or a session has ended; another may follow
 * - `closing`: this side ends it
 * - `closed`: over, for good
 */
export type ClientState = 'idle' | 'connecting' | 'joining' | 'joined' | 'waiting' | 'closing' | 'closed';

/** What can happen to a client. */
export type ClientStep = 'open' | 'connect' | 'join' | 'fail' | 'retry' | 'leave' | 'end';

/** A client's life: which step leads where. A step that is not listed is a mistake in this package. */
export const CLIENT_LIFECYCLE: Readonly<Record<ClientState, Readonly<Partial<Record<ClientStep, ClientState>>>>> = {
  idle: { open: 'connecting', leave: 'closing' },
  connecting: { connect: 'joining', fail: 'waiting', leave: 'closing' },
  joining: { join: 'joined', fail: 'waiting', leave: 'closing' },
  joined: { fail: 'waiting', leave: 'closing' },
  waiting: { retry: 'connecting', leave: 'closing', end: 'closed' },
  closing: { end: 'closed' },
  closed: {},
};

/** Walks the client's table. Nothing else decides where a client is. */
export class ClientMachine {
  #state: ClientState = 'idle';

  get state(): ClientState {
    return this.#state;
  }

  /** Throws a ProtocolError (local) where this cannot happen now; the state stays. */
  step(step: ClientStep): void {
    const next = CLIENT_LIFECYCLE[this.#state][step];
    if (next === undefined) throw new ProtocolError(`client: no ${step} while ${this.#state}`, { side: 'local' });
    this.#state = next;
  }
}
