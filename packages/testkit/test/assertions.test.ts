import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  assertNotPublished,
  assertNotRegistered,
  assertNotSubscribed,
  assertPublished,
  assertRegistered,
  assertSubscribed,
  createTestRealm,
  type TestRealm,
} from '../src/index.js';
import { matchers } from '../src/vitest.js';
import { BrokenOrders, EURO, Orders } from './shop.js';

expect.extend(matchers);

async function sold(target: typeof Orders | typeof BrokenOrders, procedure: string): Promise<TestRealm> {
  const realm = createTestRealm();
  await realm.start(target, { providers: EURO });
  const session = await realm.session({ name: 'customer' });
  await session.call(procedure, target === Orders ? ['tea', 2] : ['tea']);
  return realm;
}

async function complaint(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing was thrown',
    (error: Error) => error.message,
  );
}

test('matchers and functions hold for a component that does what it should', async () => {
  const realm = await sold(Orders, 'com.shop.order');
  await expect(realm).toHaveRegistered('com.shop.order');
  await expect(realm).toHaveRegistered('com.shop.<article>.left');
  await expect(realm).toHaveSubscribed('com.shop.delivered');
  await expect(realm).toHavePublished('com.shop.sold');
  await expect(realm).toHavePublished('com.shop.sold', ['tea', expect.any(Number)], { currency: 'EUR' });
  await expect(realm).not.toHaveRegistered('com.shop.oder');
  await expect(realm).not.toHaveSubscribed('com.shop.order');
  await expect(realm).not.toHavePublished('com.shop.sold', ['tea', 3]);
  await assertRegistered(realm, 'com.shop.order');
  await assertSubscribed(realm, 'com.shop.delivered');
  await assertPublished(realm, 'com.shop.sold', ['tea', 2], { currency: 'EUR' });
  await assertNotRegistered(realm, 'com.shop.oder');
  await assertNotSubscribed(realm, 'com.shop.order');
  await assertNotPublished(realm, 'com.shop.sold', ['milk', 2]);
  await realm.close();
});

test('each fails for a broken component, and says what is there instead', async () => {
  const realm = await sold(BrokenOrders, 'com.shop.oder');
  const registered = 'expected com.shop.order to be registered in realm1, but registered are com.shop.oder by Orders';
  const subscribed = 'expected com.shop.delivered to be subscribed to in realm1, but nothing is subscribed to';
  const published = 'expected com.shop.sold to be published with ["tea",2] in realm1, but nothing was published';
  expect(await complaint(assertRegistered(realm, 'com.shop.order'))).toBe(registered);
  expect(await complaint(assertSubscribed(realm, 'com.shop.delivered'))).toBe(subscribed);
  expect(await complaint(assertPublished(realm, 'com.shop.sold', ['tea', 2]))).toBe(published);
  expect(await complaint(expect(realm).toHaveRegistered('com.shop.order') as Promise<void>)).toBe(registered);
  expect(await complaint(expect(realm).toHaveSubscribed('com.shop.delivered') as Promise<void>)).toBe(subscribed);
  expect(await complaint(expect(realm).toHavePublished('com.shop.sold', ['tea', 2]) as Promise<void>)).toBe(published);
  await realm.close();
});

test('the negated ones fail for what is there, and say by whom', async () => {
  const realm = await sold(Orders, 'com.shop.order');
  const failures = [
    await complaint(assertNotRegistered(realm, 'com.shop.order')),
    await complaint(expect(realm).not.toHaveRegistered('com.shop.order') as Promise<void>),
    await complaint(assertNotSubscribed(realm, 'com.shop.delivered')),
    await complaint(expect(realm).not.toHaveSubscribed('com.shop.delivered') as Promise<void>),
    await complaint(assertNotPublished(realm, 'com.shop.sold')),
    await complaint(expect(realm).not.toHavePublished('com.shop.sold') as Promise<void>),
  ];
  for (const failure of failures) expect(failure).toMatch(/not .*by Orders$/);
  await realm.close();
});

test('arguments that differ are shown with those that were published', async () => {
  const realm = await sold(Orders, 'com.shop.order');
  expect(await complaint(assertPublished(realm, 'com.shop.sold', ['tea', 3]))).toBe(
    'expected com.shop.sold to be published with ["tea",3] in realm1, but it was published with ["tea",2] and {"currency":"EUR"} by Orders',
  );
  expect(await complaint(assertPublished(realm, 'com.shop.solt'))).toContain('published were com.shop.sold');
  await realm.close();
});

test('what is no realm is refused', async () => {
  expect(await complaint(expect({}).toHaveRegistered('com.shop.order') as Promise<void>)).toContain(
    'expected a realm of createTestRealm(), got object',
  );
});

test('node:test runs with the kit as it is built', () => {
  const file = fileURLToPath(new URL('./node-test.mjs', import.meta.url));
  // Without the variable that tells a nested node:test to keep quiet.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout } = spawnSync(process.execPath, ['--test', '--test-reporter=tap', file], {
    encoding: 'utf8',
    env,
  });
  expect(stdout).toContain('# pass 2');
  // One of its tests asserts what is not so: the kit must fail it, with its own words.
  expect(stdout).toContain('# fail 1');
  expect(stdout).toContain('but registered are com.shop.order by Orders');
  expect(status).toBe(1);
});
