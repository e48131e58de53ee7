import { following, type Id } from '@wamp-run/protocol';
import type { Peer } from '../peer.js';
import type { Registration } from './registration.js';

/** A call between its INVOCATION and its last answer. */
export interface PendingCall {
  readonly caller: Caller;
  /** The id of the caller's CALL. */
  readonly request: Id;
  readonly callee: Callee;
  /** The id of the INVOCATION, in the callee's session. */
  readonly invocation: Id;
  /** Whether progressive results are passed on: the caller asked for them, and the callee can be stopped. */
  readonly progressive: boolean;
  /** The callee has had its INTERRUPT. */
  interrupted: boolean;
}

/** A session as caller. */
export class Caller {
  readonly peer: Peer;
  /** Its pending calls, by the id of the CALL. */
  readonly calls = new Map<Id, PendingCall>();

  constructor(peer: Peer) {
    this.peer = peer;
  }
}

/** A session as callee. */
export class Callee {
  readonly peer: Peer;
  /** Whether it takes INTERRUPT. Clients that did not announce it close the connection over one. */
  readonly interruptible: boolean;
  /** Whether it may send progressive results: a callee that cannot be stopped may not. */
  readonly progressive: boolean;
  readonly registrations = new Map<Id, Registration>();
  /** Its pending invocations, by the id of the INVOCATION. */
  readonly invocations = new Map<Id, PendingCall>();
  #issued: Id = 0;

  constructor(peer: Peer) {
    this.peer = peer;
    this.interruptible = peer.roles.has('callee', 'call_canceling');
    this.progressive = this.interruptible && peer.roles.has('callee', 'progressive_call_results');
  }

  /** The id for the next INVOCATION: 1, 2, 3, … in each session. */
  issue(): Id {
    this.#issued = following(this.#issued);
    return this.#issued;
  }

  /** The INVOCATION with the newest id could not be sent: as far as the callee knows, there was none. */
  withdraw(invocation: Id): void {
    if (this.#issued === invocation) this.#issued = invocation - 1;
  }

  /** Whether there was ever an INVOCATION with this id. Its call may be long over. */
  hasIssued(invocation: Id): boolean {
    return invocation >= 1 && invocation <= this.#issued;
  }
}
