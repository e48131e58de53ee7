import { cryptosign, generateKey } from '@wamp-run/auth/cryptosign';
import { createTestRealm, type TestRealm } from '@wamp-run/testkit';
import { matchers } from '@wamp-run/testkit/vitest';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Notes } from '../src/service.js';
import { crossbarRealm } from './crossbar.js';

expect.extend(matchers);

const AUTHID = 'my-service';
const { key } = generateKey();
const login = cryptosign({ key, authid: AUTHID });

// The service in a realm in memory, which has the logins and the permissions of .crossbar/config.json: what the router
// would refuse is refused here. The key is one of the test's own.
let realm: TestRealm;

beforeEach(() => {
  realm = createTestRealm(crossbarRealm({ [AUTHID]: key.publicKey }));
});

// Fails where a test has left calls, handlers or timers behind.
afterEach(() => realm.close());

test('may offer what it has, and tell of it', async () => {
  await realm.start(Notes, { authenticators: [login] });
  await expect(realm).toHaveRegistered('com.example.notes.add');
  await expect(realm).toHaveRegistered('com.example.notes.list');
  const session = await realm.session({ authenticators: [login] });
  expect(await session.call('com.example.notes.add', ['tea'])).toBe(1);
  await expect(realm).toHavePublished('com.example.notes.added', ['tea', 1]);
});

test('is refused by a key that the router does not know', async () => {
  const other = cryptosign({ key: generateKey().key, authid: AUTHID });
  await expect(realm.start(Notes, { authenticators: [other] })).rejects.toThrow('wamp.error.authentication_denied');
});

test('takes no empty note', async () => {
  await realm.start(Notes, { authenticators: [login] });
  const session = await realm.session({ authenticators: [login] });
  await expect(session.call('com.example.notes.add', [' '])).rejects.toMatchObject({
    error: 'com.example.notes.error.empty',
    args: ['there is nothing in it'],
  });
});

test('without a login one may read, and nothing else', async () => {
  await realm.start(Notes, { authenticators: [login] });
  const reader = await realm.session();
  expect(await reader.call('com.example.notes.list')).toEqual([]);
  for (const ask of [
    () => reader.call('com.example.notes.add', ['tea']),
    () => reader.publish('com.example.notes.added', ['tea', 1], { acknowledge: true }),
    () => reader.register('com.example.notes.other', () => {}),
  ]) {
    await expect(ask()).rejects.toMatchObject({ error: 'wamp.error.not_authorized' });
  }
});
