import { randomBytes } from 'node:crypto';
import { Client, type Session } from '@wamp-run/client';
import type { Clock, Serializer } from '@wamp-run/protocol';
import { Router } from '@wamp-run/router';
import { cbor, cborBatched } from '@wamp-run/serializers/cbor';
import { flatbuffers, flatbuffersBatched } from '@wamp-run/serializers/flatbuffers';
import { json, jsonBatched } from '@wamp-run/serializers/json';
import { msgpack, msgpackBatched } from '@wamp-run/serializers/msgpack';
import { ubjson, ubjsonBatched } from '@wamp-run/serializers/ubjson';
import { websocket, websocketListener } from '@wamp-run/transport/websocket';

export const clock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

export const random = (n: number): Uint8Array => randomBytes(n);

export const SERIALIZERS = {
  json,
  cbor,
  msgpack,
  ubjson,
  flatbuffers,
  'json.batched': jsonBatched,
  'cbor.batched': cborBatched,
  'msgpack.batched': msgpackBatched,
  'ubjson.batched': ubjsonBatched,
  'flatbuffers.batched': flatbuffersBatched,
} as const satisfies Record<string, () => Serializer>;
export const serializers = (): Serializer[] => [cbor(), msgpack(), json()];

const everySerializer = (): Serializer[] => Object.values(SERIALIZERS).map((make) => make());

/** A router in this process that listens at a free port, or at the one given. */
export async function localRouter(port = 0): Promise<{ router: Router; url: string }> {
  const router = new Router({ realms: ['realm1'], clock, random });
  const { url } = await router.listen(websocketListener({ port, serializers: everySerializer(), clock }));
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
