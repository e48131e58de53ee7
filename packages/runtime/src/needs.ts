import { InvalidConfiguration, nearestName } from '@wamp-run/protocol';
import type { PlannedComponent } from './component-to-run.js';

/** Something that a component needs before it starts. */
export interface Need {
  /** As it was said. */
  readonly what: string;
  /** The component of this runtime that it is, or that offers it; undefined: a procedure of somebody else's. */
  readonly owner: string | undefined;
  /** The procedure, where it is one. */
  readonly procedure: string | undefined;
}

/**
 * What each component needs, by its name.
 *
 * @param known those that were checked before: what they need may have been removed since, which stops nobody
 * @throws InvalidConfiguration where there is no such component, or where components need each other in a circle
 */
export function needsOf(
  components: readonly PlannedComponent[],
  known: readonly string[] = [],
): ReadonlyMap<string, readonly Need[]> {
  const names = components.map(({ name }) => name);
  const needs = new Map<string, readonly Need[]>();
  for (const { name, component, realm } of components) {
    const own = (component.requires ?? []).map((what): Need => {
      if (names.includes(what)) return { what, owner: what, procedure: undefined };
      if (!what.includes('.')) {
        if (!known.includes(name)) throw unknown(name, what, names);
        return { what, owner: what, procedure: undefined };
      }
      const owner = components.find(
        ({ configured, realm: other }) => other === realm && configured.procedures.some(({ uri }) => uri === what),
      );
      return { what, owner: owner?.name, procedure: what };
    });
    needs.set(name, own);
  }
  inOrder(names, needs);
  return needs;
}

/**
 * The components, each behind those that it needs; else in the order given.
 *
 * @throws InvalidConfiguration naming a circle
 */
export function inOrder(names: readonly string[], needs: ReadonlyMap<string, readonly Need[]>): string[] {
  const ordered = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) throw circle([...path.slice(path.indexOf(name)), name]);
    if (ordered.has(name)) return;
    for (const { owner } of needs.get(name) ?? []) {
      if (owner !== undefined && names.includes(owner)) visit(owner, [...path, name]);
    }
    ordered.add(name);
  };
  for (const name of names) visit(name, []);
  return [...ordered];
}

function unknown(name: string, what: string, names: readonly string[]): InvalidConfiguration {
  const near = nearestName(what, names);
  const advice = near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`;
  return new InvalidConfiguration(`${name}.requires: there is no component ${JSON.stringify(what)}; ${advice}`);
}

function circle(path: readonly string[]): InvalidConfiguration {
  return new InvalidConfiguration(
    `${path[0]}.requires: ${path.join(' needs ')}; take one of these needs away, since none of them could start first`,
  );
}
