import { randomBytes } from 'node:crypto';
import { Client, type Session } from '@wamp-run/client';
import type { Clock, Serializer } from '@wamp-run/protocol';
import { Router } from '@wamp-run/router';
import { cbor } from '@wamp-run/serializers/cbor';
import { json } from '@wamp-run/serializers/json';
import { msgpack } from '@wamp-run/serializers/msgpack';
import { websocket, websocketListener } from '@wamp-run/transport/websocket';

export const clock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

export const random = (n: number): Uint8Array => randomBytes(n);

export const SERIALIZERS: Record<'json' | 'cbor' | 'msgpack', () => Serializer> = { json, cbor, msgpack };
export const serializers = (): Serializer[] => [cbor(), msgpack(), json()];

/** A router in this process that listens at a free port, or at the one given. */
export async function localRouter(port = 0): Promise<{ router: Router; url: string }> {
  const router = new Router({ realms: ['realm1'], clock, random });
  const { url } = await router.listen(websocketListener({ port, serializers: serializers(), clock }));
  return { router, url };
}

/** A client of ours, joined. `close` ends it. */
export async function joined(
  url: string,
  options: { serializers?: Serializer[]; realm?: string } = {},
): Promise<{ session: Session; client: Client; close(): Promise<void> }> {
  const client = new Client({
    connectors: [websocket(url, { serializers: options.serializers ?? serializers(), clock })],
    realm: options.realm ?? 'realm1',
    retry: false,
    clock,
    random,
  });
  const session = await client.joined();
  return { session, client, close: () => client.close() };
}
