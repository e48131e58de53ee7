// Makes the JavaScript of the packages: each entry of a package, with everything of that package behind it, in one file, and what
// several entries share in files that they share, so that every class is there once. tsc makes the types beside it.
// `node scripts/bundle.mjs` bundles the packages whose sources have changed since; `--check` only names them.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown, VERSION } from 'rolldown';
import { withLibraryFiles } from './library-files.mjs';

const packages = fileURLToPath(new URL('../packages/', import.meta.url));
/** What bundles. */
const BUNDLER = ['bundle.mjs', 'library-files.mjs'].map((name) => readFileSync(new URL(name, import.meta.url)));

/** What is started beside the entries that `exports` names: by a file in bin/, or as a thread. */
const STARTED = {
  'create-wamp-service': ['src/bin.ts'],
  'wamp-run': ['src/bin.ts', 'src/modules/version-hooks.ts'],
};

/** A package as it is now. `state` is another after each change of what its bundle is made of. */
function memberOf(name) {
  const folder = join(packages, name);
  const sources = readdirSync(join(folder, 'src'), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256').update(VERSION).update(Buffer.concat(BUNDLER));
  for (const file of [join(folder, 'package.json'), ...sources])
    hash.update(relative(folder, file)).update(readFileSync(file));
  return { name, folder, state: hash.digest('hex') };
}

/** What was bundled last. */
function bundled({ folder }) {
  try {
    return JSON.parse(readFileSync(join(folder, 'dist/.bundle.json'), 'utf8'));
  } catch {
    return { state: undefined, files: [] };
  }
}

/** The entries of a package, by the path of what is made of each, without its ending; and those that are for browsers. */
function entriesOf({ name, folder }) {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const conditions = Object.values(exports).flatMap((entry) => [entry, entry.browser ?? {}]);
  const sources = conditions.map((entry) => entry['@wamp-run/source']).filter((path) => path !== undefined);
  const all = [...sources, ...(STARTED[name] ?? [])].map((path) => join(folder, path));
  return {
    input: Object.fromEntries(all.map((path) => [nameOf(folder, path), path])),
    forBrowsers: conditions.flatMap(({ browser }) => (browser ? [join(folder, browser['@wamp-run/source'])] : [])),
  };
}

/** The path of a source in its package's src, without its ending. */
function nameOf(folder, source) {
  return relative(join(folder, 'src'), source).split(sep).join('/').slice(0, -'.ts'.length);
}

/** These modules of one package, and all that they import; of what is outside of it the names. */
function behind(ids, graph, found = new Set()) {
  for (const id of ids) {
    if (found.has(id)) continue;
    found.add(id);
    behind(graph.getModuleInfo(id)?.importedIds ?? [], graph, found);
  }
  return found;
}

/**
 * What several entries share is one file where nobody has to load a library, or a part of Node, for it: where it imports nothing but
 * the protocol. Browsers get what is theirs, and no more: what only servers use may ask for a global of Node as it is loaded.
 */
function sharedFiles(forBrowsers) {
  const asksForNothing = (id, graph) =>
    [...behind([id], graph)].every((each) => each.startsWith(packages) || each === '@wamp-run/protocol');
  const file = (name, belongs, priority) => ({
    debugName: name,
    name: (id, graph) => (belongs(id, graph) && asksForNothing(id, graph) ? name : null),
    minShareCount: 2,
    priority,
  });
  return [
    file('shared-by-browsers', (id, graph) => behind(forBrowsers, graph).has(id), 2),
    file('shared', () => true, 1),
  ];
}

async function bundle(member) {
  const { folder } = member;
  const warnings = [];
  const { input, forBrowsers } = entriesOf(member);
  const build = await rolldown({
    cwd: folder,
    input,
    platform: 'neutral',
    // Other packages stay what they are: each is loaded once, whoever imports it.
    external: (id) => !/^[./]/.test(id) && !id.startsWith(folder),
    tsconfig: false,
    transform: { target: 'es2022' },
    onLog: (level, { message }) => level === 'warn' && warnings.push(message),
  });
  const { output } = await generated(build, {
    format: 'esm',
    sourcemap: true,
    sourcemapExcludeSources: true,
    minifyInternalExports: false,
    // What was written for readers of the sources, which are beside it. Licences stay.
    comments: { legal: true, annotation: true, jsdoc: false },
    entryFileNames: '[name].js',
    // What is loaded later stands where its source does.
    chunkFileNames: ({ facadeModuleId }) => (facadeModuleId ? `${nameOf(folder, facadeModuleId)}.js` : '[name].js'),
    codeSplitting: { groups: sharedFiles(forBrowsers) },
  });
  for (const chunk of output) warnings.push(...strayedFrom(folder, chunk));
  if (warnings.length > 0) throw new Error(warnings.join('\n'));

  const dist = join(folder, 'dist');
  const written = withLibraryFiles(folder, output);
  const files = written.map(({ fileName }) => fileName).sort();
  for (const gone of bundled(member).files) if (!files.includes(gone)) rmSync(join(dist, gone), { force: true });
  for (const { fileName, content } of written) put(join(dist, fileName), content);
  put(join(dist, '.bundle.json'), JSON.stringify({ state: member.state, files }));
}

async function generated(build, options) {
  try {
    return await build.generate(options);
  } finally {
    await build.close();
  }
}

/** A module that names a file from where it is itself has to be as far from it as its source. */
function strayedFrom(folder, { type, fileName, moduleIds }) {
  if (type !== 'chunk') return [];
  return moduleIds
    .filter((id) => id.startsWith(folder) && /new URL\([^()]*import\.meta\.url\)/.test(readFileSync(id, 'utf8')))
    .map((id) => nameOf(folder, id))
    .filter((name) => posix.dirname(name) !== posix.dirname(fileName))
    .map((name) => `src/${name}.ts names a file relative to itself, and went into dist/${fileName}`);
}

/** At once, so that a process that is just being started never reads half of it. */
function put(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, content);
  renameSync(`${file}.${process.pid}`, file);
}

/** The packages whose bundle is not of what their sources are now. */
export function stalePackages() {
  return readdirSync(packages)
    .map(memberOf)
    .filter((member) => {
      const { state, files } = bundled(member);
      return state !== member.state || !files.every((file) => existsSync(join(member.folder, 'dist', file)));
    });
}

/** Bundles what is stale. @throws Error with every complaint of the bundler: no warning is let pass */
export async function bundlePackages() {
  const stale = stalePackages();
  const results = await Promise.allSettled(stale.map(bundle));
  const failed = results.flatMap(({ reason }, index) => (reason ? [`${stale[index].name}: ${reason.message}`] : []));
  if (failed.length > 0) throw new Error(failed.join('\n'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--check')) {
    const stale = stalePackages().map(({ name }) => name);
    if (stale.length > 0)
      console.error(`not bundled since their sources changed: ${stale.join(', ')}; run 'npm run build'`);
    process.exitCode = stale.length > 0 ? 1 : 0;
  } else {
    await bundlePackages();
  }
}
