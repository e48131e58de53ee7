// Run by `node --test` from assertions.test.ts, on the packages as they are built. Plain JavaScript: decorators are called by hand.
import assert from 'node:assert/strict';
import test from 'node:test';
import { component, register } from '@wamp-run/component';
import { assertPublished, assertRegistered, createTestRealm } from '@wamp-run/testkit';

class Orders {
  order(article) {
    return `one ${article}`;
  }
}
register('order')(Orders.prototype, 'order', Object.getOwnPropertyDescriptor(Orders.prototype, 'order'));
component({ prefix: 'com.shop', check: false })(Orders);

test('a component is called', async () => {
  const realm = createTestRealm();
  await realm.start(Orders);
  const session = await realm.session();
  assert.equal(await session.call('com.shop.order', ['tea']), 'one tea');
  await assertRegistered(realm, 'com.shop.order');
  await realm.close();
});

test('an event is published', async () => {
  const realm = createTestRealm();
  (await realm.session()).publish('com.shop.sold', ['tea']);
  await assertPublished(realm, 'com.shop.sold', ['tea']);
  await realm.close();
});

test('what is not registered fails the test', async () => {
  const realm = createTestRealm();
  await realm.start(Orders);
  await assertRegistered(realm, 'com.shop.oder');
});
