import type { Server } from 'node:http';

/** What a listener of an event is called with. */
// biome-ignore lint/suspicious/noExplicitAny: what it is called with is the event's, as Node's own types have it
type Listen = (...heard: any[]) => void;

/**
 * An event of a server for which one function stands before all who listen for it, and decides what they hear of. Who
 * listens later hears everything.
 */
export class TakenOver {
  readonly #server: Server;
  readonly #event: string;
  readonly #first: Listen;
  readonly #others: Listen[];

  constructor(server: Server, event: string, first: Listen) {
    this.#server = server;
    this.#event = event;
    this.#first = first;
    this.#others = server.rawListeners(event) as Listen[];
    server.removeAllListeners(event);
    server.on(event, first);
  }

  /** Whether there is anybody to pass something on to. */
  get heard(): boolean {
    return this.#others.length > 0;
  }

  /** Lets the others hear of it, too. */
  pass(...heard: unknown[]): void {
    for (const other of this.#others) other.apply(this.#server, heard);
  }

  /** Everything is as it was, and with those who came meanwhile. */
  giveBack(): void {
    const meanwhile = (this.#server.rawListeners(this.#event) as Listen[]).filter((each) => each !== this.#first);
    this.#server.removeAllListeners(this.#event);
    for (const each of [...this.#others, ...meanwhile]) this.#server.on(this.#event, each);
  }
}
