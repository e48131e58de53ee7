// Runs in the thread of Node's module hooks (`module.register`), and there alone. Puts a version behind the URLs of the
// service's own files, so that a file that changed is imported once more, with all that imports it; and notes which file
// imports which.
import { existsSync } from 'node:fs';
import type { InitializeHook, LoadHook, ResolveFnOutput as Resolved, ResolveHook } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MessagePort } from 'node:worker_threads';
import { hashOf, unversioned, versioned } from './module-versions.js';

/** What the main thread asks. `versions`: what is imported from now on of these files; `entries`: files of services. */
export interface HookRequest {
  readonly id: number;
  readonly entries: readonly string[];
  readonly versions: readonly (readonly [url: string, version: number])[];
}

/** What has been imported since it was asked last. */
export interface HookReply {
  readonly id: number;
  /** Each file that was loaded, with the hash of what it held, taken before it was read. */
  readonly loaded: readonly (readonly [url: string, hash: string | undefined])[];
  /** Each import of one of the service's own files by another; also of files that are not there. */
  readonly edges: readonly (readonly [from: string, to: string])[];
}

/** What the hooks know: Node calls them as functions of this module, so that it stands here. */
const known = {
  own: new Set<string>(),
  versions: new Map<string, number>(),
  scopes: new Map<string, string>(),
  loaded: new Map<string, string | undefined>(),
  edges: new Map<string, Set<string>>(),
};

export const initialize: InitializeHook<{ port: MessagePort }> = ({ port }) => {
  port.on('message', ({ id, entries, versions }: HookRequest) => {
    for (const entry of entries) known.own.add(entry);
    for (const [url, version] of versions) known.versions.set(url, version);
    const edges = [...known.edges].flatMap(([from, targets]) => [...targets].map((to) => [from, to] as const));
    const reply: HookReply = { id, loaded: [...known.loaded], edges };
    known.loaded.clear();
    known.edges.clear();
    port.postMessage(reply);
  });
};

export const resolve: ResolveHook = (specifier, context, next) => {
  const parent = context.parentURL === undefined ? undefined : unversioned(context.parentURL);
  const wanted = unversioned(specifier);
  if (parent === undefined || !known.own.has(parent)) {
    // Who imports a service's file by its URL says which version.
    const named = (result: Resolved): Resolved =>
      known.own.has(result.url) && wanted !== specifier ? { ...result, url: specifier } : result;
    return Promise.resolve(next(wanted, context)).then(named);
  }
  const found = (result: Resolved): Resolved => {
    // Where the hooks are registered twice, the inner ones have versioned it.
    const url = unversioned(result.url);
    if (!isOwn(url, wanted, parent)) return result;
    known.own.add(url);
    note(parent, url);
    return { ...result, url: versioned(url, known.versions.get(url)) };
  };
  const missing = (error: unknown): never => {
    // It may be there later: then those who import it are to be imported once more.
    for (const url of candidates(wanted, parent)) note(parent, url);
    // This file stands in the way to the error, and is not the place of it.
    if (error instanceof Error) error.stack = withoutThisFile(error.stack);
    throw error;
  };
  return Promise.resolve(next(wanted, { ...context, parentURL: parent })).then(found, missing);
};

function withoutThisFile(stack: string | undefined): string {
  const lines = (stack ?? '').split('\n');
  return lines.filter((line) => !line.includes(import.meta.url)).join('\n');
}

export const load: LoadHook = (url, context, next) => {
  const plain = unversioned(url);
  if (known.own.has(plain)) known.loaded.set(plain, hashOf(plain));
  return next(plain, context);
};

function note(from: string, to: string): void {
  const targets = known.edges.get(from) ?? new Set();
  known.edges.set(from, targets.add(to));
}

/**
 * A service's own file is one that another of its files names by a path, or one of the same package, in whichever way
 * it is named. What is installed, or linked, is not: other services of the process share it.
 */
function isOwn(url: string, specifier: string, parent: string): boolean {
  if (!url.startsWith('file:') || url.includes('/node_modules/')) return false;
  return /^(\.{0,2}\/|file:)/.test(specifier) || scopeOf(url) === scopeOf(parent);
}

/** The folder of the package that a file belongs to. */
function scopeOf(url: string): string {
  const folder = dirname(fileURLToPath(url));
  const cached = known.scopes.get(folder);
  if (cached !== undefined) return cached;
  let scope = folder;
  while (!existsSync(join(scope, 'package.json')) && dirname(scope) !== scope) scope = dirname(scope);
  known.scopes.set(folder, scope);
  return scope;
}

/** Where a file that is not there may turn up. TypeScript is imported by the name of what comes of it. */
function candidates(specifier: string, parent: string): string[] {
  if (!/^(\.{0,2}\/|file:)/.test(specifier)) return [];
  const { href } = new URL(specifier, parent);
  return href.endsWith('js') ? [href, href.replace(/js$/, 'ts'), href.replace(/js$/, 'tsx')] : [href];
}
