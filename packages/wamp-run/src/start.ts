import { silent } from '@wamp-run/protocol';
import type { Blocked, ComponentStatus, RuntimeEnd } from '@wamp-run/runtime';
import { Health, type Readiness, readinessOf } from './health.js';
import { type Logs, openLog } from './logs.js';
import type { RouterLogins } from './router-logins.js';
import { type Reloaded, RunningComponents } from './running-components.js';
import { checkedOptions, logSettingsOf, type StartOptions } from './start-options.js';

/** Components in service. */
export interface Running {
  /** Where clients reach the router: its own, or the one it joined. */
  readonly url: string;
  /** All of its addresses, that one first. */
  readonly urls: readonly string[];
  /** Where health is served, `http://host:port`; undefined: nowhere. */
  readonly healthUrl: string | undefined;
  /** How each component is doing. */
  status(): ComponentStatus[];
  /**
   * The last time, within a minute, that something kept the event loop for longer than `blockedAfter`, and no component is
   * known for it. What a component is known for is in its status.
   */
  readonly blocked: Blocked | undefined;
  /** Resolves when every component has been in service once, or has ended without. */
  settled(): Promise<void>;
  /**
   * Goes by other options from now on: components that are new are added, those that are gone are drained and removed, and
   * those whose entry, secrets or keys have changed are replaced without a gap. All others are left alone. Levels of logs
   * change at once. What is fixed while the process runs stays as it is, and is named in the result. One reload follows the
   * other; one that another one follows gives up what is not in service yet, and begins nothing more.
   *
   * @throws (rejects) InvalidConfiguration, BrokenComponent, NoSuchComponent with everything that is wrong: nothing was
   *   changed then; Canceled where it is stopping
   */
  reload(options: StartOptions): Promise<Reloaded>;
  /** Takes every component out of service, finishing what runs, then stops the router it brought. Any number of times. */
  stop(): Promise<void>;
  /** Resolves when the last component has ended. */
  readonly closed: Promise<RuntimeEnd>;
}

/**
 * Runs components inside this program, as `wamp-run` does: with no `url` it brings a router, and other programs reach
 * the components through it. It touches neither signals nor the environment, and reads no file of configuration.
 *
 * @example
 * const running = await start({ files: ['./dist/service.js'], from: process.cwd(), router: { port: 0 } });
 * await running.settled();
 * // … clients connect to running.url …
 * await running.stop();
 * @throws NoSuchComponent, BrokenComponent: what is wrong with a file, a class or an offer
 * @throws InvalidConfiguration: everything that is wrong with the options; a port in use, a URL that is none
 */
export async function start(options: StartOptions): Promise<Running> {
  const logins = await checkedOptions(options);
  return launched(options, logins, await logsOf(options));
}

/** The same for the command: with the log that it has opened. */
export async function launch(options: StartOptions, logs: Logs): Promise<Running> {
  return launched(options, await checkedOptions(options), logs);
}

async function launched(options: StartOptions, logins: RouterLogins, logs: Logs): Promise<Running> {
  let ask = (): Readiness => ({ status: 'starting', components: [] });
  const health = options.health === undefined ? undefined : await Health.listen(options.health, () => ask());
  // Told before anything is loaded: that may take its time, and so long it is asked in vain whether all is ready.
  if (health !== undefined) logs.log.info({ url: health.url }, 'health is told');
  try {
    const running = await RunningComponents.start(options, logins, logs);
    ask = () => readinessOf({ components: running.status(), draining: running.draining, blocked: running.blocked });
    return {
      get url() {
        return running.urls[0] ?? '';
      },
      get urls() {
        return running.urls;
      },
      healthUrl: health?.url,
      status: () => running.status(),
      get blocked() {
        return running.blocked;
      },
      settled: () => running.settled(),
      reload: (changed) => running.reload(changed),
      stop: async () => {
        await running.stop();
        await health?.close();
      },
      closed: running.closed,
    };
  } catch (error) {
    await health?.close();
    throw error;
  }
}

async function logsOf(options: StartOptions): Promise<Logs> {
  const { log, logLevel, logLevels } = options;
  if (log !== undefined) return { log, change: () => {} };
  if (logLevel === undefined && logLevels === undefined) return { log: silent, change: () => {} };
  return openLog({ ...logSettingsOf(options), pretty: false });
}
