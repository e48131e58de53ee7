import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nameFromFolder, nearestName, plainName, wrongWithName } from '../src/package-name.js';

test.each(['orders', 'orders-2', '@acme/orders', 'a', '3d', 'a.b_c'])('%s is a name', (name) => {
  expect(wrongWithName(name)).toBeUndefined();
});

test.each([
  ['', 'empty'],
  ['Orders', 'capital'],
  ['my orders', 'small letters'],
  ['.hidden', 'begins with'],
  ['_private', 'begins with'],
  ['-rf', 'begins with'],
  ['@acme', 'small letters'],
  ['@acme/', 'small letters'],
  ['@acme/a/b', 'small letters'],
  ['../up', 'begins with'],
  ['größe', 'small letters'],
  ['orders\n', 'small letters'],
  ["o'rders", 'small letters'],
  ['node_modules', 'reserved'],
  ['http', 'module of Node'],
  ['a'.repeat(215), 'longer than 214'],
])('%j is none', (name, because) => {
  expect(wrongWithName(name)).toContain(because);
});

test('what is suggested instead is a name, whatever was given', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => wrongWithName(nearestName(text)) === undefined),
  );
  expect(nearestName('My Orders')).toBe('my-orders');
  expect(nearestName('@Acme/Orders')).toBe('@acme/orders');
  expect(nearestName('http')).toBe('http-service');
});

test('the plain name is a name for images, units and Kubernetes objects', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]{0,100}$/), (name) =>
      /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(plainName(name)),
    ),
  );
  expect(plainName('@acme/orders.v2')).toBe('orders-v2');
});

test('a folder in a scope gives it to the name', () => {
  expect(nameFromFolder('/srv/@acme/orders')).toBe('@acme/orders');
  expect(nameFromFolder('/srv/acme/orders')).toBe('orders');
});
