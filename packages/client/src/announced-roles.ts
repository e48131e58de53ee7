import { announce, type Dict, type Feature } from '@wamp-run/protocol';

/** Encoded payloads, in the specification's form and in Autobahn's. */
const PASSTHRU: readonly Feature[] = ['payload_passthru_mode', 'payload_transparency'];

/** What HELLO says that this client does, and no more. */
export function announcedRoles(): Dict {
  return announce({
    caller: [
      'progressive_call_results',
      'progressive_call_invocations',
      'call_canceling',
      'call_timeout',
      'caller_identification',
      ...PASSTHRU,
    ],
    callee: [
      'progressive_call_results',
      'progressive_call_invocations',
      'call_canceling',
      'call_timeout',
      'caller_identification',
      'pattern_based_registration',
      'shared_registration',
      'registration_revocation',
      'call_reroute',
      'call_trustlevels',
      ...PASSTHRU,
    ],
    publisher: ['publisher_exclusion', 'publisher_identification', 'subscriber_blackwhite_listing', ...PASSTHRU],
    subscriber: [
      'publisher_identification',
      'pattern_based_subscription',
      'subscription_revocation',
      'publication_trustlevels',
      ...PASSTHRU,
    ],
  });
}
