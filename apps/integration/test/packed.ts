import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
const tools = join(root, 'node_modules', '.bin');

/** The environment of a person at a shell who has the tools of this repository: nothing of a test runner or a package manager. */
export function shellEnv(): NodeJS.ProcessEnv {
  const ours = /^(npm_|NODE_PATH$|NODE_ENV$|VITEST|WAMP_|INIT_CWD$|TEST$|DEV$|PROD$|MODE$|SSR$|BASE_URL$)/;
  const kept = Object.entries(process.env).filter(([name]) => !ours.test(name));
  return { ...Object.fromEntries(kept), PATH: `${tools}${delimiter}${process.env.PATH ?? ''}` };
}

/**
 * The packages of this repository as they are published, and installed without a registry: packed, unpacked, and each linked
 * to what its own manifest declares, and to nothing else. So what is missing from a package, or undeclared, fails here.
 */
export class Packed {
  readonly names: readonly string[];
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    execFileSync('pnpm', ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder], {
      cwd: root,
      env: shellEnv(),
      stdio: 'pipe',
    });
    const manifests = readdirSync(join(root, 'packages')).map((member) => ({
      member,
      ...JSON.parse(readFileSync(join(root, 'packages', member, 'package.json'), 'utf8')),
    }));
    this.names = manifests.map(({ name }) => name);
    for (const { name, version } of manifests) {
      mkdirSync(this.at(name), { recursive: true });
      const tarball = join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
      execFileSync('tar', ['-xzf', tarball, '-C', this.at(name), '--strip-components=1']);
    }
    for (const { name, member } of manifests) {
      const { dependencies = {} } = this.manifest(name);
      for (const dependency of Object.keys(dependencies)) {
        this.#link(dependency, join(folder, name, 'node_modules'), join(root, 'packages', member));
      }
    }
  }

  /** Where a package has been unpacked. */
  at(name: string): string {
    return join(this.#folder, name, 'node_modules', name);
  }

  // biome-ignore lint/suspicious/noExplicitAny: a manifest, of which each test looks at something else
  manifest(name: string): any {
    return JSON.parse(readFileSync(join(this.at(name), 'package.json'), 'utf8'));
  }

  /** Does what an install would do in a project. */
  installIn(project: string): void {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
    for (const dependency of Object.keys({ ...dependencies, ...devDependencies })) {
      this.#link(dependency, join(project, 'node_modules'), root);
    }
    mkdirSync(join(project, 'node_modules', '.bin'));
    symlinkSync(join(this.at('wamp-run'), 'bin', 'wamp-run.js'), join(project, 'node_modules', '.bin', 'wamp-run'));
  }

  /** Links a package of ours as it was packed, and any other as a member of this repository has it. */
  #link(name: string, into: string, member: string): void {
    const from = this.names.includes(name) ? this.at(name) : realpathSync(join(member, 'node_modules', name));
    mkdirSync(dirname(join(into, name)), { recursive: true });
    symlinkSync(from, join(into, name), 'junction');
  }
}
