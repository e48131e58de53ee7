import type { ExposeErrors } from '@wamp-run/client';
import { type Clock, type Connector, type Listening, type Logger, type Random, silent } from '@wamp-run/protocol';
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
import { connectorFor, listenerOn } from './wires.js';

export interface StartOptions {
  /** The files that hold the components: built JavaScript. */
  readonly files: readonly string[];
  /** The directory that relative paths start at. */
  readonly from: string;
  /** The router to join, `ws://…` or `wss://…`. Default: one of its own, in this process. */
  readonly url?: string;
  /** Default: `realm1`. A realm in a component's decorator wins over it. */
  readonly realm?: string;
  /** Where its own router listens. Default: 127.0.0.1. */
  readonly host?: string;
  /** The port of its own router; 0 takes any that is free. Default: 8080. */
  readonly port?: number;
  /**
   * What callers learn of errors that are not meant for them: `none`, `message` or `traceback`. Default: `none`.
   */
  readonly exposeErrors?: ExposeErrors;
  /**
   * The file of keys for end-to-end encryption, as `wamp-run keygen keyring` makes it. The components' sessions encrypt by
   * it. Default: none, and arguments go in the clear.
   */
  readonly keyring?: string;
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
      ? await ownRouter({ host: options.host ?? '127.0.0.1', port: options.port ?? 8080, realms, clock, random, log })
      : { url: options.url, connector: connectorFor(options.url, clock), close: async () => {} };
  let runtime: Runtime;
  try {
    runtime = new Runtime({
      components: found.map((loaded) => ({ loaded, realm, connectors: [home.connector], encryption })),
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
    url: home.url,
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
  readonly url: string;
  readonly connector: Connector;
  close(): Promise<void>;
}

export interface RouterSettings {
  readonly host: string;
  readonly port: number;
  readonly realms: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

async function ownRouter(settings: RouterSettings): Promise<Home> {
  const { router, listening } = await listenWith(settings);
  settings.log.debug({ url: listening.url, realms: settings.realms }, 'router listening');
  return {
    url: listening.url,
    connector: memoryConnector((transport) => router.attach(transport)),
    close: () => router.close(),
  };
}

/** A router that listens for WebSocket clients. */
export async function listenWith(settings: RouterSettings): Promise<{ router: Router; listening: Listening }> {
  const { host, port, realms, clock, random, log } = settings;
  const router = new Router({
    realms,
    clock,
    random,
    log: log.child({ component: 'router' }),
    agent: `wamp-run-${VERSION}`,
  });
  try {
    return { router, listening: await router.listen(listenerOn({ host, port }, clock)) };
  } catch (error) {
    await router.close();
    throw error;
  }
}
