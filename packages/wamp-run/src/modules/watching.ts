import { fileURLToPath } from 'node:url';
import type { Clock, Logger } from '@wamp-run/protocol';
import { FileWatcher } from './file-watcher.js';
import { ModuleGraph } from './module-graph.js';
import { hashOf } from './module-versions.js';
import { syntaxPlace } from './syntax-place.js';
import { VersionedModules } from './versioned-modules.js';

export interface WatchingOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Told at once of every error that the import of a service's file failed with. */
  readonly importFailed: (error: unknown) => void;
}

/** An editor's or a build's burst of changes is over when nothing has happened for so long (ms). */
const QUIET = 100;

/** Watches the files that services stand on, and has those services loaded once more whose files changed. */
export class Watching {
  /** What imports the services' files. */
  readonly modules: VersionedModules;
  readonly #graph = new ModuleGraph();
  readonly #log: Logger;
  readonly #watcher: FileWatcher;
  #reload: (file: string) => Promise<void> = async () => {};
  /** What was to be loaded when that failed last: Node remembers a failed import, so that all of it is asked for anew. */
  readonly #failed = new Set<string>();
  /** Files that have gone, and have been told of. */
  #missing: ReadonlySet<string> = new Set();
  #looking: Promise<void> | undefined;
  #again = false;
  #closed = false;

  constructor({ clock, log, importFailed }: WatchingOptions) {
    this.#log = log;
    this.modules = new VersionedModules(this.#graph, importFailed);
    this.#watcher = new FileWatcher({
      clock,
      quiet: QUIET,
      changed: () => this.#look(),
      refused: (folder, error) => log.error({ err: error, folder }, `changes in ${folder} go unseen: ${error.message}`),
    });
  }

  /**
   * Watches from now on.
   *
   * @param reload loads a service's file once more, and puts its components in the place of those it had. Rejects with why
   *   it could not: the old ones serve on. Called for one file at a time
   */
  async begin(reload: (file: string) => Promise<void>): Promise<void> {
    this.#reload = reload;
    await this.modules.sync();
    this.#watch();
    // What changed since it was loaded has made no event.
    this.#look();
  }

  /** Resolves when nothing is being loaded any longer. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#watcher.close();
    await this.#looking;
  }

  #watch(): void {
    this.#watcher.watch([...this.#graph.files()].map((url) => fileURLToPath(url)));
  }

  /** One look at a time. What happens meanwhile is looked at once more when that is over. */
  #look(): void {
    if (this.#looking !== undefined) {
      this.#again = true;
      return;
    }
    this.#looking = this.#lookOnce().finally(() => {
      this.#looking = undefined;
      if (!this.#again || this.#closed) return;
      this.#again = false;
      this.#look();
    });
  }

  async #lookOnce(): Promise<void> {
    await this.modules.sync();
    const changed = this.#graph.changed(hashOf);
    if (changed.size === 0 || this.#waitsFor(changed)) return;
    for (const [url, hash] of changed) this.#graph.loaded(url, hash);
    const affected = this.#graph.affectedBy([...changed.keys(), ...this.#failed]);
    const before = [...affected].map((url) => [url, this.#graph.forgetImports(url)] as const);
    await this.modules.renew(affected);
    for (const url of this.#graph.entriesIn(affected)) {
      const file = fileURLToPath(url);
      this.#log.info(
        { file, changed: [...changed.keys()].map((each) => fileURLToPath(each)) },
        'changed; loading it again',
      );
      try {
        await this.#reload(file);
        this.#log.info({ file }, 'loaded again, and in service');
        for (const each of affected) this.#failed.delete(each);
      } catch (error) {
        if (this.#closed) return;
        for (const each of affected) this.#failed.add(each);
        // What was not reached is imported all the same, and may be what is to be mended.
        for (const [from, imports] of before) for (const to of imports) this.#graph.imports(from, to);
        const why = await told(error, [...changed.keys()]);
        this.#log.error({ file, err: error }, `${why}; what was loaded before goes on serving`);
      }
    }
    this.#graph.prune();
    this.#watch();
  }

  /** A build that removes its files first is not over while they are missing. */
  #waitsFor(changed: ReadonlyMap<string, string | undefined>): boolean {
    const missing = [...changed].filter(([url, hash]) => hash === undefined && this.#graph.needs(url, changed));
    for (const [url] of missing) {
      if (this.#missing.has(url)) continue;
      this.#log.warn(
        { file: fileURLToPath(url) },
        `${fileURLToPath(url)} is gone; what was loaded goes on serving until it is back`,
      );
    }
    this.#missing = new Set(missing.map(([url]) => url));
    return missing.length > 0;
  }
}

/** What an error says, with its place where it does not say that itself. */
async function told(error: unknown, changed: readonly string[]): Promise<string> {
  if (!(error instanceof Error)) return String(error);
  if (!(error.cause instanceof SyntaxError) || / \(at /.test(error.message)) return error.message;
  const place = await syntaxPlace(changed.map((url) => fileURLToPath(url)));
  return place === undefined ? error.message : `${error.message} (at ${place})`;
}
