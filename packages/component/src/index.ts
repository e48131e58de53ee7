/**
 * Components of WAMP: decorators that say what a class offers, descriptions of it as plain data, injection, and checks
 * of the arguments that arrive. A service imports this package and no other of the project.
 *
 * @packageDocumentation
 */
export {
  CallDetails,
  CallResult,
  type CloseDetails,
  type DisconnectDetails,
  defineTopic,
  EventDetails,
  type InterceptedCall,
  type InterceptedEvent,
  type InterceptedInvocation,
  type InterceptedPublication,
  type Interceptor,
  Keywords,
  type ReceivedEvent,
  type Remote,
  type RemoteOptions,
  Session,
  type SessionDetails,
  type TopicContract,
  type TypedEventHandler,
  type TypedTopic,
} from '@wamp-run/client';
export {
  ApplicationError,
  CONTRACT,
  type Contract,
  type ContractCarrier,
  type Dict,
  type ErrorArguments,
  type ErrorClass,
  InvalidConfiguration,
  type KeyPolicy,
  Logger,
  type LoginAnswer,
  type LoginChallenge,
  type LoginContext,
  type PayloadKeys,
  type SchemaInput,
  type SchemaIssue,
  type SchemaOutput,
  type SchemaResult,
  type StandardSchema,
  type TransportDetails,
  TypeCheckError,
  type Value,
} from '@wamp-run/protocol';
export type { ArgumentType, ItemType } from './argument-type.js';
export { type ComponentOptions, component } from './component.js';
export {
  ComponentConfig,
  type ComponentConfigFields,
  type Controller,
  type HostedComponentStatus,
  type Runner,
} from './component-config.js';
export { type ConfiguredDescription, configured } from './configured.js';
export type { ConfiguredUri, UriConfig } from './configured-uri.js';
export {
  type ComponentHooks,
  type ComponentInjection,
  type ComponentInstance,
  createComponent,
} from './create-component.js';
export { defineComponent } from './define-component.js';
export type {
  ArgumentTypes,
  CallContext,
  ComponentDefinition,
  DefinedProcedureOptions,
  DefinedTopicOptions,
  DefineOptions,
  EventContext,
  KeywordTypes,
  MethodsOf,
  OfferedHandler,
  OfferedProcedure,
  OfferedTopic,
  Offers,
  SetupContext,
} from './definition.js';
export { componentsIn, type DescribeOptions, describe } from './describe.js';
export type {
  ComponentDescription,
  HandlerDescription,
  HookName,
  ParameterDescription,
  ParameterSource,
  ProcedureDescription,
  TopicDescription,
} from './description.js';
export { error } from './error.js';
export { type FieldOptions, type FieldType, field } from './field.js';
export type { Handler } from './handler.js';
export { type HandlerParameterDecorator, kwarg, kwargs, optional } from './parameters.js';
export { ProcessScope } from './process-scope.js';
export type { Inject, Provider } from './provider.js';
export type { ComponentClass } from './records.js';
export {
  type ArgumentSchemas,
  type CheckedHandlerDecorator,
  type HandlerDecorator,
  type HandlerOptions,
  type ProcedureOptions,
  register,
  subscribe,
  type TopicOptions,
} from './register.js';
export { inject, injectable } from './tsyringe.js';
export type { WireType } from './wire-type.js';
