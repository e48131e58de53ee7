import { createTestRealm, type TestRealm } from '@wamp-run/testkit';
import { matchers } from '@wamp-run/testkit/vitest';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { greeter, onGreeted } from '../src/page/greetings.js';
import { Greeter } from '../src/service/greeter.js';

expect.extend(matchers);

// The service, and what the page calls it by, in a realm in memory: no ports, and a clock that only the test moves.
let realm: TestRealm;
beforeEach(async () => {
  realm = createTestRealm();
  await realm.start(Greeter);
});

// Fails where a test has left calls, handlers or timers behind.
afterEach(() => realm.close());

test('the page greets, and hears of it', async () => {
  const session = await realm.session();
  const heard: string[] = [];
  await onGreeted(session, (name, count) => heard.push(`${count}: ${name}`));
  const { hello } = greeter(await realm.session({ name: 'other' }));
  expect(await hello('Ada')).toBe('Hello, Ada!');
  expect(await hello('Grace')).toBe('Hello, Grace!');
  await realm.settle();
  expect(heard).toEqual(['1: Ada', '2: Grace']);
});

test('wants a name', async () => {
  const { hello } = greeter(await realm.session());
  await expect(hello(' ')).rejects.toMatchObject({
    error: 'com.example.greeter.error.no_name',
    args: ['whom shall I greet?'],
  });
  // What the compiler refuses the service refuses, too.
  await expect(hello(42 as never)).rejects.toMatchObject({ error: 'wamp.error.type_check_error' });
});

test('counts down, each number on its own', async () => {
  const seen: number[] = [];
  for await (const left of greeter(await realm.session()).countdown(3)) seen.push(left);
  expect(seen).toEqual([3, 2, 1]);
});
