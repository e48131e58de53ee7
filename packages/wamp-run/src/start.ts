import type { ExposeErrors } from '@wamp-run/client';
import {
  type ClientAuthenticator,
  type Clock,
  type Connector,
  InvalidConfiguration,
  type Logger,
  type Random,
  silent,
} from '@wamp-run/protocol';
import { Router } from '@wamp-run/router';
import {
  type ComponentStatus,
  type LoadedComponent,
  loadComponents,
  Runtime,
  type RuntimeEnd,
} from '@wamp-run/runtime';
import { memoryConnector } from '@wamp-run/transport/memory';
import { readEncryption } from './encryption.js';
import { systemClock, systemRandom } from './system.js';
import { VERSION } from './version.js';
import { connectorFor, listenerAt, listenerOn } from './wires.js';

export interface StartOptions {
  /** The files that hold the components: built JavaScript. */
  readonly files: readonly string[];
  /** The directory that relative paths start at. */
  readonly from: string;
  /** The router to join, by its URL: `ws://…`, `rs://…`, `unix:…`, `http://…`. Default: one of its own, in this process. */
  readonly url?: string;
  /** Default: `realm1`. A realm in a component's decorator wins over it. */
  readonly realm?: string;
  /** Where its own router listens. Default: 127.0.0.1. */
  readonly host?: string;
  /** The port of its own router; 0 takes any that is free. Default: 8080. */
  readonly port?: number;
  /** Where its own router listens instead: `ws://host:port/path`, `rs://host:port`, `unix:/path`. */
  readonly listen?: readonly string[];
  /**
   * What callers learn of errors that are not meant for them: `none`, `message` or `traceback`. Default: `none`.
   */
  readonly exposeErrors?: ExposeErrors;
  /**
   * The file of keys for end-to-end encryption, as `wamp-run keygen keyring` makes it. The components' sessions encrypt by
   * it. Default: none, and arguments go in the clear.
   */
  readonly keyring?: string;
  /** How the components log in at `url`. Default: as anonymous. Refused where there is no `url`. */
  readonly authenticators?: readonly ClientAuthenticator[];
  /** Default: silent. */
  readonly log?: Logger;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Default: the machine's. */
  readonly random?: Random;
}

/** Components in service. */
export interface Running {
  /** Where clients reach the router: its own, or the one it joined. */
  readonly url: string;
  /** All of its addresses, that one first. */
  readonly urls: readonly string[];
  /** How each component is doing. */
  status(): ComponentStatus[];
  /** Resolves when every component has been in service once, or has ended without. */
  settled(): Promise<void>;
  /** Takes every component out of service, finishing what runs, then stops the router it brought. Any number of times. */
  stop(): Promise<void>;
  /** Resolves when the last component has ended. */
  readonly closed: Promise<RuntimeEnd>;
}

/**
 * Runs the components of some files inside this program, as `wamp-run` does: with no `url` it brings a router,
 * and other programs reach the components through it. It touches neither signals nor the environment.
 *
 * @example
 * const running = await start({ files: ['./dist/service.js'], from: process.cwd(), port: 0 });
 * await running.settled();
 * // … clients connect to running.url …
 * await running.stop();
 * @throws NoSuchComponent, BrokenComponent: what is wrong with a file
 * @throws InvalidConfiguration: a port in use, a URL that is none, a file of keys that is wrong or that others can read
 */
export async function start(options: StartOptions): Promise<Running> {
  const { clock = systemClock, random = systemRandom, log = silent, realm = 'realm1' } = options;
  const encryption =
    options.keyring === undefined
      ? undefined
      : await readEncryption(options.keyring, { from: options.from, clock, random });
  const { authenticators = [] } = options;
  if (authenticators.length > 0 && options.url === undefined) {
    throw new InvalidConfiguration('a login is for a router that is there already; name it with url (--url)');
  }
  const found: LoadedComponent[] = [];
  const loaded = new Set<string>();
  for (const file of options.files) {
    // The same file by another name is the same components.
    const components = (await loadComponents(file, options.from)).filter((each) => !loaded.has(each.file));
    for (const each of components) loaded.add(each.file);
    found.push(...components);
  }

  const realms = [...new Set([realm, ...found.flatMap(({ description }) => description.realm ?? [])])];
  const home =
    options.url === undefined
      ? await ownRouter({ ...options, realms, clock, random, log })
      : { urls: [options.url], connector: connectorFor(options.url, clock), close: async () => {} };
  let runtime: Runtime;
  try {
    runtime = new Runtime({
      components: found.map((loaded) => ({ loaded, realm, connectors: [home.connector], authenticators, encryption })),
      runner: { name: 'wamp-run', version: VERSION },
      ...(options.exposeErrors === undefined ? {} : { exposeErrors: options.exposeErrors }),
      clock,
      random,
      log,
    });
    runtime.start();
  } catch (error) {
    await home.close();
    throw error;
  }
  return {
    url: home.urls[0] ?? '',
    urls: home.urls,
    status: () => runtime.status(),
    settled: () => runtime.settled(),
    // The router goes last: until then the components can finish what they are doing, and say goodbye.
    stop: async () => {
      await runtime.stop();
      await home.close();
    },
    closed: runtime.closed,
  };
}

/** The router of one's own, and the way in for components of the same process. */
interface Home {
  readonly urls: readonly string[];
  readonly connector: Connector;
  close(): Promise<void>;
}

export interface RouterSettings {
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** Default: 8080. */
  readonly port?: number;
  /** Instead of host and port. */
  readonly listen?: readonly string[];
  readonly realms: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

async function ownRouter(settings: RouterSettings): Promise<Home> {
  const { router, urls } = await listenWith(settings);
  settings.log.debug({ urls, realms: settings.realms }, 'router listening');
  return {
    urls,
    connector: memoryConnector((transport) => router.attach(transport)),
    close: () => router.close(),
  };
}

/** A router that listens, and the URLs at which it does. */
export async function listenWith(settings: RouterSettings): Promise<{ router: Router; urls: string[] }> {
  const { host = '127.0.0.1', port = 8080, listen = [], realms, clock, random, log } = settings;
  const listeners =
    listen.length === 0
      ? [listenerOn({ host, port }, { clock, random, log })]
      : listen.map((url) => listenerAt(url, { clock, random, log }));
  const router = new Router({
    realms,
    clock,
    random,
    log: log.child({ component: 'router' }),
    agent: `wamp-run-${VERSION}`,
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
