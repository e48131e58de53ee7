// Longer than 300 lines: how one reload follows another, and what each of them changes, is one thing to follow.
import { Canceled, type Clock, type Logger } from '@wamp-run/protocol';
import { type Blocked, BrokenComponent, type ComponentStatus, type Runtime, type RuntimeEnd } from '@wamp-run/runtime';
import { type Step, takeAll } from './change-steps.js';
import { changesBetween, type HostedPlan } from './changes.js';
import { checkedPlan, newRuntime } from './checked-plan.js';
import { type Failure, throwFailures } from './failures.js';
import { changeable } from './fixed-settings.js';
import { type Home, homeFor } from './home.js';
import type { Logs } from './logs.js';
import { serviceImporter } from './modules/service-modules.js';
import type { Watching } from './modules/watching.js';
import { notOfFile, optionsOfFile } from './one-file.js';
import { type PlanMeans, type PlannedComponent, planOf, toRun } from './plan.js';
import type { RouterLogins } from './router-logins.js';
import { checkedOptions, logSettingsOf, type StartOptions } from './start-options.js';
import { systemClock, systemRandom } from './system.js';

/** What came of a reload: components by their names. */
export interface Reloaded {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly replaced: readonly string[];
  /**
   * Those that are not as they are wanted now: what was there before serves on. Canceled where another reload came before
   * their turn, or before they were in service.
   */
  readonly failed: readonly { readonly name: string; readonly error: Error }[];
  /** Keys whose new values hold from the next start of the process. */
  readonly needRestart: readonly string[];
}

/** What a reload comes to: options that can come into force, and the components that they ask for. */
interface ReloadPlan extends Pick<Reloaded, 'needRestart'> {
  readonly options: StartOptions;
  readonly logins: RouterLogins;
  readonly planned: readonly PlannedComponent[];
  /** What was in force when it was made: only then does it hold. */
  readonly inForce: StartOptions;
  readonly home: Home;
}

interface Parts {
  readonly options: StartOptions;
  readonly means: PlanMeans;
  readonly watching: Watching | undefined;
  readonly logs: Logs;
  readonly home: Home;
  readonly runtime: Runtime;
  readonly planned: readonly PlannedComponent[];
}

/** The components of a process on their way: the runtime, the router that it brought, and the options in force. */
export class RunningComponents {
  readonly closed: Promise<RuntimeEnd>;
  readonly #means: PlanMeans;
  readonly #watching: Watching | undefined;
  readonly #logs: Logs;
  readonly #runtime: Runtime;
  #options: StartOptions;
  #home: Home;
  #hosted: readonly HostedPlan[];
  /** Names of those that are not in all their instances what `#hosted` says: the next reload replaces them, whatever it wants. */
  readonly #partly = new Set<string>();
  #draining = false;
  /** Changes come one after the other; what is to be changed is found out before, in a row of its own. */
  #turn: Promise<unknown> = Promise.resolve();
  #planning: Promise<unknown> = Promise.resolve();
  /** Gives up what the reload before still starts. */
  #superseded = new AbortController();

