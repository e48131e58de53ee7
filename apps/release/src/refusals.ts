import { basename, posix } from 'node:path';
import { BUDGETS } from './budgets.js';
import type { Packed } from './pack.js';
import { ROOT } from './workspace.js';

/** Why one package must not be published: nothing where it may. */
type Rule = (packed: Packed) => readonly string[];

/** What a package consists of. */
const BELONGS =
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|wamp-run\.config\.schema\.json|bin\/[\w-]+\.js|src\/[\w/.-]+\.ts|dist\/[\w/.-]+\.(js|d\.ts)(\.map)?|dist\/[\w-]+\.cjs)$/;
const TEMPLATE = /^dist\/templates\/[\w-]+\/./;
const NEEDED = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'];
/** Keys, and what has passwords in it. */
const SECRET_NAMES = /(^|\/)[._]?(env(\.\w+)?|npmrc|[\w.-]+\.(key|pem|p12|keys))$/;
const SECRETS =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[A-Za-z0-9+/=]{16}|private-key-ed25519: [0-9a-f]{64}|_authToken=\S/;
/** A file whose every line imports or exports what is in files beside it. */
const HANDS_ON = /^((import|export) \{[^}]*\} from "\.[^"]*";\n|export \{[^}]*\};\n)+$/;
const ON_INSTALL = ['preinstall', 'install', 'postinstall', 'prepare'];

/** One name, one rule. Each has a package in the tests that it refuses. */
export const RULES: Readonly<Record<string, Rule>> = {
  'is meant for everybody': ({ manifest }) => [
    ...(manifest.private === true ? ['it is private'] : []),
    ...(manifest.publishConfig?.access === 'public' ? [] : ['publishConfig.access is not public']),
    ...(manifest.license === 'MIT' ? [] : ['its license is not MIT']),
  ],

  'is whole, and nothing besides': ({ files, manifest }) => [
    ...NEEDED.filter((path) => !files.has(path)).map((path) => `${path} is missing`),
    ...[...files.keys()]
      .filter((path) => !BELONGS.test(path) && !(manifest.name === 'create-wamp-service' && TEMPLATE.test(path)))
      .map((path) => `${path} does not belong into it`),
  ],

  'has what was built of its sources': ({ files, manifest }) => {
    const sources = [...files.keys()].filter((path) => path.startsWith('src/')).map((path) => path.slice(4, -3));
    const built = [...files.keys()].filter((path) => /^dist\/(?!templates\/)/.test(path));
    const declared = built.filter((path) => path.endsWith('.d.ts'));
    const stale = [
      ...declared.filter((path) => !sources.includes(path.slice(5, -'.d.ts'.length))),
      ...built.filter((path) => path.endsWith('.js') && !isBundled(path, files)),
      ...built.filter(
        (path) => path.endsWith('.cjs') && !Object.hasOwn(manifest.dependencies ?? {}, basename(path, '.cjs')),
      ),
    ];
    const wanted = sources.flatMap((source) => [`dist/${source}.d.ts`, `dist/${source}.d.ts.map`]);
    return [
      ...stale.map((path) => `${path} was built of a source that is gone`),
      ...wanted.filter((path) => !files.has(path)).map((path) => `${path} is missing: build first`),
    ];
  },

  'has every file that its manifest names': ({ files, manifest: { exports = {}, bin = {} } }) =>
    [...JSON.stringify([exports, bin]).matchAll(/"\.\/([^"]+)"/g)]
      .map(([, path = '']) => path)
      .filter((path) => /\.(js|ts|json)$/.test(path) && !path.includes('*'))
      .filter((path) => path !== 'package.json' && !files.has(path))
      .map((path) => `${path} is named in its manifest, and missing`),

  'knows nothing of this workspace': ({ manifest }) => {
    const { exports, dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = manifest;
    const ranges = Object.entries({ ...dependencies, ...optionalDependencies, ...peerDependencies });
    return [
      ...(JSON.stringify(exports ?? {}).includes('@wamp-run/source') ? ['exports leads to sources'] : []),
      ...ranges
        .filter(([, range]) => /^(workspace|link|file|portal|git|https?):/.test(range))
        .map(([name, range]) => `${name}@${range} is nothing that a registry has`),
    ];
  },

  'runs nothing when it is installed': ({ manifest: { scripts = {} } }) =>
    ON_INSTALL.filter((name) => scripts[name] !== undefined).map((name) => `it has the script ${name}`),

  'tells no secret, and nothing of this machine': ({ files }) =>
    [...files].flatMap(([path, content]) => {
      const text = content.toString('latin1');
      return [
        ...(SECRET_NAMES.test(path) ? [`${path} looks like a secret`] : []),
        ...(SECRETS.test(text) ? [`${path} has a secret in it`] : []),
        ...(text.includes(ROOT) ? [`${path} names a folder of this machine`] : []),
      ];
    }),

  'says what has changed': ({ files, manifest: { version } }) => {
    const log = files.get('CHANGELOG.md')?.toString('utf8') ?? '';
    const heading = new RegExp(`^## ${version.replaceAll('.', '\\.')}$`, 'm');
    return heading.test(log) ? [] : [`CHANGELOG.md has no "## ${version}": run changeset version`];
  },

  'keeps to its size': ({ manifest: { name }, size }) => {
    const budget = BUDGETS[name];
    if (budget === undefined) return ['it has no budget in apps/release/src/budgets.ts'];
    const kib = size / 1024;
    return kib <= budget ? [] : [`its tarball has ${kib.toFixed(1)} KiB; its budget is ${budget}`];
  },
};

/** Why these packages must not be published together, in a line each; none where they may. */
export function refusals(all: readonly Packed[]): string[] {
  const versions = new Map(all.map(({ manifest: { name, version } }) => [name, version]));
  const apart = new Set(versions.values()).size > 1;
  const each = all.flatMap((packed) =>
    Object.values(RULES).flatMap((rule) => rule(packed).map((text) => `${packed.manifest.name}: ${text}`)),
  );
  return [
    ...(apart ? [`versions differ: ${[...versions].map(([name, version]) => `${name} ${version}`).join(', ')}`] : []),
    ...all.flatMap((packed) => wrongVersions(packed, versions)),
    ...each,
  ];
}

/** Whether a script was made of sources that are in the package, as its map says; or only hands on what another file has. */
function isBundled(path: string, files: Packed['files']): boolean {
  const map = files.get(`${path}.map`);
  if (map === undefined) return HANDS_ON.test(files.get(path)?.toString('utf8') ?? '');
  const { sources } = JSON.parse(map.toString('utf8')) as { readonly sources: readonly string[] };
  return sources.length > 0 && sources.every((source) => files.has(posix.join(posix.dirname(path), source)));
}

/** Of each other, packages want exactly the version that is published with them. */
function wrongVersions({ manifest: { name, dependencies = {} } }: Packed, versions: Map<string, string>): string[] {
  return Object.entries(dependencies)
    .filter(([dependency, range]) => versions.has(dependency) && range !== versions.get(dependency))
    .map(([dependency, range]) => `${name}: wants ${dependency} ${range}, which is not the one beside it`);
}
