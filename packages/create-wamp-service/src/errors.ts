import { EXIT } from './exit-codes.js';

/** What was asked for cannot be. Thrown before anything is touched. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** The person has had enough: at a question, or by a signal. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
  readonly signal: 'SIGINT' | 'SIGTERM';

  /** @param left what was left behind, where something might have been */
  constructor(signal: 'SIGINT' | 'SIGTERM', left?: string) {
    super(left === undefined ? 'cancelled' : `cancelled; ${left}`);
    this.signal = signal;
  }
}

/** The same error, with a word on what it left behind. */
export function leaving(error: unknown, left: string): Error {
  if (error instanceof Cancelled) return new Cancelled(error.signal, left);
  return new Error(`${messageOf(error)}; ${left}`, { cause: error });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof Refused) return EXIT.usage;
  if (error instanceof Cancelled) return error.signal === 'SIGINT' ? EXIT.cancelled : EXIT.terminated;
  return EXIT.failed;
}

/** What the operating system says is wrong with a file, or undefined where the error is another. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
