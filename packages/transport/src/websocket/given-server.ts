import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Server as TlsServer } from 'node:tls';
import { InvalidConfiguration, type Listening } from '@wamp-run/protocol';
import { refuse } from './admission.js';
import { type Attach, type Entrance, pathOf, type Upgrade } from './entrance.js';
import { unixUrl, webUrl } from './own-server.js';

// A registered symbol: another copy of this package may listen on the same server.
const PATH = Symbol.for('wamp-run.upgrade-path');

/** What this package hangs on the `upgrade` event of a server that is not its own, with the path that it serves. */
type ServingUpgrade = Upgrade & { readonly [PATH]: string };

/** Whose server, and who is let in. */
export interface GivenServerOptions {
  readonly server: Server;
  readonly entrance: Entrance;
}

/**
 * Serves one path of an HTTP server that is somebody else's. Requests for other paths are left to whoever listens for
 * them; where nobody does, they are refused, because Node leaves them open. Closing takes away no more than was added.
 */
export async function listenOn({ server, entrance }: GivenServerOptions, attach: Attach): Promise<Listening> {
  const place = placeOf(server);
  const { socketPath } = place;
  const admit = entrance.upgrades({ attach, ...(socketPath === undefined ? {} : { socketPath }) });
  const serve = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (entrance.isFor(request)) admit(request, socket, head);
    else if (isForNobody(server, upgrade, request)) refuse(socket, { status: 404, text: 'there is nothing here' });
  };
  const upgrade: ServingUpgrade = Object.assign(serve, { [PATH]: entrance.path });
  server.on('upgrade', upgrade);
  return {
    url: place.url + entrance.path,
    close: async () => {
      server.off('upgrade', upgrade);
    },
  };
}

/** Whether all who listen for upgrades are of this package, none serves this path, and this one is to say so. */
function isForNobody(server: Server, upgrade: Upgrade, request: IncomingMessage): boolean {
  const all = server.listeners('upgrade') as Partial<ServingUpgrade>[];
  const path = pathOf(request);
  return all.at(-1) === upgrade && all.every((each) => each[PATH] !== undefined && each[PATH] !== path);
}

function placeOf(server: Server): { url: string; socketPath?: string } {
  const address = server.address();
  if (address === null) {
    throw new InvalidConfiguration(
      'websocketListener: server: it is not listening yet; call its listen first, and wait',
    );
  }
  if (typeof address === 'string') return { url: unixUrl(address), socketPath: address };
  return { url: webUrl(address.address, address.port, server instanceof TlsServer) };
}
