import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkInterceptors, type Interceptor } from '@wamp-run/client';
import { InvalidConfiguration } from '@wamp-run/protocol';
import type { ImportService } from '@wamp-run/runtime';

/** An interceptor, or the path of a file that exports a list of them as `interceptors`. */
export type InterceptorSource = string | Interceptor;

export interface InterceptorPlace {
  /** Where relative paths start. */
  readonly from: string;
  /** Imports the files, as those of services. */
  readonly importService: ImportService;
  /** Where they stand in the configuration, for errors: `components[0].interceptors`. */
  readonly place: string;
}

/**
 * The interceptors that a configuration names, in its order.
 *
 * @throws InvalidConfiguration where a file is not there, cannot be loaded, or has no interceptors
 */
export async function loadInterceptors(
  sources: readonly InterceptorSource[] = [],
  { from, importService, place }: InterceptorPlace,
): Promise<readonly Interceptor[]> {
  const loaded: Interceptor[] = [];
  for (const [index, source] of sources.entries()) {
    const at = `${place}[${index}]`;
    if (typeof source === 'string')
      loaded.push(...(await exportedBy({ file: source, path: resolve(from, source), importService, at })));
    else loaded.push(source);
  }
  checkInterceptors(loaded, place);
  return loaded;
}

interface Exporting {
  /** As the configuration has it, and where that is. */
  readonly file: string;
  readonly path: string;
  readonly importService: ImportService;
  readonly at: string;
}

async function exportedBy({ file, path, importService, at }: Exporting): Promise<readonly Interceptor[]> {
  if (!existsSync(path)) throw new InvalidConfiguration(`${at}: ${file}: no such file (looked for ${path})`);
  let module: { readonly interceptors?: readonly Interceptor[] };
  try {
    ({ module } = await importService(path));
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidConfiguration(`${at}: ${file}: cannot be loaded: ${text}`, { cause });
  }
  const { interceptors } = module;
  if (interceptors === undefined) {
    throw new InvalidConfiguration(`${at}: ${file} exports no interceptors; write: export const interceptors = [ … ]`);
  }
  checkInterceptors(interceptors, `${at}: ${file}: interceptors`);
  return interceptors;
}
