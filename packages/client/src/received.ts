import type { ApplicationError } from '@wamp-run/protocol';

// A registered symbol: a procedure may let pass what the client of another copy of this package received.
const RECEIVED = Symbol.for('wamp-run.received');

/** Notes on an error that a peer sent it, and in what form: it is not of this program's making. */
export function markReceived(error: object, as: ApplicationError): void {
  Reflect.defineProperty(error, RECEIVED, { value: as, configurable: true });
}

/** For an error that came with an ERROR message: what came. Undefined for what this program has made itself. */
export function receivedAs(thrown: unknown): ApplicationError | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  return Object.getOwnPropertyDescriptor(thrown, RECEIVED)?.value;
}
