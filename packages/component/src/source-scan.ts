/**
 * Steps through JavaScript source one unit at a time. A unit is a comment, a string, a template, a regular expression,
 * a word, a bracket with everything up to its partner, or a single character.
 */
export interface Unit {
  readonly kind: 'space' | 'word' | 'literal' | 'group' | 'mark';
  readonly text: string;
  /** Where the next unit begins. */
  readonly end: number;
}

const SPACE = /(?:\s|\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\/)+/y;
const WORD = /(?:\\u\{\w+\}|[#@$\\\p{ID_Continue}])+/uy;
const STRING = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'/y;
const REGEX = /\/(?:[^/\\[\n\r]|\\.|\[(?:[^\]\\\n\r]|\\.)*\])+\/\w*/y;
const MARK = /=>|\.\.\.|\+\+|--|[\s\S]/uy;
const PARTNER: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
/** Words behind which a slash begins a regular expression. Behind any other it divides. */
const BEFORE_REGEX = new Set(
  'return typeof instanceof in of new delete void throw case do else yield await extends'.split(' '),
);

/**
 * The unit that begins at `at`. Undefined at the end of the source, and where a bracket, a string or a template is not
 * closed.
 *
 * @param before the unit in front, space left out: it decides whether a slash divides
 */
export function unitAt(source: string, at: number, before: Unit | undefined): Unit | undefined {
  const char = source[at];
  if (char === undefined) return undefined;
  const space = match(SPACE, source, at);
  if (space !== undefined) return { kind: 'space', text: space, end: at + space.length };
  if (char in PARTNER) return group(source, at, PARTNER[char] as string);
  if (char === '`') return template(source, at);
  if (char === '"' || char === "'") return literal(match(STRING, source, at), at);
  const regex = char === '/' && !endsValue(before) ? match(REGEX, source, at) : undefined;
  if (regex !== undefined) return literal(regex, at);
  const word = match(WORD, source, at);
  if (word !== undefined) return { kind: 'word', text: word, end: at + word.length };
  const mark = match(MARK, source, at) ?? char;
  return { kind: 'mark', text: mark, end: at + mark.length };
}

/** The units from `at` up to the closing bracket `close`, which must come. Undefined where it does not. */
export function unitsUntil(source: string, at: number, close: string): { units: Unit[]; end: number } | undefined {
  const units: Unit[] = [];
  let before: Unit | undefined;
  for (let i = at; ; ) {
    if (source[i] === close) return { units, end: i + 1 };
    const unit = unitAt(source, i, before);
    if (unit === undefined || isClosing(unit)) return undefined;
    if (unit.kind !== 'space') {
      units.push(unit);
      before = unit;
    }
    i = unit.end;
  }
}

function group(source: string, at: number, close: string): Unit | undefined {
  const inside = unitsUntil(source, at + 1, close);
  return inside && { kind: 'group', text: source.slice(at, inside.end), end: inside.end };
}

function template(source: string, at: number): Unit | undefined {
  for (let i = at + 1; i < source.length; ) {
    const char = source[i];
    if (char === '`') return literal(source.slice(at, i + 1), at);
    if (char === '$' && source[i + 1] === '{') {
      const inside = unitsUntil(source, i + 2, '}');
      if (inside === undefined) return undefined;
      i = inside.end;
    } else {
      i += char === '\\' ? 2 : 1;
    }
  }
  return undefined;
}

function literal(text: string | undefined, at: number): Unit | undefined {
  return text === undefined ? undefined : { kind: 'literal', text, end: at + text.length };
}

function endsValue(unit: Unit | undefined): boolean {
  if (unit === undefined) return false;
  if (unit.kind === 'mark') return unit.text === '++' || unit.text === '--';
  return unit.kind !== 'word' || !BEFORE_REGEX.has(unit.text);
}

function isClosing(unit: Unit): boolean {
  return unit.kind === 'mark' && (unit.text === ')' || unit.text === ']' || unit.text === '}');
}

function match(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}
