import { Command, CommanderError, Option } from 'commander';
// What a command is made of is loaded when that command is wanted: a start pays for each file.
import type { CallFlags } from './commands/call.js';
import type { KeygenFlags, KeyringFlags, ScramFlags } from './commands/keygen.js';
import { FILE_NAMES } from './configuration/file.js';
import { fileOf, printed } from './configuration/print.js';
import { readConfiguration } from './configuration/read.js';
import { secretsIn } from './configuration/secrets.js';
import { EXIT, exitCodeOf } from './exit-codes.js';
import { openLog } from './logs.js';
import { defaultOf, type FlagName, flagFor, SETTINGS, type SettingName } from './settings.js';
import { VERSION } from './version.js';
import { complain, type World } from './world.js';

const SHARED = ['realm', 'logLevel'] as const;
const LOGIN = ['auth', 'authid', 'secretFile', 'secret'] as const;
const HEALTH = ['healthHost', 'healthPort'] as const;

type Flags = Partial<Record<SettingName, string | true>>;

/** What a command takes besides settings. */
interface FileFlags {
  readonly config?: string;
  readonly envFile?: string;
  readonly printConfig?: boolean;
}

/** The settings that each command has. */
export const COMMAND_SETTINGS = {
  run: [
    ...SHARED,
    'url',
    'host',
    'port',
    'listen',
    'connectTimeout',
    'callTimeout',
    'slowAfter',
    'blockedAfter',
    'watch',
    'exposeErrors',
    ...LOGIN,
    'keyring',
    ...HEALTH,
  ],
  router: [...SHARED, 'host', 'port', 'listen', ...HEALTH],
  call: [...SHARED, 'url', 'connectTimeout', ...LOGIN, 'keyring'],
  status: [...HEALTH, 'healthUrl'],
} as const satisfies Record<string, readonly FlagName[]>;

/** Settings that have no flag at `call`, and say where the router is that is meant. */
const NEAREST_ROUTER = ['host', 'port', 'listen'] as const satisfies readonly FlagName[];

/** The command, from its arguments to its exit code. It never ends the process: bin.ts does, with what comes back. */
export async function main(argv: readonly string[], world: World): Promise<number> {
  let code: number = EXIT.clean;
  const program = commands(world, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    // Commander has said what was wrong (or printed the help that was asked for).
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.clean : EXIT.usage;
    complain(world, error);
    return exitCodeOf(error);
  }
}

