import { Client } from '@wamp-run/client';
import { ApplicationError, type Clock, ERROR_URIS, type Logger, type Random } from '@wamp-run/protocol';
import type { PlannedComponent } from './component-to-run.js';

export interface ForeignProceduresOptions {
  /** Who waits: it is asked where, and as whom, that one would join. */
  readonly component: PlannedComponent;
  readonly procedures: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** One more has been found. */
  readonly found: () => void;
}

/** Milliseconds until the router is asked again: the first time, and at most. */
const FIRST_DELAY = 250;
const LONGEST_DELAY = 5_000;

/** Procedures that no component of this runtime offers: asks the router until somebody has registered them. */
export class ForeignProcedures {
  readonly #options: ForeignProceduresOptions;
  readonly #missing: Set<string>;
  readonly #client: Client;
  #cancel: (() => void) | undefined;
  #delay = FIRST_DELAY;

  constructor(options: ForeignProceduresOptions) {
    this.#options = options;
    this.#missing = new Set(options.procedures);
    const { component, clock, random, log } = options;
    const { connectors, authenticators } = component.component;
    this.#client = new Client({
      connectors: [...connectors],
      realm: component.realm,
      authenticators,
      clock,
      random,
      log,
      hooks: { onReady: () => this.#ask(), onLeave: () => this.#cancel?.() },
    });
  }

  has(procedure: string): boolean {
    return !this.#missing.has(procedure);
  }

  /** Begins to ask. */
  start(): void {
    this.#client.open();
    void this.#client.closed.then(({ error }) => {
      // The component itself would be refused as well: let it be, so that its failure is seen.
      if (error !== undefined) this.#foundAll('the router lets nobody in to ask for them');
    });
  }

  async stop(): Promise<void> {
    this.#cancel?.();
    await this.#client.close();
  }

  async #ask(): Promise<void> {
    const { clock } = this.#options;
    for (const procedure of [...this.#missing]) {
      try {
        const id = await this.#client.session.call('wamp.registration.match', [procedure]);
        if (id === null || id === undefined) continue;
        this.#missing.delete(procedure);
        this.#options.found();
      } catch (error) {
        // A lost session is followed by another, and that by asking again.
        if (this.#client.session.details === undefined) return;
        if (error instanceof ApplicationError && NOT_TOLD.includes(error.error)) {
          this.#foundAll('the router does not tell who has registered what');
          return;
        }
      }
    }
    if (this.#missing.size === 0) return;
    this.#cancel = clock.after(this.#delay, () => void this.#ask());
    this.#delay = Math.min(this.#delay * 2, LONGEST_DELAY);
  }

  #foundAll(why: string): void {
    const { component, log, found } = this.#options;
    if (this.#missing.size === 0) return;
    log.warn({ procedures: [...this.#missing] }, `${component.name} is started without waiting: ${why}`);
    this.#missing.clear();
    found();
  }
}

/** What a router answers that has no such meta procedure, or keeps it to itself. */
const NOT_TOLD: readonly string[] = [ERROR_URIS.noSuchProcedure, ERROR_URIS.notAuthorized];
