import { type Logger, TransportLost } from '@wamp-run/protocol';
import { BrokenComponent, type RuntimeEnd } from '@wamp-run/runtime';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import type { Settings } from '../settings.js';
import { type Running, start } from '../start.js';
import { startupTable } from '../startup-table.js';
import { systemClock } from '../system.js';
import { untilSignal } from '../until-signal.js';
import { complain, type World } from '../world.js';

/** `wamp-run <files…>`: runs what the files export until a signal, or until nothing is left to run. */
export async function run(files: readonly string[], settings: Settings, world: World, log: Logger): Promise<number> {
  const began = systemClock.now();
  const running = await start({
    files,
    from: world.directory,
    realm: settings.realm,
    host: settings.host,
    port: settings.port,
    log,
    ...(settings.url === '' ? {} : { url: settings.url }),
  });
  const broken = running.status().find(({ error }) => error instanceof BrokenComponent);
  if (broken !== undefined) {
    await running.stop();
    throw broken.error;
  }
  void running.settled().then(() => {
    if (!running.status().some(({ state }) => state === 'running')) return;
    world.stderr(`${startupTable(running.url, running.status())}\n`);
    world.stderr(`ready in ${Math.round(systemClock.now() - began)} ms\n`);
  });

  const late = connectDeadline(running, settings.connectTimeout);
  const why = await Promise.race([untilSignal(world, running.closed), late.passed]);
  late.cancel();
  if (why instanceof Error) {
    await running.stop();
    throw why;
  }
  await running.stop();
  return why === 'asked' ? EXIT.clean : endedByItself(await running.closed, world);
}

function endedByItself({ failures }: RuntimeEnd, world: World): number {
  const [first] = failures;
  if (first === undefined) return EXIT.clean;
  for (const failure of failures) complain(world, failure);
  return exitCodeOf(first);
}

/** With `--connect-timeout`: passes when a component has not reached the router in time. */
function connectDeadline(running: Running, ms: number): { passed: Promise<Error>; cancel(): void } {
  let cancel = () => {};
  const passed = new Promise<Error>((resolve) => {
    if (ms === 0) return;
    cancel = systemClock.after(ms, () => {
      const waiting = running.status().filter(({ state }) => state === 'starting' || state === 'waiting');
      if (waiting.length === 0) return;
      const cause = waiting.find(({ error }) => error !== undefined)?.error;
      const what = cause?.message ?? `no answer from ${running.url}`;
      resolve(new TransportLost(`${what} (gave up after ${ms} ms; is the router up, and the URL right?)`, { cause }));
    });
  });
  void running.settled().then(() => cancel());
  return { passed, cancel: () => cancel() };
}
