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
  EventDetails,
  Session,
  type SessionDetails,
} from '@wamp-run/client';
export {
  ApplicationError,
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
  type TransportDetails,
  TypeCheckError,
  type Value,
} from '@wamp-run/protocol';
export { type ComponentOptions, component } from './component.js';
export { ComponentConfig, type ComponentConfigFields, type Controller, type Runner } from './component-config.js';
export {
  type ComponentHooks,
  type ComponentInjection,
  type ComponentInstance,
  createComponent,
} from './create-component.js';
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
export type { Handler } from './handler.js';
export type { ProviderOverride } from './override.js';
export { type HandlerParameterDecorator, kwarg, kwargs, optional } from './parameters.js';
export type { ComponentClass } from './records.js';
export {
  type HandlerDecorator,
  type HandlerOptions,
  type ProcedureOptions,
  register,
  subscribe,
  type TopicOptions,
} from './register.js';
export { inject, injectable } from './tsyringe.js';
export type { WireType } from './wire-type.js';
