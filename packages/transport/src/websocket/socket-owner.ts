import type { Socket } from 'node:net';

/** Whose socket it is, under a WebSocket of ws, and what it is told of the socket's end. */
export interface SocketOwner {
  /** The peer sends nothing any more. */
  socketEnded(): void;
  /** The connection was lost, and closes. */
  socketFailed(error: Error): void;
}

/** A listener for an event of a socket that has one argument at most. */
export type SocketListener = (this: Socket, argument?: unknown) => void;

/** On the socket itself, so that its listeners need no closures: idle connections are many. */
const OWNER = Symbol('owner');
const END_OF_WS = Symbol('end of ws');

interface OwnedSocket extends Socket {
  [OWNER]?: SocketOwner;
  [END_OF_WS]?: SocketListener;
}

/** Has this owner told what happens to the socket, from the turn on in which ws has got it. */
export function ownSocket(socket: Socket, owner: SocketOwner): void {
  const owned: OwnedSocket = socket;
  owned[OWNER] = owner;
  // Instead of one more listener: a third for an event has Node make room for twenty.
  owned[END_OF_WS] = replaceListenerOfWs(socket, 'end', ended as SocketListener);
  socket.on('error', failed);
}

/** Puts a listener in the place of the one that ws has for an event of its socket, and returns that. */
export function replaceListenerOfWs(socket: Socket, event: 'data' | 'end', listener: SocketListener): SocketListener {
  // The last: ws has just begun to listen.
  const ofWs = socket.listeners(event).at(-1) as SocketListener | undefined;
  if (ofWs === undefined) throw new Error(`ws does not listen for '${event}' of its socket`);
  socket.off(event, ofWs);
  socket.on(event, listener);
  return ofWs;
}

function ended(this: OwnedSocket): void {
  this[END_OF_WS]?.();
  this[OWNER]?.socketEnded();
}

function failed(this: OwnedSocket, error: Error): void {
  this[OWNER]?.socketFailed(error);
}
