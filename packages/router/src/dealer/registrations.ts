import { type Clock, type Id, isReserved, isUri, type MatchPolicy, RequestIds, type UriRule } from '@wamp-run/protocol';
import { PatternIndex } from '../pattern-index.js';
import { MAX_URI_LENGTH } from '../texts.js';
import type { DealerOptions } from './dealer-options.js';
import { type Endpoint, type InvokePolicy, Registration } from './registration.js';

/** The registrations of a realm. The meta API asks it, too. */
export class Registrations {
  readonly #index = new PatternIndex<Registration>();
  readonly #byId = new Map<Id, Registration>();
  readonly #ids = new RequestIds();
  readonly #clock: Clock;
  readonly #uriRule: UriRule;

  constructor({ clock, uriRule }: DealerOptions) {
    this.#clock = clock;
    this.#uriRule = uriRule;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** The registration of exactly this URI or pattern. */
  at(procedure: string, match: MatchPolicy): Registration | undefined {
    return this.#index.get(procedure, match);
  }

  /**
   * The registration that a call of a procedure goes to: the exact one, or else the best pattern. Patterns do not meet
   * what belongs to the protocol, nor what is no URI.
   */
  find(procedure: string): Registration | undefined {
    const exact = this.#index.get(procedure, 'exact');
    if (exact !== undefined || procedure.length > MAX_URI_LENGTH) return exact;
    const found = this.#index.bestPattern(procedure);
    if (found === undefined || isReserved(procedure) || !isUri(procedure, 'exact', this.#uriRule)) return undefined;
    return found;
  }

  /** A new registration, without callees. */
  make(procedure: string, match: MatchPolicy, invoke: InvokePolicy): Registration {
    const id = this.#ids.next();
    const registration = new Registration({ id, procedure, match, invoke, created: this.#clock.now() });
    this.#index.set(procedure, match, registration);
    this.#byId.set(id, registration);
    return registration;
  }

  /** No call finds this one any more. */
  remove({ id, procedure, match }: Registration): void {
    this.#index.delete(procedure, match);
    this.#byId.delete(id);
  }

  /** The ids of all registrations, by how they match. */
  list(): Record<MatchPolicy, Id[]> {
    const ids: Record<MatchPolicy, Id[]> = { exact: [], prefix: [], wildcard: [] };
    for (const { id, match } of this.#byId.values()) ids[match].push(id);
    return ids;
  }

  /** The id of the registration of exactly this URI or pattern. */
  lookup(procedure: string, match: MatchPolicy = 'exact'): Id | undefined {
    return this.at(procedure, match)?.id;
  }

  /** The id of the registration that a call of this procedure goes to. */
  match(procedure: string): Id | undefined {
    return this.find(procedure)?.id;
  }

  get(registration: Id): Registration | undefined {
    return this.#byId.get(registration);
  }

  /** The sessions that have a registration, in the order in which they registered; undefined where there is none. */
  listCallees(registration: Id): Id[] | undefined {
    return this.get(registration)?.endpoints.map(({ callee }: Endpoint) => callee.peer.id);
  }

  countCallees(registration: Id): number | undefined {
    return this.get(registration)?.endpoints.length;
  }
}
