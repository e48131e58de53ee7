import { component, Logger, register, subscribe } from '@wamp-run/component';
import type { Order } from './orders.js';

/** Listens to the other two, and knows neither. */
@component({ prefix: 'com.example.notifications' })
export class Notifications {
  readonly #told: string[] = [];

  constructor(private readonly log: Logger) {}

  @subscribe('com.example.orders.created')
  onOrder(order: Order): void {
    this.#tell(`order ${order.id}: ${order.quantity} ${order.article}`);
  }

  @subscribe('com.example.stock.changed')
  onStock(article: string, left: number): void {
    if (left < 3) this.#tell(`only ${left} of ${article} left`);
  }

  /** The newest first. */
  @register('recent')
  recent(limit = 10): string[] {
    return this.#told.slice(-limit).reverse();
  }

  #tell(text: string): void {
    this.#told.push(text);
    this.log.info(text);
  }
}
