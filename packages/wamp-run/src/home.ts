import type { Clock, Connector, Logger, Random } from '@wamp-run/protocol';
import { memoryConnector } from '@wamp-run/transport/memory';
import type { RouterSection } from './configuration/router-section.js';
import { type Failure, noted, throwFailures } from './failures.js';
import { listenWith } from './own-router.js';
import type { PlannedComponent } from './plan.js';
import type { RouterLogins } from './router-logins.js';
import { connectorFor } from './wires.js';

/** Where components are at home that have no ways to a router of their own. */
export interface Home {
  readonly urls: readonly string[];
  readonly connector: Connector;
  /** The realms that there are; undefined: the router is somebody else's, or there is none. */
  readonly realms: ReadonlySet<string> | undefined;
  /** Whether components log in there as those of this process. */
  readonly local: boolean;
  close(): Promise<void>;
}

export interface HomeOptions {
  readonly url?: string | undefined;
  readonly router?: RouterSection | undefined;
  /** What `router` says of logins, read. */
  readonly logins: RouterLogins;
}

/** The router that components join that have no ways of their own: the one at `url`, or one that is brought along. */
export async function homeFor(
  components: readonly PlannedComponent[],
  { url, router: section = {}, logins }: HomeOptions,
  { realm, ...machine }: { realm: string; clock: Clock; random: Random; log: Logger },
): Promise<Home> {
  if (url !== undefined) return elsewhere([url], await connectorAt(url, machine.clock));
  const inside = components.filter(({ connectors }) => connectors === undefined);
  if (inside.length === 0) {
    const ways = components.flatMap(({ connectors }) => connectors ?? []);
    const urls = new Set(ways.map(({ address }) => address));
    return elsewhere([...urls], ways[0] as Connector);
  }
  const realms = [realm, ...inside.flatMap(({ loaded }) => loaded.description.realm ?? [])];
  const { router, urls, local } = await listenWith({ section, logins, realms, ...machine });
  machine.log.debug({ urls, realms }, 'router listening');
  const listed = (section.realms ?? []).map((each) => (typeof each === 'string' ? each : each.name));
  return {
    urls,
    local,
    connector: memoryConnector((transport) => router.attach(transport)),
    realms: new Set([...realms, ...listed]),
    close: () => router.close(),
  };
}

/** @throws PlacedMistakes where the URL is wrong */
async function connectorAt(url: string, clock: Clock): Promise<Connector> {
  const failures: Failure[] = [];
  const connector = await noted(failures, ['url'], () => connectorFor(url, clock));
  throwFailures(failures);
  return connector as Connector;
}

function elsewhere(urls: readonly string[], connector: Connector): Home {
  return { urls, connector, realms: undefined, local: false, close: async () => {} };
}
