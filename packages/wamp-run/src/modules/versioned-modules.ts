import { realpath } from 'node:fs/promises';
import { createRequire, register } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { ModuleGraph } from './module-graph.js';
import { hashOf, versioned } from './module-versions.js';
import type { HookReply, HookRequest } from './version-hooks.js';

/** Whatever `require` has loaded in this process, of ESM's imports of CommonJS files, too. */
const REQUIRED = createRequire(import.meta.url).cache;

/**
 * Imports files of services, and keeps note of what they import in turn. A file that changed is imported once more, with
 * all that imports it, while everything else stays the same instance. What was imported before stays in memory until the
 * process ends, as Node forgets no module: this is for development.
 */
export class VersionedModules {
  #port: MessagePort | undefined;
  /** Whether the hooks stand above those that compile TypeScript: those that came last are asked first. */
  #aboveTypeScript = false;
  readonly #graph: ModuleGraph;
  readonly #failed: (error: unknown) => void;
  readonly #waiting = new Map<number, (reply: HookReply) => void>();
  readonly #versions = new Map<string, number>();
  #asked = 0;
  #version = 1;

  /**
   * @param graph what imports what is noted there
   * @param failed told at once of every error that an import failed with
   */
  constructor(graph: ModuleGraph, failed: (error: unknown) => void) {
    this.#graph = graph;
    this.#failed = failed;
  }

  /**
   * Imports a file of a service in its present version.
   *
   * @param path absolute
   * @param typescript whether a loader of TypeScript has been put in place for it
   */
  async import(path: string, typescript: boolean): Promise<object> {
    if (this.#port === undefined || (typescript && !this.#aboveTypeScript)) this.#port = this.#hook();
    this.#aboveTypeScript ||= typescript;
    // As Node resolves it: its own imports start from where it really is.
    const url = pathToFileURL(await realpath(path)).href;
    this.#graph.addEntry(url);
    await this.#ask({ entries: [url], versions: [] });
    try {
      return (await import(versioned(url, this.#versions.get(url)))) as object;
    } catch (error) {
      this.#failed(error);
      throw error;
    } finally {
      await this.sync();
    }
  }

  /** Has these files imported once more when they are imported next. */
  async renew(urls: Iterable<string>): Promise<void> {
    this.#version++;
    const versions = [...urls].map((url) => [url, this.#version] as const);
    for (const [url, version] of versions) {
      this.#versions.set(url, version);
      // CommonJS goes by the path alone.
      delete REQUIRED[fileURLToPath(url)];
    }
    await this.#ask({ entries: [], versions });
  }

  /** Takes note of what was imported since: by `import()` in the services' own code. */
  async sync(): Promise<void> {
    this.#take(await this.#ask({ entries: [], versions: [] }));
    this.#takeRequired();
  }

  /** From now on everything that this process imports passes by the hooks. */
  #hook(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (reply: HookReply) => {
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
      if (this.#waiting.size === 0) port1.unref();
    });
    port1.unref();
    const hooks = new URL('./version-hooks.js', import.meta.url);
    // With a parent: the loader of TypeScript, which is asked for this file, too, wants one.
    register(hooks, { parentURL: import.meta.url, data: { port: port2 }, transferList: [port2] });
    return port1;
  }

  async #ask(request: Omit<HookRequest, 'id'>): Promise<HookReply> {
    const port = this.#port;
    if (port === undefined) return { id: 0, loaded: [], edges: [] };
    const id = ++this.#asked;
    port.ref();
    port.postMessage({ id, ...request } satisfies HookRequest);
    return await new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  #take({ loaded, edges }: HookReply): void {
    for (const [url, hash] of loaded) this.#graph.loaded(url, hash);
    for (const [from, to] of edges) this.#graph.imports(from, to);
  }

  /** What CommonJS files require passes by the hooks: Node has it in a table of its own. */
  #takeRequired(): void {
    const open = [...this.#graph.files()];
    for (let url = open.pop(); url !== undefined; url = open.pop()) {
      const { children = [] } = REQUIRED[fileURLToPath(url)] ?? {};
      for (const { filename } of children) {
        if (filename === null || filename.includes('node_modules')) continue;
        const required = pathToFileURL(filename).href;
        if (!this.#graph.has(required)) {
          this.#graph.loaded(required, hashOf(required));
          open.push(required);
        }
        this.#graph.imports(url, required);
      }
    }
  }
}
