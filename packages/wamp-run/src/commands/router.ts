import type { Logger } from '@wamp-run/protocol';
import { EXIT } from '../exit-codes.js';
import type { Settings } from '../settings.js';
import { listenWith } from '../start.js';
import { systemClock, systemRandom } from '../system.js';
import { untilSignal } from '../until-signal.js';
import type { World } from '../world.js';

/** `wamp-run router`: a router alone, until a signal. */
export async function router(settings: Settings, world: World, log: Logger): Promise<number> {
  const { host, port, realm } = settings;
  const { router: own, listening } = await listenWith({
    host,
    port,
    realms: [realm],
    clock: systemClock,
    random: systemRandom,
    log,
  });
  world.stderr(`router  ${listening.url}  ${realm}\n`);
  await untilSignal(world, new Promise(() => {}));
  await own.close();
  return EXIT.clean;
}
