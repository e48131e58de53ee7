import {
  ApplicationError,
  ERROR_URIS,
  InvalidConfiguration,
  InvalidUriError,
  SessionEnded,
  Timeout,
  TransportLost,
} from '@wamp-run/protocol';
import { BrokenComponent, NoSuchComponent } from '@wamp-run/runtime';

/** What the command's exit code says. A contract: docs/command-line.md lists them, and scripts rely on them. */
export const EXIT = {
  /** All went as asked. */
  clean: 0,
  /** Something broke that has no code of its own. */
  crash: 1,
  /** The command line, a file's name or a setting is wrong. */
  usage: 2,
  /** `call`: the procedure answered with an error. */
  callError: 4,
  /** `call`: no answer in time. */
  timeout: 5,
  /** `call`: nobody has registered the procedure. */
  noSuchProcedure: 6,
  /** The router cannot be reached; `status`: nobody tells of health there. */
  unreachable: 69,
  /** A critical component has failed. */
  critical: 70,
  /** `status`: not ready, be it not yet, not now or no longer. */
  notReady: 75,
  /** The router refuses the session. */
  refused: 77,
  /** A component cannot be built. */
  brokenComponent: 78,
  /** Forced to end by a second SIGINT. */
  interrupted: 130,
  /** Forced to end by a second SIGTERM. */
  terminated: 143,
} as const;

/** The exit code for an error that ended the command, whichever command it was. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof NoSuchComponent || error instanceof InvalidConfiguration || error instanceof InvalidUriError) {
    return EXIT.usage;
  }
  if (error instanceof BrokenComponent) return EXIT.brokenComponent;
  if (error instanceof SessionEnded) return EXIT.refused;
  if (error instanceof TransportLost) return EXIT.unreachable;
  if (error instanceof ApplicationError && error.error === ERROR_URIS.notAuthorized) return EXIT.refused;
  return EXIT.crash;
}

/** The exit code for a call that failed. */
export function exitCodeOfCall(error: unknown): number {
  if (error instanceof Timeout) return EXIT.timeout;
  if (!(error instanceof ApplicationError)) return exitCodeOf(error);
  if (error.error === ERROR_URIS.noSuchProcedure) return EXIT.noSuchProcedure;
  if (error.error === ERROR_URIS.timeout) return EXIT.timeout;
  if (error.error === ERROR_URIS.notAuthorized) return EXIT.refused;
  return EXIT.callError;
}
