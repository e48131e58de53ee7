/** Signals that ask the command to end. */
export type EndSignal = 'SIGINT' | 'SIGTERM';

/** The process as the command sees it: the one place where it is touched is bin.ts, which hands this in. */
export interface World {
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
  /** Calls back for every error that nobody caught, and every rejection. From then on they no longer end the process. */
  onUncaught(listener: (error: Error) => void): void;
  /** Ends the process at once. */
  force(code: number): void;
}

/** One line for an error that ended the command. */
export function complain(world: World, error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  world.stderr(`wamp-run: ${text.trim().replaceAll(/\s*\n\s*/g, ' ')}\n`);
}
