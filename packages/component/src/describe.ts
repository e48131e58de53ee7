import { InvalidConfiguration } from '@wamp-run/protocol';
import type { ComponentOptions } from './component.js';
import { constructorProblems } from './constructor-parameters.js';
import { describeHandlers } from './describe-handlers.js';
import { type ComponentDescription, HOOKS } from './description.js';
import { knownOptions, type OptionRules } from './options.js';
import { Problems } from './problems.js';
import { type ComponentClass, componentRecords, foreignCopy } from './records.js';
import { uriComplaint } from './relative-uri.js';

/** What is known of how a file was compiled. */
export interface DescribeOptions {
  /**
   * Whether the compiler writes `Number` for `number | null`, so that null must pass where metadata names a type.
   * @oxc-node/core does so unless the tsconfig says `"strictNullChecks": true` in so many words. Default: false.
   */
  readonly erasedNulls?: boolean;
}

const OPTIONS: OptionRules = { name: 'string', realm: 'string', prefix: 'string', extra: 'anything', check: 'boolean' };

/**
 * What a class with a `@component` of its own offers.
 *
 * @throws InvalidConfiguration that names everything that is wrong with the class
 */
export function describe(target: ComponentClass, options: DescribeOptions = {}): ComponentDescription {
  const className = target.name === '' ? '(without a name)' : target.name;
  const [record, ...others] = componentRecords(target);
  if (record === undefined) {
    throw new InvalidConfiguration(`class ${className} has no @component() of its own; put one on it`);
  }
  const foreign = foreignCopy(record);
  if (foreign !== undefined) throw new InvalidConfiguration(`class ${className} ${foreign}`);
  const problems = new Problems(`class ${className}`);
  if (others.length > 0) problems.add('@component', 'stands there twice; leave one of them');
  const given = ownOptions(record.options, problems);
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
    ...handlers,
    hooks: HOOKS.filter((hook) => typeof Reflect.get(target.prototype, hook) === 'function'),
  };
}

/**
 * The components that a loaded module offers: every exported class with a `@component` of its own, once each, whatever
 * names it is exported under. The order is that of the module's keys, which for a module namespace is alphabetical.
 *
 * @param module a module namespace, as `import()` gives it
 * @throws InvalidConfiguration as `describe` does
 */
export function componentsIn(module: object, options: DescribeOptions = {}): ComponentDescription[] {
  const classes = new Set<ComponentClass>();
  for (const exported of Object.values(module)) {
    if (typeof exported === 'function' && componentRecords(exported).length > 0) classes.add(exported);
  }
  return [...classes].map((target) => describe(target, options));
}

/** The options as far as they are right; what is wrong is a problem, and as good as not given. */
function ownOptions(given: unknown, problems: Problems): ComponentOptions {
  const complain = (sentence: string): void => problems.add('@component', sentence);
  const options = knownOptions(given, OPTIONS, complain) as ComponentOptions;
  for (const key of ['realm', 'prefix'] as const) {
    const value = options[key];
    const complaint = value === undefined ? undefined : uriComplaint(value, `the option '${key}'`);
    if (complaint === undefined) continue;
    complain(complaint);
    delete options[key];
  }
  return options;
}
