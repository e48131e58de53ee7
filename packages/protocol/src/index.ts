/**
 * WAMP as a value: messages, ids, URIs, roles, session tables, errors, and the interfaces that wires and serializers
 * meet. No IO: nothing in here touches a socket, a clock or a source of randomness; they are handed in.
 *
 * @packageDocumentation
 */
export type {
  ClientAuthenticator,
  ClientLogin,
  LoginAnswer,
  LoginChallenge,
  LoginContext,
  WelcomeVerdict,
} from './authenticator.js';
export type { Clock } from './clock.js';
export {
  type ArgumentPlace,
  CONTRACT,
  type Contract,
  type ContractCarrier,
  type ContractConfig,
  type ProcedureContract,
} from './contract.js';
export {
  checkErrorClass,
  declaredErrorUri,
  declareErrorUri,
  type ErrorArguments,
  type ErrorClass,
} from './error-class.js';
export { CLOSE_REASONS, canonicalUri, ERROR_URIS } from './error-uris.js';
export {
  ApplicationError,
  type ApplicationErrorOptions,
  Canceled,
  type ErrorDetails,
  type Executed,
  InvalidConfiguration,
  InvalidUriError,
  PayloadExceededError,
  ProtocolError,
  SerializationError,
  SessionEnded,
  SessionNotReady,
  type Side,
  Timeout,
  TransportLost,
  TypeCheckError,
  WampError,
  type WampErrorOptions,
} from './errors.js';
export {
  announce,
  CLIENT_ROLES,
  type ClientRole,
  type Feature,
  PeerRoles,
  ROUTER_ROLES,
  type Role,
  type RouterRole,
} from './features.js';
export type { Forwarded } from './forwarded.js';
export { following, type Id, isId, MAX_ID, type Random, RequestIds, randomId } from './ids.js';
export type { DirectCall, DirectCallee, DirectRoute, DirectRouter, InProcess } from './in-process.js';
export { Logger, silent } from './logger.js';
export { type Abort, abortMessage } from './messages/abort.js';
export { type Authenticate, authenticateMessage } from './messages/authenticate.js';
export { type Call, callMessage } from './messages/call.js';
export { type Cancel, type CancelMode, cancelMessage } from './messages/cancel.js';
export { type Challenge, challengeMessage } from './messages/challenge.js';
export { type ErrorMessage, errorMessage } from './messages/error.js';
export { type Event, eventMessage } from './messages/event.js';
export { type EventReceived, eventReceivedMessage } from './messages/event-received.js';
export { type Goodbye, goodbyeMessage } from './messages/goodbye.js';
export { type Hello, helloMessage } from './messages/hello.js';
export { type Interrupt, interruptMessage } from './messages/interrupt.js';
export { type Invocation, invocationMessage } from './messages/invocation.js';
export {
  frameOf,
  headerLength,
  headerOf,
  kwargsBehindBytes,
  MESSAGE_SHAPES,
  type Message,
  messageFromList,
  nameOf,
  type PayloadMessage,
  payloadIn,
  shapeOf,
} from './messages/message.js';
export { type Publish, publishMessage } from './messages/publish.js';
export { type Published, publishedMessage } from './messages/published.js';
export { type Register, registerMessage } from './messages/register.js';
export { type Registered, registeredMessage } from './messages/registered.js';
export { type Result, resultMessage } from './messages/result.js';
export type { MessageShape, Sender } from './messages/shape.js';
export { type Subscribe, subscribeMessage } from './messages/subscribe.js';
export { type Subscribed, subscribedMessage } from './messages/subscribed.js';
export { type MessageCode, type MessageName, MessageType, REQUEST_TYPES, type RequestType } from './messages/types.js';
export { type Unregister, unregisterMessage } from './messages/unregister.js';
export { type Unregistered, unregisteredMessage } from './messages/unregistered.js';
export { type Unsubscribe, unsubscribeMessage } from './messages/unsubscribe.js';
export { type Unsubscribed, unsubscribedMessage } from './messages/unsubscribed.js';
export { type Welcome, welcomeMessage } from './messages/welcome.js';
export { type Yield, yieldMessage } from './messages/yield.js';
export { checkOptionNames, nearestName, type OptionNames } from './option-names.js';
export {
  BinaryPayload,
  decoded,
  handedOver,
  type Payload,
  type PlainPayload,
  payloadOf,
  RawPayload,
  taken,
} from './payload.js';
export {
  type DecodedPayload,
  type EncodedPayload,
  encodedPayload,
  isEncodedPayload,
  PAYLOAD_FORMS,
  type PayloadCodec,
  type PayloadForm,
  payloadAttributes,
} from './payload-codec.js';
export type { KeyPolicy, PayloadKeys } from './payload-keys.js';
export { COPY, type PortableOptions, portable, portableArgs, portableKwargs } from './portable.js';
export type {
  HelloVerdict,
  LoginAccepted,
  LoginChallenged,
  LoginDenied,
  LoginPassed,
  LoginProof,
  LoginRequest,
  ProofVerdict,
  RouterAuthenticator,
  RouterLogin,
} from './router-authenticator.js';
export { type Batching, MAX_BATCH, type Serializer, type ValueSerializer } from './serializer.js';
export { CLIENT_STATES, clientTable } from './session/client-states.js';
export {
  type CompiledTable,
  SessionMachine,
  type SessionState,
  type SessionTable,
  type Step,
} from './session/machine.js';
export { ROUTER_STATES, routerTable } from './session/router-states.js';
export {
  isSchema,
  issueSentences,
  type SchemaInput,
  type SchemaIssue,
  type SchemaOutput,
  type SchemaResult,
  type StandardSchema,
} from './standard-schema.js';
export type { Stop } from './stop.js';
export type {
  ChannelBinding,
  Closed,
  ConnectionCookies,
  Connector,
  Listener,
  Listening,
  PeerCertificate,
  TlsDetails,
  Transport,
  TransportDetails,
  TransportHandler,
} from './transport.js';
export { type PartType, type UriPattern, uriPattern } from './uri-pattern.js';
export { checkUri, isReserved, isUri, type MatchPolicy, matches, type UriRule } from './uris.js';
export { type Dict, isDict, MAX_DEPTH, setKey, typeName, type Value } from './value.js';
