import { type Call, ERROR_URIS, handedOver, type Id, invocationMessage } from '@wamp-run/protocol';
import { notUnderstood, type Passthru, understands } from '../passthru.js';
import { type Refusal, uncarried } from '../refuse.js';
import { quoted } from '../texts.js';
import { CallTimers } from './call-timers.js';
import { Chance } from './chance.js';
import type { DealerOptions } from './dealer-options.js';
import { invocationDetails } from './invocation-details.js';
import { keep, letGo } from './keeping.js';
import { CALLEE_LEFT, fail, interrupt } from './outcome.js';
import type { Callee } from './parties.js';
import type { PendingCall } from './pending-call.js';
import { type Endpoint, hasRoom, type Registration, UNLIMITED } from './registration.js';
import type { Registrations } from './registrations.js';

/**
 * The calls of a realm that are not answered yet. Each is known to its caller; and either to a callee, or to the
 * registration for which it waits.
 */
export class Calls {
  readonly #settings: DealerOptions;
  readonly #registrations: Registrations;
  readonly #chance: Chance;
  readonly #timers: CallTimers;
  #size = 0;

  constructor(settings: DealerOptions, registrations: Registrations) {
    this.#settings = settings;
    this.#registrations = registrations;
    this.#chance = new Chance(settings.random);
    this.#timers = new CallTimers(settings.clock, (call) => this.#timedOut(call));
  }

  get size(): number {
    return this.#size;
  }

  /** A new call: to a callee, or to where it waits. Or it is over at once, with an ERROR. */
  begin(call: PendingCall, message: Call): void {
    call.message = message;
    this.#enter(call);
    this.#route(call);
  }

  /** A call that its callee is working on, and that no message has brought. */
  adopt(call: PendingCall, endpoint: Endpoint, invocation: Id): void {
    this.#enter(call);
    this.#assign(call, endpoint, invocation);
    if (endpoint.callee.peer.over) this.refuse(call, CALLEE_LEFT);
  }

  /** One of several parts of a call, after the first: to the callee that has the others. */
  proceed(call: PendingCall, message: Call, passthru: Passthru | undefined): void {
    call.open = message.options.progress === true;
    const { endpoint } = call;
    // What it is asked to stop needs no more.
    if (endpoint === undefined || call.interrupted) return;
    call.passthru = passthru;
    this.#timers.touch(call);
    const failure = lacking(call, endpoint.callee) ?? this.#send(call, message, endpoint);
    if (failure === undefined) return;
    this.abandon(call, 'interrupt');
    fail(call, failure);
  }

  /** A sign of life: the time that the call has begins again. */
  touch(call: PendingCall): void {
    this.#timers.touch(call);
  }

  /** The callee was unavailable: to the next that has not been asked, or an ERROR where there is none. */
  reroute(call: PendingCall): void {
    const { endpoint } = call;
    if (endpoint === undefined) return;
    call.tried ??= [];
    call.tried.push(endpoint);
    endpoint.callee.invocations.delete(call.invocation);
    call.endpoint = undefined;
    this.#route(call);
    this.#freed(endpoint);
  }

  /** The call is over, and its callee knows. What that one still sends for it is dropped (`Callee.hasIssued`). */
  end(call: PendingCall): void {
    const endpoint = this.#forget(call);
    if (endpoint !== undefined) this.#freed(endpoint);
  }

  /**
   * The call is over, whatever its callee does: that one is interrupted, unless it shall not (`skip`) or cannot be.
   * Then it goes on working, and has no room for another call until it answers.
   */
  abandon(call: PendingCall, what: 'interrupt' | 'skip'): void {
    if (what === 'interrupt') interrupt(call, 'killnowait');
    const endpoint = this.#forget(call);
    if (endpoint === undefined) return;
    if (call.interrupted || endpoint.concurrency === UNLIMITED) {
      this.#freed(endpoint);
      return;
    }
    const { callee } = endpoint;
    callee.abandoned ??= new Map();
    callee.abandoned.set(call.invocation, endpoint);
  }

  /** A callee has answered what nobody waits for any more. */
  answeredAbandoned(callee: Callee, invocation: Id): void {
    const endpoint = callee.abandoned?.get(invocation);
    if (endpoint === undefined) return;
    callee.abandoned?.delete(invocation);
    this.#freed(endpoint);
  }

  /** The call is over before a callee has it, or although one has it. */
  refuse(call: PendingCall, refusal: Refusal): void {
    this.end(call);
    fail(call, refusal);
  }

  /** There may be room for a call that waits. */
  admit(registration: Registration): void {
    // A call that fails at once makes room again: that is seen here, and not in a call of this within this.
    const { waiting } = registration;
    if (waiting === undefined || registration.admitting) return;
    registration.admitting = true;
    for (const call of waiting) {
      const endpoint = registration.choose(this.#chance, undefined);
      if (endpoint === undefined || !hasRoom(endpoint)) break;
      waiting.delete(call);
      this.#invoke(call, endpoint);
    }
    registration.admitting = false;
  }

  /** The registration is gone: who waited for it goes to whoever has the procedure now. */
  resettle(registration: Registration): void {
    for (const call of registration.waiting ?? []) {
      registration.waiting?.delete(call);
      const found = this.#registrations.find(call.procedure);
      if (found === undefined) {
        const text = `procedure: nobody has registered ${quoted(call.procedure)} any more`;
        this.refuse(call, { error: ERROR_URIS.noSuchProcedure, text });
      } else {
        call.registration = found;
        this.#route(call);
      }
    }
  }

  #enter(call: PendingCall): void {
    call.caller.calls.set(call.request, call);
    this.#size++;
    if (call.terms.timeout > 0) this.#timers.start(call, call.terms.timeout);
  }

