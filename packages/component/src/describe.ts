import { InvalidConfiguration } from '@wamp-run/protocol';
import type { ComponentOptions } from './component.js';
import { constructorProblems } from './constructor-parameters.js';
import { type ComponentDefinition, isDefinition } from './definition.js';
import { describeDefinition } from './describe-definition.js';
import { describeHandlers } from './describe-handlers.js';
import { type ComponentDescription, HOOKS } from './description.js';
import { checkedInterceptors } from './interceptors.js';
import { knownOptions, type OptionRules } from './options.js';
import { Problems } from './problems.js';
import { checkedProviders } from './provider.js';
import { type ComponentClass, componentRecords, foreignCopy, twoCopies } from './records.js';
import { withoutBadUris } from './relative-uri.js';

/** What is known of how a file was compiled. */
export interface DescribeOptions {
  /**
   * Whether the compiler writes `Number` for `number | null`, so that null must pass where metadata names a type.
   * @oxc-node/core does so unless the tsconfig says `"strictNullChecks": true` in so many words. Default: false.
   */
  readonly erasedNulls?: boolean;
}

const OPTIONS = {
  name: 'string',
  realm: 'string',
  prefix: 'string',
  extra: 'anything',
  check: 'boolean',
  provide: 'anything',
  interceptors: 'anything',
} as const satisfies OptionRules & Record<keyof ComponentOptions, unknown>;

/**
 * What a class with a `@component` of its own offers, or what `defineComponent` gave.
 *
 * @throws InvalidConfiguration that names everything that is wrong with it
 */
export function describe(
  target: ComponentClass | ComponentDefinition,
  options: DescribeOptions = {},
): ComponentDescription {
  return typeof target === 'function' ? describeClass(target, options) : describeDefinition(target);
}

function describeClass(target: ComponentClass, options: DescribeOptions): ComponentDescription {
  const className = target.name === '' ? '(without a name)' : target.name;
  const [record, ...others] = componentRecords(target);
  if (record === undefined) {
    throw new InvalidConfiguration(
      `class ${className} has no @component() of its own; ${twoCopies() ?? 'put one on it'}`,
    );
  }
  const foreign = foreignCopy(record);
  if (foreign !== undefined) throw new InvalidConfiguration(`class ${className} ${foreign}`);
  const problems = new Problems(`class ${className}`);
  if (others.length > 0) problems.add('@component', 'stands there twice; leave one of them');
  const given = ownOptions(record.options, problems);
  const provide = checkedProviders(given.provide, (sentence) => problems.add('@component', sentence));
  const interceptors = checkedInterceptors(given.interceptors, (sentence) => problems.add('@component', sentence));
  const name = given.name ?? target.name;
  if (name === '') problems.add('@component', 'the component has no name; give one with { name }');
  for (const problem of constructorProblems(target)) problems.add('constructor', problem);
  const handlers = describeHandlers(target, {
    prefix: given.prefix,
    check: given.check ?? true,
    erasedNulls: options.erasedNulls ?? false,
    problems,
  });
  problems.throwIfAny();
  return {
    class: target,
    name,
    ...(given.realm === undefined ? {} : { realm: given.realm }),
    ...(given.prefix === undefined ? {} : { prefix: given.prefix }),
    ...(given.extra === undefined ? {} : { extra: given.extra }),
    ...(provide.length === 0 ? {} : { provide }),
    ...(interceptors.length === 0 ? {} : { interceptors }),
    ...handlers,
    hooks: HOOKS.filter((hook) => typeof Reflect.get(target.prototype, hook) === 'function'),
  };
}

/**
 * The components that a loaded module offers: every exported class with a `@component` of its own, and every exported
 * value of `defineComponent`, once each, whatever names it is exported under. The order is that of the module's keys,
 * which for a module namespace is alphabetical.
 *
 * @param module a module namespace, as `import()` gives it
 * @throws InvalidConfiguration as `describe` does
 */
export function componentsIn(module: object, options: DescribeOptions = {}): ComponentDescription[] {
  const found = new Set<ComponentClass | ComponentDefinition>();
  for (const exported of Object.values(module) as unknown[]) {
    if (typeof exported === 'function' && componentRecords(exported).length > 0) found.add(exported as ComponentClass);
    else if (isDefinition(exported)) found.add(exported);
  }
  const copies = found.size === 0 ? twoCopies() : undefined;
  if (copies !== undefined) throw new InvalidConfiguration(`no component is to be found; ${copies}`);
  return [...found].map((target) => describe(target, options));
}

/** The options as far as they are right; what is wrong is a problem, and as good as not given. */
function ownOptions(given: unknown, problems: Problems): ComponentOptions {
  const complain = (sentence: string): void => problems.add('@component', sentence);
  return withoutBadUris(knownOptions(given, OPTIONS, complain) as ComponentOptions, complain);
}
