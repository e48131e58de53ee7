import { declareErrorUri, type ErrorClass } from '@wamp-run/protocol';

/**
 * Gives a class of errors its URI: what a procedure throws of it, or of a subclass without one, goes out under the URI,
 * in any component and without another word. A caller that wants it back as the class says `session.define(OutOfStock)`.
 * The URI is absolute: components have a prefix, errors do not. Works as a standard decorator too.
 *
 * What of an error travels is its `toWamp()`, else its message: see ErrorClass.
 *
 * @throws InvalidConfiguration where the class does not extend Error, or has another URI; InvalidUriError
 * @example
 * ```ts
 * @error('com.shop.error.out_of_stock')
 * export class OutOfStock extends Error {}
 * ```
 */
export function error(uri: string): (target: ErrorClass) => void {
  return (target) => declareErrorUri(target, uri);
}
