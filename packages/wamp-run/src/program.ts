import { Command, CommanderError, Option } from 'commander';
import { type CallFlags, call } from './commands/call.js';
import { type KeygenFlags, type KeyringFlags, keygenCryptosign, keygenKeyring } from './commands/keygen.js';
import { router } from './commands/router.js';
import { run } from './commands/run.js';
import { EXIT, exitCodeOf } from './exit-codes.js';
import { logger } from './logs.js';
import { defaultOf, flagFor, readSettings, type SettingName, variableFor } from './settings.js';
import { VERSION } from './version.js';
import { complain, type World } from './world.js';

type Flags = Partial<Record<SettingName, string>>;

const LOGIN_FLAGS: readonly SettingName[] = ['auth', 'authid', 'secretFile', 'secret'];

const RUN_FLAGS: readonly SettingName[] = [
  'url',
  'realm',
  'host',
  'port',
  'listen',
  'logLevel',
  'connectTimeout',
  'exposeErrors',
  ...LOGIN_FLAGS,
  'keyring',
];
const ROUTER_FLAGS: readonly SettingName[] = ['realm', 'host', 'port', 'listen', 'logLevel'];
const CALL_FLAGS: readonly SettingName[] = ['url', 'realm', 'logLevel', 'connectTimeout', ...LOGIN_FLAGS, 'keyring'];

/** The command, from its arguments to its exit code. It never ends the process: bin.ts does, with what comes back. */
export async function main(argv: readonly string[], world: World): Promise<number> {
  let code: number = EXIT.clean;
  const settle = (names: readonly SettingName[], flags: Flags, env = world.env) => {
    const settings = readSettings(flags, env, names);
    if (flags.secret !== undefined) {
      world.stderr('wamp-run: others on this machine can read --secret; use --secret-file, or WAMP_SECRET\n');
    }
    return { settings, log: logger({ level: settings.logLevel, pretty: world.terminal }) };
  };

  const program = withFlags(new Command('wamp-run'), RUN_FLAGS)
    .description('Run WAMP components: the classes that the files export. Without --url it brings its own router.')
    .version(VERSION, '-V, --version', 'print the version')
    .argument('[files...]', 'built JavaScript files that export components')
    .enablePositionalOptions()
    .addHelpText('after', `\nExit codes: ${EXIT_HELP}`)
    .action(async (files: string[], flags: Flags) => {
      if (files.length === 0)
        program.error("missing file: name the built file of a service, e.g. 'wamp-run ./dist/service.js'");
      const { settings, log } = settle(RUN_FLAGS, flags);
      code = await run(files, settings, world, log);
    });

  withFlags(program.command('router'), ROUTER_FLAGS)
    .description('run a router alone')
    .action(async (flags: Flags, command: Command) => {
      const { settings, log } = settle(ROUTER_FLAGS, { ...flagsBefore(command), ...flags });
      code = await router(settings, world, log);
    });

  withFlags(program.command('call'), CALL_FLAGS)
    .description('call a procedure once; the result is printed as JSON')
    .argument('<procedure>', "the procedure's URI")
    .argument('[args...]', 'its arguments, each as JSON')
    .option('--kwargs <json>', 'keyword arguments, as a JSON object')
    .option('--timeout <ms>', 'how long to wait for the answer', '30000')
    .action(async (procedure: string, args: string[], flags: Flags & CallFlags, command: Command) => {
      // One call is one result: what the client says on the way is of no interest unless it is asked for.
      const asked = (world.env.WAMP_LOG_LEVEL ?? '') !== '';
      const env = asked ? world.env : { ...world.env, WAMP_LOG_LEVEL: 'silent' };
      const { settings, log } = settle(CALL_FLAGS, { ...flagsBefore(command), ...flags }, env);
      code = await call([procedure, ...args], flags, settings, world, log);
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
      code = await keygenKeyring(file, flags, world);
    });
  keygen
    .command('cryptosign')
    .description('an Ed25519 key for logins; prints its public key')
    .argument('<file>', 'the file to write')
    .option('--force', 'replace the file where there is one')
    .action(async (file: string, flags: KeygenFlags) => {
      flagsBefore(keygen);
      code = await keygenCryptosign(file, flags, world);
    });

  for (const command of [program, ...program.commands, ...keygen.commands]) quiet(command, world);
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
  '77 refused',
  '78 broken component',
  '130, 143 forced',
].join(', ');

const PLACEHOLDER: Record<SettingName, string> = {
  url: '<url>',
  realm: '<realm>',
  host: '<host>',
  port: '<port>',
  listen: '<urls>',
  logLevel: '<level>',
  connectTimeout: '<ms>',
  exposeErrors: '<what>',
  auth: '<method>',
  authid: '<name>',
  secret: '<text>',
  secretFile: '<file>',
  keyring: '<file>',
};

const HELP: Record<SettingName, string> = {
  url: 'the router to join: ws://, wss://, rs://, rss://, unix: or http(s)://',
  realm: 'the realm',
  host: 'where its own router listens',
  port: 'the port of its own router, 0 for any',
  listen: 'where its own router listens instead: ws://host:port/path, rs://host:port, unix:/path, with commas',
  logLevel: 'trace, debug, info, warn, error or silent',
  connectTimeout: 'give up when no router was reached in this time, 0 for never',
  exposeErrors: 'what callers learn of unexpected errors: none, message or traceback',
  auth: 'log in at the router: ticket, wampcra, wamp-scram or cryptosign',
  authid: 'who logs in',
  secret: 'the secret of the login, for everybody on this machine to read',
  secretFile: 'the file of the secret, or of the private key',
  keyring: 'encrypt from end to end with the keys in this file',
};

function withFlags(command: Command, names: readonly SettingName[]): Command {
  for (const name of names) {
    const fallback = defaultOf(name);
    const more = [`env ${variableFor(name)}`, ...(fallback === '' ? [] : [`default ${fallback}`])].join(', ');
    command.addOption(new Option(`${flagFor(name)} ${PLACEHOLDER[name]}`, `${HELP[name]} (${more})`));
  }
  return command;
}

/** The flags that stand before a subcommand's name: they count as behind it, and are refused where it has no such flag. */
function flagsBefore(command: Command): Flags {
  const flags: Flags = command.parent?.opts() ?? {};
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
