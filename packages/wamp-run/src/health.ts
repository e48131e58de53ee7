import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvalidConfiguration } from '@wamp-run/protocol';
import type { Blocked, ComponentStatus } from '@wamp-run/runtime';

/** How a component is doing, as readiness tells it. */
export interface ComponentReadiness {
  readonly name: string;
  readonly realm: string;
  readonly state: ComponentStatus['state'];
  /** How often it was started anew after a failure. */
  readonly restarts: number;
  /** Invocations and events that it has been at for longer than `slowAfter`. */
  readonly slow: number;
  /** The last time, within a minute, that it kept the event loop for longer than `blockedAfter`. Absent: there is none. */
  readonly blocked?: Blocked;
  /** Components and procedures that it waits for before it starts. */
  readonly waitsFor: readonly string[];
  /** Whether its failure ends the process. */
  readonly critical: boolean;
  /** Procedures and topics that it offers and that are not in service now. */
  readonly missing: readonly string[];
  /** Why it failed, or why its last attempt to join did. */
  readonly error?: string;
}

/** What `/readyz` answers, and `wamp-run status` prints. */
export interface Readiness {
  /** `starting` until all that was asked for is loaded, `draining` from the moment the process is asked to stop. */
  readonly status: 'ready' | 'not ready' | 'starting' | 'draining';
  readonly components: readonly ComponentReadiness[];
  /** The same, where no component is known for it. */
  readonly blocked?: Blocked;
}

/** Where a server of health listens. */
export interface HealthOptions {
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** The port; 0 takes any that is free. */
  readonly port: number;
}

/** Connections at a time, octets of a request's head, and milliseconds that a request may take. */
const CONNECTIONS = 64;
const HEAD = 8 * 1024;
const DEADLINE = 5_000;

/** Tells over HTTP whether the process lives (`/livez`) and whether it is ready to work (`/readyz`). Nothing else. */
export class Health {
  /** `http://host:port` */
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  /**
   * Listens.
   *
   * @param readiness asked for every request to `/readyz`
   * @throws InvalidConfiguration where it cannot listen there
   */
  static async listen({ host = '127.0.0.1', port }: HealthOptions, readiness: () => Readiness): Promise<Health> {
    const limits = { maxHeaderSize: HEAD, headersTimeout: DEADLINE, requestTimeout: DEADLINE, keepAliveTimeout: 1 };
    const server = createServer({ ...limits, connectionsCheckingInterval: 1_000 }, (request, response) => {
      // Nobody has to say anything to be told.
      request.resume();
      const path = request.url?.split('?', 1)[0];
      if (path !== '/livez' && path !== '/readyz')
        return answer(response, 404, { status: 'no such path; there are /livez and /readyz' });
      if (request.method !== 'GET' && request.method !== 'HEAD')
        return answer(response, 405, { status: 'ask with GET' });
      if (path === '/livez') return answer(response, 200, { status: 'alive' });
      const told = readiness();
      answer(response, told.status === 'ready' ? 200 : 503, told);
    });
    server.maxConnections = CONNECTIONS;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => {
        reject(new InvalidConfiguration(`health: cannot listen at ${host}:${port}: ${cause.message}`, { cause }));
      });
      server.listen(port, host, resolve);
    });
    const { address, family, port: taken } = server.address() as AddressInfo;
    return new Health(server, `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`);
  }

  /** Listens no longer. What is being answered is cut: whoever asks learns that nobody is there. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

/** What readiness is made of. */
export interface ReadinessParts {
  readonly components: readonly ComponentStatus[];
  readonly draining: boolean;
  /** The last time that the event loop was kept and no component is known for it. */
  readonly blocked: Blocked | undefined;
}

/**
 * Readiness, of how components are doing. That something takes long, or has kept the event loop, is told and makes nothing
 * not ready: whoever can tell it is in service again.
 */
export function readinessOf({ components: all, draining, blocked }: ReadinessParts): Readiness {
  const components = all.map(({ name, realm, state, restarts, slow, waitsFor, critical, missing, ...rest }) => ({
    name,
    realm,
    state,
    restarts,
    slow,
    waitsFor,
    critical,
    missing,
    ...(rest.blocked === undefined ? {} : { blocked: rest.blocked }),
    ...(rest.error === undefined ? {} : { error: rest.error.message }),
  }));
  const ready = components.every(({ state, missing }) => state === 'running' && missing.length === 0);
  const status = draining ? 'draining' : ready ? 'ready' : 'not ready';
  return { status, components, ...(blocked === undefined ? {} : { blocked }) };
}

function answer(response: ServerResponse, code: number, body: object): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(code, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    connection: 'close',
  });
  response.end(text);
}
