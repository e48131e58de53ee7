import { CallDetails, EventDetails } from '@wamp-run/client';
import { type AnyClass, parameterTypes } from './records.js';

/** What to do where no types were written down. */
export const METADATA_REMEDY =
  'set "experimentalDecorators" and "emitDecoratorMetadata" and build with a compiler that writes metadata: tsc, swc or oxc (tsx and esbuild write none)';

/** Where tsyringe keeps what `@inject` says. It is put over the types when a class becomes injectable. */
const INJECT_KEY = 'injectionTokens';

/**
 * What is certain to fail when an instance of a class is made: one sentence a parameter. A parameter with `@inject` has
 * a token in place of its type, and only the container knows whether that can be resolved.
 */
export function constructorProblems(target: AnyClass): string[] {
  const types = parameterTypes(target);
  if (types === undefined) return withoutTypes(target);
  return types.flatMap((type, i) => {
    if (isTokenDescriptor(type)) return [];
    const remedy = typeRemedy(type);
    return remedy === undefined ? [] : [`parameter ${i + 1} ${remedy}`];
  });
}

/** Why a type can never be injected, and what to do. Undefined for a class, which perhaps can. */
export function typeRemedy(type: unknown): string | undefined {
  switch (type) {
    case undefined:
      return 'has no type when the class is loaded (a circular import); move what both files need into a third one, or name a token with @inject()';
    case Object:
      return 'has only the type Object at run time (`import type`, an interface, an alias, a union, or a circular import); import a class, without `type`, or name a token with @inject()';
    case Function:
      return 'has only the type Function at run time (`import type`, or a function type); import the class without `type`, or name a token with @inject()';
    case CallDetails:
    case EventDetails:
      return `has the type ${(type as AnyClass).name}, which belongs to one call or event; take it as a parameter of the handler`;
    case String:
    case Number:
    case Boolean:
    case BigInt:
    case Symbol:
    case Array:
    case Promise:
      return `has the type ${(type as AnyClass).name}, which is no class to inject; name a token with @inject()`;
    default:
      return typeof type === 'function' ? undefined : 'has a type that is no class; name a token with @inject()';
  }
}

/** What `@inject(token)` puts in the place of a type. */
export function isTokenDescriptor(type: unknown): type is { token: unknown } {
  return typeof type === 'object' && type !== null && 'token' in type && ('multiple' in type || 'transform' in type);
}

function withoutTypes(target: AnyClass): string[] {
  const tokens: object = Reflect.getOwnMetadata(INJECT_KEY, target) ?? {};
  const problems: string[] = [];
  for (let i = 0; i < target.length; i++) {
    if (!(i in tokens)) problems.push(`parameter ${i + 1} has no type in the metadata; ${METADATA_REMEDY}`);
  }
  return problems;
}
