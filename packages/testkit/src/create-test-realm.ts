import { settleOptions, type TestRealmOptions } from './realm-options.js';
import { TestRealm } from './test-realm.js';

/**
 * Makes a realm in memory, with a router of its own: no ports, no files, nothing shared with any other realm, so that
 * tests run side by side. Time stands still until `advance` moves it.
 *
 * @throws InvalidConfiguration, naming the option that is wrong
 * @example
 * const realm = createTestRealm();
 * await realm.start(MathService);
 * const session = await realm.session();
 * await session.call('com.example.math.add', [2, 3]); // 5
 * await realm.close();
 */
export function createTestRealm(options: TestRealmOptions = {}): TestRealm {
  return new TestRealm(settleOptions(options));
}
