import { type Dict, setKey, TypeCheckError, type Value } from '@wamp-run/protocol';
import { ArgumentCheck, keywordIn } from './argument-check.js';
import type { HandlerDescription, ParameterDescription } from './description.js';
import { SchemaCheck } from './schema-check.js';

/** What the client calls for each invocation or event. */
export type Handler<Details> = (args: Value[], kwargs: Dict, details: Details) => unknown;

/** A parameter, with where its value stands. */
interface Slot extends ParameterDescription {
  /** The index in the positional arguments, for `argument` and `rest`. */
  readonly index: number;
  /** For `keywords`: what other parameters bind. */
  readonly bound: ReadonlySet<string>;
}

/**
 * The one function between the client and a method: it checks the arguments, puts them in their places and calls the
 * method. What the method returns is handed on as it is.
 *
 * @throws TypeCheckError (the function, not this one) where arguments do not have the declared types; the method did not run
 */
export function compileHandler<Details>(instance: object, handler: HandlerDescription): Handler<Details> {
  const method = Reflect.get(instance, handler.method) as Method;
  const bind = binderOf<Details>(instance, method, handler.parameters);
  if (handler.parameters.some(({ schema }) => schema !== undefined)) return checkedBySchemas(bind, handler);
  if (!handler.check) return bind;
  const check = new ArgumentCheck(handler.parameters);
  return (args, kwargs, details) => {
    if (!check.passes(args, kwargs)) throw new TypeCheckError(check.explain(args, kwargs));
    return bind(args, kwargs, details);
  };
}

/** Schemas count also where types are not to be checked: somebody wrote them down for this handler. */
function checkedBySchemas<D>(bind: Handler<D>, { check, parameters }: HandlerDescription): Handler<D> {
  const schemas = new SchemaCheck(parameters, check);
  return (args, kwargs, details) => {
    const checked = schemas.run(args, kwargs);
    if (checked instanceof Promise) return checked.then((fine) => bind(fine.args, fine.kwargs, details));
    return bind(checked.args, checked.kwargs, details);
  };
}

type Method = (this: object, ...args: unknown[]) => unknown;

/** The arguments as they are where that is enough; a call without an array in between up to three parameters. */
function binderOf<D>(instance: object, method: Method, parameters: readonly ParameterDescription[]): Handler<D> {
  const slots = slotsOf(parameters);
  if (slots.every((slot) => slot.from === 'argument' || slot.from === 'rest')) {
    return (args) => method.apply(instance, args);
  }
  const [first, second, third] = slots;
  const fixed = slots.every((slot) => slot.from !== 'rest') ? slots.length : Number.POSITIVE_INFINITY;
  if (fixed === 1) {
    return (args, kwargs, details) => method.call(instance, read(first as Slot, args, kwargs, details));
  }
  if (fixed === 2) {
    return (args, kwargs, details) =>
      method.call(instance, read(first as Slot, args, kwargs, details), read(second as Slot, args, kwargs, details));
  }
  if (fixed === 3) {
    return (args, kwargs, details) =>
      method.call(
        instance,
        read(first as Slot, args, kwargs, details),
        read(second as Slot, args, kwargs, details),
        read(third as Slot, args, kwargs, details),
      );
  }
  return (args, kwargs, details) => {
    const values: unknown[] = [];
    for (const slot of slots) {
      const value = read(slot, args, kwargs, details);
      if (slot.from === 'rest') values.push(...(value as Value[]));
      else values.push(value);
    }
    return method.apply(instance, values);
  };
}

function slotsOf(parameters: readonly ParameterDescription[]): Slot[] {
  const bound = new Set(parameters.filter(({ from }) => from === 'keyword').map(({ name }) => name));
  let next = 0;
  return parameters.map((parameter) => ({ ...parameter, index: parameter.from === 'argument' ? next++ : next, bound }));
}

function read(slot: Slot, args: Value[], kwargs: Dict, details: unknown): unknown {
  switch (slot.from) {
    case 'argument':
      return args[slot.index];
    case 'rest':
      return args.slice(slot.index);
    case 'keyword':
      return keywordIn(kwargs, slot.name);
    case 'keywords':
      return slot.bound.size === 0 ? kwargs : without(kwargs, slot.bound);
    case 'details':
      return details;
  }
}

function without(kwargs: Dict, bound: ReadonlySet<string>): Dict {
  const left: Dict = {};
  for (const keyword of Object.keys(kwargs)) if (!bound.has(keyword)) setKey(left, keyword, kwargs[keyword] as Value);
  return left;
}
