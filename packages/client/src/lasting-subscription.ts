import type { Id } from '@wamp-run/protocol';
import type { Subscription, UnsubscribeOptions } from './subscription.js';
import type { Wanted } from './wanted.js';

/** A subscription that is made again at every join. It stays the same object; its id is the one of the join. */
export class LastingSubscription implements Subscription {
  readonly topic: string;
  readonly #wanted: Wanted<Subscription>;
  readonly #forget: () => void;

  /** `forget` takes it out of the desired state. */
  constructor(topic: string, wanted: Wanted<Subscription>, forget: () => void) {
    this.topic = topic;
    this.#wanted = wanted;
    this.#forget = forget;
  }

  get id(): Id {
    return this.#wanted.id;
  }

  get active(): boolean {
    return this.#wanted.active;
  }

  get waiting(): number {
    return this.#wanted.hold?.waiting ?? 0;
  }

  unsubscribe(options?: UnsubscribeOptions): Promise<void> {
    this.#forget();
    return this.#wanted.withdraw((subscription) => subscription.unsubscribe(options));
  }
}
