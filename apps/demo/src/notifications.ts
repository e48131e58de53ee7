import { ComponentConfig, component, Logger, register, Session, subscribe } from '@wamp-run/component';

/** Listens to the shop and remembers what is worth telling. */
@component({ prefix: 'com.shop.notifications', extra: { low: 3 } })
export class Notifications {
  readonly #told: string[] = [];
  readonly #low: number;

  constructor(
    config: ComponentConfig,
    private readonly session: Session,
    private readonly log: Logger,
  ) {
    this.#low = (config.extra as { low: number }).low;
  }

  @subscribe('com.shop.orders.created')
  onOrder(id: number, article: string, quantity: number): void {
    this.#tell(`order ${id}: ${quantity} ${article}`);
  }

  @subscribe('com.shop.stock.changed')
  onStock(article: string, left: number): void {
    if (left < this.#low) this.#tell(`only ${left} of ${article} left`);
  }

  /** The newest first. */
  @register('recent')
  recent(limit = 10): string[] {
    return this.#told.slice(-limit).reverse();
  }

  #tell(text: string): void {
    this.#told.push(text);
    this.log.info(text);
    this.session.publish('com.shop.notifications.told', [text]);
  }
}
