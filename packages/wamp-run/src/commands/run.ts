import { type Logger, TransportLost } from '@wamp-run/protocol';
import { BrokenComponent, type RuntimeEnd } from '@wamp-run/runtime';
import { askedToEnd, tellAsked } from '../asked-to-end.js';
import { mistakesAt } from '../configuration/mistakes.js';
import { fileOf } from '../configuration/print.js';
import type { Configuration } from '../configuration/read.js';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import type { Logs } from '../logs.js';
import type { SettingName } from '../settings.js';
import { launch, type Running } from '../start.js';
import type { StartOptions } from '../start-options.js';
import { startupTable } from '../startup-table.js';
import { systemClock } from '../system.js';
import { complain, type World } from '../world.js';
import { Reloads } from './reloads.js';

/** A component that takes longer than this to come into service is told of (ms). */
const SLOW_START = 10_000;

/** What `run` is handed. */
export interface RunParts {
  readonly files: readonly string[];
  readonly configuration: Configuration;
  /** Reads it again, as it is by then. */
  readonly readAgain: () => Promise<Configuration>;
  readonly world: World;
  readonly logs: Logs;
}

/** `wamp-run <files…>`: runs what the files export until a signal, or until nothing is left to run. */
export async function run({ files, configuration, readAgain, world, logs }: RunParts): Promise<number> {
  const began = systemClock.now();
  const { log } = logs;
  const optionsFrom = (from: Configuration): StartOptions => {
    return { files, from: world.directory, env: world.env, importFailed, ...optionsOf(from) };
  };
  // From the first moment on: loading a service may take its time.
  const told = new WeakSet<object>();
  const importFailed = (error: unknown): void => {
    if (typeof error === 'object' && error !== null) told.add(error);
  };
  const asked = askedToEnd(world, told);
  const reloads = new Reloads(readAgain, log);
  world.onReload(() => reloads.ask());
  const starting = launch(optionsFrom(configuration), logs).catch(async (error: unknown) => {
    throw await mistakesAt(error, configuration.at);
  });
  const running = await Promise.race([starting, asked]);
  if (running === 'signal' || running instanceof Error) {
    // Nothing is in service yet, and what is half loaded ends with the process.
    starting.catch(() => {});
    return tellAsked(running, world);
  }
  // What a restart may mend is left to the component's policy.
  const broken = running.status().find(({ state, error }) => state === 'failed' && error instanceof BrokenComponent);
  if (broken !== undefined) {
    await running.stop();
    throw broken.error;
  }
  reloads.begin((changed) => running.reload(optionsFrom(changed)));
  const cancelWarning = systemClock.after(SLOW_START, () => warnOfSlow(running, log));
  void running.settled().then(() => {
    cancelWarning();
    if (!running.status().some(({ state }) => state === 'running')) return;
    world.stderr(`${startupTable(running.urls, running.status(), running.healthUrl)}\n`);
    world.stderr(`ready in ${Math.round(systemClock.now() - began)} ms\n`);
  });

  const late = connectDeadline(running, configuration.settings.connectTimeout);
  const why = await Promise.race([asked, running.closed.then(() => 'ended' as const), late.passed]);
  late.cancel();
  cancelWarning();
  const code = why instanceof TransportLost || why === 'ended' ? undefined : tellAsked(why, world);
  await running.stop();
  if (why instanceof TransportLost) throw why;
  return code ?? endedByItself(await running.closed, world);
}

/** What is the command's own matter, and not for components. */
const COMMAND_ONLY: readonly SettingName[] = ['connectTimeout'];

/** The settings that were given, as a program gives them: as a file has them. */
function optionsOf({ settings, sources }: Configuration): Omit<StartOptions, 'files' | 'from'> {
  // Where health would be served says nothing as long as it is not.
  const health = (name: SettingName) => settings.healthPort === null && name === 'healthHost';
  const given = [...new Set<SettingName>([...sources.keys(), 'logLevel'])];
  return fileOf(
    settings,
    given.filter((name) => !COMMAND_ONLY.includes(name) && !health(name)),
  );
}

function endedByItself({ critical, failures }: RuntimeEnd, world: World): number {
  const [first] = failures;
  for (const failure of failures) complain(world, failure);
  if (critical !== undefined) {
    complain(world, new Error(`${critical.name} is critical, and has failed: all others were stopped`));
    return EXIT.critical;
  }
  return first === undefined ? EXIT.clean : exitCodeOf(first);
}

function warnOfSlow(running: Running, log: Logger): void {
  for (const { name, state, joined, waitsFor } of running.status()) {
    if (waitsFor.length > 0) {
      log.warn(
        { component: name, waitsFor },
        `not started after ${SLOW_START} ms: it waits for ${waitsFor.join(', ')}`,
      );
    } else if (state === 'starting' || state === 'waiting') {
      const what = joined ? 'its onJoin, or a registration, has not finished' : 'it has not been joined';
      log.warn({ component: name, state, router: running.url }, `not in service after ${SLOW_START} ms: ${what}`);
    }
  }
}

/** With `--connect-timeout`: passes when a component has not been joined in time. */
function connectDeadline(running: Running, ms: number): { passed: Promise<TransportLost>; cancel(): void } {
  let cancel = () => {};
  const passed = new Promise<TransportLost>((resolve) => {
    if (ms === 0) return;
    cancel = systemClock.after(ms, () => {
      const waiting = running
        .status()
        .filter(({ state, joined }) => !joined && (state === 'starting' || state === 'waiting'));
      if (waiting.length === 0) return;
      const cause = waiting.find(({ error }) => error !== undefined)?.error;
      const what = cause?.message ?? `no answer from ${running.url}`;
      resolve(new TransportLost(`${what} (gave up after ${ms} ms; is the router up, and the URL right?)`, { cause }));
    });
  });
  void running.settled().then(() => cancel());
  return { passed, cancel: () => cancel() };
}
