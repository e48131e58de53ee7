import { InvalidUriError } from './errors.js';
import { checkUri, type MatchPolicy } from './uris.js';
import { type Dict, setKey, type Value } from './value.js';

/** What a part `<name:type>` of a pattern takes: any text, an integer, or (in the last place) all parts that are left. */
export type PartType = 'string' | 'int' | 'suffix';

/**
 * A URI with named parts, as in Autobahn: `com.app.<id:int>.<name>`. The wire carries the wildcard `com.app..`,
 * a handler gets the values.
 */
export interface UriPattern {
  /** What goes over the wire: parts with a name are empty there. */
  readonly uri: string;
  /** How the wire's URI is matched: `exact` without named parts, `prefix` for a single suffix at the end. */
  readonly match: MatchPolicy;
  /**
   * The values of the named parts of a URI that this pattern matched. Undefined where the URI does not fit after all:
   * another shape, or a part that is no integer where one is wanted.
   */
  values(uri: string): Dict | undefined;
}

interface NamedPart {
  readonly index: number;
  readonly name: string;
  readonly type: PartType;
}

const NAMED = /^<([A-Za-z_][A-Za-z0-9_]*)(?::([a-z]+))?>$/;
const TYPES: Readonly<Record<string, PartType>> = { str: 'string', string: 'string', int: 'int', suffix: 'suffix' };

/**
 * Reads a pattern. Literal parts are of any form that a URI allows, empty parts are wildcards without a name.
 *
 * @throws InvalidUriError where a part is no part, a type is none, a name comes twice, or a suffix is not at the end
 * @example uriPattern('com.app.<id:int>.<name>').values('com.app.7.tea') // { id: 7, name: 'tea' }
 */
export function uriPattern(text: string): UriPattern {
  const parts = text.split('.');
  const named: NamedPart[] = [];
  const wire = parts.map((part, index) => {
    const found = namedPart(text, part, index);
    if (found === undefined) return part;
    if (named.some(({ name }) => name === found.name)) throw refused(text, `the name '${found.name}' comes twice`);
    if (found.type === 'suffix' && index < parts.length - 1) throw refused(text, 'a suffix must be the last part');
    named.push(found);
    return '';
  });
  const suffix = named.at(-1)?.type === 'suffix';
  const inner = suffix ? wire.slice(0, -1) : wire;
  const match: MatchPolicy = suffix && !inner.includes('') ? 'prefix' : wire.includes('') ? 'wildcard' : 'exact';
  if (suffix && match !== 'prefix') throw refused(text, 'a suffix cannot stand with other open parts');
  const uri = wire.join('.');
  checkUri(uri, 'pattern', match);
  return { uri, match, values: (candidate) => valuesOf(candidate, wire, named) };
}

function namedPart(text: string, part: string, index: number): NamedPart | undefined {
  if (!/[<>]/.test(part)) return undefined;
  const [, name, word = 'string'] = NAMED.exec(part) ?? [];
  if (name === undefined) throw refused(text, `'${part}' is no part: write <name> or <name:type> for the whole of it`);
  const type = Object.hasOwn(TYPES, word) ? TYPES[word] : undefined;
  if (type === undefined) throw refused(text, `'${word}' is no type: there are string, int and suffix`);
  return { index, name, type };
}

function valuesOf(uri: string, wire: readonly string[], named: readonly NamedPart[]): Dict | undefined {
  const parts = uri.split('.');
  const open = named.at(-1)?.type === 'suffix';
  if (open ? parts.length < wire.length : parts.length !== wire.length) return undefined;
  if (wire.some((part, i) => part !== '' && part !== parts[i])) return undefined;
  const values: Dict = {};
  for (const { index, name, type } of named) {
    const value = read(parts, index, type);
    if (value === undefined) return undefined;
    setKey(values, name, value);
  }
  return values;
}

function read(parts: readonly string[], index: number, type: PartType): Value | undefined {
  const text = parts[index] as string;
  switch (type) {
    case 'string':
      return text;
    case 'suffix':
      return parts.slice(index).join('.');
    case 'int': {
      const value = Number(text);
      return /^-?\d+$/.test(text) && Number.isSafeInteger(value) ? value : undefined;
    }
  }
}

function refused(text: string, why: string): InvalidUriError {
  return new InvalidUriError(`pattern: ${JSON.stringify(text)}: ${why}`);
}