  #assign(call: PendingCall, endpoint: Endpoint, invocation: Id): void {
    call.endpoint = endpoint;
    call.invocation = invocation;
    call.progressive = call.terms.receiveProgress && endpoint.callee.progressive;
    endpoint.callee.invocations.set(invocation, call);
    endpoint.active++;
  }

  #freed(endpoint: Endpoint): void {
    endpoint.active--;
    if (endpoint.registration.waiting !== undefined) this.admit(endpoint.registration);
  }

  #route(call: PendingCall): void {
    const { registration, tried } = call;
    const endpoint = registration.choose(this.#chance, tried);
    if (endpoint !== undefined && hasRoom(endpoint)) {
      this.#invoke(call, endpoint);
      return;
    }
    const refusal = this.#noRoom(call, endpoint);
    if (refusal !== undefined) {
      this.refuse(call, refusal);
      return;
    }
    registration.waiting ??= new Set();
    registration.waiting.add(call);
  }

  /** Why a call cannot wait for room either. */
  #noRoom(call: PendingCall, endpoint: Endpoint | undefined): Refusal | undefined {
    const error = ERROR_URIS.noAvailableCallee;
    const waiting = call.registration.waiting?.size ?? 0;
    const most = this.#settings.limits.waitingCalls;
    if (call.tried !== undefined) {
      const rest = endpoint === undefined ? 'all callees are unavailable' : 'no available callee has room';
      return { error, text: `procedure: ${rest}` };
    }
    if (call.open) return { error, text: 'procedure: no callee has room, and a call in parts cannot wait' };
    if (waiting >= most) {
      const text = `procedure: no callee has room, and ${waiting} calls wait already (limits.waitingCalls)`;
      return { error, text };
    }
    const bytes = this.#settings.limits.keptCallBytes;
    if (keep(call, bytes)) return undefined;
    const text = `too many bytes of calls of this session wait: at most ${bytes} may (limits.keptCallBytes)`;
    return { error: ERROR_URIS.limitExceeded, text };
  }

  /** Whether a call can go to another callee, should this one be unavailable: then its message is kept. */
  #mayGoElsewhere(call: PendingCall, { callee }: Endpoint): boolean {
    if (!callee.reroutes || call.registration.endpoints.length < 2 || call.open) return false;
    return keep(call, this.#settings.limits.keptCallBytes);
  }

  #invoke(call: PendingCall, endpoint: Endpoint): void {
    const message = call.message as Call;
    const { callee } = endpoint;
    const lack = lacking(call, callee);
    if (lack !== undefined) {
      this.refuse(call, lack);
      return;
    }
    this.#assign(call, endpoint, callee.issue());
    const again = this.#mayGoElsewhere(call, endpoint);
    const failure = this.#send(call, message, endpoint);
    if (!again) letGo(call);
    if (failure === undefined) return;
    callee.withdraw(call.invocation);
    this.refuse(call, failure);
  }

  #send(call: PendingCall, message: Call, endpoint: Endpoint): Refusal | undefined {
    const timeout = this.#timers.handOver(call, endpoint);
    const details = invocationDetails(call, { settings: this.#settings, timeout });
    const { invocation, registration } = call;
    const invoked = invocationMessage(invocation, registration.id, details, handedOver(message.payload));
    const failure = endpoint.callee.peer.send(invoked);
    return failure === undefined ? undefined : uncarried('call', failure);
  }

  /** Takes a call out of all books. Returns who had it. */
  #forget(call: PendingCall): Endpoint | undefined {
    const { caller, endpoint, request } = call;
    if (!caller.calls.delete(request)) return undefined;
    this.#size--;
    this.#timers.stop(call);
    if (call.open) caller.late.expect(request);
    letGo(call);
    if (endpoint === undefined) call.registration.waiting?.delete(call);
    else endpoint.callee.invocations.delete(call.invocation);
    return endpoint;
  }

  #timedOut(call: PendingCall): void {
    this.abandon(call, 'interrupt');
    fail(call, { error: ERROR_URIS.timeout, text: `no answer within ${call.terms.timeout} ms` });
  }
}

/** What a call needs and its callee has not announced. */
function lacking(call: PendingCall, callee: Callee): Refusal | undefined {
  const error = ERROR_URIS.featureNotSupported;
  if (call.open && !callee.takesParts) {
    return { error, text: 'the callee did not announce progressive_call_invocations with call_canceling' };
  }
  const { passthru } = call;
  return passthru === undefined || understands(callee.peer, 'callee', passthru)
    ? undefined
    : notUnderstood('callee', passthru);
}
