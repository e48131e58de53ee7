import { type Dict, isDict, type Value } from '@wamp-run/protocol';
import { type Field, flag, readMembers, writeMembers } from './fields.js';

type Members = readonly (readonly [key: string, field: Field])[];

function features(...names: string[]): Members {
  return names.map((name, slot) => [name, flag(slot)]);
}

// The features that the schema knows of, in its order (roles.fbs).
const CLIENT: readonly (readonly [role: string, features: Members])[] = [
  [
    'publisher',
    features(
      'publisher_identification',
      'publisher_exclusion',
      'subscriber_blackwhite_listing',
      'acknowledge_event_received',
      'payload_transparency',
      'payload_encryption_cryptobox',
    ),
  ],
  [
    'subscriber',
    features(
      'publisher_identification',
      'pattern_based_subscription',
      'publication_trustlevels',
      'subscription_revocation',
      'event_history',
      'acknowledge_subscriber_received',
      'payload_transparency',
      'payload_encryption_cryptobox',
    ),
  ],
  [
    'caller',
    features(
      'caller_identification',
      'call_timeout',
      'call_canceling',
      'progressive_call_results',
      'payload_transparency',
      'payload_encryption_cryptobox',
    ),
  ],
  [
    'callee',
    features(
      'caller_identification',
      'call_trustlevels',
      'call_timeout',
      'call_canceling',
      'progressive_call_results',
      'registration_revocation',
      'pattern_based_registration',
      'shared_registration',
      'payload_transparency',
      'payload_encryption_cryptobox',
    ),
  ],
];

const ROUTER: typeof CLIENT = [
  [
    'broker',
    features(
      'publisher_identification',
      'publisher_exclusion',
      'subscriber_blackwhite_listing',
      'pattern_based_subscription',
      'publication_trustlevels',
      'subscription_revocation',
      'session_meta_api',
      'subscription_meta_api',
      'event_retention',
      'event_history',
      'acknowledge_event_received',
      'acknowledge_subscriber_received',
      'payload_transparency',
      'payload_encryption_cryptobox',
    ),
  ],
  [
    'dealer',
    features(
      'caller_identification',
      'call_trustlevels',
      'call_timeout',
      'call_canceling',
      'progressive_call_results',
      'registration_revocation',
      'pattern_based_registration',
      'shared_registration',
      'session_meta_api',
      'registration_meta_api',
      'testament_meta_api',
      'payload_transparency',
      'payload_encryption_cryptobox',
    ),
  ],
];

/** The roles of HELLO, in a table for each. */
export const clientRoles = (slot: number): Field => roles(slot, CLIENT);
/** The roles of WELCOME. */
export const routerRoles = (slot: number): Field => roles(slot, ROUTER);

/** Every role that there is, without a feature: what is taken where Autobahn|Python leaves them out. */
export const ANY_CLIENT: readonly string[] = CLIENT.map(([role]) => role);
export const ANY_ROUTER: readonly string[] = ROUTER.map(([role]) => role);

function roles(slot: number, known: typeof CLIENT): Field {
  return {
    slot,
    width: 4,
    // New features come with each release of WAMP. The tables are for readers of the schema alone.
    fits: () => false,
    anyway: true,
    prepare: (writer, value) => {
      const announced = isDict(value) ? value : {};
      const tables = known.map(([role, members]) =>
        Object.hasOwn(announced, role)
          ? writeMembers(writer, members, featuresOf(announced[role], members), members.length)
          : undefined,
      );
      writer.beginTable(known.length);
      tables.forEach((position, i) => {
        if (position !== undefined) writer.reference(i, position);
      });
      return writer.endTable();
    },
    read: (reader, at) => {
      const table = reader.table(at);
      reader.reads(
        table,
        known.map(() => true),
      );
      const dict: Dict = {};
      known.forEach(([role, members], i) => {
        const place = reader.field(table, i, 4);
        if (place === 0) return;
        const inner = reader.table(place);
        reader.reads(
          inner,
          members.map(() => true),
        );
        dict[role] = { features: readMembers(reader, members, inner) };
      });
      return dict;
    },
  };
}

/** The features that are announced as true or false and known to the schema. */
function featuresOf(role: Value | undefined, members: Members): Dict {
  const announced = isDict(role) && isDict(role.features) ? role.features : {};
  const found: Dict = {};
  for (const [name] of members) {
    const value = Object.hasOwn(announced, name) ? announced[name] : undefined;
    if (typeof value === 'boolean') found[name] = value;
  }
  return found;
}
