import type { Interceptor } from '@wamp-run/client';
import { CONTRACT, type Contract } from '@wamp-run/protocol';
import { contractOf } from './contract.js';
import { describe } from './describe.js';
import type { Provider } from './provider.js';
import { type ComponentClass, recordComponent, refuseStandardDecorators } from './records.js';
import { type InjectableClass, injectable } from './tsyringe.js';

/** What `@component` takes. */
export interface ComponentOptions {
  /** The component's name in logs and in the configuration. Default: the class's name. */
  name?: string;
  /** The realm it joins where the configuration says nothing of this component. */
  realm?: string;
  /** What relative URIs of its methods stand behind: `com.example` makes `add` into `com.example.add`. */
  prefix?: string;
  /** `ComponentConfig.extra` where the configuration says nothing of this component. */
  extra?: unknown;
  /** Whether handlers check their arguments against the declared types. Default: true. */
  check?: boolean;
  /** What it brings along to be injected: into its own constructor, and into what that needs. */
  provide?: readonly Provider[];
  /**
   * Code of one's own around its calls, publications, invocations and events, the outermost first, within those that the
   * configuration gives it, and those of the whole runtime. Default: none.
   */
  interceptors?: readonly Interceptor[];
}

/**
 * Makes a class a component. Its constructor may take `ComponentConfig`, `Session` and `Logger`, and whatever tsyringe
 * can resolve; `@injectable()` is not needed. What is wrong with a class is said when it is described, not here.
 *
 * @throws InvalidConfiguration where the compiler uses standard decorators instead of experimental ones
 * @example
 * ```ts
 * @component({ prefix: 'com.example.math' })
 * export class MathService {
 *   @register('add')
 *   add(a: number, b: number): number { return a + b; }
 * }
 * ```
 */
export function component(options: ComponentOptions = {}): (target: ComponentClass) => void {
  return (target, ...rest: unknown[]) => {
    refuseStandardDecorators('component', rest[0]);
    recordComponent(target, { options });
    makeInjectable(target as InjectableClass);
    carryContract(target);
  };
}

/** tsyringe does not see an `@inject` on the constructor of a base class that is not injectable itself. */
function makeInjectable(target: InjectableClass): void {
  const base: unknown = Object.getPrototypeOf(target);
  if (typeof base === 'function' && base !== Function.prototype) makeInjectable(base as InjectableClass);
  injectable()(target);
}

/** What callers find at the class: its contract, read when somebody asks for it. */
function carryContract(target: ComponentClass): void {
  let own: Contract | undefined;
  Object.defineProperty(target, CONTRACT, {
    configurable: true,
    get(this: ComponentClass): Contract {
      // A subclass inherits the property, and has a contract of its own, or none.
      if (this !== target) return contractOf(this.name, () => describe(this));
      own ??= contractOf(target.name, () => describe(target));
      return own;
    },
  });
}
