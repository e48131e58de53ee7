/**
 * A WAMP session, and a client that keeps one joined. Runs in Node and in a browser as it is: wires, clock and
 * randomness are handed in.
 *
 * @packageDocumentation
 */
export type { Forwarded } from '@wamp-run/protocol';
export { CallDetails, type CallFields, type Progress } from './call-details.js';
export { CallResult, type ResultFields } from './call-result.js';
export type { CallArguments } from './caller.js';
export { checkRegistration, checkSubscription } from './check-request.js';
export { Client } from './client.js';
export type { ClientEvents, ClientListener } from './client-events.js';
export type { ClientEnd, ClientOptions } from './client-options.js';
export { CLIENT_LIFECYCLE, type ClientState, type ClientStep } from './client-states.js';
export type { ClientStatus } from './client-status.js';
export type { CloseDetails } from './close-details.js';
export type { DisconnectDetails } from './disconnect-details.js';
export { ErrorMapping } from './error-mapping.js';
export { EventDetails, type EventFields } from './event-details.js';
export type { EventsOptions, WampEvent } from './event-stream.js';
export { EXPOSE_ERRORS, type ExposeErrors } from './failure.js';
export { joinSession } from './handshake.js';
export type { Hooks } from './hooks.js';
export { checkInterceptors } from './interception.js';
export type {
  InterceptedCall,
  InterceptedEvent,
  InterceptedInvocation,
  InterceptedPublication,
  Interceptor,
} from './interceptor.js';
export type { JoinOptions } from './join-options.js';
export type { JoinedSession } from './joined-session.js';
export { Keywords } from './keywords.js';
export type { ChallengeHandler, LoginOptions } from './login-options.js';
export { milliseconds } from './milliseconds.js';
export type {
  CallOptions,
  InvocationPolicy,
  PublishOptions,
  RegisterOptions,
  SubscribeOptions,
} from './options.js';
export { PayloadCoding, type PayloadCodingOptions } from './payload-coding.js';
export type { Publication } from './publication.js';
export type { RegisterAllOptions } from './register-all.js';
export type { Procedure, ProgressiveProcedure, Registration } from './registration.js';
export type { RemoteOptions } from './remote-options.js';
export type { Remote, RemoteMethod, RemoteResult, StreamNames } from './remote-types.js';
export type { StreamOptions } from './result-stream.js';
export type { CallRetry, Retry } from './retry.js';
export { type RunOptions, type RunOutcome, run } from './run.js';
export { Session } from './session.js';
export type { SessionDetails } from './session-details.js';
export type { SessionEnd } from './session-end.js';
export type { EventHandler, Subscription, UnsubscribeOptions } from './subscription.js';
export { defineTopic, type ReceivedEvent, type TopicContract, type TopicSchemas } from './topic-contract.js';
export type { TypedEventHandler, TypedTopic } from './typed-topic.js';
export { type WhenFreeOptions, whenFree } from './when-free.js';
