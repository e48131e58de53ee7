import {
  BinaryPayload,
  type Call,
  type ClientRole,
  type Dict,
  ERROR_URIS,
  type ErrorMessage,
  type Feature,
  MessageType,
  ProtocolError,
  type Publish,
  type Yield,
} from '@wamp-run/protocol';
import type { Peer } from './peer.js';
import type { Refusal } from './refuse.js';
import { NOTHING } from './shared-details.js';

// Payloads that their sender has encoded for their receiver: in the specification's form, one binary argument and
// `ppt_*`, or in Autobahn's, bare bytes and `enc_*`. Both are passed on as they are, to those who announced the form.

const PPT: Feature = 'payload_passthru_mode';
const TRANSPARENT: Feature = 'payload_transparency';

const ATTRIBUTES: ReadonlyMap<string, Feature> = new Map<string, Feature>([
  ['ppt_scheme', PPT],
  ['ppt_serializer', PPT],
  ['ppt_cipher', PPT],
  ['ppt_keyid', PPT],
  ['enc_algo', TRANSPARENT],
  ['enc_key', TRANSPARENT],
  ['enc_serializer', TRANSPARENT],
]);

/** What has a payload: a message, or a PUBLISH to come. */
export type Carrier =
  | Pick<Call, 'type' | 'options' | 'payload'>
  | Pick<Publish, 'type' | 'options' | 'payload'>
  | Pick<Yield, 'type' | 'options' | 'payload'>
  | Pick<ErrorMessage, 'type' | 'details' | 'payload'>;

/** Who sends which of them, and where it says so. ERROR answers an INVOCATION. */
const SENDERS = {
  [MessageType.PUBLISH]: { role: 'publisher', place: 'PUBLISH options' },
  [MessageType.CALL]: { role: 'caller', place: 'CALL options' },
  [MessageType.YIELD]: { role: 'callee', place: 'YIELD options' },
  [MessageType.ERROR]: { role: 'callee', place: 'ERROR details' },
} as const satisfies Record<number, { role: ClientRole; place: string }>;

/** What a message says of a payload that is not for the router. */
export interface Passthru {
  /** What the receiver has to know, under the keys that it came with. */
  readonly attributes: Dict;
  /** What the receiver has to have announced. */
  readonly feature: Feature;
}

/**
 * What a message says of its payload; undefined for one that any receiver understands. Throws a ProtocolError where its
 * sender did not announce what it uses (V10).
 */
export function passthruOf(message: Carrier, sender: Peer): Passthru | undefined {
  const attributes = message.type === MessageType.ERROR ? message.details : message.options;
  const { payload } = message;
  let passed: Dict | undefined;
  for (const key in attributes) {
    const feature = ATTRIBUTES.get(key);
    const value = attributes[key];
    if (feature === undefined || value === undefined || value === null) continue;
    if (feature === TRANSPARENT && !(payload instanceof BinaryPayload)) continue;
    checkAnnounced(message, key, feature, sender);
    passed ??= {};
    passed[key] = value;
  }
  if (payload instanceof BinaryPayload) return { attributes: passed ?? NOTHING, feature: TRANSPARENT };
  return passed === undefined ? undefined : { attributes: passed, feature: PPT };
}

function checkAnnounced({ type }: Carrier, key: string, feature: Feature, { roles }: Peer): void {
  const { role, place } = SENDERS[type];
  if (roles.has(role, feature)) return;
  throw new ProtocolError(`${place}.${key}: ${feature} is not announced by this session`);
}

/** Whether a receiver understands a payload. */
export function understands({ roles }: Peer, role: ClientRole, passthru: Passthru | undefined): boolean {
  return passthru === undefined || roles.has(role, passthru.feature);
}

/** The details of a message that carries the payload on. */
export function detailsWith(details: Dict, passthru: Passthru | undefined): Dict {
  return passthru === undefined ? details : { ...details, ...passthru.attributes };
}

/** For a payload that its receiver has not announced to understand. `whom`: `callee`, `caller`. */
export function notUnderstood(whom: string, { feature }: Passthru): Refusal {
  return { error: ERROR_URIS.featureNotSupported, text: `the ${whom} has not announced ${feature}` };
}

/** Whether a dict has any key: most options are empty, and need no closer look. */
export function saysAnything(options: Dict): boolean {
  for (const _ in options) return true;
  return false;
}
