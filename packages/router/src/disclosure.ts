import type { Disclosure } from './dealer/dealer-options.js';
import type { Peer } from './peer.js';

/** How a caller or publisher is disclosed where a rule of its role says it; undefined where none does. */
export type DisclosureOf = (action: 'call' | 'publish', uri: string, peer: Peer) => Disclosure | undefined;

/** Who is disclosed in a realm. */
export interface DisclosureRules {
  /** Where no rule says it. */
  readonly disclosure: Disclosure;
  /** Undefined where there is no such rule. */
  readonly disclosureOf: DisclosureOf | undefined;
}

/** How the one who calls or publishes is disclosed. */
export function disclosureOf(
  { disclosure, disclosureOf }: DisclosureRules,
  { action, uri, peer }: { readonly action: 'call' | 'publish'; readonly uri: string; readonly peer: Peer },
): Disclosure {
  return disclosureOf === undefined ? disclosure : (disclosureOf(action, uri, peer) ?? disclosure);
}
