import { ComponentConfig, component, error, register, Session } from '@wamp-run/component';

/** Callers get `com.example.error.out_of_stock`, with the message as its argument. */
@error('com.example.error.out_of_stock')
export class OutOfStock extends Error {}

/** What there is at the beginning is its `extra`, in wamp-run.config.yaml: articles and how many of each. */
// Injected classes (ComponentConfig, Session) are imported without `type`: the compiler writes them down for run time.
@component({ prefix: 'com.example.stock', extra: {} })
export class Stock {
  readonly #left: Map<string, number>;

  constructor(
    config: ComponentConfig,
    private readonly session: Session,
  ) {
    this.#left = new Map(Object.entries(config.extra as Record<string, number>));
  }

  /** Takes articles off the shelf; returns how many are left. */
  @register('take')
  take(article: string, quantity: number): number {
    const left = this.left(article);
    if (left < quantity) throw new OutOfStock(`only ${left} of ${article} left`);
    this.#left.set(article, left - quantity);
    this.session.publish('com.example.stock.changed', [article, left - quantity]);
    return left - quantity;
  }

  @register('left')
  left(article: string): number {
    return this.#left.get(article) ?? 0;
  }
}
