import { resolve } from 'node:path';
import { Refused } from './errors.js';
import { detectPackageManager, isPackageManager, PACKAGE_MANAGERS, type PackageManager } from './npm-or-pnpm.js';
import { nameFromFolder, nearestName, wrongWithName } from './package-name.js';
import type { Extra, Project } from './project.js';
import { EXTRAS } from './project.js';
import { type Surroundings, survey } from './surroundings.js';
import { DEFAULT_TEMPLATE, type Template } from './templates.js';

/** What flags or answers have said; what is undefined is still open. */
export interface Answers {
  readonly directory?: string | undefined;
  readonly template?: string | undefined;
  readonly name?: string | undefined;
  readonly packageManager?: string | undefined;
  readonly lint?: string | undefined;
  readonly docker?: boolean | undefined;
  readonly agents?: boolean | undefined;
  readonly install?: boolean | undefined;
  readonly git?: boolean | undefined;
  readonly force?: boolean | undefined;
  readonly keep?: boolean | undefined;
}

export interface Ground {
  readonly env: Record<string, string | undefined>;
  /** Where a relative folder starts. */
  readonly from: string;
  readonly templates: readonly Template[];
}

export interface Decided {
  readonly project: Project;
  readonly template: Template;
  /** What the person should know, in a line each. */
  readonly notes: readonly string[];
}

/** What holds where nobody says otherwise. */
export function defaultsFor(surroundings: Surroundings): Record<Extra | 'install' | 'git', boolean> {
  const alone = surroundings.workspace === undefined;
  return {
    lint: true,
    // A member's image is built from the workspace's root, with its lockfile: the template's cannot know how.
    docker: alone,
    agents: true,
    // A folder that the workspace does not name is not installed with it.
    install: surroundings.workspace?.covers ?? true,
    git: !surroundings.inRepository && alone,
  };
}

/** The project that the answers make, with a default for each that is open. @throws Refused, naming flag and remedy */
export function decide(answers: Answers, { env, from, templates }: Ground): Decided {
  const target = resolve(from, folderOf(answers));
  const template = templateOf(answers, templates);
  const surroundings = survey(target);
  const defaults = defaultsFor(surroundings);
  const detected = detectPackageManager(surroundings, env);
  const packageManager = packageManagerOf(answers) ?? detected.manager;
  const { untested } = answers.packageManager === undefined ? detected : { untested: undefined };
  const wanted = { lint: lintOf(answers), docker: answers.docker, agents: answers.agents };
  const { workspace } = surroundings;
  const project: Project = {
    target,
    name: nameOf(answers, target, surroundings),
    template: template.name,
    packageManager,
    packageManagerVersion: packageManager === detected.manager ? detected.version : undefined,
    extras: new Set(EXTRAS.filter((extra) => wanted[extra] ?? defaults[extra])),
    install: answers.install ?? (untested === undefined && defaults.install),
    git: (answers.git ?? defaults.git) && !surroundings.inRepository,
    force: answers.force ?? false,
    keep: answers.keep ?? false,
    surroundings,
  };
  const notes = [
    ...(untested === undefined
      ? []
      : [
          `${untested} is in use here; the templates are tested with ${PACKAGE_MANAGERS.join(' and ')}: ${
            project.install ? `${packageManager} is used` : 'nothing is installed'
          }`,
        ]),
    ...(workspace !== undefined && !workspace.covers
      ? [`the workspace at ${workspace.root} does not name this folder; add it there before you install`]
      : []),
    ...(answers.git === true && surroundings.inRepository
      ? ['no repository of its own: the folder is in one already']
      : []),
  ];
  return { project, template, notes };
}

/** The folder that was asked for. @throws Refused where it is no name of one */
export function folderOf({ directory }: Answers): string {
  if (directory === undefined) {
    throw new Refused('missing directory: name the folder to create, e.g. npm create wamp-service@latest orders');
  }
  if (directory.trim() === '')
    throw new Refused('the directory is empty; name the folder to create, or . for this one');
  return directory;
}

function templateOf({ template = DEFAULT_TEMPLATE }: Answers, templates: readonly Template[]): Template {
  const found = templates.find(({ name }) => name === template);
  if (found !== undefined) return found;
  throw new Refused(
    `--template: there is no ${quoted(template)}; there are ${templates.map(({ name }) => name).join(', ')}`,
  );
}

function packageManagerOf({ packageManager }: Answers): PackageManager | undefined {
  if (packageManager === undefined || isPackageManager(packageManager)) return packageManager;
  throw new Refused(`--package-manager: expected ${PACKAGE_MANAGERS.join(' or ')}, got ${quoted(packageManager)}`);
}

function lintOf({ lint }: Answers): boolean | undefined {
  if (lint === undefined) return undefined;
  if (lint === 'biome' || lint === 'none') return lint === 'biome';
  throw new Refused(`--lint: expected biome or none, got ${quoted(lint)}`);
}

/** The name that was asked for, else the folder's; a member of a workspace takes its root's scope. */
function nameOf({ name }: Answers, target: string, { workspace }: Surroundings): string {
  const own = name ?? nameFromFolder(target);
  const wrong = wrongWithName(own);
  if (wrong !== undefined) {
    throw new Refused(
      `${quoted(own)} cannot be a package's name: ${wrong}; use --name, e.g. --name ${nearestName(own)}`,
    );
  }
  if (name !== undefined || own.startsWith('@') || workspace?.scope === undefined) return own;
  return `${workspace.scope}/${own}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
