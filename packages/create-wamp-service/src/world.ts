import type { Readable, Writable } from 'node:stream';

/** The process as the scaffolder sees it: bin.ts, the one place where it is touched, hands this in. */
export interface World {
  readonly env: Record<string, string | undefined>;
  /** Where a relative folder starts. */
  readonly directory: string;
  /** Where the templates are. */
  readonly templates: string;
  /** The terminal that questions go to; undefined where there is none to answer them. */
  readonly terminal: { readonly input: Readable; readonly output: Writable } | undefined;
  /** For results. */
  stdout(text: string): void;
  /** For talk. */
  stderr(text: string): void;
  /** Calls back for every signal that asks to end; what it returns ends that. */
  onSignal(listener: (signal: 'SIGINT' | 'SIGTERM') => void): () => void;
}

/** One line on stderr. */
export function say(world: World, text: string): void {
  world.stderr(`create-wamp-service: ${text.trim().replaceAll(/\s*\n\s*/g, ' ')}\n`);
}
