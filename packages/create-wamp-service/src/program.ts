import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { type Created, create, planned } from './create.js';
import { type Answers, type Decided, decide } from './decide.js';
import { Cancelled, exitCodeOf, messageOf } from './errors.js';
import { EXIT } from './exit-codes.js';
import { type NextStep, nextSteps } from './next-steps.js';
import { PACKAGE_MANAGERS } from './npm-or-pnpm.js';
import { ask, DEFAULT_DIRECTORY } from './questions.js';
import { DEFAULT_TEMPLATE, templatesIn } from './templates.js';
import { VERSION } from './version.js';
import { say, type World } from './world.js';

interface Flags extends Omit<Answers, 'directory'> {
  readonly yes?: true;
  readonly dryRun?: true;
  readonly json?: true;
  readonly verbose?: true;
  readonly listTemplates?: true;
}

/** The command, from its arguments to its exit code. It never ends the process: bin.ts does, with what comes back. */
export async function main(argv: readonly string[], world: World): Promise<number> {
  const stopping = new AbortController();
  const stopListening = world.onSignal((signal) => stopping.abort(new Cancelled(signal)));
  const program = command(world).action(async (directory: string | undefined, flags: Flags) => {
    if (flags.listTemplates) listTemplates(world, flags);
    else await run({ ...flags, directory }, flags, { world, signal: stopping.signal });
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return EXIT.done;
  } catch (error) {
    // Commander has said what was wrong (or printed the help that was asked for).
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    say(world, messageOf(error));
    return exitCodeOf(error);
  } finally {
    stopListening();
  }
}

async function run(
  given: Answers,
  flags: Flags,
  { world, signal }: { readonly world: World; readonly signal: AbortSignal },
): Promise<void> {
  const ground = { env: world.env, from: world.directory, templates: templatesIn(world.templates) };
  const { terminal } = world;
  const asking = terminal !== undefined && !flags.yes && !flags.json;
  const directory = given.directory ?? (flags.yes ? DEFAULT_DIRECTORY : undefined);
  const answers = asking ? await ask(given, ground, { ...terminal, signal }) : { ...given, directory };
  const decided = decide(answers, ground);
  const { project } = decided;
  const began = performance.now();

  for (const note of decided.notes) say(world, note);
  const created = flags.dryRun
    ? await planned(project, world)
    : await create(project, {
        templates: world.templates,
        env: world.env,
        signal,
        progress: (text) => say(world, text),
        ...(flags.verbose ? { onOutput: (text: string) => world.stderr(text) } : {}),
      });
  if (flags.verbose || flags.dryRun) for (const path of created.files) world.stderr(`  ${path}\n`);
  if (created.git?.made === false) say(world, `no git repository: ${created.git.because}`);
  const report = { world, decided, created, milliseconds: Math.round(performance.now() - began) };
  if (flags.json) world.stdout(`${JSON.stringify(asObject(report, flags))}\n`);
  else world.stdout(asText(report, flags));
}

interface Report {
  readonly world: World;
  readonly decided: Decided;
  readonly created: Created;
  readonly milliseconds: number;
}

function stepsOf({ world, decided: { project, template }, created: { installed } }: Report): NextStep[] {
  return nextSteps(project, { template, installed, from: world.directory });
}

/** For programs: docs/command-line.md lists the members. */
function asObject(report: Report, { dryRun }: Flags): object {
  const { project } = report.decided;
  const { files, installed, git } = report.created;
  return {
    dir: project.target,
    name: project.name,
    template: project.template,
    files,
    packageManager: project.packageManager,
    installed,
    git: git?.made ?? false,
    dryRun: dryRun ?? false,
    nextSteps: stepsOf(report).map(({ line }) => line),
  };
}

const ELSEWHERE = '     # from another shell';

/** For people. */
function asText(report: Report, { dryRun }: Flags): string {
  const { project } = report.decided;
  const { files, installed, git } = report.created;
  const did = [
    ...(installed ? [`installed with ${project.packageManager}`] : []),
    ...(git?.made ? ['in a git repository of its own'] : []),
  ];
  const what = `${project.name}: ${files.length} files from the template ${project.template} in ${project.target}`;
  if (dryRun) return `would create ${what}\n`;
  const head = [`created ${what}`, ...did].join(', ');
  const steps = stepsOf(report).map(({ line, elsewhere }) => `  ${line}${elsewhere ? ELSEWHERE : ''}\n`);
  return `${head} (${report.milliseconds} ms)\n\nnext:\n${steps.join('')}`;
}

function listTemplates(world: World, { json }: Flags): void {
  const templates = templatesIn(world.templates);
  if (json) {
    world.stdout(`${JSON.stringify(templates.map(({ name, title }) => ({ name, title })))}\n`);
    return;
  }
  const width = Math.max(...templates.map(({ name }) => name.length));
  world.stdout(templates.map(({ name, title }) => `${name.padEnd(width)}  ${title}\n`).join(''));
}

function command(world: World): Command {
  return new Command('create-wamp-service')
    .usage('[directory] [flags]   (npm create wamp-service@latest [directory] -- [flags])')
    .description('Create a WAMP service in TypeScript. On a terminal it asks for what the flags leave open.')
    .version(VERSION, '-V, --version', 'print the version')
    .argument('[directory]', 'the folder to create; . for this one', once)
    .option('-t, --template <name>', `the template (default: ${DEFAULT_TEMPLATE})`)
    .option('--name <name>', "the package's name (default: the folder's)")
    .option('--package-manager <name>', `${PACKAGE_MANAGERS.join(' or ')} (default: the one in use)`)
    .option('--lint <what>', 'biome or none (default: biome)')
    .option('--docker', 'with Dockerfile and Kubernetes manifest (default, but in a workspace)')
    .option('--no-docker', 'without')
    .option('--agents', 'with AGENTS.md for coding agents (default)')
    .option('--no-agents', 'without')
    .option('--install', 'install what it depends on (default)')
    .option('--no-install', 'do not')
    .option('--git', 'make a git repository of it (default, but in a repository)')
    .option('--no-git', 'do not')
    .option('--force', 'into a folder that is not empty: replaces files of the same name, leaves the others')
    .option('--keep', 'leave what is half done when something fails')
    .option('-y, --yes', 'ask nothing, take the defaults')
    .option('--dry-run', 'say what would be created, and create nothing')
    .option('--json', 'ask nothing, print the outcome as one JSON object')
    .option('--verbose', 'list every file, and what the package manager prints')
    .option('--list-templates', 'list the templates')
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 usage, 130 cancelled, 143 terminated')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => world.stdout(text),
      writeErr: (text) => world.stderr(text),
      outputError: (text) => say(world, text.replace(/^error: /, '')),
    });
}

/** A directory that begins with a dash is a misspelt flag after `--`. */
function once(directory: string): string {
  if (directory.startsWith('-')) throw new InvalidArgumentError('write ./ before a folder that begins with a dash.');
  return directory;
}
