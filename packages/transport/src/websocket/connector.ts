import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type Connector, type Serializer, type Stop, type Transport, TransportLost } from '@wamp-run/protocol';
import { connectFailure } from '../connect-failure.js';
import { atLeast, type ConnectionOptions, type ConnectionSettings, connectionSettings } from '../settings.js';
import { checkHeaders, type Target, targetOf } from './target.js';
import { WebSocketTransport } from './transport.js';
import { WireSocket } from './wire-socket.js';

/** How to connect. */
export interface WebSocketOptions extends ConnectionOptions {
  /** Milliseconds until the connection must be open. Default: 10 000. */
  readonly handshakeTimeout?: number;
  /** HTTP headers for the opening request. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Connects to a router over WebSocket. The serializers are offered in order; the router chooses one.
 *
 * @param url `ws://host:port/path` or `wss://…`
 * @returns a connector whose `connect` rejects with TransportLost, naming the URL and the cause, or with `stop.reason`
 * @throws InvalidConfiguration where the URL or an option is wrong
 * @example
 * const connector = websocket('ws://127.0.0.1:8080/ws', { serializers: [cbor(), json()], clock });
 */
export function websocket(url: string, options: WebSocketOptions): Connector {
  const target = targetOf(url);
  const settings = connectionSettings(options, 'websocket');
  const { handshakeTimeout = 10_000, headers = {} } = options;
  atLeast(1, handshakeTimeout, 'websocket: handshakeTimeout', 'milliseconds');
  checkHeaders(headers, 'websocket');
  return {
    address: target.address,
    connect: (stop) => open({ target, settings, handshakeTimeout, headers: { ...headers }, stop }),
  };
}

interface Opening {
  readonly target: Target;
  readonly settings: ConnectionSettings;
  readonly handshakeTimeout: number;
  readonly headers: Record<string, string>;
  readonly stop: Stop;
}

function open({ target, settings, handshakeTimeout, headers, stop }: Opening): Promise<Transport> {
  if (stop.aborted) return Promise.reject(stop.reason);
  const { serializers, clock } = settings;
  return new Promise((resolve, reject) => {
    const subprotocols = serializers.map((serializer) => serializer.subprotocol);
    const ws = new WireSocket(target.url, subprotocols, {
      headers,
      maxPayload: settings.maxMessageSize,
      perMessageDeflate: false,
    });
    let socket: Socket | undefined;
    const settle = () => {
      callOffDeadline();
      stop.removeEventListener('abort', stopped);
      ws.removeAllListeners();
    };
    const giveUp = (reason: unknown) => {
      settle();
      // ws reports the end of what is cut here, too.
      ws.on('error', () => {});
      ws.terminate();
      reject(reason);
    };
    const fail = (text: string, cause?: unknown) => {
      giveUp(new TransportLost(`cannot connect to ${target.address}: ${text}`, { cause, executed: 'no' }));
    };
    const stopped = () => giveUp(stop.reason);
    const callOffDeadline = clock.after(handshakeTimeout, () => fail(`no answer within ${handshakeTimeout} ms`));
    stop.addEventListener('abort', stopped);
    ws.on('error', (error) => fail(connectFailure(error), error));
    ws.on('unexpected-response', (_request, response) => fail(`the server answered ${statusOf(response)}`));
    ws.on('upgrade', (response) => {
      socket = response.socket;
      const chosen = response.headers['sec-websocket-protocol'];
      if (serializerOf(serializers, chosen) === undefined) fail(noneInCommon(chosen, subprotocols));
    });
    ws.on('open', () => {
      const serializer = serializerOf(serializers, ws.protocol);
      if (socket === undefined || serializer === undefined) return fail(noneInCommon(ws.protocol, subprotocols));
      settle();
      resolve(new WebSocketTransport({ ws, socket, serializer, secure: target.secure, settings }));
    });
  });
}

function serializerOf(serializers: readonly Serializer[], subprotocol: string | undefined): Serializer | undefined {
  return serializers.find((serializer) => serializer.subprotocol === subprotocol);
}

function noneInCommon(chosen: string | undefined, offered: readonly string[]): string {
  const answer = chosen === undefined || chosen === '' ? 'no subprotocol' : `the subprotocol ${JSON.stringify(chosen)}`;
  return `the server chose ${answer}; offered were ${offered.join(', ')}`;
}

function statusOf({ statusCode, statusMessage }: IncomingMessage): string {
  return `${statusCode} ${statusMessage ?? ''}`.trimEnd();
}
