import type { Logger } from '@wamp-run/protocol';
import { askedToEnd, tellAsked } from '../asked-to-end.js';
import { addressesIn, type Settings } from '../settings.js';
import { listenWith } from '../start.js';
import { systemClock, systemRandom } from '../system.js';
import type { World } from '../world.js';

/** `wamp-run router`: a router alone, until a signal. */
export async function router(settings: Settings, world: World, log: Logger): Promise<number> {
  const { host, port, listen, realm } = settings;
  const asked = askedToEnd(world);
  const { router: own, urls } = await listenWith({
    host,
    port,
    listen: addressesIn(listen),
    realms: [realm],
    clock: systemClock,
    random: systemRandom,
    log,
  });
  for (const url of urls) world.stderr(`router  ${url}  ${realm}\n`);
  const code = tellAsked(await asked, world);
  await own.close();
  return code;
}
