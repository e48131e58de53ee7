import { Client, type ClientOptions } from '@wamp-run/client';
import { cbor } from '@wamp-run/serializers/cbor';
import { websocket } from '@wamp-run/transport/websocket';

const clock: ClientOptions['clock'] = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** A client that stays joined: after a loss it comes back by itself, with its subscriptions. */
export function connection(url: string, realm: string): Client {
  return new Client({
    connectors: [websocket(url, { serializers: [cbor()], clock })],
    realm,
    clock,
    random: (n) => crypto.getRandomValues(new Uint8Array(n)),
  });
}
