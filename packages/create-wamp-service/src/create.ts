import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { leaving, messageOf } from './errors.js';
import { type GitOutcome, makeRepository } from './git.js';
import { install } from './install.js';
import { COMMANDS } from './npm-or-pnpm.js';
import { checkTarget, type Placement, place } from './placement.js';
import type { Project } from './project.js';
import { render } from './render.js';
import { filesOf, type TemplateFile } from './templates.js';

export interface Tools {
  /** Where the templates are. */
  readonly templates: string;
  readonly env: Record<string, string | undefined>;
  /** Aborted by a signal; its reason is a Cancelled. */
  readonly signal: AbortSignal;
  /** Hears what is going on, in a line each. */
  readonly progress: (text: string) => void;
  /** Hears what the package manager prints. */
  readonly onOutput?: (text: string) => void;
}

export interface Created {
  /** The files' paths in the project. */
  readonly files: readonly string[];
  readonly installed: boolean;
  /** Undefined where none was wanted. */
  readonly git: GitOutcome | undefined;
}

/** What `create` would do, without doing it. @throws Refused where it would be refused */
export async function planned(project: Project, { templates }: Pick<Tools, 'templates'>): Promise<Created> {
  const files = await checkedFiles(project, templates);
  return { files: files.map(({ path }) => path), installed: false, git: undefined };
}

/**
 * Creates a project: all of it, or nothing. Whatever fails or interrupts it, the file system is left as it was, unless the
 * project says `keep`.
 *
 * @throws Refused before anything is touched; Cancelled; Error where writing or installing failed
 */
export async function create(project: Project, tools: Tools): Promise<Created> {
  const files = await checkedFiles(project, tools.templates);
  tools.signal.throwIfAborted();
  const placement = await place(project.target, files);
  const paths = files.map(({ path }) => path);
  try {
    tools.signal.throwIfAborted();
    if (project.install) await installIn(project, tools);
    const git = project.git ? await makeRepository(project.target, committed(project, paths), tools) : undefined;
    tools.signal.throwIfAborted();
    await placement.finish();
    return { files: paths, installed: project.install, git };
  } catch (error) {
    // What is interrupted fails too; why it was is what counts.
    throw leaving(tools.signal.aborted ? tools.signal.reason : error, await leftBehind(project, placement));
  }
}

/** The project's files, which can be put in place. @throws Refused where they cannot */
async function checkedFiles(project: Project, templates: string): Promise<TemplateFile[]> {
  const files = render(filesOf(templates, project.template), project);
  const { lockfile } = COMMANDS[project.packageManager];
  const installed = project.install ? ['node_modules/.bin', lockfile] : [];
  await checkTarget(project.target, [...files.map(({ path }) => path), ...installed], project.force);
  return files;
}

/** Takes everything back, unless it is to stay, and says what is left. */
async function leftBehind({ keep, target }: Project, placement: Placement): Promise<string> {
  try {
    await (keep ? placement.finish() : placement.undo());
  } catch (error) {
    return `${target} could not be cleaned up: ${messageOf(error)}`;
  }
  return keep ? `what was done is in ${target}` : 'nothing was left behind';
}

async function installIn(project: Project, tools: Tools): Promise<void> {
  tools.progress(`installing with ${project.packageManager} …`);
  await install(project.packageManager, { ...tools, directory: project.target });
  tools.signal.throwIfAborted();
}

/** What the first commit has: our files and the lockfile, and nothing that was there before. */
function committed({ packageManager, target }: Project, paths: readonly string[]): string[] {
  const { lockfile } = COMMANDS[packageManager];
  return existsSync(join(target, lockfile)) ? [...paths, lockfile] : [...paths];
}
