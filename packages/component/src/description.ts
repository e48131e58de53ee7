import type { Interceptor, RegisterOptions, SubscribeOptions } from '@wamp-run/client';
import type { StandardSchema } from '@wamp-run/protocol';
import type { ConfiguredUri } from './configured-uri.js';
import type { Provider } from './provider.js';
import type { ComponentClass } from './records.js';
import type { WireType } from './wire-type.js';

/** The hooks that a component may have. */
export const HOOKS = [
  'onConnect',
  'onChallenge',
  'onWelcome',
  'onJoin',
  'onReady',
  'onLeave',
  'onDisconnect',
  'onUserError',
] as const;

/** One of a component's hooks. */
export type HookName = (typeof HOOKS)[number];

/**
 * Where a handler's parameter takes its value from: a positional argument, all positional arguments that are left, one
 * keyword argument, all keyword arguments that no other parameter binds, or the details of the invocation or event.
 * What checks a `rest` checks each of its items.
 */
export type ParameterSource = 'argument' | 'rest' | 'keyword' | 'keywords' | 'details';

/** One parameter of a handler. */
export interface ParameterDescription {
  /** As errors name it: the parameter's name, the keyword, or `argument 2`. */
  readonly name: string;
  readonly from: ParameterSource;
  /** What the compiler's metadata says for certain. Absent: anything passes. */
  readonly type?: WireType;
  /** What checks the value, instead of its type, and whether it may be missing. */
  readonly schema?: StandardSchema;
  readonly required: boolean;
  /** Whether null passes although there is a type. */
  readonly nullable: boolean;
}

/** A method that handles calls or events. */
export interface HandlerDescription {
  /** The method's name. */
  readonly method: string;
  /** Whether arguments are checked before the method runs. */
  readonly check: boolean;
  /** In the order of the method's declaration. */
  readonly parameters: readonly ParameterDescription[];
}

/** A procedure that a component registers. */
export interface ProcedureDescription extends HandlerDescription {
  /** With its named parts, where it has any. A function where it depends on the configuration: see `configured`. */
  readonly uri: string | ConfiguredUri;
  /** What to register it with. Absent: nothing but the URI. */
  readonly options?: Readonly<RegisterOptions>;
  /** There, and true, where it is an async generator. */
  readonly streams?: boolean;
  /** There, and true, where calling it twice does no more than calling it once. */
  readonly idempotent?: boolean;
  /** What its results must be. Absent: anything. */
  readonly result?: StandardSchema | undefined;
  /** What its progressive results must be. Absent: anything. */
  readonly progress?: StandardSchema | undefined;
}

/** A topic that a component subscribes to. */
export interface TopicDescription extends HandlerDescription {
  /** With its named parts, where it has any. A function where it depends on the configuration: see `configured`. */
  readonly topic: string | ConfiguredUri;
  /** What to subscribe with. Absent: nothing but the topic. */
  readonly options?: Readonly<SubscribeOptions>;
}

/** What a class offers: plain data, and the class. */
export interface ComponentDescription {
  readonly class: ComponentClass;
  readonly name: string;
  readonly realm?: string;
  readonly prefix?: string;
  readonly extra?: unknown;
  /** What it brings along to be injected. Absent: nothing. */
  readonly provide?: readonly Provider[];
  /** What stands around what it does, the outermost first. Absent: nothing. */
  readonly interceptors?: readonly Interceptor[];
  readonly procedures: readonly ProcedureDescription[];
  readonly topics: readonly TopicDescription[];
  /** The hooks that the class has as methods. */
  readonly hooks: readonly HookName[];
}
