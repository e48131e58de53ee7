import { type Dict, ERROR_URIS } from '@wamp-run/protocol';
import { disclosureOf } from '../disclosure.js';
import { detailsWith, type Passthru } from '../passthru.js';
import type { Peer } from '../peer.js';
import type { Refusal } from '../refuse.js';
import { NOTHING } from '../shared-details.js';
import { trustOf } from '../trust.js';
import type { BrokerOptions } from './broker-options.js';

/** What decides on the details of an event. */
export type DetailRules = Pick<BrokerOptions, 'disclosure' | 'disclosureOf' | 'trustLevel'>;

/** For a publisher that asks to be disclosed where nobody is. */
export function refusedDisclosure(
  { publisher, topic, options }: Pick<DetailSource, 'publisher' | 'topic' | 'options'>,
  rules: DetailRules,
): Refusal | undefined {
  if (options.disclose_me !== true || publisher === undefined) return undefined;
  if (disclosureOf(rules, { action: 'publish', uri: topic, peer: publisher }) !== 'never') return undefined;
  const text = 'PUBLISH options.disclose_me: publishers are not disclosed here';
  return { error: ERROR_URIS.discloseMeDisallowed, text };
}

/** What the details of an event are about. */
export interface DetailSource {
  readonly publisher: Peer | undefined;
  readonly topic: string;
  readonly options: Dict;
  readonly passthru: Passthru | undefined;
}

/** The details of the events of a publication, without the topic that subscribers to patterns get besides. */
export function detailsOf({ publisher, topic, options, passthru }: DetailSource, rules: DetailRules): Dict {
  if (publisher === undefined) return NOTHING;
  const { trustLevel } = rules;
  const disclosure =
    rules.disclosureOf === undefined
      ? rules.disclosure
      : disclosureOf(rules, { action: 'publish', uri: topic, peer: publisher });
  const disclosed = disclosure === 'always' || (disclosure === 'asked' && options.disclose_me === true);
  if (!disclosed && trustLevel === undefined) return detailsWith(NOTHING, passthru);
  const details: Dict = { ...passthru?.attributes };
  if (disclosed) {
    details.publisher = publisher.id;
    details.publisher_authid = publisher.identity.authid;
    details.publisher_authrole = publisher.identity.authrole;
  }
  const level = trustLevel && trustOf(trustLevel, { action: 'publish', uri: topic, peer: publisher });
  if (level !== undefined) details.trustlevel = level;
  return details;
}
