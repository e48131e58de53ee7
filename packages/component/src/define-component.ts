import { type ArgumentPlace, CONTRACT, type Contract } from '@wamp-run/protocol';
import { contractOf } from './contract.js';
import {
  type ComponentDefinition,
  DEFINITION,
  type DefineOptions,
  type MethodsOf,
  type OfferedHandler,
} from './definition.js';
import { describeDefinition } from './describe-definition.js';
import type { ParameterDescription } from './description.js';
import { signed } from './records.js';

/**
 * A component without decorators and without metadata: it compiles with anything. It has the same description as a class
 * with `@component`, and is run in the same way. What is wrong with it is said when it is described, not here.
 *
 * The types of a handler's parameters are those that its `args` and `kwargs` say; the context comes last.
 *
 * @example
 * ```ts
 * export const MathService = defineComponent({
 *   name: 'MathService',
 *   prefix: 'com.example.math',
 *   setup: ({ inject }) => ({ journal: inject(Journal) }),
 *   offer: ({ procedure, topic }) => [
 *     procedure('add', { args: ['number', 'number'] }, (a, b) => a + b),
 *     procedure('divide', { args: ['number', z.number().refine((n) => n !== 0)] }, (a, b, { deps }) => {
 *       deps.journal.write('divided');
 *       return a / b;
 *     }),
 *     topic('com.example.tick', { args: ['number'] }, (count, { event }) => {}),
 *   ],
 *   onJoin: ({ realm }, { journal }) => journal.write(realm),
 * });
 * ```
 */
export function defineComponent<Deps = undefined, const O extends readonly OfferedHandler[] = readonly []>(
  options: DefineOptions<Deps, O>,
): ComponentDefinition<MethodsOf<O>> {
  const definition: ComponentDefinition<MethodsOf<O>> = {
    [DEFINITION]: signed({ options }),
    [CONTRACT]: contractOf(String(options?.name), () => describeDefinition(definition), placesOf) as Contract<
      MethodsOf<O>
    >,
  };
  return Object.freeze(definition);
}

/** Callers give keyword arguments as one object, behind the others; behind any number of others as `Keywords`. */
function placesOf(parameters: readonly ParameterDescription[]): ArgumentPlace[] {
  const places: ArgumentPlace[] = parameters.filter(({ from }) => from === 'argument').map(() => 'argument');
  if (parameters.some(({ from }) => from === 'rest')) return [...places, 'rest'];
  return parameters.some(({ from }) => from === 'keyword' || from === 'keywords') ? [...places, 'keywords'] : places;
}
