// Writes the table of settings in docs/command-line.md, and the JSON Schema of a file of configuration, from the command's
// own schema and flags, so that neither can say anything else than the code.
// `node scripts/settings.mjs` writes them (after a build); `--check` only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fileSchema } from '../packages/wamp-run/dist/configuration/file-shape.js';
import { commands } from '../packages/wamp-run/dist/program.js';
import { defaultOf, flagFor, SETTINGS } from '../packages/wamp-run/dist/settings.js';

const page = fileURLToPath(new URL('../docs/command-line.md', import.meta.url));
const schema = fileURLToPath(new URL('../packages/wamp-run/wamp-run.config.schema.json', import.meta.url));
const BEGIN = '<!-- settings: written by node scripts/settings.mjs -->\n';
const END = '<!-- settings end -->';

const program = commands({}, () => {});
const all = [program, ...program.commands, ...program.commands.flatMap((command) => command.commands)];
const nameOf = (command) =>
  command === program
    ? '(run)'
    : command.parent === program
      ? command.name()
      : `${command.parent.name()} ${command.name()}`;

/** Which commands have a flag, by its long name. */
const having = (long) => all.filter((command) => command.options.some((option) => option.long === long)).map(nameOf);

const rows = Object.entries(SETTINGS).map(([name, { key, env, flag, doc }]) => [
  flag === undefined ? '' : `\`${`${flagFor(name)} ${flag}`.trimEnd()}\``,
  env === undefined ? '' : `\`${env}\``,
  key === undefined ? '' : `\`${key}\``,
  defaultOf(name),
  flag === undefined ? '' : having(flagFor(name)).join(', '),
  doc,
]);
const settingFlags = new Set(
  Object.entries(SETTINGS).flatMap(([name, { flag }]) => (flag === undefined ? [] : [flagFor(name)])),
);
const others = new Map();
for (const command of all) {
  for (const { long, flags, description, defaultValue } of command.options) {
    if (settingFlags.has(long) || others.has(long)) continue;
    const fallback = defaultValue === undefined ? '' : `\`${defaultValue}\``;
    others.set(long, [`\`${flags}\``, '', '', fallback, having(long).join(', '), description]);
  }
}

const header = ['flag', 'environment', 'key in a file', 'default', 'commands', 'what'];
const table = [header, ...rows, ...others.values()].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
const widths = header.map((_, column) => Math.max(...table.map((row) => row[column].length)));
const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |\n`;
const text = line(table[0]) + line(widths.map((width) => '-'.repeat(width))) + table.slice(1).map(line).join('');

const before = readFileSync(page, 'utf8');
const from = before.indexOf(BEGIN) + BEGIN.length;
const to = before.indexOf(END);
if (from < BEGIN.length || to < from) throw new Error(`docs/command-line.md has no place for the table: ${BEGIN}`);
const wanted = new Map([
  [page, `${before.slice(0, from)}\n${text}\n${before.slice(to)}`],
  [schema, `${JSON.stringify(fileSchema(), undefined, 2)}\n`],
]);
// How JSON is laid out is the formatter's matter.
const same = (file, one, other) =>
  file === schema ? JSON.stringify(JSON.parse(one)) === JSON.stringify(JSON.parse(other)) : one === other;
for (const [file, content] of wanted) {
  if (same(file, readFileSync(file, 'utf8'), content)) continue;
  if (process.argv.includes('--check')) {
    console.error(`${file.replace(/.*\//, '')} is not what the settings say; run 'node scripts/settings.mjs'`);
    process.exit(1);
  }
  writeFileSync(file, content);
}
