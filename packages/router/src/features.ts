import type { Feature, RouterRole } from '@wamp-run/protocol';
import type { RealmSettings } from './realm-options.js';
import { ANNOUNCED } from './unannounced.js';

/** What WELCOME announces in a realm: exactly what works there. */
export function featuresOf({
  disclosure,
  trustLevel,
  metaApi,
  history,
}: RealmSettings): Record<RouterRole, readonly Feature[]> {
  const broker: Feature[] = [...ANNOUNCED.broker];
  const dealer: Feature[] = [...ANNOUNCED.dealer, 'testament_meta_api'];
  if (disclosure !== 'never') {
    broker.push('publisher_identification');
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
