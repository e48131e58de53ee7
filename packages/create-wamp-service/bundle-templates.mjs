// Puts the templates into the package, as they are created from it: npm takes no file from outside a package's folder.
// node bundle-templates.mjs [folder]     (default: dist/templates)
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [to = fileURLToPath(new URL('dist/templates', import.meta.url))] = process.argv.slice(2);

/** What belongs to this repository, or to a build, and not to the template. */
const OURS = new Set(['node_modules', 'dist', '.turbo', 'turbo.json', 'tsconfig.workspace.json']);

const versions = new Map(
  readdirSync(join(root, 'packages')).map((name) => {
    const manifest = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
    return [manifest.name, manifest.version];
  }),
);

rmSync(to, { recursive: true, force: true });
mkdirSync(to, { recursive: true });
for (const template of readdirSync(join(root, 'templates'))) {
  const from = join(root, 'templates', template);
  cpSync(from, join(to, template), { recursive: true, filter: (path) => path === from || !OURS.has(basename(path)) });
  hideDots(join(to, template));
  const file = join(to, template, 'package.json');
  writeFileSync(file, `${JSON.stringify(published(JSON.parse(readFileSync(file, 'utf8'))), undefined, 2)}\n`);
}

/** npm leaves out .gitignore and .npmrc, and obeys them: a leading dot becomes `_`, and create makes it a dot again. */
function hideDots(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) hideDots(join(folder, entry.name));
    if (entry.name.startsWith('_'))
      throw new Error(`${folder}/${entry.name}: a template has no names that begin with _`);
    if (/\.(key|pem)$|^\.env/.test(entry.name)) throw new Error(`${folder}/${entry.name} is a secret; remove it`);
    if (entry.name.startsWith('.')) renameSync(join(folder, entry.name), join(folder, `_${entry.name.slice(1)}`));
  }
}

/** The manifest with the versions that packages of this repository have now, instead of `workspace:*`. */
function published({ name, ...manifest }) {
  const ranges = (dependencies) =>
    Object.fromEntries(
      Object.entries(dependencies).map(([dependency, range]) => {
        if (range !== 'workspace:*') return [dependency, range];
        const version = versions.get(dependency);
        if (version === undefined) throw new Error(`${name}: ${dependency} is no package of this repository`);
        return [dependency, `^${version}`];
      }),
    );
  const { dependencies, devDependencies } = manifest;
  return {
    name: 'my-service',
    ...manifest,
    dependencies: ranges(dependencies),
    devDependencies: ranges(devDependencies),
  };
}
