import { type Dict, ERROR_URIS, type Feature, ProtocolError, type RouterRole, type Value } from '@wamp-run/protocol';
import type { Refusal } from './refuse.js';
import { quoted } from './texts.js';

// What this router can do beyond the basic profile, and what it makes of options that need more than that. Such an
// option either breaks the protocol or is refused; ignoring it would do something else than the client asked for.

/** The features in WELCOME: these work. */
export const ANNOUNCED: Readonly<Record<RouterRole, readonly Feature[]>> = {
  broker: [
    'publisher_exclusion',
    'subscriber_blackwhite_listing',
    'pattern_based_subscription',
    'event_retention',
    'payload_passthru_mode',
  ],
  dealer: ['progressive_call_results', 'call_canceling'],
};

/** Which values of one option are fine, and what any other leads to. */
interface OptionRule {
  readonly allows: (value: Value) => boolean;
  /** The error URI of the answer; undefined where using the option is a violation of the protocol. */
  readonly error: string | undefined;
  /** For people: what this router does have. */
  readonly text: string;
}

/** The rules for the options of one message. An option without a rule is fine, whatever it holds. */
export type OptionRules = ReadonlyMap<string, OptionRule>;

const never = () => false;
const unlessTrue = (value: Value) => value !== true;
const isOneOf = (value: Value, ...words: Value[]) => words.includes(value);
const only = (word: string) => (value: Value) => value === word;

function notAllowed(text: string, allows: (value: Value) => boolean = never): OptionRule {
  return { allows, error: ERROR_URIS.optionNotAllowed, text };
}

const passthru: OptionRule = { allows: never, error: undefined, text: 'payload passthru mode is not announced' };
const PASSTHRU: [string, OptionRule][] = ['ppt_scheme', 'ppt_serializer', 'ppt_cipher', 'ppt_keyid'].map((key) => [
  key,
  passthru,
]);

const match = notAllowed('this router matches exact URIs only', only('exact'));
const disclosure: OptionRule = {
  allows: unlessTrue,
  error: ERROR_URIS.discloseMeDisallowed,
  text: 'this router does not disclose sessions to each other',
};

export const SUBSCRIBE_OPTIONS: OptionRules = new Map([
  ['match', notAllowed('expected exact, prefix or wildcard', (value) => isOneOf(value, 'exact', 'prefix', 'wildcard'))],
]);

export const REGISTER_OPTIONS: OptionRules = new Map([
  ['match', match],
  ['invoke', notAllowed('this router takes one callee for a procedure (single)', only('single'))],
  ['concurrency', notAllowed('this router does not limit concurrency')],
  ['force_reregister', notAllowed('this router takes no registration away', unlessTrue)],
]);

export const CALL_OPTIONS: OptionRules = new Map([
  ...PASSTHRU,
  ['progress', { allows: unlessTrue, error: undefined, text: 'progressive call invocations are not announced' }],
  ['disclose_me', disclosure],
]);

/** Of YIELD and of the ERROR that answers an INVOCATION. */
export const ANSWER_OPTIONS: OptionRules = new Map(PASSTHRU);

/**
 * The first option that this router does not have, as a refusal; undefined where there is none. A null counts as an
 * absent option. Throws a ProtocolError for an option that may only be used where it is announced (V10).
 *
 * @param place names the dict in texts: `CALL options`
 */
export function refusedOption(place: string, options: Dict, rules: OptionRules): Refusal | undefined {
  for (const key in options) {
    const rule = rules.get(key);
    if (rule === undefined) continue;
    const value = options[key];
    if (value === undefined || value === null || rule.allows(value)) continue;
    if (rule.error === undefined) throw new ProtocolError(`${place}.${key}: ${rule.text}`);
    const shown = typeof value === 'string' ? ` ${quoted(value)}` : '';
    return { error: rule.error, text: `${place}.${key}${shown}: ${rule.text}` };
  }
  return undefined;
}
