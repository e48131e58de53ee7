import { type ChildProcess, spawn } from 'node:child_process';
import { shellEnv } from './shell-env.js';

/** What is still running: a test that fails half-way must not leave processes behind. */
const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

export interface ProgramOptions {
  readonly cwd: string;
  readonly env?: Record<string, string>;
}

/** A program that runs until it is told to end, without a terminal. */
export class Program {
  stdout = '';
  stderr = '';
  /** The exit code; -1 where a signal ended it. */
  readonly exit: Promise<number>;
  readonly #child: ChildProcess;
  readonly #changed = new Set<() => void>();

  constructor(command: string, args: readonly string[], { cwd, env = {} }: ProgramOptions) {
    // Its stdin stays open and says nothing: what is meant to end with us can see that.
    this.#child = spawn(command, args, { cwd, env: shellEnv(env), stdio: ['pipe', 'pipe', 'pipe'] });
    alive.add(this.#child);
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#look();
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#look();
    });
    this.exit = new Promise((resolve) => {
      this.#child.on('error', (error) => {
        this.stderr += error.message;
      });
      this.#child.on('close', (code) => {
        alive.delete(this.#child);
        resolve(code ?? -1);
        this.#look();
      });
    });
  }

  /** Resolves when it has printed this, on either stream. */
  says(pattern: RegExp): Promise<RegExpMatchArray> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const match = this.stdout.match(pattern) ?? this.stderr.match(pattern);
        if (match !== null) resolve(match);
        else if (!alive.has(this.#child)) reject(new Error(`ended before it said ${pattern}:\n${this.#said}`));
        else return;
        this.#changed.delete(look);
      };
      this.#changed.add(look);
      look();
    });
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** For the end of a test, whatever came of it. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exit;
  }

  get #said(): string {
    return `${this.stdout}\n${this.stderr}`.trim();
  }

  #look(): void {
    for (const look of [...this.#changed]) look();
  }
}

/** A program run to its end. @throws Error with all that it printed, where its exit code is not 0 */
export async function finished(command: string, args: readonly string[], options: ProgramOptions): Promise<Program> {
  const program = new Program(command, args, options);
  const code = await program.exit;
  if (code === 0) return program;
  throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${program.stdout}\n${program.stderr}`);
}
