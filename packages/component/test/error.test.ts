import { ApplicationError, error } from '@wamp-run/component';
import { declaredErrorUri, InvalidConfiguration, InvalidUriError } from '@wamp-run/protocol';
import { expect, test } from 'vitest';
import { complaint } from './making.js';

// biome-ignore lint/suspicious/noExplicitAny: the point is to get round the types
const untyped = (decorator: unknown): any => decorator;

@error('com.shop.error')
class ShopError extends Error {}

@error('com.shop.error.out_of_stock')
class OutOfStock extends ShopError {
  static fromWamp({ args: [item] }: ApplicationError): OutOfStock {
    return new OutOfStock(String(item));
  }
}

class Unmarked extends OutOfStock {}

@error('com.shop.error.locked')
class Locked extends ApplicationError {
  constructor(by: string) {
    super('com.shop.error.locked', [by]);
  }
}

test('@error writes the URI on the class itself, whatever stands on its parent', () => {
  expect([ShopError, OutOfStock, Unmarked, Locked].map(declaredErrorUri)).toEqual([
    'com.shop.error',
    'com.shop.error.out_of_stock',
    undefined,
    'com.shop.error.locked',
  ]);
});

test('@error works by the standard protocol of decorators too', () => {
  class Gone extends Error {}
  expect(untyped(error('com.gone'))(Gone, { kind: 'class', name: 'Gone', metadata: {} })).toBeUndefined();
  expect(declaredErrorUri(Gone)).toBe('com.gone');
});

test('@error refuses at once what is no class of errors, or no URI', () => {
  expect(() => untyped(error('com.e'))(class Plain {})).toThrow(InvalidConfiguration);
  expect(complaint(() => untyped(error('com.e'))(class Plain {}))).toBe(
    'error: expected a class that extends Error, got class Plain',
  );
  expect(() => untyped(error('a b'))(class Gone extends Error {})).toThrow(InvalidUriError);
  expect(complaint(() => untyped(error('com.<name>'))(class Gone extends Error {}))).toContain('session.define');
});
