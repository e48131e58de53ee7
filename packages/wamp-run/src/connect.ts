import { Client } from '@wamp-run/client';
import { type Logger, silent } from '@wamp-run/protocol';
import { systemClock, systemRandom } from './system.js';
import { connectorFor } from './wires.js';

/** How `connect` joins. */
export interface ConnectOptions {
  /** Default: `realm1`. */
  readonly realm?: string;
  /** Default: silent. */
  readonly log?: Logger;
}

/**
 * A client joined to the router at this URL, for programs and tests that call components and are none themselves. The
 * first attempt is the only one; for a client that waits for its router, build `Client` of `@wamp-run/client`.
 *
 * @param url its scheme names the wire, as for `start` and `--url`: `ws://…`, `wss://…`, `rs://…`, `unix:…`, …
 * @example
 * const client = await connect('ws://127.0.0.1:8080/ws', { realm: 'shop' });
 * await client.session.call('com.shop.orders.list');
 * await client.close();
 * @throws InvalidConfiguration where it is no router's URL; InvalidUriError where the realm is none
 * @throws TransportLost where the router cannot be reached; SessionEnded where it refuses the session
 */
export async function connect(url: string, { realm = 'realm1', log = silent }: ConnectOptions = {}): Promise<Client> {
  const client = new Client({
    connectors: [await connectorFor(url, systemClock)],
    realm,
    retry: false,
    clock: systemClock,
    random: systemRandom,
    log,
  });
  await client.joined();
  return client;
}
