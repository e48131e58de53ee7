import type { MatchPolicy } from '@wamp-run/protocol';

/** A procedure that is registered, and as what a caller calls it. */
export interface Offered {
  readonly uri: string;
  readonly match: MatchPolicy;
  readonly called: string;
}

/** How many of a hundred registrations are patterns. */
const PATTERNS = 10;

/**
 * The nth of many procedures, whatever there are more of: of ten, eight are exact, one ends in a pattern and one has one
 * in its middle; of more than ten, one of ten is a pattern, half of them of either kind.
 */
export function offeredAt(n: number): Offered {
  const place = n < 10 ? n + (100 - PATTERNS - 8) : n % 100;
  if (place < 100 - PATTERNS) return { uri: `com.example.p${n}.get`, match: 'exact', called: `com.example.p${n}.get` };
  return place % 2 === 0
    ? { uri: `com.example.p${n}.`, match: 'prefix', called: `com.example.p${n}.get` }
    : { uri: `com.example.p${n}..get`, match: 'wildcard', called: `com.example.p${n}.any.get` };
}
