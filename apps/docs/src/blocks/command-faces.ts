import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ROOT } from '../repository.js';

/** What a command takes, as its `--help` says. */
export interface CommandFace {
  /** By long and short name; true where a value follows. */
  readonly flags: ReadonlyMap<string, boolean>;
  /** The commands below it, by name. */
  readonly commands: ReadonlyMap<string, CommandFace>;
  /** Whether it takes arguments. */
  readonly takesArguments: boolean;
}

/** Everything that a block of shell commands is held against. */
export interface CommandFaces {
  /** The commands of this project, by the name of their program. */
  readonly programs: ReadonlyMap<string, CommandFace>;
  /** The variables that `wamp-run` reads. */
  readonly variables: ReadonlySet<string>;
  /** Scripts of the root's and the templates' package.json. */
  readonly scripts: ReadonlySet<string>;
}

/** Asks the programs as they are built. */
export function commandFaces(): CommandFaces {
  const variables = new Set<string>();
  const own = { name: 'wamp-run', bin: binOf('wamp-run'), variables };
  const create = { name: 'create-wamp-service', bin: binOf('create-wamp-service'), variables };
  const programs = new Map([own, create].map((program) => [program.name, faceOf(program, [])]));
  const manifests = ['.', ...readdirSync(join(ROOT, 'templates')).map((name) => `templates/${name}`)];
  const scripts = manifests.flatMap((folder) =>
    Object.keys(JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')).scripts ?? {}),
  );
  return { programs, variables, scripts: new Set(scripts) };
}

interface Program {
  readonly name: string;
  readonly bin: string;
  readonly variables: Set<string>;
}

/** The file that a package's command is. */
function binOf(name: string): string {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  return join(dirname(manifest), bin[name]);
}

function faceOf({ bin, variables, ...rest }: Program, path: readonly string[]): CommandFace {
  const help = execFileSync(process.execPath, [bin, ...path, '--help'], { encoding: 'utf8', env: withoutTerminal() });
  for (const [, name = ''] of help.replace(/\s+/g, ' ').matchAll(/\(env (WAMP_[A-Z_]+)/g)) variables.add(name);
  const flags = new Map<string, boolean>();
  for (const [, short, long = '', value] of help.matchAll(/^ {2}(?:(-\w), )?(--[\w-]+)( [<[][^>\]]+[>\]])?/gm)) {
    flags.set(long, value !== undefined);
    if (short !== undefined) flags.set(short, value !== undefined);
  }
  const [, list = ''] = /^Commands:\n((?:.+\n)*)/m.exec(help) ?? [];
  const names = [...list.matchAll(/^ {2}([a-z]\w*)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
  const commands = new Map(names.map((name) => [name, faceOf({ bin, variables, ...rest }, [...path, name])]));
  return { flags, commands, takesArguments: /^Arguments:/m.test(help) || path.length === 0 };
}

/** Help is as wide as a terminal that says so; here nothing says anything. */
function withoutTerminal(): Record<string, string> {
  return { PATH: process.env.PATH ?? '', COLUMNS: '80' };
}
