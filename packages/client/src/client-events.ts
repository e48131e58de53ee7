import { InvalidConfiguration, type TransportDetails } from '@wamp-run/protocol';
import type { CloseDetails } from './close-details.js';
import type { DisconnectDetails } from './disconnect-details.js';
import type { Session } from './session.js';
import type { SessionDetails } from './session-details.js';
import { isThenable } from './thenable.js';
import type { ReportUserError } from './user-errors.js';

/** What a client tells its listeners, and with which arguments. The session is always the client's lasting one. */
export interface ClientEvents {
  /** A transport is open; before `onConnect`. */
  connect: [session: Session, transport: TransportDetails];
  /** The router has let the session in; before `onJoin`. */
  join: [session: Session, details: SessionDetails];
  /** `onJoin` has finished, and everything that lasts has been asked for; before `onReady`. */
  ready: [session: Session];
  /** The session has ended, or a login or the router refused it; after `onLeave`. */
  leave: [session: Session, details: CloseDetails];
  /** The transport is closed; after `onDisconnect`. */
  disconnect: [session: Session, details: DisconnectDetails];
}

/** Listens to one event. */
export type ClientListener<E extends keyof ClientEvents> = (...args: ClientEvents[E]) => unknown;

const NAMES: readonly string[] = ['connect', 'join', 'ready', 'leave', 'disconnect'] satisfies (keyof ClientEvents)[];

/** The listeners of one client. They hear what happens and decide nothing: nobody waits for them. */
export class ClientListeners {
  readonly #report: ReportUserError;
  readonly #listeners = new Map<string, { readonly listener: (...args: never[]) => unknown }[]>();

  constructor(report: ReportUserError) {
    this.#report = report;
  }

  /** What it returns takes this listener away, and no other, also where the same function was given twice. */
  add(event: string, listener: (...args: never[]) => unknown): () => void {
    if (!NAMES.includes(event)) {
      throw new InvalidConfiguration(`on: there is no event ${JSON.stringify(event)}; there are ${NAMES.join(', ')}`);
    }
    if (typeof listener !== 'function') {
      throw new InvalidConfiguration(`on: ${event}: expected a function, got ${typeof listener}`);
    }
    const entry = { listener };
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), entry]);
    return () => {
      const others = (this.#listeners.get(event) ?? []).filter((each) => each !== entry);
      this.#listeners.set(event, others);
    };
  }

  /** Calls all of one event, in the order in which they were added. Never throws. */
  tell<E extends keyof ClientEvents>(event: E, ...args: ClientEvents[E]): void {
    const failed = (error: unknown) => this.#report(error, `listener of ${event}`);
    for (const { listener } of this.#listeners.get(event) ?? []) {
      try {
        const result = (listener as ClientListener<E>)(...args);
        if (isThenable(result)) Promise.resolve(result).then(undefined, failed);
      } catch (error) {
        failed(error);
      }
    }
  }
}
