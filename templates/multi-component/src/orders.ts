import { component, Logger, register, Session } from '@wamp-run/component';

export interface Order {
  id: number;
  article: string;
  quantity: number;
  parcel: string;
}

@component({ prefix: 'com.example.orders' })
export class Orders {
  readonly #orders: Order[] = [];

  constructor(
    private readonly session: Session,
    private readonly log: Logger,
  ) {}

  /** Calls the others by their URIs, wherever they run; an error of theirs goes through to the caller as it is. */
  @register('create')
  async create(article: string, quantity: number): Promise<Order> {
    await this.session.call('com.example.stock.take', [article, quantity]);
    const parcel = await this.session.call<string>('com.example.packing.pack', [article, quantity]);
    const order: Order = { id: this.#orders.length + 1, article, quantity, parcel };
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
