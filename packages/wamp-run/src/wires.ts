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
import type { TransportConfig } from './configuration/transport-config.js';
import type { SerializerName } from './serializer-names.js';

/** Each is loaded when it is offered: a start pays for every file. */
const SERIALIZERS = {
  cbor: async () => (await import('@wamp-run/serializers/cbor')).cbor(),
  msgpack: async () => (await import('@wamp-run/serializers/msgpack')).msgpack(),
  json: async () => (await import('@wamp-run/serializers/json')).json(),
  ubjson: async () => (await import('@wamp-run/serializers/ubjson')).ubjson(),
  flatbuffers: async () => (await import('@wamp-run/serializers/flatbuffers')).flatbuffers(),
  'cbor.batched': async () => (await import('@wamp-run/serializers/cbor')).cborBatched(),
  'msgpack.batched': async () => (await import('@wamp-run/serializers/msgpack')).msgpackBatched(),
  'json.batched': async () => (await import('@wamp-run/serializers/json')).jsonBatched(),
  'ubjson.batched': async () => (await import('@wamp-run/serializers/ubjson')).ubjsonBatched(),
  'flatbuffers.batched': async () => (await import('@wamp-run/serializers/flatbuffers')).flatbuffersBatched(),
} as const satisfies Record<SerializerName, () => Promise<Serializer>>;

/** What a client of ours offers, the preferred one first: what every router has, one message in a frame. */
const PREFERRED: readonly SerializerName[] = ['cbor', 'msgpack', 'json'];

/** The serializers of these names. */
function serializers(names: readonly SerializerName[]): Promise<Serializer[]> {
  return Promise.all(names.map((name) => SERIALIZERS[name]()));
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
export async function connectorFor(transport: TransportConfig, clock: Clock): Promise<Connector> {
  const { url, serializers: names, ...more } = typeof transport === 'string' ? { url: transport } : transport;
  if (/^(wss?:\/\/|ws\+unix:)\S+$/i.test(url)) {
    const { websocket } = await import('@wamp-run/transport/websocket');
    return websocket(url, { serializers: await serializers(names ?? PREFERRED), clock, ...more });
  }
  if (/^(rss?:\/\/|unix:)\S+$/i.test(url)) {
    const { rawsocket } = await import('@wamp-run/transport/rawsocket');
    return rawsocket(url, { serializers: await serializers(names ?? PREFERRED), clock, ...more });
  }
  if (/^https?:\/\/\S+$/i.test(url)) {
    const { longpoll } = await import('@wamp-run/transport/longpoll');
    return longpoll(url, { serializers: await serializers(names ?? PREFERRED_IN_BATCHES), clock, ...more });
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
export async function listenerOn(
  address: { host: string; port: number },
  surroundings: Surroundings,
): Promise<Listener> {
  const { portListener } = await import('@wamp-run/transport/port');
  return portListener({
    ...address,
    ...surroundings,
    serializers: await serializers(EVERY),
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
export async function listenerAt(url: string, { clock, random, log, cookies }: Surroundings): Promise<Listener> {
  const every = async () => ({
    serializers: await serializers(EVERY),
    clock,
    log,
    ...(cookies === undefined ? {} : { cookies }),
  });
  const scheme = /^[a-z][a-z0-9+.-]*(?=:)/i.exec(url)?.[0].toLowerCase();
  switch (scheme) {
    case 'ws': {
      const { host, port, pathname } = tcpAddress(url);
      const { websocketListener } = await import('@wamp-run/transport/websocket');
      const path = pathname === '/' ? '/ws' : pathname;
      return websocketListener({ ...(await every()), host, port: port ?? 80, path });
    }
    case 'rs': {
      if (/^rs:\/\/unix:/i.test(url)) return onUnixSocket(url.slice('rs://unix:'.length), { clock, log });
      const { host, port, pathname } = tcpAddress(url);
      if (port === undefined || !/^\/?$/.test(pathname)) throw refused(url, 'RawSocket needs a port, and has no path');
      const { rawsocketListener } = await import('@wamp-run/transport/rawsocket');
      return rawsocketListener({ serializers: await serializers(SINGLE), clock, log, host, port });
    }
    case 'unix':
      return onUnixSocket(url.replace(/^unix:(\/\/(?=\/))?/i, ''), { clock, log });
    case 'http': {
      const { host, port, pathname } = tcpAddress(url);
      const path = pathname === '/' ? '/lp' : pathname.replace(/\/$/, '');
      const { longpollListener } = await import('@wamp-run/transport/longpoll');
      return longpollListener({ ...(await every()), random, host, port: port ?? 80, path });
    }
    case 'wss':
    case 'rss':
    case 'https':
      throw refused(url, 'it needs a certificate, which only a program can give (tls of the listener)');
    default:
      throw refused(url, 'there is no such wire');
  }
}

async function onUnixSocket(path: string, machine: Pick<Surroundings, 'clock' | 'log'>): Promise<Listener> {
  const { rawsocketListener } = await import('@wamp-run/transport/rawsocket');
  return rawsocketListener({ serializers: await serializers(SINGLE), ...machine, path });
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
