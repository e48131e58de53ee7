import { isDeepStrictEqual } from 'node:util';
import type { PlannedComponent } from './plan.js';

/** A component that runs, under the name that it has in the runtime. */
export interface HostedPlan {
  readonly name: string;
  readonly planned: PlannedComponent;
  /** Some of its instances are what another plan made of them: it equals nothing. */
  readonly partly?: boolean;
}

/** What is to be done so that those run that are wanted. */
export interface Changes {
  readonly kept: readonly HostedPlan[];
  /** Each under the name of the one that it takes over from. */
  readonly replaced: readonly HostedPlan[];
  readonly removed: readonly HostedPlan[];
  readonly added: readonly PlannedComponent[];
}

type Match = (running: HostedPlan, wanted: PlannedComponent) => boolean;

/** Which of the wanted is which of the running: what is equal first, then who has the name and the class, then the name. */
const MATCHES: readonly Match[] = [
  ({ planned, partly = false }, wanted) => !partly && isDeepStrictEqual(planned.mark, wanted.mark),
  ({ planned }, wanted) => planned.name === wanted.name && isOfOneClass(planned, wanted),
  ({ planned }, wanted) => planned.name === wanted.name,
];

/** What tells the running from the wanted. Only what differs is touched. */
export function changesBetween(running: readonly HostedPlan[], wanted: readonly PlannedComponent[]): Changes {
  const before = new Set(running);
  const after = new Set(wanted);
  const kept: HostedPlan[] = [];
  const replaced: HostedPlan[] = [];
  const pair = (one: HostedPlan, other: PlannedComponent, isEqual: boolean): void => {
    before.delete(one);
    after.delete(other);
    (isEqual ? kept : replaced).push({ name: one.name, planned: other });
  };
  for (const [index, matches] of MATCHES.entries()) {
    for (const other of [...after]) {
      const one = [...before].find((each) => matches(each, other));
      if (one !== undefined) pair(one, other, index === 0);
    }
  }
  return { kept, replaced, removed: [...before], added: [...after] };
}

function isOfOneClass(one: PlannedComponent, other: PlannedComponent): boolean {
  return one.loaded.file === other.loaded.file && one.loaded.description.class === other.loaded.description.class;
}
