import { MessageChannel } from 'node:worker_threads';

/** Below so many octets the collector is cheaper. */
const WORTHWHILE = 16 * 1024;

// A port with nobody at its other end. What is transferred to it is taken from here all the same (HTML, "message ports";
// Node keeps to it), and as nobody will take it there, it is given back at once.
const { port1: nowhere, port2: nobody } = new MessageChannel();
nobody.close();

/** Whether nothing else lies in the memory that these octets lie in. */
export function isAlone({ length, buffer }: Uint8Array): boolean {
  return length === buffer.byteLength;
}

/**
 * Gives back the memory that these octets lie in, with all that it holds: for what nobody will look at again. The
 * collector would find it some day; but it counts what lies outside its heap, and where that is 64 KiB for every message,
 * it collects everything over and over (docs/decisions/0090). Whoever has the octets all the same finds none there.
 */
export function free({ buffer }: Uint8Array): void {
  if (buffer.byteLength >= WORTHWHILE) nowhere.postMessage(undefined, [buffer as ArrayBuffer]);
}
