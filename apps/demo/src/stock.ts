import { ApplicationError, ComponentConfig, component, register, Session } from '@wamp-run/component';

/** How many of each article there are: what the shop opens with comes through the configuration's `extra`. */
@component({ prefix: 'com.shop.stock', extra: { tea: 12, coffee: 6, cups: 2 } })
export class Stock {
  readonly #left: Map<string, number>;

  constructor(
    config: ComponentConfig,
    private readonly session: Session,
  ) {
    this.#left = new Map(Object.entries(config.extra as Record<string, number>));
  }

  /** Takes articles off the shelf, or says that there are not enough. */
  @register('take')
  take(article: string, quantity: number): number {
    if (!Number.isInteger(quantity) || quantity < 1) {
      throw new ApplicationError('com.shop.error.bad_quantity', ['a quantity is a whole number of at least 1']);
    }
    const left = this.left(article);
    if (left < quantity) {
      throw new ApplicationError('com.shop.error.out_of_stock', [`only ${left} of ${article} left`], {
        kwargs: { article, left },
      });
    }
    this.#left.set(article, left - quantity);
    this.session.publish('com.shop.stock.changed', [article, left - quantity]);
    return left - quantity;
  }

  @register('left')
  left(article: string): number {
    return this.#left.get(article) ?? 0;
  }
}
