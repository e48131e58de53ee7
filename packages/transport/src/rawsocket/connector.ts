import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions as NodeTls } from 'node:tls';
import {
  type Connector,
  checkOptionNames,
  InvalidConfiguration,
  type Serializer,
  type Stop,
  type Transport,
  TransportLost,
} from '@wamp-run/protocol';
import { connectFailure } from '../connect-failure.js';
import { connectionDetails } from '../connection-details.js';
import { type TlsClientOptions, tlsClientSettings } from '../tls-options.js';
import { firstOctets } from './first-octets.js';
import { Refusal, readReply, termsOctets } from './handshake.js';
import { idOf } from './serializer-ids.js';
import {
  RAW_SOCKET_CONNECTION_OPTIONS,
  type RawSocketConnectionOptions,
  type RawSocketSettings,
  rawSocketSettings,
} from './settings.js';
import { prepare } from './socket-options.js';
import { type Target, targetOf } from './target.js';
import { RawSocketTransport } from './transport.js';

/** How to connect. */
export interface RawSocketOptions extends RawSocketConnectionOptions {
  /** TLS, for `rss://`. */
  readonly tls?: TlsClientOptions;
}

/**
 * Connects to a router over RawSocket: TCP, TLS, or a Unix socket. RawSocket asks for one serializer; where the router
 * does not have it, the next one is asked for, on a connection of its own. `handshakeTimeout` is for all of them together.
 *
 * @param url `rs://host:port`, `rss://host:port` (TLS), `unix:/path` or `rs://unix:/path`. Without a port: 80, and 443
 * for TLS, as Autobahn has it
 * @returns a connector whose `connect` rejects with TransportLost, naming the URL and the cause, or with `stop.reason`
 * @throws InvalidConfiguration where the URL or an option is wrong
 * @example
 * const connector = rawsocket('rs://127.0.0.1:8081', { serializers: [cbor(), json()], clock });
 */
export function rawsocket(url: string, options: RawSocketOptions): Connector {
  const of = 'rawsocket';
  checkOptionNames(options, { ...RAW_SOCKET_CONNECTION_OPTIONS, tls: true }, of);
  const target = targetOf(url);
  if (options.tls !== undefined && !target.secure) {
    throw new InvalidConfiguration(`${of}: tls: ${target.address} is not encrypted; write rss://`);
  }
  const settings = rawSocketSettings(options, of);
  const tls = tlsClientSettings(options.tls ?? {}, of);
  return { address: target.address, connect: (stop) => connect({ target, tls, settings, stop }) };
}

interface Way {
  readonly target: Target;
  readonly tls: NodeTls;
  readonly settings: RawSocketSettings;
  readonly stop: Stop;
}

async function connect(way: Way): Promise<Transport> {
  const { target, settings } = way;
  const { clock, handshakeTimeout, serializers } = settings;
  const until = clock.now() + handshakeTimeout;
  for (const serializer of serializers) {
    const transport = await attempt(way, serializer, until);
    if (transport !== undefined) return transport;
  }
  const names = serializers.map(({ name }) => name).join(', ');
  throw new TransportLost(`cannot connect to ${target.address}: the router has none of the serializers ${names}`, {
    executed: 'no',
  });
}

/** Asks for one serializer. Resolves with undefined where the router does not have it. */
function attempt(way: Way, serializer: Serializer, until: number): Promise<Transport | undefined> {
  const { target, settings, stop } = way;
  const { clock, handshakeTimeout, maxMessageSize } = settings;
  if (stop.aborted) return Promise.reject(stop.reason);
  return new Promise((resolve, reject) => {
    const socket = open(way);
    const connected = target.secure ? 'secureConnect' : 'connect';
    let callOffReading = () => {};
    const settle = () => {
      callOffDeadline();
      callOffReading();
      stop.removeEventListener('abort', stopped);
      socket.off('error', failed).off('close', closed).off(connected, ask);
    };
    const hangUp = () => {
      settle();
      // What becomes of it is nobody's matter any more.
      socket.on('error', () => {});
      socket.destroy();
    };
    const giveUp = (reason: unknown) => {
      hangUp();
      reject(reason);
    };
    const fail = (text: string, cause?: unknown) => {
      giveUp(new TransportLost(`cannot connect to ${target.address}: ${text}`, { cause, executed: 'no' }));
    };
    const stopped = () => giveUp(stop.reason);
    const callOffDeadline = clock.after(until - clock.now(), () => fail(`no answer within ${handshakeTimeout} ms`));
    stop.addEventListener('abort', stopped);
    const failed = (error: Error) => fail(connectFailure(error), error);
    const closed = () =>
      fail('the other side hung up instead of answering; perhaps it does not speak RawSocket on this port');
    const ask = () => {
      prepare(socket);
      socket.write(termsOctets({ maxLength: maxMessageSize, serializer: idOf(serializer) }));
      callOffReading = firstOctets(socket, answered);
    };
    const answered = (octets: Uint8Array) => {
      const reply = readReply(octets, idOf(serializer));
      if (reply.kind === 'refused' && reply.refusal === Refusal.serializerUnsupported) {
        hangUp();
        resolve(undefined);
      } else if (reply.kind !== 'agreed') {
        fail(reply.text);
      } else {
        settle();
        const socketPath = target.kind === 'unix' ? target.path : undefined;
        const details = connectionDetails(
          { socket, serializer, end: 'client', socketPath },
          { wire: 'rawsocket', protocol: 'rawsocket' },
        );
        resolve(new RawSocketTransport({ socket, serializer, peerLimit: reply.maxLength, details, settings }));
      }
    };
    socket.on('error', failed).on('close', closed).once(connected, ask);
  });
}

function open({ target, tls }: Way): Socket {
  if (target.kind === 'unix') return connectTcp({ path: target.path });
  const { host, port, secure } = target;
  if (!secure) return connectTcp({ host, port });
  // An address has no name to ask for.
  return connectTls({ servername: isIP(host) === 0 ? host : '', ...tls, host, port });
}
