/**
 * Assertions on a test realm, as matchers for vitest.
 *
 * @packageDocumentation
 */
import type {} from 'vitest';
import { type Claim, type Equal, publishedClaim, registeredClaim, subscribedClaim } from './claims.js';

/** What vitest makes of a matcher's verdict. */
export interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
  readonly actual: unknown;
  readonly expected: unknown;
}

/**
 * For `expect.extend`: `toHaveRegistered`, `toHaveSubscribed`, `toHavePublished`. Each is to be awaited, and says what is
 * there instead where it fails.
 *
 * @example
 * import { matchers } from '@wamp-run/testkit/vitest';
 * expect.extend(matchers);
 * await expect(realm).toHaveRegistered('com.shop.order');
 * await expect(realm).toHavePublished('com.shop.sold', ['tea', expect.any(Number)]);
 */
export const matchers = {
  async toHaveRegistered(realm: unknown, uri: string): Promise<Verdict> {
    return verdict(await registeredClaim(realm, uri));
  },
  async toHaveSubscribed(realm: unknown, topic: string): Promise<Verdict> {
    return verdict(await subscribedClaim(realm, topic));
  },
  async toHavePublished(
    this: { readonly equals: Equal },
    realm: unknown,
    topic: string,
    args?: readonly unknown[],
    kwargs?: object,
  ): Promise<Verdict> {
    return verdict(await publishedClaim(realm, { topic, args, kwargs }, (one, other) => this.equals(one, other)));
  },
};

function verdict({ holds, failure, negated, actual, expected }: Claim): Verdict {
  return { pass: holds, message: () => (holds ? negated : failure), actual, expected };
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: vitest's own declaration, which this one joins, reads so.
  interface Matchers<T = any> {
    /**
     * A procedure is registered at the realm's router.
     *
     * @param uri as the component has it, named parts included
     */
    toHaveRegistered(uri: string): Promise<void>;
    /**
     * A topic is subscribed to at the realm's router.
     *
     * @param topic as the component has it, named parts included
     */
    toHaveSubscribed(topic: string): Promise<void>;
    /**
     * An event was published, and the router did not refuse it.
     *
     * @param args its arguments, all of them. Default: any.
     * @param kwargs its keyword arguments. Default: any.
     */
    toHavePublished(topic: string, args?: readonly unknown[], kwargs?: object): Promise<void>;
  }
}
