import type { Logger } from '@wamp-run/protocol';
import { askedToEnd, tellAsked } from '../asked-to-end.js';
import type { Settings } from '../settings.js';
import { listenWith } from '../start.js';
import { systemClock, systemRandom } from '../system.js';
import type { World } from '../world.js';

/** `wamp-run router`: a router alone, until a signal. */
export async function router(settings: Settings, world: World, log: Logger): Promise<number> {
  const { host, port, realm } = settings;
  const asked = askedToEnd(world);
  const { router: own, listening } = await listenWith({
    host,
    port,
    realms: [realm],
    clock: systemClock,
    random: systemRandom,
    log,
  });
  world.stderr(`router  ${listening.url}  ${realm}\n`);
  const code = tellAsked(await asked, world);
  await own.close();
  return code;
}
