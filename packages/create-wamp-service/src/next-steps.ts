import { relative } from 'node:path';
import { COMMANDS } from './npm-or-pnpm.js';
import type { Project } from './project.js';
import type { Template } from './templates.js';

/** What to type next, line by line, as it can be pasted into a shell. */
export function nextSteps(project: Project, { template, installed, from }: Done): string[] {
  const { exec, run } = COMMANDS[project.packageManager];
  const folder = relative(from, project.target);
  return [
    ...(folder === '' ? [] : [`cd ${quoted(folder)}`]),
    ...(installed ? [] : [`${project.packageManager} install`]),
    run('dev'),
    `${exec} wamp-run ${template.example}`,
    run('test'),
  ];
}

export interface Done {
  readonly template: Template;
  readonly installed: boolean;
  /** Where the person stands. */
  readonly from: string;
}

/** A path as one word of a shell. */
export function quoted(path: string): string {
  if (/^[\w./@:+-]+$/.test(path) && !path.startsWith('-')) return path;
  const safe = path.startsWith('-') ? `./${path}` : path;
  return `'${safe.replaceAll("'", `'\\''`)}'`;
}
