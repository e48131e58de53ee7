import { type Dict, ERROR_URIS, type Feature, type RouterRole, type Value } from '@wamp-run/protocol';
import type { Refusal } from './refuse.js';
import { quoted } from './texts.js';

// What this router can do beyond the basic profile, and what it makes of options that need more than that. They are
// refused; ignoring them would do something else than the client asked for.

/** The features in WELCOME: these work. */
export const ANNOUNCED: Readonly<Record<RouterRole, readonly Feature[]>> = {
  broker: [
    'publisher_exclusion',
    'subscriber_blackwhite_listing',
    'pattern_based_subscription',
    'event_retention',
    'payload_passthru_mode',
    'payload_transparency',
  ],
  dealer: [
    'progressive_call_results',
    'progressive_call_invocations',
    'call_canceling',
    'call_timeout',
    'call_reroute',
    'pattern_based_registration',
    'shared_registration',
    'registration_revocation',
    'payload_passthru_mode',
    'payload_transparency',
  ],
};

/** Which values of one option are fine, and what any other leads to. */
interface OptionRule {
  readonly allows: (value: Value) => boolean;
  /** For people: what this router does have. */
  readonly text: string;
}

/** The rules for the options of one message. An option without a rule is fine, whatever it holds. */
export type OptionRules = ReadonlyMap<string, OptionRule>;

const oneOf =
  (...words: string[]) =>
  (value: Value) =>
    words.includes(value as string);

// What is under way with a callee is counted one by one.
const MOST_CONCURRENCY = 10_000;

function isConcurrency(value: Value): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MOST_CONCURRENCY;
}

function notAllowed(text: string, allows: (value: Value) => boolean): OptionRule {
  return { allows, text };
}

const match = notAllowed('there are exact, prefix and wildcard', oneOf('exact', 'prefix', 'wildcard'));

export const SUBSCRIBE_OPTIONS: OptionRules = new Map([['match', match]]);

export const REGISTER_OPTIONS: OptionRules = new Map([
  ['match', match],
  [
    'invoke',
    notAllowed(
      'there are single, first, last, roundrobin and random',
      oneOf('single', 'first', 'last', 'roundrobin', 'random'),
    ),
  ],
  ['concurrency', notAllowed(`expected a whole number of 1 to ${MOST_CONCURRENCY}`, isConcurrency)],
]);

/**
 * The first option that this router does not have, as a refusal; undefined where there is none. A null counts as an
 * absent option.
 *
 * @param place names the dict in texts: `CALL options`
 */
export function refusedOption(place: string, options: Dict, rules: OptionRules): Refusal | undefined {
  for (const key in options) {
    const rule = rules.get(key);
    if (rule === undefined) continue;
    const value = options[key];
    if (value === undefined || value === null || rule.allows(value)) continue;
    const shown = typeof value === 'string' ? ` ${quoted(value)}` : '';
    return { error: ERROR_URIS.optionNotAllowed, text: `${place}.${key}${shown}: ${rule.text}` };
  }
  return undefined;
}
