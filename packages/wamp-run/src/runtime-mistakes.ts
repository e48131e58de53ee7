import { InvalidConfiguration } from '@wamp-run/protocol';
import { BrokenComponent } from '@wamp-run/runtime';
import type { Failure } from './failures.js';
import type { PlannedComponent } from './plan.js';

/**
 * What a runtime has against components: all together, and where that does not go, of each alone what is wrong with it.
 *
 * @param attempt builds a runtime of these, without what they need where they are `alone`; it is never started
 */
export function noteRuntimeMistakes(
  failures: Failure[],
  components: readonly PlannedComponent[],
  attempt: (components: readonly PlannedComponent[], alone: boolean) => void,
): void {
  const together = failureOf(components, () => attempt(components, false));
  if (together === undefined) return;
  const each = components.flatMap((component) => failureOf(components, () => attempt([component], true)) ?? []);
  failures.push(...(each.length === 0 ? [together] : each));
}

function failureOf(components: readonly PlannedComponent[], attempt: () => void): Failure | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (!(error instanceof InvalidConfiguration || error instanceof BrokenComponent)) throw error;
    // It says whose key it is: `Orders.instances: …`
    const owner = components.find(({ name, path }) => path.length > 0 && error.message.startsWith(`${name}.`));
    const [, key, text] = /^\.(\w+): (.*)$/s.exec(error.message.slice(owner?.name.length)) ?? [];
    if (owner === undefined || key === undefined || text === undefined) return { path: [], error };
    return { path: [...owner.path, key], error: new InvalidConfiguration(text, { cause: error }) };
  }
}
