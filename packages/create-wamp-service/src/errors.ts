import { EXIT } from './exit-codes.js';

/** What was asked for cannot be. Thrown before anything is touched. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** The person has had enough: at a question, or by a signal. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
  readonly exitCode: number;

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super('cancelled; nothing was left behind');
    this.exitCode = signal === 'SIGINT' ? EXIT.cancelled : EXIT.terminated;
  }
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof Refused) return EXIT.usage;
  if (error instanceof Cancelled) return error.exitCode;
  return EXIT.failed;
}

/** What the operating system says is wrong with a file, or undefined where the error is another. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
