import { type ComponentToRun, checkProcedures, type PlannedComponent } from './component-to-run.js';
import { NoSuchComponent } from './errors.js';
import type { ForeignProcedures } from './foreign-procedures.js';
import type { HostedComponent } from './hosted-component.js';
import { inOrder, type Need, needsOf } from './needs.js';

/** A component with its instances. */
export interface Group {
  planned: PlannedComponent;
  readonly hosted: HostedComponent[];
  /** What it needs that nobody here offers. Undefined where there is none, or it is not looked for. */
  foreign: ForeignProcedures | undefined;
}

/** The components of a runtime beside each other: their names, and what they need of each other. */
export class ComponentGroups {
  readonly #groups: Group[] = [];
  #needs: ReadonlyMap<string, readonly Need[]> = new Map();

  get all(): readonly Group[] {
    return this.#groups;
  }

  /** All instances of all components. */
  get hosted(): HostedComponent[] {
    return this.#groups.flatMap(({ hosted }) => hosted);
  }

  /** The names of all instances. */
  get names(): string[] {
    return this.hosted.map(({ name }) => name);
  }

  /** Their names, each behind those that it needs. */
  get order(): string[] {
    return inOrder(this.#ownNames, this.#needs);
  }

  /** Every one has come to its end, or waits for one that has. */
  get areOver(): boolean {
    return this.#groups.every((group) =>
      group.hosted.every((each) => each.over || (!each.begun && this.#isBlocked(group))),
    );
  }

  /** Every one has been in service once, has ended without, or waits for one that has. */
  get areSettled(): boolean {
    return this.#groups.every((group) =>
      group.hosted.every((each) => each.isSettled || (!each.begun && this.#isBlocked(group))),
    );
  }

  /**
   * From now on these are the components that are planned.
   *
   * @param known those of them that were checked before
   * @throws what is wrong with them beside each other: nothing has changed then
   */
  plan(components: readonly PlannedComponent[], known: readonly PlannedComponent[] = []): void {
    checkProcedures(components);
    this.#needs = needsOf(
      components,
      known.map(({ name }) => name),
    );
  }

  add(group: Group): void {
    this.#groups.push(group);
  }

  /** Returns whether it was there. */
  remove(group: Group): boolean {
    const index = this.#groups.indexOf(group);
    if (index !== -1) this.#groups.splice(index, 1);
    return index !== -1;
  }

  /** All instances of a component, or the one of this name. Throws NoSuchComponent. */
  named(name: string): readonly HostedComponent[] {
    const group = this.#groups.find(({ planned }) => planned.name === name);
    if (group !== undefined) return [...group.hosted];
    const one = this.hosted.find((component) => component.name === name);
    if (one !== undefined) return [one];
    throw unknown(name, this.names);
  }

  /** The component of this name. Throws NoSuchComponent. */
  of(name: string): Group {
    const group = this.#groups.find(({ planned }) => planned.name === name);
    if (group !== undefined) return group;
    throw unknown(name, this.#ownNames);
  }

  /** The procedures that it needs and nobody here offers. */
  foreignTo({ planned: { name } }: Group): string[] {
    return (this.#needs.get(name) ?? []).flatMap(({ owner, what }) => (owner === undefined ? [what] : []));
  }

  /** What it needs and has not got yet. */
  unmet(group: Group): readonly Need[] {
    const needs = this.#needs.get(group.planned.name) ?? [];
    return needs.filter((need) => !this.#isMet(need, group));
  }

  /** The same, by names and URIs, of one of its instances. */
  waitsFor(component: HostedComponent): string[] {
    const group = this.#groups.find(({ hosted }) => hosted.includes(component));
    return group === undefined ? [] : this.unmet(group).map(({ what }) => what);
  }

  get #ownNames(): string[] {
    return this.#groups.map(({ planned: { name } }) => name);
  }

  #isMet({ owner, procedure, what }: Need, { foreign }: Group): boolean {
    if (owner === undefined) return foreign?.has(what) ?? false;
    const instances = this.#groups.find(({ planned: { name } }) => name === owner)?.hosted ?? [];
    if (procedure === undefined) return instances.length > 0 && instances.every(({ isRunning }) => isRunning);
    return instances.some(({ isRunning, status }) => isRunning && !status.missing.includes(procedure));
  }

  /** It waits for a component of this runtime that has ended, or waits for such a one itself. */
  #isBlocked(group: Group): boolean {
    return this.unmet(group).some(({ owner }) => {
      if (owner === undefined) return false;
      const other = this.#groups.find(({ planned: { name } }) => name === owner);
      if (other === undefined) return true;
      return other.hosted.every((each) => each.over || (!each.begun && this.#isBlocked(other)));
    });
  }
}

/** The first of `Name`, `Name-2`, `Name-3` … that nobody has. */
export function freeName({ loaded }: ComponentToRun, taken: readonly string[]): string {
  return freeNameFrom(loaded.description.name, taken, 1);
}

/** The names of a component's instances: its own, and `Name-2`, `Name-3` … */
export function instanceNames(
  { name, component: { instances = 1 } }: PlannedComponent,
  taken: readonly string[],
): string[] {
  const names = [name];
  while (names.length < instances) names.push(freeNameFrom(name, [...taken, ...names], names.length + 1));
  return names;
}

function freeNameFrom(name: string, taken: readonly string[], from: number): string {
  for (let count = from; ; count++) {
    const free = count === 1 ? name : `${name}-${count}`;
    if (!taken.includes(free)) return free;
  }
}

function unknown(name: string, names: readonly string[]): NoSuchComponent {
  return new NoSuchComponent(`there is no component '${name}' in this process; there are: ${names.join(', ')}`);
}
