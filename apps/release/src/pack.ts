import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { type Manifest, packages, ROOT } from './workspace.js';

/** A package as it goes to a registry. */
export interface Packed {
  readonly manifest: Manifest;
  /** The file of it, absolute. */
  readonly tarball: string;
  /** Of the tarball (bytes). */
  readonly size: number;
  /** Where it is unpacked, absolute. */
  readonly folder: string;
  /** By their paths in the package, with slashes. */
  readonly files: ReadonlyMap<string, Buffer>;
}

/**
 * Packs every package, by pnpm, which puts versions in the place of `workspace:*` and `publishConfig.exports` in that of
 * `exports`; and unpacks it again, as an install would.
 *
 * @param to a folder, made where it is not there: tarballs, and below `<name>/node_modules/<name>` what is in them
 */
export function packAll(to: string): Packed[] {
  mkdirSync(to, { recursive: true });
  execFileSync('pnpm', ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', to], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return packages().map(({ manifest: { name, version } }) => {
    const tarball = join(to, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
    const folder = join(to, name, 'node_modules', name);
    mkdirSync(folder, { recursive: true });
    execFileSync('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
    return unpacked(tarball, folder);
  });
}

/** What is known of a package that was packed and unpacked. */
export function unpacked(tarball: string, folder: string): Packed {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !relative(folder, path).startsWith(`node_modules${sep}`))
    .map((path): [string, Buffer] => [relative(folder, path).split(sep).join('/'), readFileSync(path)]);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  return { manifest, tarball, size: statSync(tarball).size, folder, files: new Map(files.sort()) };
}
