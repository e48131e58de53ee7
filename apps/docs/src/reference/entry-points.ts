import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, read } from '../repository.js';

/** What a program imports: a package, or a subpath of one. */
export interface EntryPoint {
  /** As it is imported: `@wamp-run/auth/ticket`. */
  readonly name: string;
  /** The file in the repository, relative to the root. */
  readonly source: string;
}

interface Exported {
  readonly '@wamp-run/source'?: string;
  readonly browser?: { readonly '@wamp-run/source'?: string };
}

/** Every entry of every package's `exports` that is code; what bundlers for browsers take is one of its own. */
export function entryPoints(): EntryPoint[] {
  return readdirSync(join(ROOT, 'packages')).flatMap((folder) => {
    const { name, exports } = JSON.parse(read(`packages/${folder}/package.json`));
    return Object.entries<Exported | string>(exports).flatMap(([path, entry]) => {
      if (typeof entry === 'string') return [];
      const imported = name + path.slice(1);
      return [
        ...point(imported, folder, entry['@wamp-run/source']),
        ...point(`${imported} in browsers`, folder, entry.browser?.['@wamp-run/source']),
      ];
    });
  });
}

function point(name: string, folder: string, source: string | undefined): EntryPoint[] {
  return source === undefined ? [] : [{ name, source: `packages/${folder}/${source.replace(/^\.\//, '')}` }];
}
