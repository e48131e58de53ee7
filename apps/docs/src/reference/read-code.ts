import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  Application,
  type DeclarationReflection,
  LogLevel,
  type ProjectReflection,
  ReflectionKind,
  type TypeDocOptions,
} from 'typedoc';
import type { PluginOptions } from 'typedoc-plugin-markdown';
import { ROOT } from '../repository.js';
import { type EntryPoint, entryPoints } from './entry-points.js';

/** How the compiler reads sources for the reference: by the settings of the workspace. */
const TSCONFIG = {
  extends: join(ROOT, 'tsconfig.base.json'),
  compilerOptions: { noEmit: true, composite: false, declaration: false, declarationMap: false, incremental: false },
};

/** The code as TypeDoc has read it. */
export interface ReadCode {
  readonly project: ProjectReflection;
  /** Writes the reference as Markdown: a page for each entry point. */
  write(folder: string): Promise<void>;
}

/**
 * Reads the exports of all packages with their comments.
 *
 * @param entries - what to read; by default all that is published
 */
export async function readCode(entries: readonly EntryPoint[] = entryPoints()): Promise<ReadCode> {
  const folder = fileURLToPath(new URL('../../dist/made/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  const files = entries.map(({ source }) => resolve(ROOT, source));
  // TypeDoc remembers settings by the name of their file.
  const name = createHash('sha256').update(files.join()).digest('hex').slice(0, 8);
  const tsconfig = join(folder, `reference-${name}.tsconfig.json`);
  writeFileSync(tsconfig, JSON.stringify({ ...TSCONFIG, files }));
  const options: TypeDocOptions & Partial<PluginOptions> = {
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: files,
    tsconfig,
    // The build has found what is wrong with types.
    skipErrorChecking: true,
    excludePrivate: true,
    excludeExternals: true,
    excludeInternal: true,
    disableGit: true,
    sourceLinkTemplate: '{path}#{line}',
    basePath: ROOT,
    displayBasePath: ROOT,
    readme: 'none',
    name: 'Reference',
    logLevel: LogLevel.Error,
    outputFileStrategy: 'modules',
    entryFileName: 'index',
    hidePageHeader: true,
    hideBreadcrumbs: true,
    // TypeDoc counts headings of one name in its own way.
    useHTMLAnchors: true,
    disableSources: false,
    useCodeBlocks: false,
    expandObjects: false,
    sanitizeComments: true,
    parametersFormat: 'table',
    interfacePropertiesFormat: 'list',
  };
  const app = await Application.bootstrapWithPlugins(options);
  const project = await app.convert();
  if (project === undefined) throw new Error('the reference could not be read from the code');
  const names = new Map(entries.map(({ name }, index) => [files[index], name]));
  for (const module of modulesOf(project)) {
    const [file = ''] = module.sources?.map(({ fullFileName }) => fullFileName) ?? [];
    const name = names.get(file);
    if (name === undefined) throw new Error(`no entry point is ${file}`);
    module.name = name;
  }
  return { project, write: (to) => app.outputs.writeOutput({ name: 'markdown', path: to }, project) };
}

/** The entry points, as TypeDoc has them. */
export function modulesOf(project: ProjectReflection): DeclarationReflection[] {
  return project.getChildrenByKind(ReflectionKind.Module) as DeclarationReflection[];
}
