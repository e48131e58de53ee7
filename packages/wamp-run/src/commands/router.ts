import { isDeepStrictEqual } from 'node:util';
import { askedToEnd, tellAsked } from '../asked-to-end.js';
import { mistakesAt, PlacedMistakes } from '../configuration/mistakes.js';
import { valueAt } from '../configuration/nested.js';
import { fileOf } from '../configuration/print.js';
import type { Configuration } from '../configuration/read.js';
import { secretsIn } from '../configuration/secrets.js';
import { Health, type Readiness } from '../health.js';
import type { Logs } from '../logs.js';
import { listenWith } from '../own-router.js';
import { readLogins } from '../router-logins.js';
import { SETTINGS } from '../settings.js';
import { systemClock, systemRandom } from '../system.js';
import type { World } from '../world.js';
import { Reloads } from './reloads.js';

/** What `router` is handed. */
export interface RouterParts {
  readonly configuration: Configuration;
  /** Reads it again, as it is by then. */
  readonly readAgain: () => Promise<Configuration>;
  readonly world: World;
  readonly logs: Logs;
}

/** `wamp-run router`: a router alone, until a signal. */
export async function router({ configuration, readAgain, world, logs }: RouterParts): Promise<number> {
  const { settings, sources } = configuration;
  const { log } = logs;
  const reloads = new Reloads(readAgain, log);
  world.onReload(() => reloads.ask());
  const { host, port, listen, realm, healthHost, healthPort } = settings;
  const asked = askedToEnd(world);
  let status: Readiness['status'] = 'starting';
  const place = healthPort === null ? undefined : { host: healthHost, port: healthPort };
  const health = place === undefined ? undefined : await Health.listen(place, () => ({ status, components: [] }));
  // Whoever lists the realms has said which; the default is for who says nothing.
  const realms = settings.router.realms.length === 0 || sources.has('realm') ? [realm] : [];
  const section = { ...settings.router, host, port, listen };
  const logins = await readLogins(section, { from: world.directory, env: world.env });
  if (logins.mistakes.length > 0) throw await mistakesAt(new PlacedMistakes(logins.mistakes), configuration.at);
  const machine = { clock: systemClock, random: systemRandom, log };
  let code: number;
  try {
    const { router: own, urls } = await listenWith({ section, logins, realms, ...machine });
    status = 'ready';
    reloads.begin(async (changed) => {
      logs.change(logSettings(changed));
      return { needRestart: fixedKeys(configuration, changed) };
    });
    const names = [
      ...new Set([...settings.router.realms.map((each) => (typeof each === 'string' ? each : each.name)), ...realms]),
    ];
    for (const url of urls) world.stderr(`router  ${url}  ${names.join(' ')}\n`);
    if (health !== undefined) world.stderr(`health  ${health.url}\n`);
    code = tellAsked(await asked, world);
    status = 'draining';
    await own.close();
  } finally {
    await health?.close();
  }
  return code;
}

function logSettings({ settings }: Configuration) {
  return { level: settings.logLevel, levels: settings.logLevels, secrets: secretsIn(fileOf(settings)) };
}

/** What of a router differs: all of it holds from the next start. */
function fixedKeys(before: Configuration, after: Configuration): string[] {
  const [old, changed] = [fileOf(before.settings), fileOf(after.settings)];
  return Object.values(SETTINGS).flatMap(({ key }) => {
    const isOfRouter = key !== undefined && /^(router\.|health\.|realm$)/.test(key);
    return isOfRouter && !isDeepStrictEqual(valueAt(old, key), valueAt(changed, key)) ? [key] : [];
  });
}