/** All commands with their flags. */
export function commands(world: World, ends: (code: number) => void): Command {
  const settle = async (names: readonly FlagName[], flags: Flags & FileFlags, env = { ...world.env }) => {
    const { config, envFile } = flags;
    const given = { flags, env, envFile, config, directory: world.directory, names };
    const configuration = await readConfiguration(given);
    if (flags.secret !== undefined) {
      world.stderr('wamp-run: others on this machine can read --secret; use --secret-file, or WAMP_SECRET\n');
    }
    // Components look for theirs in the environment, too.
    let seen = configuration.envFile;
    Object.assign(world.env, seen);
    const readAgain = async () => {
      const again = await readConfiguration({ ...given, again: true });
      // A variable that the file has no longer is again what it was.
      for (const name of Object.keys(seen)) restore(world.env, name, env[name]);
      seen = again.envFile;
      Object.assign(world.env, seen);
      return again;
    };
    const { logLevel: level, logLevels: levels } = configuration.settings;
    const secrets = secretsIn(fileOf(configuration.settings));
    const logs = await openLog({ level, levels, secrets, pretty: world.terminal });
    return { configuration, readAgain, logs };
  };

  const program = withFlags(new Command('wamp-run'), COMMAND_SETTINGS.run)
    .description('Run WAMP components: those that files export, and those that a configuration lists.')
    .version(VERSION, '-V, --version', 'print the version')
    .argument(
      '[files...]',
      'files that export components: built JavaScript, or TypeScript where @oxc-node/core is installed',
    )
    .option('--print-config', 'print the configuration in force as JSON, and where each value comes from')
    .enablePositionalOptions()
    .addHelpText('after', `\nExit codes: ${EXIT_HELP}`)
    .action(async (files: string[], flags: Flags & FileFlags) => {
      const { configuration, readAgain, logs } = await settle(COMMAND_SETTINGS.run, flags);
      if (flags.printConfig === true) {
        world.stdout(printed(configuration, files));
        return;
      }
      if (files.length === 0 && configuration.settings.components.length === 0) {
        program.error(
          `missing file: name the built file of a service, e.g. 'wamp-run ./dist/service.js', or list components in ${configuration.file ?? 'wamp-run.config.yaml'}`,
        );
      }
      const { run } = await import('./commands/run.js');
      ends(await run({ files, configuration, readAgain, world, logs }));
    });

  withFlags(program.command('router'), COMMAND_SETTINGS.router)
    .description('run a router alone')
    .option('--print-config', 'print the configuration in force as JSON, and where each value comes from')
    .action(async (flags: Flags & FileFlags, command: Command) => {
      const all = { ...flagsBefore(command), ...flags };
      const { configuration, readAgain, logs } = await settle(COMMAND_SETTINGS.router, all);
      if (all.printConfig === true) {
        world.stdout(printed(configuration, []));
        return;
      }
      const { router } = await import('./commands/router.js');
      ends(await router({ configuration, readAgain, world, logs }));
    });

  withFlags(program.command('call'), COMMAND_SETTINGS.call)
    .description('call a procedure once; the result is printed as JSON')
    .argument('<procedure>', "the procedure's URI")
    .argument('[args...]', 'its arguments, each as JSON')
    .option('--kwargs <json>', 'keyword arguments, as a JSON object')
    .option('--timeout <ms>', 'how long to wait for the answer', '30000')
    .action(async (procedure: string, args: string[], flags: Flags & FileFlags & CallFlags, command: Command) => {
      // One call is one result: what the client says on the way is of no interest unless it is asked for.
      const asked = (world.env.WAMP_LOG_LEVEL ?? '') !== '';
      const env = asked ? world.env : { ...world.env, WAMP_LOG_LEVEL: 'silent' };
      const { configuration, logs } = await settle(
        [...COMMAND_SETTINGS.call, ...NEAREST_ROUTER],
        { ...flagsBefore(command), ...flags },
        env,
      );
      const { call } = await import('./commands/call.js');
      ends(await call([procedure, ...args], flags, { configuration, world, log: logs.log }));
    });

  withFlags(program.command('status'), COMMAND_SETTINGS.status)
    .description('ask a running wamp-run how its components are doing')
    .action(async (flags: Flags & FileFlags, command: Command) => {
      const { configuration } = await settle(COMMAND_SETTINGS.status, { ...flagsBefore(command), ...flags });
      const { status } = await import('./commands/status.js');
      ends(await status(configuration.settings, world));
    });

  const keygen = program.command('keygen').description('make keys: in a file that nobody else can read');
  keygen
    .command('keyring')
    .description('a file of keys for end-to-end encryption, for --keyring; prints their ids')
    .argument('<file>', 'the file to write')
    .option(
      '--uri <uri>',
      'what a key is for, URIs that begin so included; any number of times (default: everything)',
      more,
    )
    .option('--encryption <name>', 'xsalsa20poly1305, aes256gcm or cryptobox (Autobahn)', 'xsalsa20poly1305')
    .option('--force', 'replace the file where there is one')
    .action(async (file: string, flags: KeyringFlags) => {
      flagsBefore(keygen);
      const { keygenKeyring } = await import('./commands/keygen.js');
      ends(await keygenKeyring(file, flags, world));
    });
  keygen
    .command('cryptosign')
    .description('an Ed25519 key for logins; prints its public key')
    .argument('<file>', 'the file to write')
    .option('--force', 'replace the file where there is one')
    .action(async (file: string, flags: KeygenFlags) => {
      flagsBefore(keygen);
      const { keygenCryptosign } = await import('./commands/keygen.js');
      ends(await keygenCryptosign(file, flags, world));
    });

  keygen
    .command('scram')
    .description("what its own router keeps of a principal's password, for its configuration")
    .argument('<file>', 'the file to write')
    .option('--secret-file <file>', 'the file of the password (default: WAMP_SECRET has it)')
    .option('--kdf <name>', 'argon2id13 or pbkdf2', 'argon2id13')
    .option('--autobahn', "for Autobahn's older scram")
    .option('--force', 'replace the file where there is one')
    .action(async (file: string, flags: ScramFlags) => {
      flagsBefore(keygen);
      const { keygenScram } = await import('./commands/keygen.js');
      ends(await keygenScram(file, flags, world));
    });

  for (const command of [program, ...program.commands, ...keygen.commands]) quiet(command, world);
  return program;
}

function restore(env: World['env'], name: string, before: string | undefined): void {
  if (before === undefined) delete env[name];
  else env[name] = before;
}

/** An option that may be given any number of times. */
function more(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

const EXIT_HELP = [
  '0 clean',
  '1 crash',
  '2 usage',
  '4 call error',
  '5 call timeout',
  '6 no such procedure',
  '69 router unreachable',
  '70 critical component failed',
  '75 not ready',
  '77 refused',
  '78 broken component',
  '130, 143 forced',
].join(', ');

function withFlags(command: Command, names: readonly FlagName[]): Command {
  for (const name of names) {
    const { doc, env, flag } = SETTINGS[name];
    const more = `env ${env}, default ${defaultOf(name)}`;
    command.addOption(new Option(`${flagFor(name)} ${flag}`.trimEnd(), `${doc} (${more})`.replaceAll('`', '')));
  }
  return command
    .option('--config <file>', `the file of configuration (default: the one of ${FILE_NAMES.join(', ')} that is here)`)
    .option('--env-file <file>', 'a file of variables, which win over the environment');
}

/** The flags that stand before a subcommand's name: they count as behind it, and are refused where it has no such flag. */
function flagsBefore(command: Command): Flags & FileFlags {
  const flags: Flags & FileFlags = command.parent?.opts() ?? {};
  const own = new Set(command.options.map((option) => option.attributeName()));
  const foreign = Object.keys(flags).find((name) => !own.has(name));
  if (foreign !== undefined) command.error(`unknown option '${flagFor(foreign)}' for '${command.name()}'`);
  return flags;
}

/** Errors as one line on stderr, and as exceptions instead of the process's end. */
function quiet(command: Command, world: World): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => world.stdout(text),
    writeErr: (text) => world.stderr(text),
    outputError: (text) => complain(world, text.replace(/^error: /, '')),
  });
}
