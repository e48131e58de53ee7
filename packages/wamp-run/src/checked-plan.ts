import { InvalidConfiguration, type Logger } from '@wamp-run/protocol';
import { Runtime } from '@wamp-run/runtime';
import { noteUnknownNames } from './components.js';
import { type Failure, throwFailures } from './failures.js';
import type { Home } from './home.js';
import { type Machine, type PlanMeans, type PlannedComponent, planOf, toRun } from './plan.js';
import { noteRuntimeMistakes } from './runtime-mistakes.js';
import { BLOCKED_AFTER, SLOW_AFTER } from './settings.js';
import type { StartOptions } from './start-options.js';
import { VERSION } from './version.js';

/** What is to be run. Throws with everything that is wrong with it. */
export async function checkedPlan(options: StartOptions, means: PlanMeans, home?: Home): Promise<PlannedComponent[]> {
  const failures: Failure[] = [];
  const { clock, random } = means;
  const planned = await planOf(options, means, failures);
  if (planned.length > 0) {
    noteUnknownNames(failures, {
      key: 'logLevels',
      names: Object.keys(options.logLevels ?? {}),
      known: [...namesOf(planned), 'router'],
    });
  }
  noteMissingRealms(failures, planned, home);
  if (failures.length === 0) {
    noteRuntimeMistakes(failures, planned, (components, alone) =>
      newRuntime(options, components, { clock, random, alone }),
    );
  }
  throwFailures(failures);
  return planned;
}

/** The names that the runtime gives: the second of one name, and the second instance, is `Name-2`. */
function namesOf(planned: readonly PlannedComponent[]): string[] {
  const counts = new Map<string, number>();
  return planned.flatMap(({ name, entry }) => {
    const before = counts.get(name) ?? 0;
    const count = entry?.instances ?? 1;
    counts.set(name, before + count);
    return Array.from({ length: count }, (_, index) => (before + index === 0 ? name : `${name}-${before + index + 1}`));
  });
}

/** The router that was brought along has the realms that it began with. */
function noteMissingRealms(failures: Failure[], planned: readonly PlannedComponent[], home: Home | undefined): void {
  if (home?.realms === undefined) return;
  for (const { connectors, loaded, realm: common, path, name } of planned) {
    const realm = loaded.description.realm ?? common;
    if (connectors !== undefined || home.realms.has(realm)) continue;
    const text = `${name}: its own router has no realm ${realm}, and gets none while it runs; restart the process`;
    failures.push({ path: path.length === 0 ? [] : [...path, 'realm'], error: new InvalidConfiguration(text) });
  }
}

interface RuntimeParts extends Machine {
  readonly log?: Logger;
  readonly home?: Pick<Home, 'connector' | 'local'>;
  /** Without what they need. */
  readonly alone?: boolean;
}

/** A runtime of what is planned. Without a home it is only to be looked at. */
export function newRuntime(
  { blockedAfter = BLOCKED_AFTER, exposeErrors, slowAfter = SLOW_AFTER }: StartOptions,
  planned: readonly PlannedComponent[],
  { home = NOWHERE, alone = false, ...machine }: RuntimeParts,
): Runtime {
  const components = planned.map((each) => toRun(each, home));
  return new Runtime({
    components: alone ? components.map((each) => ({ ...each, requires: [] })) : components,
    runner: { name: 'wamp-run', version: VERSION },
    slowAfter,
    blockedAfter,
    ...(exposeErrors === undefined ? {} : { exposeErrors }),
    ...machine,
  });
}

/** For what is only looked at. */
const NOWHERE = {
  connector: { address: 'nowhere', connect: () => Promise.reject(new Error('never asked')) },
  local: false,
};
