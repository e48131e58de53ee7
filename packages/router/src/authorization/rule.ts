import { checkOptionNames, InvalidConfiguration, type MatchPolicy, typeName, type UriRule } from '@wamp-run/protocol';
import { checkConfiguredUri } from '../configured-uri.js';
import type { Disclosure } from '../dealer/dealer-options.js';
import { oneOf } from '../one-of.js';

/** What a session asks to do with a URI. */
export type Action = 'call' | 'register' | 'publish' | 'subscribe';

/** What a role may do with a URI, or with all URIs of a pattern. */
export interface Rule {
  /** The URI, or the pattern. One under `wamp` is about the protocol's own; no other is. */
  readonly uri: string;
  /** Default `exact`. */
  readonly match?: MatchPolicy;
  /** What the role may do. What is not named here it may not. Default: nothing. */
  readonly allow?: { readonly [A in Action]?: boolean };
  /**
   * Whether callees learn who calls, and subscribers who publishes, where the role calls or publishes: as `disclosure`
   * of the realm, which is the default.
   */
  readonly disclose?: { readonly caller?: Disclosure; readonly publisher?: Disclosure };
}

/**
 * What the sessions of one role may do. See "Authorization" in the advanced profile of the specification, which leaves
 * the rules to the router.
 *
 * @example
 * const customer: RoleOptions = {
 *   name: 'customer',
 *   rules: [
 *     { uri: 'com.shop.', match: 'prefix', allow: { call: true, subscribe: true } },
 *     { uri: 'com.shop.admin.', match: 'prefix' },
 *     { uri: 'com.shop.orders.create', allow: { call: true }, disclose: { caller: 'always' } },
 *   ],
 * };
 */
export interface RoleOptions {
  /** The authrole. */
  readonly name: string;
  /**
   * For each URI the one that fits it best decides: the exact one; else the longest prefix; else the wildcard with the
   * longest run of certain parts at its beginning. Where none fits, nothing may be done.
   */
  readonly rules: readonly Rule[];
}

/** A rule with its defaults. */
export interface RuleSettings {
  readonly uri: string;
  readonly match: MatchPolicy;
  readonly allow: Readonly<Record<Action, boolean>>;
  /** Undefined: as in the realm. */
  readonly discloseCaller: Disclosure | undefined;
  readonly disclosePublisher: Disclosure | undefined;
}

/** Whether a rule decides on disclosure, too. */
export function saysDisclosure({ discloseCaller, disclosePublisher }: RuleSettings): boolean {
  return discloseCaller !== undefined || disclosePublisher !== undefined;
}

/** The rules of a role, checked. */
export interface RoleSettings {
  readonly name: string;
  readonly rules: readonly RuleSettings[];
}

const MATCHES: readonly MatchPolicy[] = ['exact', 'prefix', 'wildcard'];
const DISCLOSURES: readonly Disclosure[] = ['asked', 'always', 'never'];

/** Fills in the defaults. Throws InvalidConfiguration, naming the place. */
export function settleRoles(roles: readonly RoleOptions[], place: string, rule: UriRule): readonly RoleSettings[] {
  if (!Array.isArray(roles)) throw new InvalidConfiguration(`${place}: expected a list, got ${typeName(roles)}`);
  const settled = (roles as readonly RoleOptions[]).map((role, index) => settleRole(role, `${place}[${index}]`, rule));
  const names = new Set<string>();
  for (const [index, { name }] of settled.entries()) {
    if (names.has(name)) throw new InvalidConfiguration(`${place}[${index}]: ${JSON.stringify(name)} is there twice`);
    names.add(name);
  }
  return settled;
}

function settleRole(role: RoleOptions, place: string, uriRule: UriRule): RoleSettings {
  checkOptionNames(role, { name: true, rules: true }, place, '.');
  const { name, rules } = role;
  if (typeof name !== 'string' || name === '') {
    throw new InvalidConfiguration(`${place}.name: expected a string that is not empty`);
  }
  if (!Array.isArray(rules)) {
    throw new InvalidConfiguration(`${place}.rules: expected a list, got ${typeName(rules)}`);
  }
  const settled = (rules as readonly Rule[]).map((each, index) =>
    settleRule(each, `${place}.rules[${index}]`, uriRule),
  );
  const patterns = new Set<string>();
  for (const [index, { uri, match }] of settled.entries()) {
    // No URI has white space.
    const pattern = `${match} ${uri}`;
    if (patterns.has(pattern)) {
      throw new InvalidConfiguration(`${place}.rules[${index}]: ${match} ${JSON.stringify(uri)} is there twice`);
    }
    patterns.add(pattern);
  }
  return { name, rules: settled };
}

function settleRule(rule: Rule, place: string, uriRule: UriRule): RuleSettings {
  checkOptionNames(rule, { uri: true, match: true, allow: true, disclose: true }, place, '.');
  const { uri, allow = {}, disclose = {} } = rule;
  const match = oneOf(`${place}.match`, rule.match ?? 'exact', MATCHES);
  checkConfiguredUri(uri, `${place}.uri`, match, uriRule);
  checkOptionNames(allow, { call: true, register: true, publish: true, subscribe: true }, `${place}.allow`, '.');
  for (const [action, allowed] of Object.entries(allow)) {
    if (allowed === undefined || typeof allowed === 'boolean') continue;
    throw new InvalidConfiguration(`${place}.allow.${action}: expected true or false, got ${typeName(allowed)}`);
  }
  checkOptionNames(disclose, { caller: true, publisher: true }, `${place}.disclose`, '.');
  const { call = false, register = false, publish = false, subscribe = false } = allow;
  return {
    uri,
    match,
    allow: { call, register, publish, subscribe },
    discloseCaller: disclosureAt(`${place}.disclose.caller`, disclose.caller),
    disclosePublisher: disclosureAt(`${place}.disclose.publisher`, disclose.publisher),
  };
}

function disclosureAt(place: string, disclosure: Disclosure | undefined): Disclosure | undefined {
  return disclosure === undefined ? undefined : oneOf(place, disclosure, DISCLOSURES);
}
