import {
  BinaryPayload,
  type Call,
  type ClientRole,
  type Dict,
  ERROR_URIS,
  type ErrorMessage,
  type Feature,
  MessageType,
  nameOf,
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

/** Who sends a message with a payload. ERROR answers an INVOCATION. */
const ROLES = {
  [MessageType.PUBLISH]: 'publisher',
  [MessageType.CALL]: 'caller',
  [MessageType.YIELD]: 'callee',
  [MessageType.ERROR]: 'callee',
} as const satisfies Record<number, ClientRole>;

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
export function passthruOf(message: Call | Publish | Yield | ErrorMessage, sender: Peer): Passthru | undefined {
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

function checkAnnounced(
  message: Call | Publish | Yield | ErrorMessage,
  key: string,
  feature: Feature,
  { roles }: Peer,
): void {
  if (roles.has(ROLES[message.type], feature)) return;
  const place = `${nameOf(message)} ${message.type === MessageType.ERROR ? 'details' : 'options'}.${key}`;
  throw new ProtocolError(`${place}: ${feature} is not announced by this client`);
}

/** Whether a receiver understands a payload. */
export function understands({ roles }: Peer, role: ClientRole, passthru: Passthru | undefined): boolean {
  return passthru === undefined || roles.has(role, passthru.feature);
}

/** Whether the payload breaks the session of a receiver that does not understand it: to any other, bytes are no args. */
export function isDangerous(passthru: Passthru | undefined): boolean {
  return passthru?.feature === TRANSPARENT;
}

/** The details of a message that carries the payload on. */
export function detailsWith(details: Dict, passthru: Passthru | undefined): Dict {
  return passthru === undefined ? details : { ...details, ...passthru.attributes };
}

/** For a payload that its receiver has not announced to understand. `whom`: `callee`, `caller`. */
export function notUnderstood(whom: string, { feature }: Passthru): Refusal {
  return { error: ERROR_URIS.featureNotSupported, text: `the ${whom} has not announced ${feature}` };
}
