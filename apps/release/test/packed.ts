import { join } from 'node:path';
import { inject } from 'vitest';
import { type Packed, unpacked } from '../src/pack.js';
import { packages } from '../src/workspace.js';

/** The packages as they are published: what `pack-once.ts` has packed. */
export function packedPackages(): Packed[] {
  return packages().map(({ manifest: { name, version } }) =>
    unpacked(
      join(inject('packed'), `${name.replace('@', '').replace('/', '-')}-${version}.tgz`),
      join(inject('packed'), name, 'node_modules', name),
    ),
  );
}

/** One of them. */
export function packedPackage(name: string): Packed {
  const found = packedPackages().find(({ manifest }) => manifest.name === name);
  if (found === undefined) throw new Error(`there is no package ${name}`);
  return found;
}
