import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** What a new project is put into. */
export interface Surroundings {
  /** The workspace whose member it becomes. */
  readonly workspace: Workspace | undefined;
  /** Whether it lies in a git repository. */
  readonly inRepository: boolean;
  /** Whether a Biome configuration lies above it. */
  readonly underBiome: boolean;
  /** The package manager that a package above names, without its version. */
  readonly packageManager: string | undefined;
  /** The package manager whose lockfile lies nearest above. */
  readonly lockfileOf: string | undefined;
}

export interface Workspace {
  readonly root: string;
  /** The scope of its root package: `@acme`. */
  readonly scope: string | undefined;
  /** Whether its patterns name the new folder. */
  readonly covers: boolean;
}

const LOCKFILES = {
  'pnpm-lock.yaml': 'pnpm',
  'package-lock.json': 'npm',
  'yarn.lock': 'yarn',
  'bun.lock': 'bun',
  'bun.lockb': 'bun',
} as const;

/** Looks at the folders above, up to the root of the file system. Reads, and never runs anything. */
export function survey(target: string): Surroundings {
  const above = foldersAbove(target);
  const manifests = above.map((folder) => ({ folder, manifest: readManifest(folder) }));
  const named = manifests.find(({ manifest }) => typeof manifest.packageManager === 'string')?.manifest.packageManager;
  const lockfiles = above.flatMap((folder) =>
    Object.entries(LOCKFILES).flatMap(([file, manager]) => (existsSync(join(folder, file)) ? [manager] : [])),
  );
  return {
    workspace: workspaceAmong(manifests, target),
    inRepository: [target, ...above].some((folder) => existsSync(join(folder, '.git'))),
    underBiome: above.some((folder) => ['biome.json', 'biome.jsonc'].some((file) => existsSync(join(folder, file)))),
    packageManager: typeof named === 'string' ? named.replace(/@.*$/s, '') : undefined,
    lockfileOf: lockfiles[0],
  };
}

interface Manifest {
  readonly name?: unknown;
  readonly packageManager?: unknown;
  readonly workspaces?: unknown;
}

function foldersAbove(target: string): string[] {
  const folders: string[] = [];
  for (let folder = dirname(target); ; folder = dirname(folder)) {
    folders.push(folder);
    if (folder === dirname(folder)) return folders;
  }
}

/** A package.json that cannot be read says nothing; it is not ours to complain of. */
function readManifest(folder: string): Manifest {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof manifest === 'object' && manifest !== null ? manifest : {};
  } catch {
    return {};
  }
}

function workspaceAmong(
  folders: readonly { folder: string; manifest: Manifest }[],
  target: string,
): Workspace | undefined {
  for (const { folder, manifest } of folders) {
    const patterns = pnpmPatterns(folder) ?? npmPatterns(manifest);
    if (patterns === undefined) continue;
    const [, scope] = /^(@[^/]+)\//.exec(typeof manifest.name === 'string' ? manifest.name : '') ?? [];
    return { root: folder, scope, covers: covered(relative(folder, target).split(sep).join('/'), patterns) };
  }
  return undefined;
}

/** The `packages` of pnpm-workspace.yaml: its list, item by item or in brackets. Without one it is no workspace. */
function pnpmPatterns(folder: string): string[] | undefined {
  const file = join(folder, 'pnpm-workspace.yaml');
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  const items = /^packages:[^\S\n]*(?:#.*)?\n((?:[^\S\n]*(?:#.*|-.*)?\n?)*)/m.exec(text)?.[1];
  const inline = /^packages:[^\S\n]*\[([^\]]*)\]/m.exec(text)?.[1];
  const found = items === undefined ? inline?.split(',') : [...items.matchAll(/^\s*-(.*)$/gm)].map(([, item]) => item);
  return found?.map((item = '') => item.replace(/\s+#.*$/, '').replaceAll(/^[\s'"]+|[\s'"]+$/g, '')).filter(Boolean);
}

function npmPatterns({ workspaces }: Manifest): string[] | undefined {
  const listed: unknown = Array.isArray(workspaces)
    ? workspaces
    : (workspaces as { packages?: unknown } | undefined)?.packages;
  return Array.isArray(listed) ? listed.filter((pattern) => typeof pattern === 'string') : undefined;
}

function covered(path: string, patterns: readonly string[]): boolean {
  const matches = (pattern: string) => asExpression(pattern).test(path);
  return (
    patterns.some((pattern) => !pattern.startsWith('!') && matches(pattern)) &&
    !patterns.some((pattern) => pattern.startsWith('!') && matches(pattern.slice(1)))
  );
}

/** `packages/*` and `apps/**`, as package managers read them. */
function asExpression(pattern: string): RegExp {
  const parts = pattern
    .replace(/^\.\//, '')
    .replace(/\/$/, '')
    .split(/(\*\*|\*)/)
    .map((part) => (part === '**' ? '.*' : part === '*' ? '[^/]*' : part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${parts.join('')}$`);
}
