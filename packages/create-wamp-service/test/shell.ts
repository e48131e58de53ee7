import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { main } from '../src/program.js';
import type { World } from '../src/world.js';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder that is removed after the tests. */
export function emptyFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'create-wamp-service-')));
  folders.push(folder);
  return folder;
}

let bundled: string | undefined;
/** The templates of this repository, as they are in the package. */
export function templates(): string {
  if (bundled === undefined) {
    bundled = join(emptyFolder(), 'templates');
    execFileSync(process.execPath, [fileURLToPath(new URL('../bundle-templates.mjs', import.meta.url)), bundled]);
  }
  return bundled;
}

/** Files by their paths, folders in between made. */
export function write(folder: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** All that a folder has, with what is in it: what two moments can be compared by. */
export function everything(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true }).map((entry) => {
    const path = join(entry.parentPath, entry.name);
    const what = entry.isSymbolicLink() ? `→ ${readlinkSync(path)}` : entry.isFile() ? readFileSync(path, 'utf8') : '/';
    return [relative(folder, path), what] as const;
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a package manager says of the one who runs us. */
export const NPM = 'npm/11.19.1 node/v20.20.2 linux x64 workspaces/false';

/** A person at a shell, in a folder, without a terminal unless one is given. */
export class Shell {
  stdout = '';
  stderr = '';
  readonly folder: string;
  readonly env: Record<string, string | undefined>;
  #listener: ((signal: 'SIGINT' | 'SIGTERM') => void) | undefined;
  readonly #terminal: World['terminal'];

  constructor(
    options: { folder?: string; env?: Record<string, string | undefined>; terminal?: World['terminal'] } = {},
  ) {
    this.folder = options.folder ?? emptyFolder();
    this.#terminal = options.terminal;
    const identity = join(emptyFolder(), 'gitconfig');
    writeFileSync(identity, '[user]\n\tname = Ada\n\temail = ada@example.com\n');
    this.env = {
      PATH: process.env.PATH,
      HOME: dirname(identity),
      GIT_CONFIG_GLOBAL: identity,
      GIT_CONFIG_NOSYSTEM: '1',
      npm_config_user_agent: NPM,
      ...options.env,
    };
  }

  /** Runs the command; its exit code. */
  async run(...args: string[]): Promise<number> {
    this.stdout = '';
    this.stderr = '';
    return main(args, {
      env: this.env,
      directory: this.folder,
      templates: templates(),
      terminal: this.#terminal,
      stdout: (text) => {
        this.stdout += text;
      },
      stderr: (text) => {
        this.stderr += text;
      },
      onSignal: (listener) => {
        this.#listener = listener;
        return () => {
          this.#listener = undefined;
        };
      },
    });
  }

  signal(name: 'SIGINT' | 'SIGTERM'): void {
    this.#listener?.(name);
  }

  /** What a file of the folder says. */
  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  /** Puts a program before all others of its name. */
  stub(name: string, script: string): void {
    const bin = emptyFolder();
    writeFileSync(join(bin, name), `#!${process.execPath}\n${script}`, { mode: 0o755 });
    this.env.PATH = `${bin}${delimiter}${this.env.PATH ?? ''}`;
  }
}
