import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of this repository. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** As far as a release looks into one. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly publishConfig?: { readonly access?: string };
}

/** A package of this repository. */
export interface Member {
  /** The folder, absolute. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** The packages, each behind those that it depends on: the order in which they can be published. */
export function packages(): Member[] {
  const open = readdirSync(join(ROOT, 'packages')).map((name) => {
    const folder = join(ROOT, 'packages', name);
    return { folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest };
  });
  const ordered: Member[] = [];
  while (open.length > 0) {
    const names = new Set(open.map(({ manifest }) => manifest.name));
    const at = open.findIndex(
      ({ manifest }) => !Object.keys(manifest.dependencies ?? {}).some((dependency) => names.has(dependency)),
    );
    const [next] = open.splice(at, 1);
    if (at === -1 || next === undefined) throw new Error(`in a circle: ${[...names].join(', ')}`);
    ordered.push(next);
  }
  return ordered;
}
