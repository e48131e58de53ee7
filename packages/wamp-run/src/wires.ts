import { type Clock, type Connector, InvalidConfiguration, type Listener, type Serializer } from '@wamp-run/protocol';
import { cbor, cborBatched } from '@wamp-run/serializers/cbor';
import { flatbuffers, flatbuffersBatched } from '@wamp-run/serializers/flatbuffers';
import { json, jsonBatched } from '@wamp-run/serializers/json';
import { msgpack, msgpackBatched } from '@wamp-run/serializers/msgpack';
import { ubjson, ubjsonBatched } from '@wamp-run/serializers/ubjson';
import { websocket, websocketListener } from '@wamp-run/transport/websocket';

/** Every serializer, by the name that it goes by in WAMP: what follows `wamp.2.` in its subprotocol. */
export const SERIALIZERS = {
  cbor,
  msgpack,
  json,
  ubjson,
  flatbuffers,
  'cbor.batched': cborBatched,
  'msgpack.batched': msgpackBatched,
  'json.batched': jsonBatched,
  'ubjson.batched': ubjsonBatched,
  'flatbuffers.batched': flatbuffersBatched,
} as const satisfies { readonly [name: string]: () => Serializer };

/** The name of a serializer that there is. */
export type SerializerName = keyof typeof SERIALIZERS;

/** What a client of ours offers, the preferred one first: what every router has, one message in a frame. */
const PREFERRED: readonly SerializerName[] = ['cbor', 'msgpack', 'json'];

/** The serializers of these names. */
function serializers(names: readonly SerializerName[]): Serializer[] {
  return names.map((name) => SERIALIZERS[name]());
}

/**
 * The way to a router by its URL, whose scheme names the wire.
 *
 * @throws InvalidConfiguration where it is no URL, or of a scheme that is no wire here
 */
export function connectorFor(url: string, clock: Clock): Connector {
  if (!/^wss?:\/\/\S+$/.test(url)) {
    throw new InvalidConfiguration(
      `url: ${JSON.stringify(url)} is not a router's URL; write ws://host:port/path or wss://…`,
    );
  }
  return websocket(url, { serializers: serializers(PREFERRED), clock });
}

/** Where the embedded router listens: WebSocket, every serializer. */
export function listenerOn(address: { host: string; port: number }, clock: Clock): Listener {
  return websocketListener({
    ...address,
    path: '/ws',
    serializers: Object.values(SERIALIZERS).map((make) => make()),
    clock,
  });
}
