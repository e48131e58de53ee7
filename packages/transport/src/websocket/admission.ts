import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Serializer } from '@wamp-run/protocol';
import type { OriginRule } from './origins.js';

/** Why a request is not let in: an HTTP status, and one line for whoever reads the answer. */
export interface Refusal {
  readonly status: 400 | 403 | 404;
  readonly text: string;
}

/** Who is let in. */
export interface Admission {
  readonly path: string;
  readonly origins: OriginRule;
  readonly serializers: readonly Serializer[];
}

/** The refusal that a request to upgrade deserves, or undefined where it may come in. */
export function refusalOf(request: IncomingMessage, { path, origins, serializers }: Admission): Refusal | undefined {
  const asked = (request.url ?? '').split('?', 1)[0];
  if (asked !== path) return { status: 404, text: `there is nothing here; WAMP is at ${path}` };
  const { origin } = request.headers;
  if (!origins(origin)) return { status: 403, text: 'pages from this origin may not connect (allowedOrigins)' };
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  if (firstKnown(offered, serializers) !== undefined) return undefined;
  const known = serializers.map((serializer) => serializer.subprotocol).join(', ');
  return { status: 400, text: `no WebSocket subprotocol in common; this server has ${known}` };
}

/** The serializer of the first subprotocol, in the client's order, that is known here. */
export function firstKnown(offered: Iterable<string>, serializers: readonly Serializer[]): Serializer | undefined {
  for (const name of offered) {
    const serializer = serializers.find(({ subprotocol }) => subprotocol === name);
    if (serializer !== undefined) return serializer;
  }
  return undefined;
}

/** Answers a request to upgrade with this refusal and hangs up. */
export function refuse(socket: Duplex, { status, text }: Refusal): void {
  const body = `${text}\n`;
  // A client that is gone already is no matter any more.
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Connection: close',
      'Content-Type: text/plain; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}

/** Answers a request that asks for no upgrade, where there is nothing else to be had. */
export function answerPlainHttp(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, {
    Upgrade: 'websocket',
    Connection: 'Upgrade, close',
    'Content-Type': 'text/plain; charset=utf-8',
  });
  response.end('this is a WAMP router; connect with a WebSocket client\n');
}
