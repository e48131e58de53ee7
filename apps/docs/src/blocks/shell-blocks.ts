import type { CodeBlock, Finding } from './code-block.js';
import type { CommandFace, CommandFaces } from './command-faces.js';
import { commandsOf, type ShellCommand } from './shell-words.js';

/** Programs that are on the machines of those who read, and not ours: that they exist is all that is known of them. */
const OTHERS = new Set(
  'cat cd changeset chmod chown cp crossbar curl docker echo export git install journalctl kill kubectl ls mkdir mv node openssl rm sudo systemctl'.split(
    ' ',
  ),
);

/** What npm and pnpm are asked for without a script. */
const PACKAGE_COMMANDS = new Set(['install', 'ci', 'add', 'i', 'pack', 'publish']);

/**
 * Checks blocks of shell commands: the commands of this project with their flags and subcommands, the variables and scripts
 * that they use, and that other programs are known ones. In a block with lines that begin with `$ ` these are the commands,
 * and all else is what they print.
 */
export function checkShell(blocks: readonly CodeBlock[], faces: CommandFaces): Finding[] {
  return blocks.flatMap((block) =>
    commandLines(block).flatMap(({ text, line }) => {
      const finding = (what: string): Finding => ({ page: block.page, line, text: what });
      const commands = commandsOf(text);
      if (commands === undefined) return [finding(`is no line of shell that can be checked: ${text}`)];
      return commands.flatMap((command) => wrongWith(command, faces).map(finding));
    }),
  );
}

/** Lines that end with a backslash go on in the next one. */
function commandLines({ lines, line }: CodeBlock): { readonly text: string; readonly line: number }[] {
  const prompted = lines.some((text) => text.startsWith('$ '));
  const found: { text: string; line: number }[] = [];
  let open = false;
  for (const [index, raw] of lines.entries()) {
    const begins = !prompted || raw.startsWith('$ ');
    if (!begins && !open) continue;
    const text: string = prompted && !open ? raw.slice(2) : raw;
    const more: boolean = text.endsWith('\\');
    const part = more ? text.slice(0, -1) : text;
    const last = found.at(-1);
    if (open && last !== undefined) last.text += part;
    else found.push({ text: part, line: line + index });
    open = more;
  }
  return found;
}

function wrongWith({ variables, words }: ShellCommand, faces: CommandFaces): string[] {
  const wrong = variables
    .filter((name) => name.startsWith('WAMP_') && !faces.variables.has(name))
    .map((name) => `there is no variable ${name}`);
  const [program = '', ...rest] = words;
  return [...wrong, ...wrongWithProgram(program, rest, faces)];
}

function wrongWithProgram(program: string, rest: readonly string[], faces: CommandFaces): string[] {
  const own = faces.programs.get(program.replace(/^.*\/bin\//, ''));
  if (own !== undefined) return wrongWithFlags(program, own, rest);
  switch (program) {
    case '':
      return [];
    case 'npx':
    case 'pnpx':
      return wrongWithProgram(rest.find((word) => !word.startsWith('-')) ?? '', rest.slice(1), faces);
    case 'sudo':
    case 'exec':
      return wrongWithProgram(rest[0] ?? '', rest.slice(1), faces);
    case 'npm':
    case 'pnpm':
      return wrongWithPackageManager(program, rest, faces);
    default:
      return OTHERS.has(program) ? [] : [`nobody knows the command '${program}'`];
  }
}

function wrongWithPackageManager(
  name: string,
  [first = '', ...rest]: readonly string[],
  faces: CommandFaces,
): string[] {
  if (first === 'create' || first === 'init') {
    const program = `create-${(rest[0] ?? '').replace(/@latest$/, '')}`;
    const face = faces.programs.get(program);
    if (face === undefined) return [`there is no ${program}`];
    const flags = rest.slice(1);
    // npm keeps flags for itself unless they stand behind two hyphens.
    const separator = flags.indexOf('--');
    const own = flags.findIndex((word) => word.startsWith('-') && word !== '--');
    if (name === 'npm' && own !== -1 && (separator === -1 || own < separator)) {
      return [`npm takes '${flags[own]}' for itself: it has to stand behind --`];
    }
    const given = flags.filter((word) => word !== '--');
    return wrongWithFlags(program, face, given);
  }
  if (first === 'exec' || first === 'dlx') return wrongWithProgram(rest[0] ?? '', rest.slice(1), faces);
  if (PACKAGE_COMMANDS.has(first)) return [];
  const script = first === 'run' ? rest[0] : first;
  return faces.scripts.has(script ?? '') ? [] : [`there is no script '${script}' in this project or a template`];
}

function wrongWithFlags(name: string, face: CommandFace, words: readonly string[]): string[] {
  const wrong: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    const below = face.commands.get(word);
    if (below !== undefined) return [...wrong, ...wrongWithFlags(`${name} ${word}`, below, words.slice(at + 1))];
    if (word === '--') return wrong;
    if (word.startsWith('-') && !/^-\d/.test(word)) {
      const [flag = '', value] = word.split(/=(.*)/s);
      const takesValue = face.flags.get(flag);
      // Whether a value follows one that there is not, nobody knows.
      if (takesValue === undefined) return [...wrong, `'${name}' has no flag ${flag}`];
      if (takesValue && value === undefined) {
        at++;
        if (words[at] === undefined) wrong.push(`${flag} of '${name}' lacks its value`);
      }
    } else if (!face.takesArguments) {
      return [...wrong, `'${name}' takes no argument, and has no command '${word}'`];
    }
  }
  return wrong;
}
