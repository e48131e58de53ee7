// The command in a process of the tests: in a folder of its own, with its log, and with clients at its router.
import fs, { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Session } from '@wamp-run/client';
import { vi } from 'vitest';
import { nested } from '../src/configuration/nested.js';
import { connect } from '../src/connect.js';
import { main } from '../src/program.js';

/** What a command is given: flags, variables, and keys of its file, each with its path. */
export interface Given {
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  readonly file?: Record<string, unknown>;
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder in which commands run, and what they log. */
export class CommandFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'wamp-run-command-'));
  /** Lines of the log. */
  readonly logged: Record<string, unknown>[] = [];
  readonly #ends: (() => Promise<unknown>)[] = [];

  constructor() {
    const write = fs.writeSync.bind(fs) as (...args: unknown[]) => number;
    vi.spyOn(fs, 'writeSync').mockImplementation(((fd: number, text: string, ...rest: unknown[]) => {
      if (fd !== 2) return write(fd, text, ...rest);
      for (const line of String(text).split('\n')) if (line.startsWith('{')) this.logged.push(JSON.parse(line));
      return Buffer.byteLength(text);
    }) as typeof fs.writeSync);
  }

  /** Done when the folder is left, the last first. */
  atEnd(end: () => Promise<unknown>): void {
    this.#ends.push(end);
  }

  async leave(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end();
    vi.restoreAllMocks();
    rmSync(this.path, { recursive: true });
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.path, name), text, { mode: 0o600 });
  }

  run(argv: readonly string[], ...given: Given[]): Run {
    const file = Object.assign({}, ...given.map((each) => each.file ?? {})) as Record<string, unknown>;
    this.write('wamp-run.config.json', JSON.stringify(nested(Object.entries(file))));
    const run = new Run([...argv, ...given.flatMap(({ args = [] }) => args)], {
      env: Object.assign({}, ...given.map(({ env = {} }) => env)) as Record<string, string>,
      directory: this.path,
    });
    this.atEnd(() => run.end());
    return run;
  }

  async ended(argv: readonly string[], ...given: Given[]): Promise<Ended> {
    const run = this.run(argv, ...given);
    const code = await run.ended;
    return { code, stdout: run.stdout, stderr: run.stderr };
  }

  /** A session at a router. */
  async session(url: string, realm = 'realm1'): Promise<Session> {
    const client = await connect(url, { realm });
    this.atEnd(() => client.close());
    return client.session;
  }
}

/** The command in this process. */
export class Run {
  stdout = '';
  stderr = '';
  readonly ended: Promise<number>;
  #signal: (name: 'SIGTERM') => void = () => {};
  #signaled = false;
  #watching: (() => void)[] = [];

  constructor(argv: readonly string[], { env, directory }: { env: Record<string, string>; directory: string }) {
    this.ended = main(argv, {
      env,
      directory,
      terminal: false,
      stdout: (text) => {
        this.stdout += text;
      },
      stderr: (text) => {
        this.stderr += text;
        for (const look of this.#watching) look();
      },
      onSignal: (listener) => {
        this.#signal = listener;
        return () => {};
      },
      onReload: () => () => {},
      onUncaught: () => {},
      force: (code) => {
        throw new Error(`forced: ${code}`);
      },
    });
  }

  /** Asks it to end, once: a second signal would end it by force. Resolves with its exit code. */
  end(): Promise<number> {
    if (!this.#signaled) this.#signal('SIGTERM');
    this.#signaled = true;
    return this.ended;
  }

  /** Resolves when stderr says this; rejects when it has ended before. */
  async says(pattern: RegExp): Promise<string> {
    const found = new Promise<string>((resolve) => {
      const look = (): void => {
        const match = pattern.exec(this.stderr);
        if (match !== null) resolve(match[1] ?? match[0]);
      };
      this.#watching.push(look);
      look();
    });
    const code = this.ended.then((ended) => {
      throw new Error(`ended with ${ended} before it said ${pattern}: ${this.stderr}`);
    });
    return Promise.race([found, code]);
  }
}
