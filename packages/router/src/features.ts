import type { Feature, RouterRole } from '@wamp-run/protocol';
import type { Disclosure } from './dealer/dealer-options.js';
import type { RealmSettings } from './realm-options.js';
import { ANNOUNCED } from './unannounced.js';

/** What WELCOME announces in a realm: exactly what works there. */
export function featuresOf({
  disclosure,
  trustLevel,
  metaApi,
  history,
  roles,
}: RealmSettings): Record<RouterRole, readonly Feature[]> {
  const broker: Feature[] = [...ANNOUNCED.broker];
  const dealer: Feature[] = [...ANNOUNCED.dealer, 'testament_meta_api'];
  const rules = roles?.flatMap((role) => role.rules) ?? [];
  const discloses = (rule: Disclosure | undefined) => rule !== undefined && rule !== 'never';
  if (disclosure !== 'never' || rules.some((rule) => discloses(rule.disclosePublisher))) {
    broker.push('publisher_identification');
  }
  if (disclosure !== 'never' || rules.some((rule) => discloses(rule.discloseCaller))) {
    dealer.push('caller_identification');
  }
  if (trustLevel !== undefined) {
    broker.push('publication_trustlevels');
    dealer.push('call_trustlevels');
  }
  if (history !== undefined) broker.push('event_history');
  if (metaApi !== 'none') {
    broker.push('session_meta_api', 'subscription_meta_api');
    dealer.push('session_meta_api', 'registration_meta_api');
  }
  if (metaApi === 'full') broker.push('subscription_revocation');
  return { broker, dealer };
}
