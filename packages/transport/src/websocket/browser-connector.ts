import {
  type Connector,
  checkOptionNames,
  InvalidConfiguration,
  type OptionNames,
  type Serializer,
  type Stop,
  type Transport,
  TransportLost,
} from '@wamp-run/protocol';
import { atLeast, type ConnectionOptions, type ConnectionSettings, connectionSettings } from '../settings.js';
import { type BrowserSocket, type BrowserWebSocket, silence } from './browser-socket.js';
import { BrowserTransport } from './browser-transport.js';
import { type Target, targetOf } from './target.js';

/** How to connect from a browser. What Node's `websocket` has beside this is the browser's own business. */
export interface WebSocketOptions
  extends Pick<ConnectionOptions, 'serializers' | 'clock' | 'maxMessageSize' | 'closeTimeout'> {
  /** Milliseconds until the connection must be open. Default: 10 000. */
  readonly handshakeTimeout?: number;
}

const OPTIONS: OptionNames<WebSocketOptions> = {
  serializers: true,
  clock: true,
  maxMessageSize: true,
  closeTimeout: true,
  handshakeTimeout: true,
};

/** The options of Node that a page cannot have, and why. */
const NOT_HERE: ReadonlyMap<string, string> = new Map([
  ['headers', 'a page sends no headers of its own with a WebSocket'],
  ['tls', 'whom to trust is for the browser to decide'],
  ['proxy', 'the browser takes the proxy that it is set to'],
  ['family', 'the browser looks names up itself'],
  ['compression', 'the browser offers it by itself, and the router decides'],
  ['pingInterval', 'a page cannot ping; the router does'],
  ['pingTimeout', 'a page cannot ping; the router does'],
]);

const OF = 'websocket';

/** The connector on this class of WebSockets; undefined where there is none. */
export function browserConnector(
  url: string,
  options: WebSocketOptions,
  WebSocket: BrowserWebSocket | undefined,
): Connector {
  for (const key of Object.keys(options)) {
    const reason = NOT_HERE.get(key);
    if (reason !== undefined)
      throw new InvalidConfiguration(`${OF}: ${key}: not in a browser: ${reason}; leave it out`);
  }
  checkOptionNames(options, OPTIONS, OF);
  const target = targetOf(url);
  if (target.socketPath !== undefined) {
    throw new InvalidConfiguration(
      `${OF}: ${target.address} is a Unix socket, which no page reaches; write ws:// or wss://`,
    );
  }
  const settings = connectionSettings(options, OF);
  const { handshakeTimeout = 10_000 } = options;
  atLeast(1, handshakeTimeout, `${OF}: handshakeTimeout`, 'milliseconds');
  if (WebSocket === undefined) {
    throw new InvalidConfiguration(`${OF}: there is no WebSocket here; in Node, resolve without the browser condition`);
  }
  return {
    address: target.address,
    connect: (stop) => open({ target, settings, handshakeTimeout, WebSocket, stop }),
  };
}

interface Opening {
  readonly target: Target;
  readonly settings: ConnectionSettings;
  readonly handshakeTimeout: number;
  readonly WebSocket: BrowserWebSocket;
  readonly stop: Stop;
}

function open({ target, settings, handshakeTimeout, WebSocket, stop }: Opening): Promise<Transport> {
  if (stop.aborted) return Promise.reject(stop.reason);
  const { serializers, clock } = settings;
  const subprotocols = serializers.map(({ subprotocol }) => subprotocol);
  let socket: BrowserSocket;
  try {
    socket = new WebSocket(target.url.href, subprotocols);
  } catch (cause) {
    // As for ws: on a page that came over HTTPS.
    return Promise.reject(lost(target, cause instanceof Error ? cause.message : String(cause), cause));
  }
  return new Promise((resolve, reject) => {
    const settle = () => {
      callOffDeadline();
      stop.removeEventListener('abort', stopped);
      silence(socket);
    };
    const giveUp = (reason: unknown) => {
      settle();
      socket.close();
      reject(reason);
    };
    const stopped = () => giveUp(stop.reason);
    const callOffDeadline = clock.after(handshakeTimeout, () =>
      giveUp(lost(target, `no answer within ${handshakeTimeout} ms`)),
    );
    stop.addEventListener('abort', stopped);
    // It says nothing, and the close after it does.
    socket.onerror = () => {};
    socket.onclose = ({ code }) => giveUp(lost(target, unsaid(code)));
    socket.onopen = () => {
      const serializer = chosen(serializers, socket.protocol);
      if (serializer === undefined) {
        giveUp(lost(target, `the server chose no subprotocol; offered were ${subprotocols.join(', ')}`));
        return;
      }
      settle();
      resolve(new BrowserTransport({ socket, serializer, target, settings }));
    };
  });
}

function chosen(serializers: readonly Serializer[], subprotocol: string): Serializer | undefined {
  return serializers.find((serializer) => serializer.subprotocol === subprotocol);
}

function unsaid(code: number): string {
  return `the browser does not tell a page why (code ${code}); nobody may listen there, or refuse this page's origin or the serializers, or have a certificate that is not accepted`;
}

function lost({ address }: Target, text: string, cause?: unknown): TransportLost {
  return new TransportLost(`cannot connect to ${address}: ${text}`, { cause, executed: 'no' });
}
