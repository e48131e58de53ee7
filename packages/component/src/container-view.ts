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
  resolveRegistration(
    registration: { readonly provider: object; readonly options: { readonly lifecycle: Lifecycle } },
    context: unknown,
  ): unknown;
  resolveParams(context: unknown, target: AnyClass): (parameter: unknown, index: number) => unknown;
  construct(target: AnyClass, context: unknown): unknown;
  readonly disposables: Set<{ dispose(): Promise<void> | void }>;
}

/** A view of a container, and what factories ask it for. */
export interface ContainerView extends ContainerInside {
  /** As `resolve`, and what fails is noted as a step of the path. */
  inject(token: unknown): unknown;
}

/** What cannot be resolved through a view, whatever the container says, and who it is kept from. */
export interface Refused {
  readonly tokens: readonly unknown[];
  readonly by: string;
}

/** What one resolution keeps of its own, as tsyringe has it. */
export function newResolution(): unknown {
  return { scopedResolutions: new Map() };
}

/** The inside of a container. */
export function insideOf(container: DependencyContainer): ContainerInside {
  return container as unknown as ContainerInside;
}

/** A view of a container that works on it and notes on the trail what fails; the container itself stays as it is. */
export function viewOf(
  container: DependencyContainer,
  trail: InjectionTrail,
  refused: Refused = { tokens: [], by: '' },
): ContainerView {
  const inside = insideOf(container);
  const view = Object.create(inside) as ContainerView;
  view.resolve = (token, context, isOptional) =>
    trail.noting(() => {
      if (refused.tokens.includes(token)) throw refusal(token as AnyClass, refused.by);
      return inside.resolve.call(view, token, context, isOptional);
    });
  view.resolveAll = (token, context, isOptional) =>
    trail.noting(() => inside.resolveAll.call(view, token, context, isOptional));
  view.construct = (target, context) => trail.inside(target, () => inside.construct.call(view, target, context));
  view.inject = (token) => {
    try {
      return view.resolve(token);
    } catch (error) {
      trail.passed({ parameter: token });
      throw error;
    }
  };
  view.resolveParams = (context, target) => {
    const fill = inside.resolveParams.call(view, context, target);
    return (parameter, index) => {
      try {
        return fill(parameter, index);
      } catch (error) {
        trail.passed({ parameter, of: { target, index } });
        throw error;
      }
    };
  };
  return view;
}

function refusal({ name }: AnyClass, by: string): InvalidConfiguration {
  return new InvalidConfiguration(
    `${name} belongs to one component, ${by} to the whole process; ${by === 'a singleton' ? 'make the service @injectable()' : "say scope: 'component'"}`,
  );
}
