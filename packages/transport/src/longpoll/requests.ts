import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as openHttp } from 'node:http';
import { Agent as HttpsAgent, request as openHttps } from 'node:https';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { Clock } from '@wamp-run/protocol';
import type { Target } from './target.js';

/**
 * Milliseconds that a connection without a request is kept: less than the 5 s after which servers on Node close it, so
 * that no request is sent into a connection that is just being closed.
 */
const KEPT_IDLE = 4_000;

/** What the server answered. */
export interface Answer {
  readonly status: number;
  /** `404 Not Found`, for people. */
  readonly statusText: string;
  readonly body: Buffer;
  readonly socket: Socket;
  /** The headers `Set-Cookie`. */
  readonly setCookies: readonly string[];
}

/** What a server says to people in an answer, not too much of it: `: …`, or nothing. */
export function firstLineOf({ body }: Answer): string {
  const [line = ''] = body.toString('utf8', 0, 200).split(/[\r\n]/, 1);
  return line === '' ? '' : `: ${line}`;
}

/** One request. */
export interface Post {
  /** What follows the base path: `/open`. */
  readonly path: string;
  readonly type?: string;
  readonly body?: Uint8Array;
  /** Milliseconds until the whole answer must be there. */
  readonly timeout: number;
  /** The largest body of an answer in bytes. */
  readonly bodyLimit: number;
  /** Called when the machine has taken all of the request. */
  readonly handedOver?: () => void;
}

/** An answer that is larger than it may be. */
export class OversizeAnswer extends Error {}

/** What is to be known to make requests. */
export interface Way {
  readonly target: Target;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: ConnectionOptions;
  readonly clock: Clock;
}

/** POST requests to one server, over connections of their own that are kept from one to the next. */
export class Requests {
  readonly #way: Way;
  readonly #agent: HttpAgent;
  /** What is under way, and what calls off its deadline. */
  readonly #running = new Map<ClientRequest, () => void>();

  constructor(way: Way) {
    this.#way = way;
    // The one that waits for messages, the one that sends them, and the last one, which closes.
    const options = { keepAlive: true, timeout: KEPT_IDLE, maxSockets: 3 };
    this.#agent = way.target.secure ? new HttpsAgent({ ...options, ...way.tls }) : new HttpAgent(options);
  }

  /** Rejects with an Error that says what kept the answer away; an OversizeAnswer where it is too large. */
  post({ path, type, body, timeout, bodyLimit, handedOver }: Post): Promise<Answer> {
    const { target, headers, clock } = this.#way;
    return new Promise((resolve, reject) => {
      const request = (target.secure ? openHttps : openHttp)({
        agent: this.#agent,
        host: target.hostname,
        port: target.port,
        method: 'POST',
        path: `${target.path}${path}${target.search}`,
        ...(target.auth === undefined ? {} : { auth: target.auth }),
        headers: {
          ...headers,
          ...(type === undefined ? {} : { 'Content-Type': type }),
          'Content-Length': body?.length ?? 0,
        },
      });
      const late = () => request.destroy(new Error(`no answer within ${timeout} ms`));
      this.#running.set(request, clock.after(timeout, late));
      request.once('response', (response) => collect(response, bodyLimit, resolve, reject));
      request.once('error', (error) => {
        this.#over(request);
        reject(error);
      });
      request.once('close', () => {
        this.#over(request);
        reject(new Error('the connection was closed'));
      });
      if (handedOver !== undefined) request.once('finish', handedOver);
      request.end(body);
    });
  }

  /** Cuts what is running, and lets go of the connections. */
  destroy(): void {
    for (const request of [...this.#running.keys()]) {
      this.#over(request);
      request.destroy();
    }
    this.#agent.destroy();
  }

  #over(request: ClientRequest): void {
    this.#running.get(request)?.();
    this.#running.delete(request);
  }
}

function collect(
  response: IncomingMessage,
  limit: number,
  done: (answer: Answer) => void,
  failed: (error: Error) => void,
): void {
  const chunks: Buffer[] = [];
  const { socket } = response;
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else response.destroy(new OversizeAnswer(`an answer of more than ${limit} bytes`));
  });
  response.once('error', failed);
  response.once('end', () => {
    const status = response.statusCode ?? 0;
    const statusText = `${status} ${response.statusMessage ?? ''}`.trimEnd();
    const setCookies = response.headers['set-cookie'] ?? [];
    const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
    done({ status, statusText, body, socket, setCookies });
  });
}
