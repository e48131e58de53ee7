import type { Id } from '@wamp-run/protocol';
import type { Registration } from './registration.js';
import type { Wanted } from './wanted.js';

/** A registration that is made again at every join. It stays the same object; its id is the one of the join. */
export class LastingRegistration implements Registration {
  readonly procedure: string;
  readonly #wanted: Wanted<Registration>;
  readonly #forget: () => void;

  /** `forget` takes it out of the desired state. */
  constructor(procedure: string, wanted: Wanted<Registration>, forget: () => void) {
    this.procedure = procedure;
    this.#wanted = wanted;
    this.#forget = forget;
  }

  get id(): Id {
    return this.#wanted.id;
  }

  get active(): boolean {
    return this.#wanted.active;
  }

  unregister(): Promise<void> {
    this.#forget();
    return this.#wanted.withdraw();
  }
}
