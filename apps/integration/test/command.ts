import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The command as it is committed, on what was built. */
export const BIN = fileURLToPath(new URL('../../../packages/wamp-run/bin/wamp-run.js', import.meta.url));

/** The built file of a fixture, or of a component of the demo. */
export function built(name: string): string {
  return fileURLToPath(new URL(`../dist/fixtures/${name}.js`, import.meta.url));
}

/** The built files of the demo. */
export const demo = ['stock', 'orders', 'notifications'].map((name) =>
  fileURLToPath(new URL(`../../demo/dist/${name}.js`, import.meta.url)),
);

/** What is still running: a test that fails half-way must not leave processes behind. */
const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** A `wamp-run` process, as a person at a shell would see it. */
export class Command {
  stdout = '';
  stderr = '';
  readonly exit: Promise<number>;
  readonly #child: ChildProcess;
  #watching: { pattern: RegExp; resolve(match: RegExpMatchArray): void; reject(error: Error): void }[] = [];

  /** `cwd`: where it is started, and looks for its configuration; default: where there is none. */
  constructor(
    args: readonly string[],
    env: Record<string, string> = {},
    { file = BIN, cwd = process.cwd() }: { file?: string; cwd?: string } = {},
  ) {
    // NODE_PATH, too: the test runner's launcher sets it, and it would let any file find any package.
    const { NODE_PATH, ...rest } = process.env;
    const clean = Object.fromEntries(Object.entries(rest).filter(([name]) => !name.startsWith('WAMP_')));
    this.#child = spawn(process.execPath, [file, ...args], {
      cwd,
      env: { ...clean, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#look();
    });
    alive.add(this.#child);
    this.exit = new Promise((resolve) => {
      this.#child.on('close', (code, signal) => {
        alive.delete(this.#child);
        for (const { pattern, reject } of this.#watching) {
          reject(new Error(`ended (${code ?? signal}) before it said ${pattern}:\n${this.stderr}`));
        }
        resolve(code ?? -1);
      });
    });
  }

  /** Resolves when stderr says this. */
  says(pattern: RegExp): Promise<RegExpMatchArray> {
    return new Promise((resolve, reject) => {
      this.#watching.push({ pattern, resolve, reject });
      this.#look();
    });
  }

  /** Resolves when stderr has said more than now. */
  saysMore(): Promise<unknown> {
    const { length } = this.stderr;
    return this.says(new RegExp(`^[^]{${length + 1}}`));
  }

  /** The process's id. */
  get pid(): number {
    return this.#child.pid as number;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** For the end of a test, whatever came of it. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exit;
  }

  #look(): void {
    this.#watching = this.#watching.filter(({ pattern, resolve }) => {
      const match = this.stderr.match(pattern);
      if (match !== null) resolve(match);
      return match === null;
    });
  }
}

/** A command run to its end. */
export async function finished(
  args: readonly string[],
  env?: Record<string, string>,
  options?: { cwd?: string },
): Promise<Command & { code: number }> {
  const command = new Command(args, env, options);
  return Object.assign(command, { code: await command.exit });
}

/** Components in service on a router of their own, at any free port. */
export async function inService(
  files: readonly string[],
  args: readonly string[] = [],
): Promise<{ command: Command; url: string }> {
  const command = new Command([...files, '--port', '0', ...args]);
  const [, url = ''] = await command.says(/^router +(ws:\S+)/m);
  return { command, url };
}
