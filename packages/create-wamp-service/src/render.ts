import { Refused } from './errors.js';
import { asTyped, COMMANDS } from './npm-or-pnpm.js';
import { plainName } from './package-name.js';
import type { Extra, Project } from './project.js';
import type { TemplateFile } from './templates.js';
import { VERSION } from './version.js';

/** What the templates call the project. */
const PLACEHOLDER = /\bmy-service\b/g;

/** What goes with each extra: its files, and the lines of Markdown that speak of it. */
const PARTS: Record<Extra, { readonly files: readonly string[]; readonly lines: RegExp }> = {
  lint: { files: ['biome.json'], lines: /npm run lint/ },
  docker: {
    files: ['Dockerfile', '.dockerignore', 'deploy/kubernetes.yaml'],
    lines: /^- `(Dockerfile|deploy\/kubernetes\.yaml)`|^In a container /,
  },
  agents: { files: ['AGENTS.md'], lines: /^$(?!)/ },
};

/**
 * Native parts that cbor-x and msgpackr run without. Package managers tell of every package with an install script that nobody
 * has decided on, and pnpm 11 fails: here it is decided.
 */
const NO_SCRIPTS = ['cbor-extract', 'msgpackr-extract'];

/** pnpm 10 reads the first setting, pnpm 11 the second. */
const PNPM_SETTINGS = `ignoredBuiltDependencies:
${NO_SCRIPTS.map((name) => `  - ${name}\n`).join('')}allowBuilds:
${NO_SCRIPTS.map((name) => `  ${name}: false\n`).join('')}`;

/**
 * The project's files, made of the template's. Nothing is read or written.
 *
 * @throws Refused where the project has the name of a package that it depends on
 */
export function render(files: readonly TemplateFile[], project: Project): TemplateFile[] {
  const without = (['lint', 'docker', 'agents'] as const).filter((extra) => !project.extras.has(extra));
  const left = new Set(without.flatMap((extra) => PARTS[extra].files));
  const rendered = files
    .filter(({ path }) => !left.has(path))
    .map((file) => ({
      ...file,
      path: file.path.replaceAll(PLACEHOLDER, plainName(project.name)),
      text: textFor(file, project, without),
    }));
  if (project.packageManager === 'pnpm' && project.surroundings.workspace === undefined) {
    rendered.push({ path: 'pnpm-workspace.yaml', text: PNPM_SETTINGS, executable: false });
  }
  return rendered;
}

function textFor({ path, text }: TemplateFile, project: Project, without: readonly Extra[]): string {
  if (path === 'package.json') return manifestFor(text, project);
  const named = text.replaceAll(PLACEHOLDER, plainName(project.name));
  if (path === 'biome.json') return biomeFor(named, project);
  if (path === 'Dockerfile') return dockerfileFor(named, project);
  return path.endsWith('.md') ? pageFor(named, project, without) : named;
}

function manifestFor(text: string, project: Project): string {
  const { wamp, ...manifest } = JSON.parse(text);
  const { packageManager, packageManagerVersion: version, surroundings } = project;
  if (!project.extras.has('lint')) {
    delete manifest.scripts.lint;
    delete manifest.devDependencies['@biomejs/biome'];
  }
  if (Object.hasOwn({ ...manifest.dependencies, ...manifest.devDependencies }, project.name)) {
    throw new Refused(
      `"${project.name}" cannot be its name: it depends on a package of that name; use --name, e.g. --name ${plainName(project.name)}-service`,
    );
  }
  const alone = surroundings.workspace === undefined;
  return asJson({
    ...manifest,
    name: project.name,
    ...(alone && version !== undefined ? { packageManager: `${packageManager}@${version}` } : {}),
    ...(alone && packageManager === 'npm'
      ? { allowScripts: Object.fromEntries(NO_SCRIPTS.map((name) => [name, false])) }
      : {}),
    // For whoever brings the project up to a later template.
    wamp: { template: project.template, version: VERSION },
  });
}

/** Biome takes one root: the templates' configuration says that it is none, which holds only below another. */
function biomeFor(text: string, { surroundings }: Project): string {
  return surroundings.underBiome ? text : text.replace('  "root": false,\n', '');
}

function dockerfileFor(text: string, { packageManager }: Project): string {
  const { frozen, lockfile, prune, run } = COMMANDS[packageManager];
  const settings = packageManager === 'pnpm' ? `${lockfile} pnpm-workspace.yaml` : lockfile;
  return text
    .replace('COPY package.json package-lock.json ./', `COPY package.json ${settings} ./`)
    .replace('RUN npm ci', `RUN ${frozen}`)
    .replace('RUN npm run build', `RUN ${run('build')}`)
    .replace('RUN npm prune --omit=dev', `RUN ${prune}`);
}

function pageFor(text: string, { packageManager }: Project, without: readonly Extra[]): string {
  const lines = text.split('\n').filter((line) => !without.some((extra) => PARTS[extra].lines.test(line)));
  return asTyped(lines.join('\n'), packageManager).replace(/\n+$/, '\n');
}

function asJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
