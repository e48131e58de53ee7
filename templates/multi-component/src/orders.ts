import { component, Logger, register, Session } from '@wamp-run/component';

export interface Order {
  id: number;
  article: string;
  quantity: number;
}

@component({ prefix: 'com.example.orders' })
export class Orders {
  readonly #orders: Order[] = [];

  constructor(
    private readonly session: Session,
    private readonly log: Logger,
  ) {}

  /** Calls the stock by its URI, wherever it runs; an error of its goes through to the caller as it is. */
  @register('create')
  async create(article: string, quantity: number): Promise<Order> {
    await this.session.call('com.example.stock.take', [article, quantity]);
    const order: Order = { id: this.#orders.length + 1, article, quantity };
    this.#orders.push(order);
    this.session.publish('com.example.orders.created', [order]);
    this.log.info({ order }, 'created');
    return order;
  }

  @register('list')
  list(): Order[] {
    return this.#orders;
  }
}
