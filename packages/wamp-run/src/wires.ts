import { type Clock, type Connector, InvalidConfiguration, type Listener, type Serializer } from '@wamp-run/protocol';
import { cbor } from '@wamp-run/serializers/cbor';
import { json } from '@wamp-run/serializers/json';
import { msgpack } from '@wamp-run/serializers/msgpack';
import { rawsocket, rawsocketListener } from '@wamp-run/transport/rawsocket';
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
  const options = { serializers: allSerializers(), clock };
  if (/^wss?:\/\/\S+$/i.test(url)) return websocket(url, options);
  if (/^(rss?:\/\/|unix:)\S+$/i.test(url)) return rawsocket(url, options);
  throw new InvalidConfiguration(
    `url: ${JSON.stringify(url)} is not a router's URL; write ws://host:port/path, wss://…, rs://host:port, rss://… or unix:/path`,
  );
}

/** Where the embedded router listens, unless it is told more: WebSocket, every serializer. */
export function listenerOn(address: { host: string; port: number }, clock: Clock): Listener {
  return websocketListener({ ...address, path: '/ws', serializers: allSerializers(), clock });
}

/**
 * A listener at this URL, whose scheme names the wire, with every serializer.
 *
 * @param url `ws://host:port/path`, `rs://host:port` or `unix:/path`; port 0 takes any that is free
 * @throws InvalidConfiguration where it is no URL, or of a scheme on which one cannot listen here
 */
export function listenerAt(url: string, clock: Clock): Listener {
  const options = { serializers: allSerializers(), clock };
  const scheme = /^[a-z][a-z0-9+.-]*(?=:)/i.exec(url)?.[0].toLowerCase();
  switch (scheme) {
    case 'ws': {
      const { host, port, pathname } = tcpAddress(url);
      return websocketListener({ ...options, host, port: port ?? 80, path: pathname === '/' ? '/ws' : pathname });
    }
    case 'rs': {
      if (/^rs:\/\/unix:/i.test(url)) return rawsocketListener({ ...options, path: url.slice('rs://unix:'.length) });
      const { host, port, pathname } = tcpAddress(url);
      if (port === undefined || !/^\/?$/.test(pathname)) throw refused(url, 'RawSocket needs a port, and has no path');
      return rawsocketListener({ ...options, host, port });
    }
    case 'unix':
      return rawsocketListener({ ...options, path: url.replace(/^unix:(\/\/(?=\/))?/i, '') });
    case 'wss':
    case 'rss':
      throw refused(url, 'it needs a certificate, which only a program can give (tls of the listener)');
    default:
      throw refused(url, 'there is no such wire');
  }
}

function tcpAddress(text: string): { host: string; port: number | undefined; pathname: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url !== undefined && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
  if (url === undefined || !plain || url.hostname === '') throw refused(text, 'it is not host and port');
  const port = url.port === '' ? undefined : Number(url.port);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port, pathname: url.pathname };
}

function refused(url: string, complaint: string): InvalidConfiguration {
  return new InvalidConfiguration(
    `listen: ${JSON.stringify(url)} cannot be listened at: ${complaint}; write ws://host:port/path, rs://host:port or unix:/path`,
  );
}
