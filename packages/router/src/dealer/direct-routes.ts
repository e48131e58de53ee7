import { type DirectRoute, type DirectRouter, isReserved, isUri } from '@wamp-run/protocol';
import type { Session } from '../session.js';
import { type CallContext, call } from './call.js';
import { PLAIN } from './call-terms.js';
import type { DealerOptions } from './dealer-options.js';
import { OpenRoute } from './direct-route.js';
import { invocationDetails } from './invocation-details.js';
import { PendingCall } from './pending-call.js';
import { type Endpoint, type Registration, UNLIMITED } from './registration.js';

/** What finding direct routes needs. */
export interface DirectContext extends CallContext {
  /** Whether the session may call a procedure, and always will: what an authorizer says may change. */
  readonly mayCall: (procedure: string) => boolean;
}

/** The routes of one session to the procedures of others in its process. */
export class DirectRoutes implements DirectRouter {
  readonly #session: Session;
  readonly #context: DirectContext;
  readonly #routes = new Map<string, OpenRoute>();

  constructor(session: Session, context: DirectContext) {
    this.#session = session;
    this.#context = context;
  }

  route(procedure: string): DirectRoute | undefined {
    return this.#routes.get(procedure) ?? this.#open(procedure);
  }

  /** The session is over. */
  end(): void {
    const { inProcess } = this.#session;
    if (inProcess?.router === this) inProcess.router = undefined;
    for (const route of [...this.#routes.values()]) route.close();
  }

  #open(procedure: string): DirectRoute | undefined {
    const { settings, registrations, calls, mayCall } = this.#context;
    const session = this.#session;
    const registration = registrations.at(procedure, 'exact');
    const endpoint = registration && endpointOf(registration, settings);
    const callee = endpoint?.callee.peer.inProcess;
    const caller = session.inProcess;
    if (endpoint === undefined || callee === undefined || caller === undefined || session.over) return undefined;
    // What is no URI for its caller, or is the router's own, is answered in its own way.
    if (!isUri(procedure) || isReserved(procedure) || !mayCall(procedure)) return undefined;
    const pending = new PendingCall(
      { request: 0, procedure },
      { caller: session.caller, terms: PLAIN, registration: endpoint.registration },
    );
    pending.endpoint = endpoint;
    const route = new OpenRoute({
      session,
      endpoint,
      procedure,
      calls,
      from: caller,
      to: callee,
      details: invocationDetails(pending, { settings, timeout: 0 }),
      most: settings.limits.pendingCalls,
      closed: () => this.#routes.delete(procedure),
      reroute: (message) => call(message, session.caller, this.#context),
    });
    this.#routes.set(procedure, route);
    return route;
  }
}

/** Who answers the calls of a registration, all of them and as they come. What depends on more than that takes messages. */
function endpointOf(registration: Registration, { trustLevel }: DealerOptions): Endpoint | undefined {
  const [endpoint] = registration.endpoints;
  if (endpoint === undefined || registration.endpoints.length > 1 || trustLevel !== undefined) return undefined;
  return endpoint.concurrency === UNLIMITED && !endpoint.forwardTimeout ? endpoint : undefined;
}
