import { ApplicationError, CallDetails, component, Logger, type Remote, register, Session } from '@wamp-run/component';
import type { Stock } from './stock.js';

interface Order {
  id: number;
  article: string;
  quantity: number;
}

/** Takes orders, and sends out what was ordered. */
@component({ prefix: 'com.shop.orders' })
export class Orders {
  readonly #orders = new Map<number, Order>();
  /** Wherever it runs: only its type is known here. */
  readonly #stock: Remote<Stock>;

  constructor(
    private readonly session: Session,
    private readonly log: Logger,
  ) {
    this.#stock = session.remote<Stock>('com.shop.stock');
  }

  /** The error of `stock.take` goes through to the caller as it is. */
  @register('create')
  async create(article: string, quantity: number): Promise<Order> {
    await this.#stock.take(article, quantity);
    const order: Order = { id: this.#orders.size + 1, article, quantity };
    this.#orders.set(order.id, order);
    this.session.publish('com.shop.orders.created', [order.id, article, quantity]);
    this.log.info({ order }, 'created');
    return order;
  }

  @register('list')
  list(): Order[] {
    return [...this.#orders.values()];
  }

  /** Each yield reaches a caller that asked for progress; what is returned is the result. */
  @register('ship')
  async *ship(id: number, call: CallDetails): AsyncGenerator<string, string> {
    const order = this.#orders.get(id);
    if (order === undefined) throw new ApplicationError('com.shop.error.no_such_order', [`no order ${id}`]);
    for (const step of ['picked', 'packed', 'handed over']) {
      if (call.signal.aborted) return 'stopped';
      this.session.publish('com.shop.orders.progress', [id, step]);
      yield step;
    }
    return `${order.quantity} ${order.article} on the way`;
  }
}
