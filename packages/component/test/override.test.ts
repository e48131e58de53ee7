import {
  component,
  createComponent,
  describe as describeClass,
  inject,
  injectable,
  register,
} from '@wamp-run/component';
import { silent } from '@wamp-run/protocol';
import { container, singleton } from 'tsyringe';
import { afterEach, describe, expect, test } from 'vitest';
import type { ProviderOverride } from '../src/override.js';
import { CALL, CONFIG, complaint, SESSION } from './making.js';

@injectable()
class Stock {
  name = 'stock';
}

@singleton()
class Till {
  name = 'till';
}

@injectable()
class Shelf {
  constructor(readonly stock: Stock) {}
}

@component()
class Shop {
  constructor(
    readonly stock: Stock,
    readonly shelf: Shelf,
    readonly till: Till,
    @inject('currency') readonly currency: string,
  ) {}

  @register('self') self(): this {
    return this;
  }
}

function shop(overrides: readonly ProviderOverride[]): Shop {
  const made = createComponent(describeClass(Shop), { config: CONFIG, session: SESSION, log: silent, overrides });
  return made.procedures[0]?.handler([], {}, CALL) as Shop;
}

const EURO: ProviderOverride = { token: 'currency', useValue: 'EUR' };

describe('an override', () => {
  afterEach(() => container.clearInstances());

  test('of a class reaches the component and what it depends on, as one instance', () => {
    class Double extends Stock {
      override name = 'double';
    }
    const made = shop([EURO, { token: Stock, useClass: Double }]);
    expect([made.stock.name, made.currency]).toEqual(['double', 'EUR']);
    expect(made.shelf.stock).toBe(made.stock);
  });

  test('by a factory is made once, when it is needed', () => {
    let count = 0;
    const make = () => ({ name: `made ${++count}` });
    const made = shop([EURO, { token: Stock, useFactory: make }, { token: 'unused', useFactory: make }]);
    expect([made.stock.name, made.shelf.stock.name, count]).toEqual(['made 1', 'made 1', 1]);
  });

  test('takes the place of a singleton for this component, and of nobody else', () => {
    expect(shop([EURO, { token: Till, useValue: { name: 'double' } }]).till.name).toBe('double');
    expect(shop([EURO]).till.name).toBe('till');
    expect(container.isRegistered('currency')).toBe(false);
  });

  test('that says nothing, or two things, is refused by its token', () => {
    expect(complaint(() => shop([{ token: Stock } as never]))).toBe(
      'override of Stock: says nothing; say one of useValue, useClass, useFactory',
    );
    expect(complaint(() => shop([{ ...EURO, useClass: Stock } as never]))).toContain(
      'override of currency: says useValue and useClass',
    );
  });
});
