import { AssertionError } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import { type Claim, publishedClaim, registeredClaim, subscribedClaim } from './claims.js';
import type { TestRealm } from './test-realm.js';

/**
 * A procedure is registered at the realm's router. For node:test, and any other runner.
 *
 * @param uri as the component has it, named parts included
 * @throws (rejects) AssertionError that says what is registered instead
 * @example await assertRegistered(realm, 'com.shop.order');
 */
export async function assertRegistered(realm: TestRealm, uri: string): Promise<void> {
  judge(await registeredClaim(realm, uri), 'assertRegistered');
}

/**
 * A procedure is not registered.
 *
 * @throws (rejects) AssertionError that says by whom it is
 */
export async function assertNotRegistered(realm: TestRealm, uri: string): Promise<void> {
  judgeNot(await registeredClaim(realm, uri), 'assertNotRegistered');
}

/**
 * A topic is subscribed to at the realm's router.
 *
 * @param topic as the component has it, named parts included
 * @throws (rejects) AssertionError that says what is subscribed to instead
 */
export async function assertSubscribed(realm: TestRealm, topic: string): Promise<void> {
  judge(await subscribedClaim(realm, topic), 'assertSubscribed');
}

/**
 * A topic is not subscribed to.
 *
 * @throws (rejects) AssertionError that says by whom it is
 */
export async function assertNotSubscribed(realm: TestRealm, topic: string): Promise<void> {
  judgeNot(await subscribedClaim(realm, topic), 'assertNotSubscribed');
}

/**
 * An event was published, and the router did not refuse it.
 *
 * @param args its arguments, all of them. Default: any.
 * @param kwargs its keyword arguments. Default: any.
 * @throws (rejects) AssertionError that says what was published instead
 * @example await assertPublished(realm, 'com.shop.sold', ['tea', 2]);
 */
export async function assertPublished(
  realm: TestRealm,
  topic: string,
  args?: readonly unknown[],
  kwargs?: object,
): Promise<void> {
  judge(await publishedClaim(realm, { topic, args, kwargs }, isDeepStrictEqual), 'assertPublished');
}

/**
 * No such event was published.
 *
 * @throws (rejects) AssertionError that says by whom it was
 */
export async function assertNotPublished(
  realm: TestRealm,
  topic: string,
  args?: readonly unknown[],
  kwargs?: object,
): Promise<void> {
  judgeNot(await publishedClaim(realm, { topic, args, kwargs }, isDeepStrictEqual), 'assertNotPublished');
}

function judge({ holds, failure, actual, expected }: Claim, operator: string): void {
  if (!holds) throw new AssertionError({ message: failure, actual, expected, operator });
}

function judgeNot({ holds, negated, actual, expected }: Claim, operator: string): void {
  if (holds) throw new AssertionError({ message: negated, actual, expected, operator });
}
