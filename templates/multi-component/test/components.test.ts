import type { Session } from '@wamp-run/component';
import { createTestRealm, type TestRealm } from '@wamp-run/testkit';
import { matchers } from '@wamp-run/testkit/vitest';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Notifications } from '../src/notifications.js';
import { Orders } from '../src/orders.js';
import { Packer } from '../src/packer.js';
import { Stock } from '../src/stock.js';

expect.extend(matchers);

// The components in a realm in memory: a real router and real sessions, no ports, and a clock that only the test moves.
let realm: TestRealm;
let caller: Session;

beforeEach(async () => {
  realm = createTestRealm();
  await realm.start(Stock, { extra: { tea: 12, coffee: 6 } });
  await realm.start(Orders);
  await realm.start(Notifications);
  caller = await realm.session();
});

// Fails where a test has left calls, handlers or timers behind.
afterEach(() => realm.close());

const order = (article: string, quantity: number) => caller.call('com.example.orders.create', [article, quantity]);

test('an order takes from the stock', async () => {
  await realm.start(Packer);
  expect(await order('tea', 2)).toMatchObject({ id: 1, article: 'tea', quantity: 2 });
  expect(await caller.call('com.example.stock.left', ['tea'])).toBe(10);
});

test('what is not there cannot be ordered', async () => {
  await realm.start(Packer);
  await expect(order('tea', 13)).rejects.toMatchObject({
    error: 'com.example.error.out_of_stock',
    args: ['only 12 of tea left'],
  });
  expect(await caller.call('com.example.orders.list')).toEqual([]);
});

test('an order and a low stock are told', async () => {
  await realm.start(Packer);
  await order('coffee', 4);
  await expect(realm).toHavePublished('com.example.orders.created', [expect.objectContaining({ id: 1 })]);
  // The events were published before the answer was, and a component reads what reaches it in that order.
  expect(await caller.call('com.example.notifications.recent')).toEqual(['order 1: 4 coffee', 'only 2 of coffee left']);
});

test('packers take turns, and one alone goes on when the other has gone', async () => {
  await realm.start(Packer, { extra: { station: 1 } });
  const second = await realm.start(Packer, { extra: { station: 2 } });
  await expect(order('tea', 1)).resolves.toMatchObject({ parcel: '1 tea, packed at station 1' });
  await expect(order('tea', 1)).resolves.toMatchObject({ parcel: '1 tea, packed at station 2' });
  await second.stop();
  await order('tea', 1);
  await expect(order('tea', 1)).resolves.toMatchObject({ parcel: '1 tea, packed at station 1' });
});
