import type { MatchPolicy } from '@wamp-run/protocol';
import { PrefixTrie } from '../prefix-trie.js';
import { WildcardTrie } from '../wildcard-trie.js';

/** Values by URIs and patterns. To find the best match costs the length of the URI, never how much there is. */
export class RegistrationIndex<T> {
  readonly #exact = new Map<string, T>();
  readonly #prefixes = new PrefixTrie<T>();
  readonly #wildcards = new WildcardTrie<T>();

  /** What is under this very URI or pattern. */
  get(uri: string, match: MatchPolicy): T | undefined {
    return this.#of(match).get(uri);
  }

  set(uri: string, match: MatchPolicy, value: T): void {
    this.#of(match).set(uri, value);
  }

  delete(uri: string, match: MatchPolicy): void {
    this.#of(match).delete(uri);
  }

  /** The best of the patterns that a URI meets: the longest prefix, or else the wildcard with the longest runs. */
  bestPattern(uri: string): T | undefined {
    return this.#prefixes.longest(uri) ?? this.#wildcards.best(uri);
  }

  #of(match: MatchPolicy): Map<string, T> | PrefixTrie<T> | WildcardTrie<T> {
    switch (match) {
      case 'exact':
        return this.#exact;
      case 'prefix':
        return this.#prefixes;
      case 'wildcard':
        return this.#wildcards;
    }
  }
}
