import type { RouterLimits } from './router-limits.js';

/** What is counted: clients, joined or not; or those of them that have not joined yet. */
export type Counted = 'sessions' | 'handshakes';

const TEXTS: Record<Counted, string> = { sessions: 'clients', handshakes: 'clients that have not joined yet' };

/** Counts the clients of a router: all of them, and those of each network address. */
export class Admission {
  readonly #counted: Counted;
  readonly #most: number;
  readonly #mostPerAddress: number;
  readonly #byAddress = new Map<string, number>();
  #size = 0;

  constructor(counted: Counted, limits: RouterLimits) {
    this.#counted = counted;
    this.#most = limits[counted];
    this.#mostPerAddress = limits[`${counted}PerAddress`];
  }

  /** Counts a client that has come. Returns why it must go again; undefined where it may stay. */
  enter(address: string | undefined): string | undefined {
    this.#size++;
    const here = address === undefined ? 0 : (this.#byAddress.get(address) ?? 0) + 1;
    if (address !== undefined) this.#byAddress.set(address, here);
    const what = TEXTS[this.#counted];
    if (this.#size > this.#most) return `this router has ${this.#most} ${what}, and takes no more (${this.#counted})`;
    if (here <= this.#mostPerAddress) return undefined;
    return `this router has ${this.#mostPerAddress} ${what} from this address, and takes no more (${this.#counted}PerAddress)`;
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
