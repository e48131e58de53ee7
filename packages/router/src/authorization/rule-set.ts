import { isReserved, type MatchPolicy } from '@wamp-run/protocol';
import { PatternIndex } from '../pattern-index.js';
import { bySpecificity, covers, meet } from './patterns.js';
import type { Action, RuleSettings } from './rule.js';

/**
 * The rules of one role. Those under `wamp` and all others are apart: a rule for everything opens nothing of the
 * protocol's own, as a pattern that is registered or subscribed to meets nothing of it either.
 */
export class RuleSet {
  readonly #open: RuleSettings[] = [];
  readonly #reserved: RuleSettings[] = [];
  readonly #openIndex = new PatternIndex<RuleSettings>();
  readonly #reservedIndex = new PatternIndex<RuleSettings>();

  constructor(rules: readonly RuleSettings[]) {
    for (const rule of rules) {
      const reserved = isReserved(rule.uri);
      (reserved ? this.#reserved : this.#open).push(rule);
      (reserved ? this.#reservedIndex : this.#openIndex).set(rule.uri, rule.match, rule);
    }
    this.#open.sort(bySpecificity);
    this.#reserved.sort(bySpecificity);
  }

  /** The rule that decides on a URI; undefined where none fits. */
  find(uri: string): RuleSettings | undefined {
    const index = isReserved(uri) ? this.#reservedIndex : this.#openIndex;
    return index.get(uri, 'exact') ?? index.bestPattern(uri);
  }

  /** Whether an action is allowed with a URI, or with every URI of a pattern; undefined where no rule says. */
  allows(action: Action, uri: string, match: MatchPolicy): boolean | undefined {
    return match === 'exact' ? this.find(uri)?.allow[action] : this.#allowsAll(action, uri, match);
  }

  /**
   * One rule has to allow it for the whole pattern, and none that would decide on a part of it may forbid it there.
   * Several rules that only together are about all of it are not enough: that can be said more simply.
   */
  #allowsAll(action: Action, uri: string, match: MatchPolicy): boolean | undefined {
    const asked = { uri, match };
    for (const rule of isReserved(uri) ? this.#reserved : this.#open) {
      if (covers(rule, asked)) return rule.allow[action];
      if (!rule.allow[action] && meet(rule, asked)) return false;
    }
    return undefined;
  }
}
