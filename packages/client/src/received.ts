// A registered symbol: a procedure may let pass what the client of another copy of this package received.
const RECEIVED = Symbol.for('wamp-run.received');

/** Notes on an error that a peer sent it: it is not of this program's making. */
export function markReceived(error: object): void {
  Reflect.defineProperty(error, RECEIVED, { value: true, configurable: true });
}

/** Whether a thrown value came with an ERROR message, and was not made by the one who throws it. */
export function isReceived(thrown: unknown): boolean {
  return typeof thrown === 'object' && thrown !== null && Object.hasOwn(thrown, RECEIVED);
}
