import { InvalidConfiguration } from '@wamp-run/protocol';
import type { InjectionTrail } from './injection-failure.js';
import type { AnyClass } from './records.js';
import type { DependencyContainer, Lifecycle } from './tsyringe.js';

/**
 * What tsyringe's container is inside. Its public side can neither keep a process's singletons out of a child's hands,
 * nor say which error a constructor threw. The dependency is pinned to one version for this.
 */
export interface ContainerInside {
  resolve(token: unknown, context?: unknown, isOptional?: boolean): unknown;
  resolveAll(token: unknown, context?: unknown, isOptional?: boolean): unknown;
  resolveRegistration(registration: { options: { lifecycle: Lifecycle } }, context: unknown): unknown;
  resolveParams(context: unknown, target: AnyClass): (parameter: unknown, index: number) => unknown;
  construct(target: AnyClass, context: unknown): unknown;
  readonly disposables: Set<{ dispose(): Promise<void> | void }>;
}

/** The inside of a container. */
export function insideOf(container: DependencyContainer): ContainerInside {
  return container as unknown as ContainerInside;
}

/**
 * A view of a container that works on it and notes on the trail what fails; the container itself stays as it is.
 *
 * @param refused classes that cannot be resolved through this view, whatever the container says
 */
export function viewOf(
  container: DependencyContainer,
  trail: InjectionTrail,
  refused: readonly unknown[] = [],
): ContainerInside {
  const inside = insideOf(container);
  const view = Object.create(inside) as ContainerInside;
  view.resolve = (token, context, isOptional) =>
    trail.noting(() => {
      if (refused.includes(token)) throw refusal(token as AnyClass);
      return inside.resolve.call(view, token, context, isOptional);
    });
  view.resolveAll = (token, context, isOptional) =>
    trail.noting(() => inside.resolveAll.call(view, token, context, isOptional));
  view.construct = (target, context) => trail.inside(target, () => inside.construct.call(view, target, context));
  view.resolveParams = (context, target) => {
    const fill = inside.resolveParams.call(view, context, target);
    return (parameter, index) => {
      try {
        return fill(parameter, index);
      } catch (error) {
        trail.passed({ target, index, parameter });
        throw error;
      }
    };
  };
  return view;
}

function refusal({ name }: AnyClass): InvalidConfiguration {
  return new InvalidConfiguration(
    `${name} belongs to one component, a singleton to the whole process; make the service @injectable()`,
  );
}
