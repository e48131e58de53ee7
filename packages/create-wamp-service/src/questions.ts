import { basename, resolve } from 'node:path';
import { confirm, isCancel, multiselect, select, text } from '@clack/prompts';
import { type Answers, defaultsFor, type Ground } from './decide.js';
import { Cancelled } from './errors.js';
import { detectPackageManager } from './npm-or-pnpm.js';
import { nameFromFolder, nearestName, wrongWithName } from './package-name.js';
import { checkTarget } from './placement.js';
import { EXTRAS, type Extra } from './project.js';
import { survey } from './surroundings.js';
import { DEFAULT_TEMPLATE } from './templates.js';
import type { World } from './world.js';

const EXTRA_LABELS: Record<Extra, string> = {
  lint: 'Biome: lint and format',
  docker: 'Dockerfile and Kubernetes manifest',
  agents: 'AGENTS.md for coding agents',
};

/** What the folder is called where nobody says. */
export const DEFAULT_DIRECTORY = 'my-service';

/**
 * Asks for what the flags have left open, on a terminal. Each question has the default that stands without one.
 *
 * @throws Refused where the folder cannot be; Cancelled where the person breaks off, or a signal does
 */
export async function ask(
  flags: Answers,
  { env, from, templates }: Ground,
  { signal, ...streams }: NonNullable<World['terminal']> & { readonly signal: AbortSignal },
): Promise<Answers> {
  const terminal = { ...streams, signal };
  const answered = <T>(answer: T): Exclude<T, symbol> => {
    if (signal.aborted) throw signal.reason;
    if (isCancel(answer)) throw new Cancelled('SIGINT');
    return answer as Exclude<T, symbol>;
  };

  const directory =
    flags.directory ??
    answered(
      await text({
        ...terminal,
        message: 'Where shall it be?',
        placeholder: DEFAULT_DIRECTORY,
        defaultValue: DEFAULT_DIRECTORY,
      }),
    );
  const target = resolve(from, directory);
  // Before the other questions: nobody likes to answer five for nothing.
  await checkTarget(target, [], flags.force ?? false);
  const name = flags.name ?? (await nameOf(target));
  const surroundings = survey(target);
  const defaults = defaultsFor(surroundings);
  const packageManager = flags.packageManager ?? detectPackageManager(surroundings, env).manager;

  const template =
    flags.template ??
    answered(
      await select({
        ...terminal,
        message: 'From which template?',
        options: templates.map(({ name, title }) => ({ value: name, label: name, hint: title })),
        initialValue: DEFAULT_TEMPLATE,
      }),
    );
  const open = EXTRAS.filter((extra) => flags[extra] === undefined);
  const extras =
    open.length === 0
      ? []
      : answered(
          await multiselect({
            ...terminal,
            message: 'With what?',
            options: open.map((extra) => ({ value: extra, label: EXTRA_LABELS[extra] })),
            initialValues: open.filter((extra) => defaults[extra]),
            required: false,
          }),
        );
  const chosen = (extra: Extra) => extras.includes(extra);
  const yes = async (what: 'install' | 'git', message: string) =>
    flags[what] ?? (defaults[what] && answered(await confirm({ ...terminal, message })));
  return {
    ...flags,
    directory,
    name,
    template,
    lint: flags.lint ?? (chosen('lint') ? 'biome' : 'none'),
    docker: flags.docker ?? chosen('docker'),
    agents: flags.agents ?? chosen('agents'),
    install: await yes('install', `Install what it depends on, with ${packageManager}?`),
    git: await yes('git', 'Make a git repository of it?'),
  };

  /** Undefined where the folder's own name will do. */
  async function nameOf(target: string): Promise<string | undefined> {
    const own = nameFromFolder(target);
    if (wrongWithName(own) === undefined) return undefined;
    return answered(
      await text({
        ...terminal,
        message: `${JSON.stringify(basename(target))} cannot be a package's name. Which shall it be?`,
        initialValue: nearestName(own),
        validate: (value) => wrongWithName(value ?? ''),
      }),
    );
  }
}
