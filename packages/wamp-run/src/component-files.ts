import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BrokenComponent, type ComponentToRun, type Runtime } from '@wamp-run/runtime';

/** A component of a file: what it is called there, and in the runtime. */
interface Hosted {
  readonly own: string;
  readonly name: string;
}

/** Which components of a runtime come of which file, and how those of a file that was loaded once more take their place. */
export class ComponentFiles {
  readonly #runtime: Runtime;
  /** By the file's real path, in their order. */
  readonly #hosted = new Map<string, readonly Hosted[]>();

  private constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** @param components those that the runtime was made with, in their order */
  static async of(runtime: Runtime, components: readonly ComponentToRun[]): Promise<ComponentFiles> {
    const files = new ComponentFiles(runtime);
    const names = runtime.status().map(({ name }) => name);
    let at = 0;
    for (const { loaded, instances = 1 } of components) {
      const file = await realFile(loaded.file);
      const one = { own: loaded.description.name, name: names[at] as string };
      files.#hosted.set(file, [...(files.#hosted.get(file) ?? []), one]);
      at += instances;
    }
    return files;
  }

  /**
   * Puts what a file offers now in the place of what it offered: components of the same name are replaced, without a gap;
   * those that it no longer has are removed, and new ones added. One that has another name now takes over from the one that
   * is missing.
   *
   * @param file its real path
   * @throws (rejects) BrokenComponent: which did not come into service, and why. Their old ones serve on
   */
  async replace(file: string, components: readonly ComponentToRun[]): Promise<void> {
    const left = [...(this.#hosted.get(file) ?? [])];
    const take = (at: number): Hosted | undefined => (at === -1 ? undefined : left.splice(at, 1)[0]);
    const byName = components.map((component) => ({
      component,
      old: take(left.findIndex(({ own }) => own === component.loaded.description.name)),
    }));
    const paired = byName.map(({ component, old }) => ({ component, old: old ?? left.shift() }));
    const kept = new Map(left.map((each) => [each.name, each]));
    // First what goes: what is left may offer its procedures.
    const steps = left.map(({ name }) => ({
      name,
      run: async () => {
        await this.#runtime.remove(name);
        kept.delete(name);
      },
    }));
    for (const { component, old } of paired) {
      const own = component.loaded.description.name;
      if (old !== undefined) kept.set(old.name, old);
      steps.push({
        name: old?.name ?? own,
        run: async () => {
          const name = old?.name ?? this.#add(component);
          if (old !== undefined) await this.#runtime.replace(name, component);
          kept.set(name, { own, name });
        },
      });
    }
    const failures = await taken(steps);
    this.#hosted.set(file, [...kept.values()]);
    if (failures.size === 0) return;
    const text = [...failures].map(([name, error]) => `${name}: ${error.message}`).join('; ');
    throw new BrokenComponent(text, { cause: [...failures.values()][0] });
  }

  /** @returns the name that it has in the runtime */
  #add(component: ComponentToRun): string {
    const before = this.#runtime.status().length;
    this.#runtime.add(component);
    return this.#runtime.status()[before]?.name ?? component.loaded.description.name;
  }
}

interface Step {
  readonly name: string;
  run(): Promise<void>;
}

/** Takes each step. What one gives up another may want: who fails has another turn when others had theirs. */
async function taken(steps: readonly Step[]): Promise<Map<string, Error>> {
  const failures = new Map<string, Error>();
  let pending = steps;
  for (let before = pending.length + 1; pending.length > 0 && pending.length < before; ) {
    before = pending.length;
    const failed: Step[] = [];
    for (const step of pending) {
      try {
        await step.run();
        failures.delete(step.name);
      } catch (error) {
        failures.set(step.name, error instanceof Error ? error : new Error(String(error)));
        failed.push(step);
      }
    }
    pending = failed;
  }
  return failures;
}

/** Where a file really is. One that is not there, or not now, is where it is said to be. */
export async function realFile(path: string, from = '.'): Promise<string> {
  const absolute = resolve(from, path);
  return await realpath(absolute).catch(() => absolute);
}
