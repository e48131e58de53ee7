import type { Clock, Connector, Logger, Random } from '@wamp-run/protocol';
import { memoryConnector } from '@wamp-run/transport/memory';
import type { ConfiguredComponent } from './components.js';
import type { RouterSection } from './configuration/router-section.js';
import { listenWith } from './own-router.js';
import type { RouterLogins } from './router-logins.js';
import { connectorFor } from './wires.js';

/** Where components are at home that have no ways to a router of their own. */
export interface Home {
  readonly urls: readonly string[];
  readonly connector: Connector;
  /** Whether components log in there as those of this process. */
  readonly local: boolean;
  close(): Promise<void>;
}

/** The router that components join that have no ways of their own: the one at `url`, or one that is brought along. */
export async function homeFor(
  found: readonly ConfiguredComponent[],
  { url, router: section = {}, logins }: { url?: string; router?: RouterSection; logins: RouterLogins },
  { realm, ...machine }: { realm: string; clock: Clock; random: Random; log: Logger },
): Promise<Home> {
  const elsewhere = { local: false, close: async () => {} };
  if (url !== undefined) return { urls: [url], connector: await connectorFor(url, machine.clock), ...elsewhere };
  const inside = found.filter(({ connectors }) => connectors === undefined);
  if (inside.length === 0) {
    const [first] = found.flatMap(({ connectors }) => connectors ?? []);
    const urls = new Set(found.flatMap(({ connectors }) => connectors?.map(({ address }) => address) ?? []));
    return { urls: [...urls], connector: first as Connector, ...elsewhere };
  }
  const realms = [realm, ...inside.flatMap(({ loaded }) => loaded.description.realm ?? [])];
  const { router, urls, local } = await listenWith({ section, logins, realms, ...machine });
  machine.log.debug({ urls, realms }, 'router listening');
  return {
    urls,
    local,
    connector: memoryConnector((transport) => router.attach(transport)),
    close: () => router.close(),
  };
}
