import { statSync, watch } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import type { Clock } from '@wamp-run/protocol';

export interface FileWatcherOptions {
  readonly clock: Clock;
  /** How long nothing may happen before what happened is told (ms): an editor, or a build, writes in bursts. */
  readonly quiet: number;
  /** Told once for each burst. */
  readonly changed: () => void;
  /** Told of a folder that the system does not let be watched. */
  readonly refused: (folder: string, error: Error) => void;
  /** Default: the system's. */
  readonly watchFolder?: WatchFolder;
}

/**
 * Watches what a folder holds, itself included, until it is closed.
 *
 * @param happened told the name of what changed, or null where nobody knows
 */
export type WatchFolder = (folder: string, happened: (name: string | null) => void) => { close(): void };

const watchBySystem: WatchFolder = (folder, happened) => {
  const watcher = watch(folder, (_event, name) => happened(name));
  // It has gone while it was being watched.
  watcher.on('error', () => happened(null));
  return watcher;
};

/** A folder that is watched. */
interface Watched {
  readonly watcher: { close(): void };
  /** Which folder it was: one that is removed and made again is another one. */
  readonly identity: string;
}

/**
 * Watches files by their folders: an editor that writes beside a file and renames, and a build that removes a folder and
 * makes it again, leave nothing behind that a file could be watched by.
 */
export class FileWatcher {
  readonly #options: FileWatcherOptions;
  #files: ReadonlySet<string> = new Set();
  readonly #folders = new Map<string, Watched>();
  #cancel: () => void = () => {};
  #closed = false;

  constructor(options: FileWatcherOptions) {
    this.#options = options;
  }

  /** Watches these files, and no others. Also those that are not there yet. @param paths absolute */
  watch(paths: Iterable<string>): void {
    if (this.#closed) return;
    this.#files = new Set(paths);
    this.#renewFolders();
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
    for (const { watcher } of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  /** The folders that are watched now: of the files, or what is left of the way to them. */
  get folders(): readonly string[] {
    return [...this.#folders.keys()];
  }

  #renewFolders(): void {
    const wanted = new Set([...this.#files].map((path) => existing(dirname(path))));
    for (const [folder, { watcher, identity }] of this.#folders) {
      if (wanted.has(folder) && identityOf(folder) === identity) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    for (const folder of wanted) if (!this.#folders.has(folder)) this.#watchFolder(folder);
  }

  #watchFolder(folder: string): void {
    const identity = identityOf(folder);
    if (identity === undefined) return;
    const { refused, watchFolder = watchBySystem } = this.#options;
    try {
      const watcher = watchFolder(folder, (name) => this.#happened(folder, name));
      this.#folders.set(folder, { watcher, identity });
    } catch (error) {
      // Such as ENOSPC: the system watches as many as it will.
      refused(folder, error as Error);
    }
  }

  #happened(folder: string, name: string | null): void {
    if (this.#closed || !this.#concerns(folder, name)) return;
    this.#cancel();
    this.#cancel = this.#options.clock.after(this.#options.quiet, () => {
      this.#renewFolders();
      this.#options.changed();
    });
  }

  /** Whether something of this name in a folder can be one of the files, the folder of one, or the folder itself. */
  #concerns(folder: string, name: string | null): boolean {
    if (name === null || name === basename(folder)) return true;
    const path = join(folder, name);
    return this.#files.has(path) || [...this.#files].some((file) => file.startsWith(path + sep));
  }
}

/** The folder, or the nearest one above it that is there. */
function existing(folder: string): string {
  return identityOf(folder) === undefined && dirname(folder) !== folder ? existing(dirname(folder)) : folder;
}

/** Which folder it is. A file system gives the number of one that was removed to the next. */
function identityOf(folder: string): string | undefined {
  const found = statSync(folder, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.ino} ${found.birthtimeNs}`;
}