  private constructor({ options, means, watching, logs, home, runtime, planned }: Parts) {
    this.#options = options;
    this.#means = means;
    this.#watching = watching;
    this.#logs = logs;
    this.#home = home;
    this.#runtime = runtime;
    this.closed = runtime.closed;
    const status = runtime.status();
    let index = 0;
    this.#hosted = planned.map((each) => {
      const name = status[index]?.name ?? each.name;
      index += each.entry?.instances ?? 1;
      return { name, planned: each };
    });
  }

  /** @throws everything that is wrong, at once */
  static async start(options: StartOptions, logins: RouterLogins, logs: Logs): Promise<RunningComponents> {
    const { clock = systemClock, random = systemRandom, realm = 'realm1' } = options;
    const machine = { clock, random };
    const watching = options.watch === true ? await newWatching(options, { clock, log: logs.log }) : undefined;
    const means = { ...machine, importService: serviceImporter(watching?.modules) };
    const planned = await checkedPlan(options, means);
    const home = await homeFor(planned, { ...options, logins }, { ...machine, log: logs.log, realm });
    try {
      const runtime = newRuntime(options, planned, { ...machine, log: logs.log, home });
      runtime.start();
      const running = new RunningComponents({ options, means, watching, logs, home, runtime, planned });
      await watching?.begin((file) => running.reloadFile(file));
      return running;
    } catch (error) {
      await home.close();
      throw error;
    }
  }

  get urls(): readonly string[] {
    return this.#home.urls;
  }

  get draining(): boolean {
    return this.#draining;
  }

  status(): ComponentStatus[] {
    return this.#runtime.status();
  }

  get blocked(): Blocked | undefined {
    return this.#runtime.blocked;
  }

  settled(): Promise<void> {
    return this.#runtime.settled();
  }

  /** The router goes after the components: until then they can finish what they are doing, and say goodbye. */
  async stop(): Promise<void> {
    this.#draining = true;
    void this.#watching?.close();
    await this.#runtime.stop();
    await this.#home.close();
  }

  /** Once it is known that the options are right, a new instance that an older reload still waits for is given up. */
  async reload(options: StartOptions): Promise<Reloaded> {
    const planning = this.#planning.then(() => this.#planned(options));
    this.#planning = planning.catch(() => {});
    const plan = await planning;
    this.#superseded.abort(new Canceled('another reload came before it was in service', { executed: 'no' }));
    const own = new AbortController();
    this.#superseded = own;
    const reloaded = this.#turn.then(() => this.#change(options, plan, own.signal));
    this.#turn = reloaded.catch(() => {});
    return reloaded;
  }

  /**
   * Puts what a file offers now in the place of what it offered.
   *
   * @param file its real path
   * @throws (rejects) what is wrong with the file, and nothing was changed then; BrokenComponent naming those that did not
   *   come into service, whose old ones serve on, also where a reload came before they were; Canceled where it is stopping
   */
  reloadFile(file: string): Promise<void> {
    const { signal } = this.#superseded;
    const reloaded = this.#turn.then(() => this.#reloadFile(file, signal));
    this.#turn = reloaded.catch(() => {});
    return reloaded;
  }

  async #reloadFile(file: string, stop: AbortSignal): Promise<void> {
    this.#refuseWhileStopping();
    const failures: Failure[] = [];
    const planned = await planOf(await optionsOfFile(this.#options, file), this.#means, failures);
    throwFailures(failures);
    this.#refuseWhileStopping();
    const others = await notOfFile(file, this.#hosted, (each) => each.planned.loaded.file);
    const { failed } = await this.#become([...others.map((each) => each.planned), ...planned], stop);
    const [first] = failed;
    if (first === undefined) return;
    const text = failed.map(({ name, error }) => `${name}: ${error.message}`).join('; ');
    throw new BrokenComponent(text, { cause: first.error });
  }

  async #planned(wanted: StartOptions): Promise<ReloadPlan> {
    this.#refuseWhileStopping();
    const logins = await checkedOptions(wanted);
    const [inForce, home] = [this.#options, this.#home];
    const { options, needRestart } = changeable(inForce, wanted, home);
    return { options, logins, needRestart, planned: await checkedPlan(options, this.#means, home), inForce, home };
  }

  async #change(wanted: StartOptions, plan: ReloadPlan, stop: AbortSignal): Promise<Reloaded> {
    this.#refuseWhileStopping();
    // What another reload has changed meanwhile may decide on what can be changed now.
    const holds = stop.aborted || (plan.inForce === this.#options && plan.home === this.#home);
    const { options, logins, needRestart, planned } = holds ? plan : await this.#planned(wanted);
    this.#refuseWhileStopping();
    if (!stop.aborted) {
      this.#logs.change(logSettingsOf(options));
      await this.#comeHome({ ...options, logins }, planned);
      this.#options = options;
    }
    return { ...(await this.#become(planned, stop)), needRestart };
  }

  /** Another router to join; or one of its own, where now is the first time that it is needed. */
  async #comeHome(
    options: StartOptions & { logins: RouterLogins },
    planned: readonly PlannedComponent[],
  ): Promise<void> {
    const isOther = options.url !== this.#options.url;
    const isMissing =
      options.url === undefined &&
      this.#home.realms === undefined &&
      planned.some(({ connectors }) => connectors === undefined);
    if (!isOther && !isMissing) return;
    const { log } = this.#logs;
    const { clock, random } = this.#means;
    this.#home = await homeFor(planned, options, { clock, random, log, realm: options.realm ?? 'realm1' });
  }

  async #become(planned: readonly PlannedComponent[], stop?: AbortSignal): Promise<Omit<Reloaded, 'needRestart'>> {
    const running = this.#hosted.map((each) => ({ ...each, partly: this.#partly.has(each.name) }));
    const { kept, replaced, removed, added } = changesBetween(running, planned);
    const hosted = new Map([...this.#hosted, ...kept].map((each) => [each.name, each]));
    const outcome = { added: [] as string[], removed: [] as string[], replaced: [] as string[] };
    const replace = (each: HostedPlan): Step => ({
      name: each.name,
      take: async () => {
        await this.#replace(each, stop);
        hosted.set(each.name, each);
        outcome.replaced.push(each.name);
      },
    });
    const add = (each: PlannedComponent): Step => ({
      name: each.name,
      take: async () => {
        const name = this.#add(each);
        hosted.set(name, { name, planned: each });
        outcome.added.push(name);
      },
    });
    const remove = ({ name }: HostedPlan): Step => ({
      name,
      take: async () => {
        await this.#runtime.remove(name);
        hosted.delete(name);
        this.#partly.delete(name);
        outcome.removed.push(name);
      },
    });
    const failed = new Map<string, Error>();
    const taking = { failed, stop };
    const early = await takeAll([...replaced.map(replace), ...added.map(add)], taking);
    const going = [...removed];
    // A runtime ends with its last component: where nobody else is left, one takes over from another, under its name.
    const [one] = going;
    const other = added.find(({ name }) => early.some((step) => step.name === name));
    let late = early;
    if (one !== undefined && other !== undefined && hosted.size === going.length) {
      failed.delete(other.name);
      going.shift();
      late = [replace({ name: one.name, planned: other }), ...early.filter(({ name }) => name !== other.name)];
    }
    await takeAll(going.map(remove), taking);
    // What one gives up another may want: who was refused for that has another turn when the others had theirs.
    for (let before = -1; late.length > 0 && late.length !== before; ) {
      before = late.length;
      late = await takeAll(late, taking);
    }
    this.#hosted = [...hosted.values()];
    return { ...outcome, failed: [...failed].map(([name, error]) => ({ name, error })) };
  }

  /**
   * Waits for its successor where it is in service; where it is not, nobody knows how long that may take. What nobody waits
   * for is not given up either: it counts as done from here on.
   */
  async #replace({ name, planned }: HostedPlan, stop: AbortSignal | undefined): Promise<void> {
    const isInService = this.#runtime.status().some((each) => each.name === name && each.state === 'running');
    const adopted = new Set<string>();
    const tried = this.#runtime.replace(name, toRun(planned, this.#home), {
      adopted: (instance) => adopted.add(instance),
      ...(isInService && stop !== undefined ? { stop } : {}),
    });
    // Who is waited for is on record as what it was until it is done; who is not, as what it is to be.
    const onRecord = isInService ? 0 : (planned.entry?.instances ?? 1);
    const replaced = tried.then(
      () => void this.#partly.delete(name),
      (error: unknown) => {
        if (adopted.size !== onRecord) this.#partly.add(name);
        throw error;
      },
    );
    if (isInService) return replaced;
    replaced.catch((error: unknown) => {
      if (!(error instanceof Canceled)) this.#logs.log.error({ component: name, err: error }, 'cannot be replaced');
    });
  }

  /** Returns the name that it has in the runtime. */
  #add(planned: PlannedComponent): string {
    const before = this.#runtime.status().length;
    this.#runtime.add(toRun(planned, this.#home));
    return this.#runtime.status()[before]?.name ?? planned.name;
  }

  #refuseWhileStopping(): void {
    if (this.#draining)
      throw new Canceled('the components are being stopped; nothing changes any longer', { executed: 'no' });
  }
}

/** Loaded only where files are watched. */
async function newWatching(
  { importFailed = () => {} }: StartOptions,
  machine: { clock: Clock; log: Logger },
): Promise<Watching> {
  const { Watching: Loaded } = await import('./modules/watching.js');
  return new Loaded({ ...machine, importFailed });
}
