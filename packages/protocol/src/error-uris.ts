/** Error URIs that the protocol, or common practice, gives a meaning. Keys are ours, values are the wire's. */
export const ERROR_URIS = {
  /** A URI in the message is not one. */
  invalidUri: 'wamp.error.invalid_uri',
  /** CALL: nobody has registered the procedure. */
  noSuchProcedure: 'wamp.error.no_such_procedure',
  /** REGISTER: somebody else has it. */
  procedureAlreadyExists: 'wamp.error.procedure_already_exists',
  /** UNREGISTER: not a registration of this session. */
  noSuchRegistration: 'wamp.error.no_such_registration',
  /** UNSUBSCRIBE: not a subscription of this session. */
  noSuchSubscription: 'wamp.error.no_such_subscription',
  /** The callee refuses the arguments. */
  invalidArgument: 'wamp.error.invalid_argument',
  /** The payload cannot be carried on the other side's wire (in common use, not in the specification). */
  invalidPayload: 'wamp.error.invalid_payload',
  /** A message is larger than a wire or a router allows. */
  payloadSizeExceeded: 'wamp.error.payload_size_exceeded',
  /** The peer broke the protocol; reason of ABORT. */
  protocolViolation: 'wamp.error.protocol_violation',
  /** The action is denied. */
  notAuthorized: 'wamp.error.not_authorized',
  /** The decision on the action failed. */
  authorizationFailed: 'wamp.error.authorization_failed',
  /** HELLO: no such realm here. */
  noSuchRealm: 'wamp.error.no_such_realm',
  /** Meta API: no session with this id. */
  noSuchSession: 'wamp.error.no_such_session',
  /** HELLO: nobody by that name. It tells outsiders who is known: accepted on input, never sent by this router. */
  noSuchPrincipal: 'wamp.error.no_such_principal',
  /** CALL: the procedure is there, but the caller excluded all of its callees (from Autobahn). */
  noEligibleCallee: 'wamp.error.no_eligible_callee',
  /** HELLO: no role that this router knows. */
  noSuchRole: 'wamp.error.no_such_role',
  /** HELLO: none of the client's methods is offered. */
  noMatchingAuthMethod: 'wamp.error.no_matching_auth_method',
  /** Wrong credentials. */
  authenticationDenied: 'wamp.error.authentication_denied',
  /** The login itself failed technically. */
  authenticationFailed: 'wamp.error.authentication_failed',
  /** The client cannot answer the challenge (in common use). */
  cannotAuthenticate: 'wamp.error.cannot_authenticate',
  /** The call was canceled, or its callee went away. */
  canceled: 'wamp.error.canceled',
  /** The call took longer than its timeout. */
  timeout: 'wamp.error.timeout',
  /** An option that this router does not allow or does not have. */
  optionNotAllowed: 'wamp.error.option_not_allowed',
  /** The caller or publisher may not be disclosed here. */
  discloseMeDisallowed: 'wamp.error.option_disallowed.disclose_me',
  /** The callee lacks a feature that the call needs. */
  featureNotSupported: 'wamp.error.feature_not_supported',
  /** A callee asks that another callee of the procedure be called instead. */
  unavailable: 'wamp.error.unavailable',
  /** All callees of the procedure are unavailable, or have as many calls as they take. */
  noAvailableCallee: 'wamp.error.no_available_callee',
  /** A bound of this router's is reached (not in the specification). */
  limitExceeded: 'wamp.error.limit_exceeded',
  /** The procedure failed with something that is no application error (in common use). */
  runtimeError: 'wamp.error.runtime_error',
  /** Arguments have the wrong types (from Autobahn). */
  typeCheckError: 'wamp.error.type_check_error',
  /** An encoded payload came to somebody who has no codec (from Autobahn, as the two below). */
  noPayloadCodec: 'wamp.error.no_payload_codec',
  /** An encoded payload was made for another URI than the message's. */
  trustedUriMismatch: 'wamp.error.encryption.trusted_uri_mismatch',
  /** An encoded payload cannot be decoded, or one that has to be encoded is not. */
  decryptError: 'wamp.error.encryption.decrypt_error',
} as const;

/** Reasons of GOODBYE and ABORT. */
export const CLOSE_REASONS = {
  /** A client leaves of its own will (in common use). */
  normal: 'wamp.close.normal',
  /** The answer to GOODBYE. */
  goodbyeAndOut: 'wamp.close.goodbye_and_out',
  /** The peer shuts down. */
  systemShutdown: 'wamp.close.system_shutdown',
  /** The realm is closed. */
  closeRealm: 'wamp.close.close_realm',
  /** Another session, or the router's operator, ended this one. */
  killed: 'wamp.close.killed',
  /** The client does not read, and too much waits for it (not in the specification). */
  queueExceeded: 'wamp.close.queue_exceeded',
  /** The client was silent for too long (not in the specification). */
  idle: 'wamp.close.idle',
  /** A client leaves, and what let it in without a proof, such as a cookie, is to be forgotten (not in the specification). */
  logout: 'wamp.close.logout',
  /** Not on the wire: the transport went away without GOODBYE. */
  transportLost: 'wamp.close.transport_lost',
} as const;

/** What routers and clients in the field send instead of the specification's URIs: accepted on input, never sent. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['wamp.error.system_shutdown', CLOSE_REASONS.systemShutdown],
  ['wamp.error.close_realm', CLOSE_REASONS.closeRealm],
  ['wamp.error.goodbye_and_out', CLOSE_REASONS.goodbyeAndOut],
  ['wamp.error.cancelled', ERROR_URIS.canceled],
  ['wamp.error.procedure_exists_with_different_invocation_policy', ERROR_URIS.procedureAlreadyExists],
  ['wamp.error.no_auth_method', ERROR_URIS.noMatchingAuthMethod],
  ['wamp.error.not_auth_method', ERROR_URIS.noMatchingAuthMethod],
]);

/** The specification's form of an error URI or close reason. */
export function canonicalUri(uri: string): string {
  return ALIASES.get(uri) ?? uri;
}
