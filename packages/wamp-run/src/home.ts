import type { Clock, Connector, Logger, Random } from '@wamp-run/protocol';
import { memoryConnector } from '@wamp-run/transport/memory';
import type { ConfiguredComponent } from './components.js';
import type { RouterSection } from './configuration/router-section.js';
import { listenWith } from './own-router.js';
import { connectorFor } from './wires.js';

/** Where components are at home that have no ways to a router of their own. */
export interface Home {
  readonly urls: readonly string[];
  readonly connector: Connector;
  close(): Promise<void>;
}

/** The router that components join that have no ways of their own: the one at `url`, or one that is brought along. */
export async function homeFor(
  found: readonly ConfiguredComponent[],
  { url, router: section = {} }: { readonly url?: string; readonly router?: RouterSection },
  { realm, ...machine }: { realm: string; clock: Clock; random: Random; log: Logger },
): Promise<Home> {
  if (url !== undefined)
    return { urls: [url], connector: await connectorFor(url, machine.clock), close: async () => {} };
  const inside = found.filter(({ connectors }) => connectors === undefined);
  if (inside.length === 0) {
    const [first] = found.flatMap(({ connectors }) => connectors ?? []);
    const urls = new Set(found.flatMap(({ connectors }) => connectors?.map(({ address }) => address) ?? []));
    return { urls: [...urls], connector: first as Connector, close: async () => {} };
  }
  const realms = [realm, ...inside.flatMap(({ loaded }) => loaded.description.realm ?? [])];
  const { router, urls } = await listenWith({ section, realms, ...machine });
  machine.log.debug({ urls, realms }, 'router listening');
  return {
    urls,
    connector: memoryConnector((transport) => router.attach(transport)),
    close: () => router.close(),
  };
}
