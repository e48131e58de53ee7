import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** A template, as the list of them shows it. */
export interface Template {
  readonly name: string;
  /** What it is, in one line. */
  readonly title: string;
  /** What to ask the service once it runs, as arguments of `wamp-run`. */
  readonly example: string;
  /** What has to be typed before it runs, in lines as npm has them: `npm run key`. */
  readonly before: readonly string[];
  /** What runs beside it, from another shell. */
  readonly beside: readonly string[];
}

/** A file of a template, by its path in the project, with slashes. */
export interface TemplateFile {
  readonly path: string;
  readonly text: string;
  readonly executable: boolean;
}

/** What template to take where nobody says. */
export const DEFAULT_TEMPLATE = 'service';

/** The templates in a folder, the default one first. */
export function templatesIn(folder: string): Template[] {
  if (!existsSync(folder)) throw new Error(`there are no templates at ${folder}; install create-wamp-service again`);
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'package.json')))
    .map((name) => {
      const { wamp } = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8'));
      const { title, example, before = [], beside = [] } = wamp;
      return { name, title, example, before, beside };
    })
    .sort((a, b) => Number(b.name === DEFAULT_TEMPLATE) - Number(a.name === DEFAULT_TEMPLATE));
}

/** A template's files. Names that begin with a dot do not survive packing, so there they begin with `_`. */
export function filesOf(folder: string, template: string): TemplateFile[] {
  const root = join(folder, template);
  return readdirSync(root, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const path = relative(root, file).split(sep).join('/');
      return {
        path: path.replace(/(^|\/)_/, '$1.'),
        text: readFileSync(file, 'utf8'),
        executable: (statSync(file).mode & 0o100) !== 0,
      };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
