import type { Surroundings } from './surroundings.js';

/** The package managers that the templates are tested with. */
export const PACKAGE_MANAGERS = ['npm', 'pnpm'] as const;
export type PackageManager = (typeof PACKAGE_MANAGERS)[number];

export interface Detected {
  readonly manager: PackageManager;
  /** Its version, where the program that runs us has told: `11.19.1`. */
  readonly version: string | undefined;
  /** One that is in use here, and that the templates are not tested with. */
  readonly untested: string | undefined;
}

/**
 * Which package manager is in use here: what a package above says, else whose lockfile lies there, else who runs us,
 * else npm.
 */
export function detectPackageManager(
  { packageManager, lockfileOf }: Surroundings,
  env: Record<string, string | undefined>,
): Detected {
  const agent = /^(\w+)\/(\S+)/.exec(env.npm_config_user_agent ?? '');
  const found = packageManager ?? lockfileOf ?? agent?.[1] ?? 'npm';
  const manager = isPackageManager(found) ? found : 'npm';
  return {
    manager,
    version: agent?.[1] === manager ? agent[2] : undefined,
    untested: manager === found ? undefined : found,
  };
}

export function isPackageManager(name: string): name is PackageManager {
  return (PACKAGE_MANAGERS as readonly string[]).includes(name);
}

/** How a person writes it at a shell, and how the Dockerfile does. */
export const COMMANDS: Record<
  PackageManager,
  { run: (script: string) => string; exec: string; frozen: string; prune: string; lockfile: string }
> = {
  npm: {
    run: (script) => (script === 'test' || script === 'start' ? `npm ${script}` : `npm run ${script}`),
    exec: 'npx',
    frozen: 'npm ci',
    prune: 'npm prune --omit=dev',
    lockfile: 'package-lock.json',
  },
  pnpm: {
    run: (script) => `pnpm ${script}`,
    exec: 'pnpm exec',
    frozen: 'corepack enable && pnpm install --frozen-lockfile',
    prune: 'CI=true pnpm prune --prod',
    lockfile: 'pnpm-lock.yaml',
  },
};

/** The scripts that the templates have. */
const SCRIPTS = /\bnpm (?:run )?(key|dev|page|build|start|test|check|lint)\b( {2,}(?=#))?/g;

/** Text that names scripts as npm runs them, and `npx wamp-run`, as it is typed with this package manager. */
export function asTyped(text: string, packageManager: PackageManager): string {
  const { run, exec } = COMMANDS[packageManager];
  return text
    .replaceAll(SCRIPTS, (all, script: string, gap?: string) => run(script).padEnd(gap === undefined ? 0 : all.length))
    .replaceAll(/\bnpx (?=wamp-run)/g, `${exec} `);
}
