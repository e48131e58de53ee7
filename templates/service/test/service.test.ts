import type { Session } from '@wamp-run/component';
import { createTestRealm, type TestComponent, type TestRealm } from '@wamp-run/testkit';
import { matchers } from '@wamp-run/testkit/vitest';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Greeter } from '../src/service.js';

expect.extend(matchers);

// The service in a realm in memory: a real router and real sessions, no ports, and a clock that only the test moves.
let realm: TestRealm;
let greeter: TestComponent;
let caller: Session;

beforeEach(async () => {
  realm = createTestRealm();
  greeter = await realm.start(Greeter);
  caller = await realm.session();
});

// Fails where a test has left calls, handlers or timers behind.
afterEach(() => realm.close());

test('greets', async () => {
  expect(await caller.call('com.example.greeter.hello', ['Ada'])).toBe('Hello, Ada!');
});

test('tells everyone whom it has greeted, and begins again when it is told to', async () => {
  await caller.call('com.example.greeter.hello', ['Ada']);
  await caller.call('com.example.greeter.hello', ['Grace']);
  await expect(realm).toHavePublished('com.example.greeter.greeted', ['Grace', 2]);
  await caller.publish('com.example.greeter.reset', [], { acknowledge: true });
  expect(await caller.call('com.example.greeter.greeted')).toBe(0);
});

test('wants a name', async () => {
  await expect(caller.call('com.example.greeter.hello', [' '])).rejects.toMatchObject({
    error: 'com.example.greeter.error.no_name',
    args: ['whom shall I greet?'],
  });
});

test('takes nothing but a string', async () => {
  await expect(caller.call('com.example.greeter.hello', [42])).rejects.toMatchObject({
    error: 'wamp.error.type_check_error',
  });
});

test('counts down, each number on its own', async () => {
  const seen: number[] = [];
  for await (const left of caller.stream<number>('com.example.greeter.countdown', [3])) seen.push(left);
  expect(seen).toEqual([3, 2, 1]);
});

test('is back by itself when it has lost its router', async () => {
  await realm.drop(greeter);
  await expect(realm).not.toHaveRegistered('com.example.greeter.hello');
  await realm.advance(5_000);
  await expect(realm).toHaveRegistered('com.example.greeter.hello');
});
