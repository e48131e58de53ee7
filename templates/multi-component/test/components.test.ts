import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Client, connect, type Running, start } from 'wamp-run';

// The built components on a router of their own, at a free port, called as any other program calls them.
let running: Running;
let caller: Client;

beforeEach(async () => {
  const files = ['./dist/stock.js', './dist/orders.js', './dist/notifications.js'];
  running = await start({ files, from: process.cwd(), router: { port: 0 } });
  await running.settled();
  caller = await connect(running.url);
});

afterEach(async () => {
  await caller?.close();
  await running?.stop();
});

test('an order takes from the stock', async () => {
  const order = await caller.session.call('com.example.orders.create', ['tea', 2]);
  expect(order).toEqual({ id: 1, article: 'tea', quantity: 2 });
  expect(await caller.session.call('com.example.stock.left', ['tea'])).toBe(10);
});

test('what is not there cannot be ordered', async () => {
  await expect(caller.session.call('com.example.orders.create', ['tea', 13])).rejects.toMatchObject({
    error: 'com.example.error.out_of_stock',
    args: ['only 12 of tea left'],
  });
  expect(await caller.session.call('com.example.orders.list')).toEqual([]);
});

test('an order and a low stock are told', async () => {
  await caller.session.call('com.example.orders.create', ['coffee', 4]);
  // The events were published before the answer was, and a component reads what reaches it in that order.
  expect(await caller.session.call('com.example.notifications.recent')).toEqual([
    'order 1: 4 coffee',
    'only 2 of coffee left',
  ]);
});
