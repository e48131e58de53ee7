import { type ApplicationError, InvalidConfiguration } from './errors.js';
import { checkUri } from './uris.js';
import type { Dict } from './value.js';

/**
 * A class of errors that crosses the wire under a URI of its own.
 *
 * On the way out an error is its `toWamp()`, where it has that; else the `args` and `kwargs` of an ApplicationError;
 * else its message, as the only argument.
 *
 * @example
 * class OutOfStock extends Error {
 *   static fromWamp({ args: [item], kwargs: { left } }: ApplicationError) {
 *     return new OutOfStock(String(item), Number(left));
 *   }
 *   constructor(readonly item: string, readonly left: number) {
 *     super(`${item}: ${left} left`);
 *   }
 *   toWamp() {
 *     return { args: [this.item], kwargs: { left: this.left } };
 *   }
 * }
 */
export interface ErrorClass<E extends Error = Error> {
  new (...args: never[]): E;
  /**
   * Makes one of what a peer sent: `args` and `kwargs` of the error are anything that can travel. `parts` are the named
   * parts of the URI, where the class was defined for a pattern. Without it the constructor gets the arguments as they came.
   */
  fromWamp?(error: ApplicationError, parts: Dict): E;
}

/** What `toWamp()` of an error gives: its arguments on the wire. */
export interface ErrorArguments {
  readonly args?: readonly unknown[];
  readonly kwargs?: object;
}

// A registered symbol: the class may have been decorated with another copy of this package.
const ERROR_URI = Symbol.for('wamp-run.error-uri');

/**
 * Writes the URI of its errors on a class. It is the class's own: a subclass has it only as long as it has none itself.
 *
 * @throws InvalidConfiguration where it is no class of errors, has another URI already, or the URI is a pattern;
 *   InvalidUriError
 */
export function declareErrorUri(target: ErrorClass, uri: string): void {
  checkErrorClass(target, 'error');
  checkUri(uri, 'error');
  if (/[<>]/.test(uri)) {
    throw new InvalidConfiguration(
      `error: class ${target.name} cannot go out under the pattern ${uri}; give it a URI, and the pattern to session.define`,
    );
  }
  const before = declaredErrorUri(target);
  if (before !== undefined && before !== uri) {
    throw new InvalidConfiguration(
      `error: class ${target.name} has the URI ${before} already; leave one of the two out`,
    );
  }
  Object.defineProperty(target, ERROR_URI, { value: uri, configurable: true });
}

/** The URI that was written on this very class, or undefined. */
export function declaredErrorUri(target: object): string | undefined {
  const uri: unknown = Object.getOwnPropertyDescriptor(target, ERROR_URI)?.value;
  return typeof uri === 'string' ? uri : undefined;
}

/** Throws InvalidConfiguration for what is no class of errors, or the class of all. `where` begins the message. */
export function checkErrorClass(target: unknown, where: string): void {
  if (typeof target === 'function' && target.prototype instanceof Error) return;
  if (target === Error) {
    throw new InvalidConfiguration(`${where}: Error is every error there is; define a subclass of it`);
  }
  const given = typeof target === 'function' ? `class ${target.name}` : typeof target;
  throw new InvalidConfiguration(`${where}: expected a class that extends Error, got ${given}`);
}
