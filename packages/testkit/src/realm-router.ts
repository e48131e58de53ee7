import type { Logger } from '@wamp-run/protocol';
import type { FakeClock } from '@wamp-run/protocol/conformance';
import { Router } from '@wamp-run/router';
import { advance } from './advance.js';
import type { Network } from './network.js';
import { settle } from './patience.js';
import type { TestRealmSettings } from './realm-options.js';
import { seededRandom } from './seeded-random.js';

export interface RealmRouterOptions {
  readonly settings: TestRealmSettings;
  readonly network: Network;
  readonly clock: FakeClock;
  readonly log: Logger;
}

/** The router of a test realm: one after the other, where a test stops and starts it. */
export class RealmRouter {
  readonly #options: RealmRouterOptions;
  /** A stream of its own: a client's jitter does not change the router's ids. */
  readonly #random;
  #router: Router | undefined;

  constructor(options: RealmRouterOptions) {
    this.#options = options;
    this.#random = seededRandom(options.settings.seed);
  }

  /** Makes a new one, which knows nothing, where there is none. Throws InvalidConfiguration as the router does. */
  start(): void {
    if (this.#router !== undefined) return;
    const { clock, log, network, settings } = this.#options;
    const router = new Router({
      ...settings.router,
      realms: [settings.realm],
      clock,
      wallTime: () => settings.startsAt + clock.now(),
      random: this.#random,
      log,
    });
    this.#router = router;
    network.attach = (transport) => router.attach(transport);
  }

  /** Ends it, with GOODBYE to all or without a word. */
  async stop(graceful: boolean): Promise<void> {
    const router = this.#router;
    if (router === undefined) return;
    const { clock, network } = this.#options;
    this.#router = undefined;
    network.attach = undefined;
    for (const connection of network.open()) {
      if (!graceful) connection.drop();
      else connection.settleFaults();
    }
    let closed = false;
    const closing = router.close().then(() => {
      closed = true;
    });
    await settle();
    // A client that does not answer GOODBYE has its time.
    while (!closed && clock.next !== undefined) await advance(clock, clock.next);
    await closing;
  }
}
