import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { NoSuchComponent } from '@wamp-run/runtime';

/** Whether a file is TypeScript, by its name. */
export function isTypeScript(path: string): boolean {
  return /\.[mc]?tsx?$/.test(path);
}

/** What is used of @oxc-node/core: an optional peer, so that its own types may not be there. */
interface OxcNode {
  readonly OxcTransformer: new (
    cwd: string,
  ) => {
    transform(path: string, source: string): { source(): string };
  };
}

/** What the compiler makes of this says what it makes of the files beside it. */
const PROBE = `declare const decorated: any;
export class Probe { @decorated method(value: number | null): void {} }
`;

/** Has this process import TypeScript, decorator metadata included: by @oxc-node/core, where that is installed. */
export class TypeScriptLoader {
  readonly #transform: (path: string, source: string) => string;

  private constructor(transform: (path: string, source: string) => string) {
    this.#transform = transform;
  }

  /**
   * Takes effect for the process. A second one for the same installed copy changes nothing.
   *
   * @param path a file that is to be imported: the loader of its own project goes before the one beside this package
   * @throws NoSuchComponent where there is no @oxc-node/core
   */
  static async for(path: string): Promise<TypeScriptLoader> {
    const main = resolved(path) ?? resolved(import.meta.url);
    if (main === undefined) {
      throw new NoSuchComponent(
        'is TypeScript; to run it as it is, install @oxc-node/core beside it (npm install --save-dev @oxc-node/core), or build it (tsc) and name the JavaScript file that comes of it',
      );
    }
    await import(pathToFileURL(join(dirname(main), 'register.mjs')).href);
    const { OxcTransformer } = (await import(pathToFileURL(main).href)) as OxcNode;
    const transformer = new OxcTransformer(dirname(path));
    return new TypeScriptLoader((file, source) => transformer.transform(file, source).source());
  }

  /** Whether the settings of a file's project have it written `Number` for `number | null`. */
  erasesNulls(path: string): boolean {
    try {
      // Settings are looked up from the name: this one is beside the file, and need not be there.
      return /\bNumber\b/.test(this.#transform(join(dirname(path), 'wamp-run-probe.ts'), PROBE));
    } catch {
      // Settings without decorators, or that cannot be read: where that matters, the import of the file itself says so.
      return false;
    }
  }
}

function resolved(from: string): string | undefined {
  try {
    return createRequire(from).resolve('@oxc-node/core');
  } catch {
    return undefined;
  }
}
