import { pathToFileURL } from 'node:url';
import type { ImportService, ServiceModule } from '@wamp-run/runtime';
import { isTypeScript, TypeScriptLoader } from './typescript.js';
import type { VersionedModules } from './versioned-modules.js';

/**
 * How the files of services are imported: JavaScript as it is, TypeScript by @oxc-node/core.
 *
 * @param versions where files are imported once more when they change; undefined: each once
 */
export function serviceImporter(versions?: VersionedModules): ImportService {
  const load = async (path: string): Promise<object> =>
    versions === undefined
      ? ((await import(pathToFileURL(path).href)) as object)
      : await versions.import(path, isTypeScript(path));
  return async (path): Promise<ServiceModule> => {
    if (!isTypeScript(path)) return { module: await load(path) };
    const typescript = await TypeScriptLoader.for(path);
    const erasedNulls = typescript.erasesNulls(path);
    return { module: await load(path), erasedNulls };
  };
}
