import type { Logger } from '@wamp-run/protocol';
import { askedToEnd, tellAsked } from '../asked-to-end.js';
import { ConfigurationMistakes } from '../configuration/mistakes.js';
import type { Configuration } from '../configuration/read.js';
import { placeOf } from '../configuration/shape.js';
import { Health, type Readiness } from '../health.js';
import { listenWith } from '../own-router.js';
import { readLogins } from '../router-logins.js';
import { systemClock, systemRandom } from '../system.js';
import type { World } from '../world.js';

/** `wamp-run router`: a router alone, until a signal. */
export async function router({ settings, sources }: Configuration, world: World, log: Logger): Promise<number> {
  const { host, port, listen, realm, healthHost, healthPort } = settings;
  const asked = askedToEnd(world);
  let status: Readiness['status'] = 'starting';
  const place = healthPort === null ? undefined : { host: healthHost, port: healthPort };
  const health = place === undefined ? undefined : await Health.listen(place, () => ({ status, components: [] }));
  // Whoever lists the realms has said which; the default is for who says nothing.
  const realms = settings.router.realms.length === 0 || sources.has('realm') ? [realm] : [];
  const section = { ...settings.router, host, port, listen };
  const logins = await readLogins(section, { from: world.directory, env: world.env });
  if (logins.mistakes.length > 0) {
    throw new ConfigurationMistakes(
      logins.mistakes.map(({ path, text, place = placeOf(path) }) => `${place}: ${text}`),
    );
  }
  const machine = { clock: systemClock, random: systemRandom, log };
  let code: number;
  try {
    const { router: own, urls } = await listenWith({ section, logins, realms, ...machine });
    status = 'ready';
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
