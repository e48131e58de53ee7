import type { RouterLimits } from './router-limits.js';

/** Counts the clients of a router, joined or not: all of them, and those of each network address. */
export class Admission {
  readonly #limits: Pick<RouterLimits, 'sessions' | 'sessionsPerAddress'>;
  readonly #byAddress = new Map<string, number>();
  #size = 0;

  constructor(limits: Pick<RouterLimits, 'sessions' | 'sessionsPerAddress'>) {
    this.#limits = limits;
  }

  /** Counts a client that has come. Returns why it must go again; undefined where it may stay. */
  enter(address: string | undefined): string | undefined {
    const { sessions, sessionsPerAddress } = this.#limits;
    this.#size++;
    const here = address === undefined ? 0 : (this.#byAddress.get(address) ?? 0) + 1;
    if (address !== undefined) this.#byAddress.set(address, here);
    if (this.#size > sessions) return `this router has ${sessions} clients, and takes no more (sessions)`;
    if (here <= sessionsPerAddress) return undefined;
    return `this router has ${sessionsPerAddress} clients from this address, and takes no more (sessionsPerAddress)`;
  }

  /** A client is gone, also one that had to go. */
  leave(address: string | undefined): void {
    this.#size--;
    if (address === undefined) return;
    const here = (this.#byAddress.get(address) ?? 1) - 1;
    if (here === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, here);
  }
}
