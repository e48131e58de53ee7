import { following, type Id } from '@wamp-run/protocol';
import type { Peer } from '../peer.js';
import { LateParts } from './late-parts.js';
import type { PendingCall } from './pending-call.js';
import type { Endpoint } from './registration.js';

/** A session as caller. */
export class Caller {
  readonly peer: Peer;
  /** Bytes of its calls that are kept: they wait, or may go to another callee. */
  keptBytes = 0;
  /** Calls that are on a direct route, and not invoked yet. */
  direct = 0;
  /** Calls that ended before their last part had come. */
  readonly late = new LateParts();
  /** Whether it may send calls in parts. */
  readonly sendsParts: boolean;
  // Made when it first calls: of many thousand sessions, most do not.
  #calls: Map<Id, PendingCall> | undefined;

  constructor(peer: Peer) {
    this.peer = peer;
    this.sendsParts = peer.roles.has('caller', 'progressive_call_invocations');
  }

  /** How many of its calls are not answered. */
  get pending(): number {
    return (this.#calls?.size ?? 0) + this.direct;
  }

  /** Its pending calls, by the id of the CALL. */
  get calls(): Map<Id, PendingCall> {
    this.#calls ??= new Map();
    return this.#calls;
  }
}

/** A session as callee. */
export class Callee {
  readonly peer: Peer;
  /** Whether it takes INTERRUPT. Clients that did not announce it close the connection over one. */
  readonly interruptible: boolean;
  /** Whether it may send progressive results: a callee that cannot be stopped may not. */
  readonly progressive: boolean;
  /** Whether it takes calls in parts: a callee that cannot be stopped may not. */
  readonly takesParts: boolean;
  /** Whether it can mind the time of its calls itself. */
  readonly timesCalls: boolean;
  /** Whether its `wamp.error.unavailable` asks for somebody else. */
  readonly reroutes: boolean;
  /** Whether it can be told that a registration is taken away. */
  readonly revocable: boolean;
  /**
   * Invocations that are over for everybody else, and which it works on all the same because it could not be told, or
   * was not to be. They count where its concurrency is limited.
   */
  abandoned: Map<Id, Endpoint> | undefined;
  // Made when it first registers: of many thousand sessions, most do not.
  #registrations: Map<Id, Endpoint> | undefined;
  #invocations: Map<Id, PendingCall> | undefined;
  #issued: Id = 0;

  constructor(peer: Peer) {
    const { roles } = peer;
    this.peer = peer;
    this.interruptible = roles.has('callee', 'call_canceling');
    this.progressive = this.interruptible && roles.has('callee', 'progressive_call_results');
    this.takesParts = this.interruptible && roles.has('callee', 'progressive_call_invocations');
    this.timesCalls = roles.has('callee', 'call_timeout');
    this.reroutes = roles.has('callee', 'call_reroute');
    this.revocable = roles.has('callee', 'registration_revocation');
  }

  get registrations(): Map<Id, Endpoint> {
    this.#registrations ??= new Map();
    return this.#registrations;
  }

  /** Its pending invocations, by the id of the INVOCATION. */
  get invocations(): Map<Id, PendingCall> {
    this.#invocations ??= new Map();
    return this.#invocations;
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
