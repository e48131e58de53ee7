import { recordParameter } from './records.js';

/** Decorates a parameter of a method. */
export type HandlerParameterDecorator = (prototype: object, method: string, index: number) => void;

/**
 * A positional or keyword argument that may be missing; the parameter is then `undefined`. A parameter with a default
 * needs no decorator. (A `?` alone is lost when TypeScript is compiled.)
 *
 * @example greet(name: string, @optional() title?: string): string {}
 */
export function optional(): HandlerParameterDecorator {
  return (prototype, member, index) => recordParameter(prototype, { kind: 'optional', member, index });
}

/**
 * Binds one keyword argument. It is required unless it has a default or `@optional()`.
 *
 * @param name the keyword on the wire
 * @example search(text: string, @kwarg('limit') limit: number = 10): Hit[] {}
 */
export function kwarg(name: string): HandlerParameterDecorator {
  return (prototype, member, index) => recordParameter(prototype, { kind: 'kwarg', keyword: name, member, index });
}

/**
 * Binds all keyword arguments but those that a `@kwarg` binds, as a dict. A handler without it refuses keywords that it
 * does not know.
 *
 * @example store(key: string, @kwargs() fields: Dict): void {}
 */
export function kwargs(): HandlerParameterDecorator {
  return (prototype, member, index) => recordParameter(prototype, { kind: 'kwargs', member, index });
}
