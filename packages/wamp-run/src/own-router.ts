import type { Clock, Logger, Random } from '@wamp-run/protocol';
import { Router } from '@wamp-run/router';
import type { RouterSection } from './configuration/router-section.js';
import { VERSION } from './version.js';
import { listenerAt, listenerOn } from './wires.js';

/** What a router of one's own is made of. */
export interface RouterSettings {
  readonly section: RouterSection;
  readonly realms: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** A router that listens, and the URLs at which it does. It has the realms that the section lists, and these. */
export async function listenWith(settings: RouterSettings): Promise<{ router: Router; urls: string[] }> {
  const { section, clock, random, log } = settings;
  const { host = '127.0.0.1', port = 8080, listen = [], realms: listed = [], ...options } = section;
  const machine = { clock, random, log };
  const listeners =
    listen.length === 0
      ? [await listenerOn({ host, port }, machine)]
      : await Promise.all(listen.map((url) => listenerAt(url, machine)));
  const names = new Set(listed.map((realm) => (typeof realm === 'string' ? realm : realm.name)));
  const router = new Router({
    agent: `wamp-run-${VERSION}`,
    ...options,
    realms: [...listed, ...new Set(settings.realms.filter((name) => !names.has(name)))],
    clock,
    random,
    log: log.child({ component: 'router' }),
  });
  try {
    const urls: string[] = [];
    for (const listener of listeners) urls.push((await router.listen(listener)).url);
    return { router, urls };
  } catch (error) {
    await router.close();
    throw error;
  }
}
