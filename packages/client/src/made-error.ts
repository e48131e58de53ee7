import {
  ApplicationError,
  type Dict,
  type ErrorClass,
  InvalidConfiguration,
  type Value,
  WampError,
} from '@wamp-run/protocol';
import { markReceived } from './received.js';
import type { ReportUserError } from './user-errors.js';

/** What an error is made from. */
export interface Received {
  readonly error: ApplicationError;
  /** The named parts of its URI. */
  readonly parts: Dict;
  readonly report: ReportUserError;
}

/** Makes an error of this class of what came. Where the class cannot, that is reported, and what came is the error. */
export function makeError(errorClass: ErrorClass, { error, parts, report }: Received): Error {
  if (isOf(errorClass, error)) return error;
  try {
    return finished(made(errorClass, error, parts), errorClass, error);
  } catch (reason) {
    report(reason, `making an error of class ${errorClass.name} for ${error.error}`);
    return error;
  }
}

function made(errorClass: ErrorClass, error: ApplicationError, parts: Dict): Error {
  if (typeof errorClass.fromWamp === 'function') return errorClass.fromWamp(error, parts);
  if (!isApplicationErrorClass(errorClass)) return Reflect.construct(errorClass, error.args);
  // Its constructor takes the arguments that it sends, or what its base takes: whichever gives back what came.
  const { args, kwargs, executed, retryable } = error;
  let cause: unknown;
  for (const attempt of [args, [error.error, args, { kwargs, executed, retryable }]]) {
    try {
      const made = Reflect.construct(errorClass, attempt);
      if (saysTheSame(made, error)) return made;
    } catch (thrown) {
      cause = thrown;
    }
  }
  const { name } = errorClass;
  throw new InvalidConfiguration(
    `class ${name} can be made neither as new ${name}(...args) nor as new ${name}(uri, args, { kwargs }) so that it is the error that came; give it a static fromWamp(error)`,
    { cause },
  );
}

function finished(made: Error, errorClass: ErrorClass, error: ApplicationError): Error {
  if (!isOf(errorClass, made)) throw new InvalidConfiguration(`fromWamp gave no ${errorClass.name}`);
  const own = (value: unknown) => ({ value, configurable: true, writable: true });
  if (!Reflect.defineProperty(made, 'cause', own(error))) {
    throw new InvalidConfiguration(`fromWamp gave a frozen ${errorClass.name}, which cannot have a cause`);
  }
  // How far the call came is known from the message alone.
  if (made instanceof WampError) Reflect.defineProperty(made, 'executed', { value: error.executed, enumerable: true });
  if (made instanceof ApplicationError)
    Reflect.defineProperty(made, 'details', { value: error.details, enumerable: true });
  markReceived(made, error);
  return made;
}

function isOf(errorClass: ErrorClass, error: unknown): boolean {
  return error instanceof errorClass;
}

/** By name, as `instanceof` of our errors: the class may come from another copy of the package. */
function isApplicationErrorClass(errorClass: ErrorClass): boolean {
  for (let level: unknown = errorClass; typeof level === 'function'; level = Object.getPrototypeOf(level)) {
    const family: unknown = Object.getOwnPropertyDescriptor(level, 'family')?.value;
    if (family === ApplicationError.family) return true;
  }
  return false;
}

function saysTheSame(made: ApplicationError, { error, args, kwargs }: ApplicationError): boolean {
  if (made.error !== error || made.args.length !== args.length) return false;
  if (!args.every((value, i) => Object.is(value, made.args[i]))) return false;
  const keys = Object.keys(kwargs);
  if (keys.length !== Object.keys(made.kwargs).length) return false;
  return keys.every((key) => Object.hasOwn(made.kwargs, key) && Object.is(kwargs[key] as Value, made.kwargs[key]));
}
