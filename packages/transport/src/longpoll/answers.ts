import type { IncomingMessage, ServerResponse } from 'node:http';
import { Status } from './status.js';

/** A request, and the answer to it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Answers with bytes. */
export function answer(response: ServerResponse, type: string, body: Uint8Array): void {
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length });
  response.end(body);
}

/** Answers that all is well and there is nothing to say. */
export function answerNothing(
  response: ServerResponse,
  status: typeof Status.accepted | typeof Status.noContent,
): void {
  // A body of no bytes is announced, except where the status says so itself.
  response.writeHead(status, status === Status.noContent ? {} : { 'Content-Length': 0 });
  response.end();
}

/** What becomes of the part of a refused request that has not come yet. */
export type Rest = 'cut' | 'discard';

/**
 * Answers with a refusal: one line for whoever reads it. A request that is not whole ends its connection, unless somebody
 * discards the rest of it.
 */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
  rest: Rest = 'cut',
): void {
  if (response.headersSent) return;
  const body = `${text}\n`;
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    ...(request.complete || hasNoBody(request) || rest === 'discard' ? {} : { Connection: 'close' }),
  });
  response.end(body);
}

/** Whether a request says that nothing follows its head. */
export function hasNoBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0';
}
