import type { Id, Stop } from '@wamp-run/protocol';
import type { Session } from './session.js';

/** A registration or a subscription of one join. */
interface Hold {
  readonly id: Id;
  readonly active: boolean;
}

/** How to get it, and how to give it back. */
export interface Ask<H extends Hold> {
  make(session: Session): Promise<H>;
  drop(hold: H): Promise<void>;
}

/** Something that is wanted of every join, and what there is of it now. */
export class Wanted<H extends Hold> {
  #ask: Ask<H>;
  #hold: H | undefined;
  #session: Session | undefined;
  #making: Promise<void> | undefined;
  #trying = new AbortController();
  #withdrawn: Promise<void> | undefined;

  constructor(ask: Ask<H>) {
    this.#ask = ask;
  }

  /** The id that it has, or had last; 0 where it never had one. */
  get id(): Id {
    return this.#hold?.id ?? 0;
  }

  /** What there is of it now, or was last. */
  get hold(): H | undefined {
    return this.#hold;
  }

  get active(): boolean {
    return this.#hold?.active ?? false;
  }

  /** It is there on this session, or has been asked for and not been answered. */
  isOn(session: Session): boolean {
    return this.#session === session && (this.active || this.#making !== undefined);
  }

  /** From now on it is another: nothing is tried any more of what it was. */
  replace(ask: Ask<H>): void {
    this.stopTrying();
    this.#ask = ask;
  }

  /** Asks for it, once. */
  make(session: Session): Promise<void> {
    this.#session = session;
    const making = this.#ask.make(session).then((hold) => {
      this.#hold = hold;
    });
    this.#making = making;
    const answered = () => {
      this.#making = undefined;
    };
    making.then(answered, answered);
    return making;
  }

  /** What tells that trying is over: the session has ended, or it is no longer wanted. */
  startTrying(): Stop {
    this.#trying = new AbortController();
    return this.#trying.signal;
  }

  stopTrying(): void {
    this.#trying.abort();
  }

  /** Gives it back, also where it is only on its way. One that the router refuses to take can be tried again. */
  withdraw(how: (hold: H) => Promise<void> = (hold) => this.#ask.drop(hold)): Promise<void> {
    if (this.#withdrawn !== undefined) return this.#withdrawn;
    this.stopTrying();
    const drop = () => this.#drop(how);
    const withdrawn = this.#making === undefined ? drop() : this.#making.then(drop, drop);
    this.#withdrawn = withdrawn;
    withdrawn.then(undefined, () => {
      this.#withdrawn = undefined;
    });
    return withdrawn;
  }

  #drop(how: (hold: H) => Promise<void>): Promise<void> {
    return this.#hold?.active === true ? how(this.#hold) : Promise.resolve();
  }
}
