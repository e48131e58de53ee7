import { type Clock, type Connector, InvalidConfiguration, type Listener, type Serializer } from '@wamp-run/protocol';
import { cbor } from '@wamp-run/serializers/cbor';
import { json } from '@wamp-run/serializers/json';
import { msgpack } from '@wamp-run/serializers/msgpack';
import { websocket, websocketListener } from '@wamp-run/transport/websocket';

/** All serializers, in the order in which a client of ours prefers them. */
export function allSerializers(): Serializer[] {
  return [cbor(), msgpack(), json()];
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
  return websocket(url, { serializers: allSerializers(), clock });
}

/** Where the embedded router listens: WebSocket, every serializer. */
export function listenerOn(address: { host: string; port: number }, clock: Clock): Listener {
  return websocketListener({ ...address, path: '/ws', serializers: allSerializers(), clock });
}
