import { type CallDetails, type EventDetails, Session } from '@wamp-run/client';
import { type Dict, InvalidConfiguration, Logger, setKey, type Value } from '@wamp-run/protocol';
import { ComponentConfig } from './component-config.js';
import type { DefineOptions, OfferedHandler } from './definition.js';
import { HOOKS, type ParameterDescription } from './description.js';
import { Injector } from './injector.js';
import type { AnyFunction, ComponentClass } from './records.js';
import { type InjectableClass, injectable } from './tsyringe.js';

/** A handler, and the method that it becomes. */
export interface DefinedHandler {
  readonly kind: 'procedure' | 'topic';
  readonly method: string;
  readonly handler: AnyFunction;
  readonly parameters: readonly ParameterDescription[];
}

type Options = Omit<Partial<DefineOptions<unknown, readonly OfferedHandler[]>>, 'name'> & { readonly name: string };
type Method = (...values: unknown[]) => unknown;

/** Where an instance keeps what `setup` returned. A symbol: methods may have any name. */
const DEPS: unique symbol = Symbol('deps');

/** The class of a component that was written without one: made, and called, as any other. */
export function classOf(options: Options, handlers: readonly DefinedHandler[]): ComponentClass {
  class Defined {
    readonly [DEPS]: unknown;

    constructor(config: ComponentConfig, session: Session, log: Logger, { inject }: Injector) {
      this[DEPS] = options.setup?.({ config, session, log, inject });
      if (typeof (this[DEPS] as PromiseLike<unknown> | undefined)?.then === 'function') {
        throw new InvalidConfiguration('setup() answers with a promise; do what takes time in onJoin');
      }
    }
  }
  Object.defineProperty(Defined, 'name', { value: options.name });
  Reflect.defineMetadata('design:paramtypes', [ComponentConfig, Session, Logger, Injector], Defined);
  injectable()(Defined as InjectableClass);
  const define = (name: string, value: (this: Defined, ...values: never[]) => unknown): void => {
    Object.defineProperty(Defined.prototype, name, { value, writable: true, configurable: true });
  };
  for (const handler of handlers) define(handler.method, methodOf(handler));
  for (const hook of HOOKS) {
    const run = options[hook] as Method | undefined;
    if (run === undefined) continue;
    define(hook, function (...values) {
      return run(...values, this[DEPS]);
    });
  }
  const { dispose } = options;
  if (dispose !== undefined) {
    define('dispose', function () {
      return dispose(this[DEPS]);
    });
  }
  return Defined as ComponentClass;
}

/** A method that takes its values in the order of its parameters, as the methods of classes do. */
function methodOf({ kind, handler, parameters }: DefinedHandler): (this: object, ...values: unknown[]) => unknown {
  const run = handler as Method;
  const args = parameters.filter(({ from }) => from === 'argument').length;
  const takesRest = parameters.some(({ from }) => from === 'rest');
  const all = parameters.some(({ from }) => from === 'keywords');
  const keywords = parameters.filter(({ from }) => from === 'keyword').map(({ name }) => name);
  /** How many values come behind the arguments and the rest of them. */
  const behind = parameters.filter(({ from }) => from !== 'argument' && from !== 'rest').length;
  const positional = (values: readonly unknown[], end: number): unknown[] =>
    takesRest
      ? [...Array.from({ length: args }, (_, i) => values[i]), values.slice(args, Math.max(args, end))]
      : values.slice(0, args);
  // Without a place for the details, nothing but the arguments is asked for.
  if (parameters.at(-1)?.from !== 'details') return (...values) => run(...positional(values, values.length - behind));
  return function (this: object, ...values) {
    const end = values.length - behind;
    const details = values[values.length - 1] as CallDetails | EventDetails;
    const kwargs = all ? (values[end] as Dict) : keywordValues(keywords, values, end);
    const deps = (this as { [DEPS]: unknown })[DEPS];
    const context = kind === 'procedure' ? { call: details, kwargs, deps } : { event: details, kwargs, deps };
    return run(...positional(values, end), context);
  };
}

function keywordValues(keywords: readonly string[], values: readonly unknown[], from: number): Dict {
  const dict: Dict = {};
  keywords.forEach((keyword, i) => {
    const value = values[from + i] as Value | undefined;
    if (value !== undefined) setKey(dict, keyword, value);
  });
  return dict;
}
