import {
  type Clock,
  type ConnectionCookies,
  type Connector,
  InvalidConfiguration,
  type Listener,
  type Logger,
  type Random,
  type Serializer,
} from '@wamp-run/protocol';
import { cbor, cborBatched } from '@wamp-run/serializers/cbor';
import { flatbuffers, flatbuffersBatched } from '@wamp-run/serializers/flatbuffers';
import { json, jsonBatched } from '@wamp-run/serializers/json';
import { msgpack, msgpackBatched } from '@wamp-run/serializers/msgpack';
import { ubjson, ubjsonBatched } from '@wamp-run/serializers/ubjson';
import { longpoll, longpollListener } from '@wamp-run/transport/longpoll';
import { portListener } from '@wamp-run/transport/port';
import { rawsocket, rawsocketListener } from '@wamp-run/transport/rawsocket';
import { websocket, websocketListener } from '@wamp-run/transport/websocket';
import type { TransportConfig } from './configuration/component-entry.js';
import type { SerializerName } from './serializer-names.js';

const SERIALIZERS = {
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
} as const satisfies Record<SerializerName, () => Serializer>;

/** What a client of ours offers, the preferred one first: what every router has, one message in a frame. */
const PREFERRED: readonly SerializerName[] = ['cbor', 'msgpack', 'json'];

/** The serializers of these names. */
function serializers(names: readonly SerializerName[]): Serializer[] {
  return names.map((name) => SERIALIZERS[name]());
}

/** What such a client offers over long-poll, where a request for each message is what batches save. */
const PREFERRED_IN_BATCHES: readonly SerializerName[] = [
  'cbor.batched',
  'msgpack.batched',
  'json.batched',
  ...PREFERRED,
];

/** What RawSocket can speak: it has no batches. */
const SINGLE: readonly SerializerName[] = ['cbor', 'msgpack', 'json', 'ubjson', 'flatbuffers'];

const EVERY = Object.keys(SERIALIZERS) as SerializerName[];

/**
 * The way to a router: its URL, whose scheme names the wire, or the URL with what goes along.
 *
 * @throws InvalidConfiguration where it is no URL, of a scheme that is no wire here, or has what this wire does not take
 */
export function connectorFor(transport: TransportConfig, clock: Clock): Connector {
  const { url, serializers: names, ...more } = typeof transport === 'string' ? { url: transport } : transport;
  if (/^(wss?:\/\/|ws\+unix:)\S+$/i.test(url)) {
    return websocket(url, { serializers: serializers(names ?? PREFERRED), clock, ...more });
  }
  if (/^(rss?:\/\/|unix:)\S+$/i.test(url)) {
    return rawsocket(url, { serializers: serializers(names ?? PREFERRED), clock, ...more });
  }
  if (/^https?:\/\/\S+$/i.test(url)) {
    return longpoll(url, { serializers: serializers(names ?? PREFERRED_IN_BATCHES), clock, ...more });
  }
  throw new InvalidConfiguration(
    `url: ${JSON.stringify(url)} is not a router's URL; write ws://host:port/path, wss://…, rs://host:port, rss://…, unix:/path, or for long-poll http://host:port/path or https://…`,
  );
}

/** What a listener takes from the machine. */
export interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** The cookies that connections over HTTP get. Default: none. */
  readonly cookies?: ConnectionCookies;
}

/** Where the embedded router listens, unless it is told otherwise: every wire on one port, every serializer. */
export function listenerOn(address: { host: string; port: number }, surroundings: Surroundings): Listener {
  return portListener({
    ...address,
    ...surroundings,
    serializers: serializers(EVERY),
    websocket: { path: '/ws' },
    longpoll: { path: '/lp' },
  });
}

/**
 * A listener at this URL, whose scheme names the wire, with every serializer that the wire has.
 *
 * @param url `ws://host:port/path`, `rs://host:port`, `unix:/path` or `http://host:port/path`; port 0 takes any that is free
 * @throws InvalidConfiguration where it is no URL, or of a scheme on which one cannot listen here
 */
export function listenerAt(url: string, { clock, random, log, cookies }: Surroundings): Listener {
  const every = { serializers: serializers(EVERY), clock, log, ...(cookies === undefined ? {} : { cookies }) };
  const single = { serializers: serializers(SINGLE), clock, log };
  const scheme = /^[a-z][a-z0-9+.-]*(?=:)/i.exec(url)?.[0].toLowerCase();
  switch (scheme) {
    case 'ws': {
      const { host, port, pathname } = tcpAddress(url);
      return websocketListener({ ...every, host, port: port ?? 80, path: pathname === '/' ? '/ws' : pathname });
    }
    case 'rs': {
      if (/^rs:\/\/unix:/i.test(url)) return rawsocketListener({ ...single, path: url.slice('rs://unix:'.length) });
      const { host, port, pathname } = tcpAddress(url);
      if (port === undefined || !/^\/?$/.test(pathname)) throw refused(url, 'RawSocket needs a port, and has no path');
      return rawsocketListener({ ...single, host, port });
    }
    case 'unix':
      return rawsocketListener({ ...single, path: url.replace(/^unix:(\/\/(?=\/))?/i, '') });
    case 'http': {
      const { host, port, pathname } = tcpAddress(url);
      const path = pathname === '/' ? '/lp' : pathname.replace(/\/$/, '');
      return longpollListener({ ...every, random, host, port: port ?? 80, path });
    }
    case 'wss':
    case 'rss':
    case 'https':
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
    `listen: ${JSON.stringify(url)} cannot be listened at: ${complaint}; write ws://host:port/path, rs://host:port, unix:/path or http://host:port/path`,
  );
}
