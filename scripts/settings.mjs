// Writes the tables of settings and of the keys of an entry in docs/command-line.md, and the JSON Schema of a file of configuration, from the command's
// own schema and flags, so that neither can say anything else than the code.
// `node scripts/settings.mjs` writes them; `--check` only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sourceModules } from './source-modules.mjs';

const [{ COMPONENT_SHAPE }, { fileSchema }, { commands }, { defaultOf, flagFor, SETTINGS }] = await sourceModules(
  'packages/wamp-run/src/configuration/component-entry.ts',
  'packages/wamp-run/src/configuration/file-shape.ts',
  'packages/wamp-run/src/program.ts',
  'packages/wamp-run/src/settings.ts',
);

const page = fileURLToPath(new URL('../docs/command-line.md', import.meta.url));
const schema = fileURLToPath(new URL('../packages/wamp-run/wamp-run.config.schema.json', import.meta.url));
const BEGIN = '<!-- settings: written by node scripts/settings.mjs -->\n';
const END = '<!-- settings end -->';
const ENTRY_BEGIN = '<!-- keys of an entry: written by node scripts/settings.mjs -->\n';
const ENTRY_END = '<!-- keys of an entry end -->';

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
/** A table in Markdown, its columns as wide as they need to be. */
function tableOf(cells) {
  const table = cells.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |\n`;
  return line(table[0]) + line(widths.map((width) => '-'.repeat(width))) + table.slice(1).map(line).join('');
}

/** A row for every key below a shape: its path, what it has to be, and what it says. */
function keysOf(shape, path) {
  const row = (what) => [[`\`${path}\``, what, shape.doc ?? '']];
  switch (shape.kind) {
    case 'keys':
      return [
        ...(path === '' || shape.doc === undefined ? [] : row('')),
        ...Object.entries(shape.keys).flatMap(([key, each]) =>
          keysOf(each, `${path === '' ? '' : `${path}.`}${key}`).map((cells, index) =>
            index === 0 && shape.needs?.includes(key) === true ? [cells[0], `${cells[1]}, needed`, cells[2]] : cells,
          ),
        ),
      ];
    case 'list':
      return [...row(shape.what), ...inner(shape.of, `${path}[]`)];
    case 'map':
      return row(shape.what);
    case 'either':
      return [...row(`${expected(shape.text)}, or an object`), ...inner(shape.keys, path)];
    default:
      return row(expected(shape));
  }
}

/** The keys below, without a row for what holds them. */
function inner(shape, path) {
  return keysOf(shape, path).filter(([key]) => key !== `\`${path}\``);
}

function expected(shape) {
  switch (shape.kind) {
    case 'word':
      return shape.words.map((word) => `\`${word}\``).join(', ');
    case 'switch':
      return 'true or false';
    case 'anything':
      return 'anything';
    default:
      return shape.what;
  }
}

const text = tableOf([header, ...rows, ...others.values()]);
const entryText = tableOf([['key', 'value', 'what'], ...keysOf(COMPONENT_SHAPE, '')]);

const before = readFileSync(page, 'utf8');
/** The page with a table between its two marks. */
function placed(whole, begin, end, table) {
  const from = whole.indexOf(begin) + begin.length;
  const to = whole.indexOf(end);
  if (from < begin.length || to < from) throw new Error(`docs/command-line.md has no place for the table: ${begin}`);
  return `${whole.slice(0, from)}\n${table}\n${whole.slice(to)}`;
}

const wanted = new Map([
  [page, placed(placed(before, BEGIN, END, text), ENTRY_BEGIN, ENTRY_END, entryText)],
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
