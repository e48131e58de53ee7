/** As much of a browser's WebSocket as is used here: this package knows no DOM types. */
export interface BrowserSocket {
  readonly readyState: number;
  readonly protocol: string;
  readonly bufferedAmount: number;
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  send(data: string | Uint8Array): void;
  close(code?: number): void;
}

/** The class of it. */
export type BrowserWebSocket = new (url: string, protocols: string[]) => BrowserSocket;

/** `readyState` of one that is open. */
export const OPEN = 1;

/** Nobody listens to this socket any more; what it still has to say is lost. */
export function silence(socket: BrowserSocket): void {
  socket.onopen = null;
  socket.onmessage = null;
  socket.onclose = null;
  // Not null: outside of browsers an error that nobody listens for is thrown.
  socket.onerror = () => {};
}
