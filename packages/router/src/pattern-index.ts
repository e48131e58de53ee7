import type { MatchPolicy } from '@wamp-run/protocol';
import { PrefixTree } from './prefix-tree.js';
import { WildcardTree } from './wildcard-tree.js';

/** Called for what matches, with the policy under which it does. */
export type Visit<T> = (value: T, match: MatchPolicy) => void;

/**
 * Things under URIs and patterns of URIs. To find what matches a URI costs the length of that URI and what is found,
 * never how much there is.
 */
export class PatternIndex<T extends object> {
  readonly #exact = new Map<string, T>();
  readonly #prefixes = new PrefixTree<T>();
  readonly #wildcards = new WildcardTree<T>();

  get size(): number {
    return this.#exact.size + this.#prefixes.size + this.#wildcards.size;
  }

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

  /** Visits what matches a URI: the exact one, then prefixes from short to long, then wildcards. */
  visit(uri: string, visit: Visit<T>): void {
    const exact = this.#exact.get(uri);
    if (exact !== undefined) visit(exact, 'exact');
    if (this.#prefixes.size > 0) this.#prefixes.visit(uri, visit);
    if (this.#wildcards.size > 0) this.#wildcards.visit(uri, visit);
  }

  /** Whether anything but exact URIs is in here. */
  get hasPatterns(): boolean {
    return this.#prefixes.size > 0 || this.#wildcards.size > 0;
  }

  #of(match: MatchPolicy): Map<string, T> | PrefixTree<T> | WildcardTree<T> {
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
