import type { Id, MatchPolicy } from '@wamp-run/protocol';
import type { Chance } from './chance.js';
import type { OpenRoute } from './direct-route.js';
import type { Callee } from './parties.js';
import type { PendingCall } from './pending-call.js';

/** Which of several callees a call goes to. */
export type InvokePolicy = 'single' | 'first' | 'last' | 'roundrobin' | 'random';

/** As many invocations as there may be: a small integer, since the way of every call leads past it. */
export const UNLIMITED = 2 ** 30;

/** What a callee asked for when it registered. */
export interface EndpointTerms {
  /** How many invocations it takes at a time, or UNLIMITED. */
  readonly concurrency: number;
  /** It is told who calls. */
  readonly discloseCaller: boolean;
  /** It minds the time of its calls itself. */
  readonly forwardTimeout: boolean;
}

/** One callee of a registration. */
export interface Endpoint extends EndpointTerms {
  readonly registration: Registration;
  readonly callee: Callee;
  /** How many invocations it has at the moment. */
  active: number;
}

/** What a registration is made of. */
export interface RegistrationOptions {
  readonly id: Id;
  readonly procedure: string;
  readonly match: MatchPolicy;
  readonly invoke: InvokePolicy;
  readonly created: number;
}

/** A procedure, or a pattern of procedures, and who has it. */
export class Registration {
  // What every call looks at comes first and lies together: among very many registrations, memory is what costs.
  /** Its endpoint, where there is only one. */
  #only: Endpoint | undefined;
  readonly id: Id;
  readonly match: MatchPolicy;
  readonly invoke: InvokePolicy;
  /** Calls for which there was no room yet, in their order. Most registrations never have any. */
  waiting: Set<PendingCall> | undefined;
  /** The URI, or the pattern. */
  readonly procedure: string;
  /** When it was made: milliseconds of the router's clock. */
  readonly created: number;
  /** Its callees, in the order in which they registered. Never empty, except where it is gone. */
  readonly endpoints: Endpoint[] = [];
  /** Ways past the messages to its endpoint. Most registrations have none. */
  routes: Set<OpenRoute> | undefined;
  /** Calls are being taken from the waiting ones. */
  admitting = false;
  #turn = 0;

  constructor(options: RegistrationOptions) {
    this.id = options.id;
    this.procedure = options.procedure;
    this.match = options.match;
    this.invoke = options.invoke;
    this.created = options.created;
  }

  /** The direct routes to it are closed: new ones go by what it is now. */
  #reroute(): void {
    for (const route of this.routes ?? []) route.close();
  }

  add(callee: Callee, terms: EndpointTerms): Endpoint {
    this.#reroute();
    const { concurrency, discloseCaller, forwardTimeout } = terms;
    const endpoint = { concurrency, active: 0, callee, registration: this, discloseCaller, forwardTimeout };
    this.endpoints.push(endpoint);
    this.#only = this.endpoints.length === 1 ? endpoint : undefined;
    return endpoint;
  }

  remove(endpoint: Endpoint): void {
    const index = this.endpoints.indexOf(endpoint);
    if (index === -1) return;
    this.#reroute();
    this.endpoints.splice(index, 1);
    this.#only = this.endpoints.length === 1 ? this.endpoints[0] : undefined;
    // Whose turn it was stays so.
    if (index < this.#turn) this.#turn--;
  }

  /**
   * The endpoint for a call, by the policy. `first` and `last` mean a certain one, also where that one is busy; with
   * `roundrobin` and `random` those with room come before those without. Undefined where all have been tried.
   */
  choose(chance: Chance, tried: readonly Endpoint[] | undefined): Endpoint | undefined {
    if (this.#only !== undefined && tried === undefined) return this.#only;
    const { endpoints } = this;
    switch (this.invoke) {
      case 'single':
      case 'first':
        return endpoints.find((endpoint) => tried?.includes(endpoint) !== true);
      case 'last':
        return this.#lastBut(tried);
      case 'roundrobin':
        return this.#from(this.#turn, tried);
      case 'random':
        return endpoints.length === 0 ? undefined : this.#from(chance.below(endpoints.length), tried);
    }
  }

  #lastBut(tried: readonly Endpoint[] | undefined): Endpoint | undefined {
    for (let index = this.endpoints.length - 1; index >= 0; index--) {
      const endpoint = this.endpoints[index] as Endpoint;
      if (tried?.includes(endpoint) !== true) return endpoint;
    }
    return undefined;
  }

  /** The first with room, from this index on and round; where none has room, the first. */
  #from(start: number, tried: readonly Endpoint[] | undefined): Endpoint | undefined {
    const { length } = this.endpoints;
    let busy: Endpoint | undefined;
    for (let step = 0; step < length; step++) {
      const index = (start + step) % length;
      const endpoint = this.endpoints[index] as Endpoint;
      if (tried?.includes(endpoint) === true) continue;
      if (hasRoom(endpoint)) {
        this.#turn = (index + 1) % length;
        return endpoint;
      }
      busy ??= endpoint;
    }
    return busy;
  }
}

export function hasRoom(endpoint: Endpoint): boolean {
  return endpoint.active < endpoint.concurrency;
}
