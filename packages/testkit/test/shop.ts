import {
  ApplicationError,
  ComponentConfig,
  component,
  inject,
  injectable,
  Logger,
  register,
  Session,
  subscribe,
} from '@wamp-run/component';

@injectable()
export class Stock {
  left(article: string): number {
    return article === 'tea' ? 3 : 0;
  }
}

@component({ name: 'Orders', prefix: 'com.shop', realm: 'production', extra: { most: 10 } })
export class Orders {
  /** Lets `slow` finish. */
  static release: () => void = () => {};

  constructor(
    private readonly config: ComponentConfig,
    private readonly session: Session,
    private readonly stock: Stock,
    readonly log: Logger,
    @inject('currency') private readonly currency: string,
  ) {}

  @register('order')
  order(article: string, count: number): string {
    const { most } = this.config.extra as { most: number };
    if (count > most || this.stock.left(article) < count) throw new ApplicationError('com.shop.error.too_many');
    this.session.publish('com.shop.sold', [article, count], { kwargs: { currency: this.currency } });
    return `${count} ${article} in ${this.currency}`;
  }

  @register('slow')
  slow(): Promise<string> {
    return new Promise((resolve) => {
      Orders.release = () => resolve('at last');
    });
  }

  @register('.<article>.left', { match: 'wildcard' })
  left(): number {
    return 1;
  }

  @subscribe('delivered')
  delivered(article: string, count: number): void {
    this.session.publish('com.shop.thanks', [article, count]);
  }
}

export const EURO = [{ token: 'currency', useValue: 'EUR' }] as const;

/** Registers something else than it should, and tells nobody: what the assertions have to find out. */
@component({ name: 'Orders', prefix: 'com.shop' })
export class BrokenOrders {
  @register('oder')
  order(article: string): string {
    return article;
  }
}
