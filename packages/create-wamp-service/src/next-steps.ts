import { relative } from 'node:path';
import { asTyped, COMMANDS } from './npm-or-pnpm.js';
import type { Project } from './project.js';
import type { Template } from './templates.js';

/** A line to type next, as it can be pasted into a shell. */
export interface NextStep {
  readonly line: string;
  /** It goes into another shell than the line that runs the service. */
  readonly elsewhere: boolean;
}

/** What to type next, line by line. */
export function nextSteps(project: Project, { template, installed, from }: Done): NextStep[] {
  const { exec, run } = COMMANDS[project.packageManager];
  const folder = relative(from, project.target);
  const said = (lines: readonly string[]) => lines.map((line) => asTyped(line, project.packageManager));
  const here = (lines: readonly string[]) => lines.map((line) => ({ line, elsewhere: false }));
  const elsewhere = (lines: readonly string[]) => lines.map((line) => ({ line, elsewhere: true }));
  return [
    ...here(folder === '' ? [] : [`cd ${quoted(folder)}`]),
    ...here(installed ? [] : [`${project.packageManager} install`]),
    ...here([...said(template.before), run('dev')]),
    ...elsewhere([...said(template.beside), `${exec} wamp-run ${template.example}`]),
    ...here([run('test')]),
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
