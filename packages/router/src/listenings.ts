import { InvalidConfiguration, type Listener, type Listening, type Logger, type Transport } from '@wamp-run/protocol';

/** Where a router listens: remembered, so that all of it ends with the router. */
export class Listenings {
  readonly #log: Logger;
  readonly #open = new Set<Listening>();
  readonly #opening = new Set<Promise<Listening>>();
  #closed = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Listens. Rejects with InvalidConfiguration where the router is closed, or is closed meanwhile. */
  async open(listener: Listener, attach: (transport: Transport) => void): Promise<Listening> {
    if (this.#closed) throw new InvalidConfiguration('listen: this router is closed; make a new one');
    const opening = this.#begin(listener, attach);
    this.#opening.add(opening);
    try {
      return await opening;
    } finally {
      this.#opening.delete(opening);
    }
  }

  /** Takes no more connections; resolves when every port is free, also of those that were just being opened. */
  async closeAll(): Promise<void> {
    this.#closed = true;
    const closing = [...this.#open].map((listening) => listening.close());
    for (const outcome of await Promise.allSettled(closing)) {
      if (outcome.status === 'rejected') this.#log.warn({ err: outcome.reason }, 'a listener failed while closing');
    }
    await Promise.allSettled(this.#opening);
  }

  async #begin(listener: Listener, attach: (transport: Transport) => void): Promise<Listening> {
    const inner = await listener.listen(attach);
    let closing: Promise<void> | undefined;
    const listening: Listening = {
      url: inner.url,
      close: () => {
        this.#open.delete(listening);
        closing ??= inner.close();
        return closing;
      },
    };
    if (this.#closed) {
      await listening.close();
      throw new InvalidConfiguration('listen: the router was closed meanwhile');
    }
    this.#open.add(listening);
    this.#log.debug({ url: inner.url }, 'listening');
    return listening;
  }
}
