/** One file of a service's own. */
interface ModuleFile {
  /** The hash of what it held when it was imported last. Undefined: it was not there, or could not be read. */
  hash: string | undefined;
  /** The files that it imports. */
  readonly imports: Set<string>;
}

/** Which of the services' own files import which, by their URLs. */
export class ModuleGraph {
  readonly #files = new Map<string, ModuleFile>();
  readonly #entries = new Set<string>();

  /** All files that the services stand on, and those that they miss. */
  files(): IterableIterator<string> {
    return this.#files.keys();
  }

  has(url: string): boolean {
    return this.#files.has(url);
  }

  /** A file that is imported for its own sake. */
  addEntry(url: string): void {
    this.#entries.add(url);
    this.#file(url);
  }

  loaded(url: string, hash: string | undefined): void {
    this.#file(url).hash = hash;
  }

  imports(from: string, to: string): void {
    this.#file(from).imports.add(to);
    this.#file(to);
  }

  /** It is about to be imported once more, and may import other files then. @returns what it imported */
  forgetImports(url: string): string[] {
    const { imports } = this.#file(url);
    const forgotten = [...imports];
    imports.clear();
    return forgotten;
  }

  /** The files that hold something else than what was loaded, with the hash of that; undefined: they are gone. */
  changed(hashOf: (url: string) => string | undefined): Map<string, string | undefined> {
    const changed = new Map<string, string | undefined>();
    for (const [url, { hash }] of this.#files) {
      const now = hashOf(url);
      if (now !== hash) changed.set(url, now);
    }
    return changed;
  }

  /** Whether loading has to fail without this file: somebody who did not change imports it, or it is an entry. */
  needs(url: string, changed: ReadonlyMap<string, unknown>): boolean {
    if (this.#entries.has(url)) return true;
    return [...this.#files].some(([from, { imports }]) => imports.has(url) && !changed.has(from));
  }

  /** These files, and all that import them, at first or second hand. */
  affectedBy(changed: Iterable<string>): Set<string> {
    const affected = new Set(changed);
    for (let size = -1; size !== affected.size; ) {
      size = affected.size;
      for (const [url, { imports }] of this.#files) {
        if (!affected.has(url) && [...imports].some((each) => affected.has(each))) affected.add(url);
      }
    }
    return affected;
  }

  /** Of these files those that are imported for their own sake. */
  entriesIn(urls: ReadonlySet<string>): string[] {
    return [...this.#entries].filter((url) => urls.has(url));
  }

  /** Forgets files that nothing imports any longer. */
  prune(): void {
    const reached = new Set<string>();
    const open = [...this.#entries];
    for (let url = open.pop(); url !== undefined; url = open.pop()) {
      if (reached.has(url)) continue;
      reached.add(url);
      open.push(...(this.#files.get(url)?.imports ?? []));
    }
    for (const url of this.#files.keys()) if (!reached.has(url)) this.#files.delete(url);
  }

  #file(url: string): ModuleFile {
    let file = this.#files.get(url);
    if (file === undefined) {
      file = { hash: undefined, imports: new Set() };
      this.#files.set(url, file);
    }
    return file;
  }
}
