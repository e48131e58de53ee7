import { createRequire } from 'node:module';
import { join, posix } from 'node:path';

/**
 * Libraries that a start loads, and that are, or have, CommonJS. Where a module imports such a library, Node reads it twice: the second
 * time for the names of what it exports, file by file. A file in between that has these names spares that. Where a library has
 * modules for browsers, too, `imports` of the package's manifest says who gets what.
 */
const COMMON_JS = ['cbor-x', 'commander', 'convict', 'msgpackr', 'pino', 'reflect-metadata', 'tsyringe', 'ws'];

/**
 * What the bundler made of a package, as files: imports of such libraries lead to files in between, which are there, too.
 *
 * @param folder the package's, absolute
 * @param output chunks and assets of rolldown
 */
export function withLibraryFiles(folder, output) {
  const load = createRequire(join(folder, 'package.json'));
  const { imports = {} } = load('./package.json');
  const names = new Map();
  const led = output.map(({ type, fileName, code, source }) => {
    if (type !== 'chunk') return { fileName, content: source };
    const content = code.replace(/^(import (?:(.+) from )?)"([\w-]+)";$/gm, (line, begin, what, library) => {
      if (!COMMON_JS.includes(library)) return line;
      if (what?.startsWith('*')) {
        throw new Error(`${fileName}: ${library} is read once, by names; import those that you need, and not *`);
      }
      const exported = load(library);
      const named = [...(/\{(.*)\}/.exec(what)?.[1] ?? '').matchAll(/(\w+)(?: as \w+)?/g)].map(([, name]) => name);
      for (const name of named) if (exported[name] === undefined) throw new Error(`${library} exports no ${name}`);
      names.set(library, new Set([...(names.get(library) ?? []), ...named]));
      const path = Object.hasOwn(imports, `#${library}`) ? `#${library}` : relativeTo(fileName, `${library}.cjs`);
      return `${begin}"${path}";`;
    });
    return { fileName, content };
  });
  const between = [...names].map(([library, named]) => ({
    fileName: `${library}.cjs`,
    content: fileBetween(library, [...named].sort()),
  }));
  return [...led, ...between];
}

function relativeTo(fileName, other) {
  const path = posix.relative(posix.dirname(fileName), other);
  return path.startsWith('.') ? path : `./${path}`;
}

function fileBetween(library, names) {
  const hint = `// What modules can import by name: never assigned, but read by Node.\n0 && (module.exports = { ${names.join(', ')} });\n`;
  const load = `const library = require('${library}');\nmodule.exports = library;\n`;
  return names.length === 0 ? load : load + hint;
}
