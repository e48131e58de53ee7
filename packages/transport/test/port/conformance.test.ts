import { once } from 'node:events';
import { createServer } from 'node:http';
import { type TransportPair, transportConformance } from '@wamp-run/protocol/conformance';
import { describe, onTestFinished, test } from 'vitest';
import { certificates } from '../support/certificates/index.js';
import { PortServer } from '../support/ports.js';

/** A node:http server with a page of its own, which the end of the test closes. */
async function somebodysServer() {
  const server = createServer((_request, response) => response.end('a page'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return server;
}

const places = [
  ['a port of its own', async () => ({}), false],
  ['a port of its own with TLS', async () => ({ tls: certificates.server }), true],
  ['a server that there is', async () => ({ server: await somebodysServer() }), false],
] as const;

describe.each(places)('on %s', (_place, options, secure) => {
  describe.each(['websocket', 'rawsocket', 'longpoll'] as const)('%s', (wire) => {
    const open = async () => (await PortServer.open(await options())).connect(wire, { secure });
    const suite = (pair: () => Promise<TransportPair>) => transportConformance({ test, pair });

    suite(async () => {
      const ends = await open();
      return { a: ends.client, b: ends.server };
    });

    describe('from the server to the client', () => {
      suite(async () => {
        const ends = await open();
        return { a: ends.server, b: ends.client };
      });
    });
  });
});
