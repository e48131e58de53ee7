import type { MatchPolicy } from '@wamp-run/protocol';
import { PrefixTrie } from './prefix-trie.js';
import { WildcardTrie } from './wildcard-trie.js';

/**
 * Things under URIs and patterns of URIs. To find what matches a URI costs the length of that URI and what is found,
 * never how much there is.
 */
export class PatternIndex<T> {
  readonly #exact = new Map<string, T>();
  readonly #prefixes = new PrefixTrie<T>();
  readonly #wildcards = new WildcardTrie<T>();
  #patterns = 0;

  /** What is under this very URI or pattern. */
  get(uri: string, match: MatchPolicy): T | undefined {
    return this.#of(match).get(uri);
  }

  set(uri: string, match: MatchPolicy, value: T): void {
    const under = this.#of(match);
    if (match !== 'exact' && under.get(uri) === undefined) this.#patterns++;
    under.set(uri, value);
  }

  delete(uri: string, match: MatchPolicy): void {
    const under = this.#of(match);
    if (match !== 'exact' && under.get(uri) !== undefined) this.#patterns--;
    under.delete(uri);
  }

  /** Whether anything but exact URIs is in here. */
  get hasPatterns(): boolean {
    return this.#patterns > 0;
  }

  /**
   * What is under the one pattern that a URI meets best: the longest prefix; else the wildcard with the longest run of
   * certain parts at its beginning, among equals the longest run after that, and so on.
   */
  bestPattern(uri: string): T | undefined {
    return this.#patterns === 0 ? undefined : (this.#prefixes.longest(uri) ?? this.#wildcards.best(uri));
  }

  /** What is under the patterns that a URI meets: prefixes from short to long, then wildcards. */
  patternsFor(uri: string): T[] {
    const found: T[] = [];
    const take = (value: T) => {
      found.push(value);
    };
    this.#prefixes.visit(uri, take);
    this.#wildcards.visit(uri, take);
    return found;
  }

  /** What a URI meets: what is under itself, then what is under patterns. */
  matching(uri: string): T[] {
    const exact = this.#exact.get(uri);
    const patterns = this.#patterns > 0 ? this.patternsFor(uri) : [];
    return exact === undefined ? patterns : [exact, ...patterns];
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
