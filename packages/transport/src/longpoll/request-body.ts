import type { IncomingMessage } from 'node:http';
import type { Clock } from '@wamp-run/protocol';
import { Status } from './status.js';

/** How large a body may be, and how long it may take. */
export interface BodyBounds {
  /** In bytes. */
  readonly limit: number;
  /** Milliseconds from the moment on which somebody wants it. */
  readonly timeout: number;
  readonly clock: Clock;
}

/** A body that is not had, and the HTTP status that says why. */
export class BodyRefused extends Error {
  readonly status: typeof Status.contentTooLarge | typeof Status.requestTimeout | typeof Status.badRequest;

  constructor(status: BodyRefused['status'], text: string) {
    super(text);
    this.status = status;
  }
}

/** The whole body of a request. Rejects with BodyRefused. */
export function bodyOf(request: IncomingMessage, { limit, timeout, clock }: BodyBounds): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const { socket } = request;
    let size = Number(request.headers['content-length'] ?? 0);
    const settle = () => {
      callOff();
      request.off('data', take).off('end', end).off('close', cut);
      socket.off('close', cut);
    };
    const refuse = (status: BodyRefused['status'], text: string) => {
      settle();
      reject(new BodyRefused(status, text));
    };
    const refuseSize = () =>
      refuse(Status.contentTooLarge, `a body of more than ${limit} bytes; that is the limit here`);
    const take = (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit) refuseSize();
    };
    const end = () => {
      settle();
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
    };
    const cut = () => refuse(Status.badRequest, 'the body was cut off');
    const callOff = clock.after(timeout, () => refuse(Status.requestTimeout, `no whole body within ${timeout} ms`));
    // What a request says of its size is believed only where it is too large already.
    if (size > limit) {
      refuseSize();
      return;
    }
    if (request.destroyed) {
      cut();
      return;
    }
    size = 0;
    request.on('data', take).on('end', end).on('close', cut);
    // A request that has been answered is not told of the end of its connection.
    socket.on('close', cut);
    // A client that goes away in the middle is told of by the close.
    request.on('error', () => {});
  });
}

/** Lets go by what is left of a request, for so many milliseconds at most. */
export function discardRest(request: IncomingMessage, clock: Clock, timeout: number): void {
  const { socket } = request;
  const done = () => {
    callOff();
    socket.off('close', done);
  };
  const callOff = clock.after(timeout, () => socket.destroy());
  request.once('close', done);
  socket.once('close', done);
  request.resume();
}
