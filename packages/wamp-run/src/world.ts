import { ConfigurationMistakes } from './configuration/mistakes.js';

/** Signals that ask the command to end. */
export type EndSignal = 'SIGINT' | 'SIGTERM';

/** The process as the command sees it: the one place where it is touched is bin.ts, which hands this in. */
export interface World {
  /** The environment, which `--env-file` adds to: components see it, too. */
  readonly env: Record<string, string | undefined>;
  readonly directory: string;
  /** Whether stderr is a terminal: then logs are written for people. */
  readonly terminal: boolean;
  /** For results. */
  stdout(text: string): void;
  /** For talk. */
  stderr(text: string): void;
  /** Calls back for every signal that asks to end; what it returns ends that. */
  onSignal(listener: (signal: EndSignal) => void): () => void;
  /** Calls back for every signal that asks to read the configuration again; what it returns ends that. */
  onReload(listener: () => void): () => void;
  /** Calls back for every error that nobody caught, and every rejection. From then on they no longer end the process. */
  onUncaught(listener: (error: Error) => void): void;
  /** Ends the process at once. */
  force(code: number): void;
}

/** One line for an error that ended the command, and one for each mistake where a configuration has several. */
export function complain(world: World, error: unknown): void {
  for (const line of linesOf(error)) world.stderr(`wamp-run: ${line}\n`);
}

/** What an error says, a line for each of the mistakes that it is made of. */
export function linesOf(error: unknown): string[] {
  if (error instanceof ConfigurationMistakes) return error.mistakes.map(oneLine);
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof AggregateError) return cause.errors.flatMap(linesOf);
  return [oneLine(error instanceof Error ? error.message : String(error))];
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, ' ');
}
