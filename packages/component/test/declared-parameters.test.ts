// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources of functions, in which templates stand
import { describe, expect, test } from 'vitest';
import { declaredParameters } from '../src/declared-parameters.js';
import type { AnyFunction } from '../src/records.js';

/** `a` plain, `b=` with a default, `...c` rest, `?` without a name. */
function signature(declared: AnyFunction): string | undefined {
  return declaredParameters(declared)
    ?.map(({ name, hasDefault, rest }) => `${rest ? '...' : ''}${name ?? '?'}${hasDefault ? '=' : ''}`)
    .join(' ');
}

/** The method of an object literal, from its source: a formatter keeps its hands off. */
function method(source: string): AnyFunction {
  const made: object = new Function(`return { ${source} }`)();
  return Reflect.get(made, Reflect.ownKeys(made)[0] as string);
}

describe('methods', () => {
  test.each([
    ['m() {}', ''],
    ['m(a) {}', 'a'],
    ['m(a, b) {}', 'a b'],
    ['m(a, b,) {}', 'a b'],
    ['m(a = 1, b) {}', 'a= b'],
    ['m(a, ...b) {}', 'a ...b'],
    ['m( ... b ) {}', '...b'],
    ['m(...[a, b]) {}', '...?'],
    ['async m(a) {}', 'a'],
    ['* m(a) {}', 'a'],
    ['async *m(a, b = 2) {}', 'a b='],
    ['async(a) {}', 'a'],
    ['get(a) {}', 'a'],
    ['static(a, b) {}', 'a b'],
    ['class(a) {}', 'a'],
    ['function(a) {}', 'a'],
    ['"a (b, c"(d) {}', 'd'],
    ['[`${"("}`](a) {}', 'a'],
    ['[((x, y) => "m")(1, 2)](a) {}', 'a'],
    ['12(a) {}', 'a'],
    ['m /* (x, y) */ (a /* , z */, // , )\n b) {}', 'a b'],
    ['$m_1($, _, $1) {}', '$ _ $1'],
    ['größe(länge, 幅 = 1) {}', 'länge 幅='],
    ['m({ a, b }, [c, d]) {}', '? ?'],
    ['m({ a, b: { c = "}" } } = {}, d) {}', '?= d'],
    ['m([a, , b] = [], d) {}', '?= d'],
    ['m(a = (1, 2), b = [3, 4], c = { d: 5, e: 6 }) {}', 'a= b= c='],
    ['m(a = ",", b = \')\', c = "\\")", d) {}', 'a= b= c= d'],
    ['m(a = `,${"`)" + `}${1}`})`, b) {}', 'a= b'],
    ['m(a = `\\`\\${`, b) {}', 'a= b'],
    ['m(a = (x, y) => x, b = async (z) => { return `)` }, c = function (d, e) {}) {}', 'a= b= c='],
    ['m(a = class { n(x, y) { return ")" } }, b) {}', 'a= b'],
    ['m(a = /[,)/"]/g, b = /\\/,/, c) {}', 'a= b= c'],
    ['m(a = 4 / 2, b = a / 1, c) {}', 'a= b= c'],
    ['m(a = (4) / 2, b = [1][0] / 1, c = "x" / 2) {}', 'a= b= c='],
    ['m(a = typeof /,/, b = a++ / 2, c = 1 / 2) {}', 'a= b= c='],
    ['m(a = b => b, c) {}', 'a= c'],
    ['m(a = x == 1, b = x >= 2, c = x?.y ?? 3, d = x ? 1 : 2) {}', 'a= b= c= d='],
    ['m(a = { "b,c": 1, [`d`]: (e, f) => 1, g(h, i) {} }) {}', 'a='],
    ['m(a = new Map([[1, 2]]), b = await1) {}', 'a= b='],
    ['m(a\n=\n1\n,\nb) {}', 'a= b'],
    ['m(\\u{61}bc, d\\u0065) {}', '\\u{61}bc d\\u0065'],
  ])('%s', (source, expected) => {
    expect(signature(method(source))).toBe(expected);
  });
});

describe('other functions', () => {
  test.each([
    ['function (a, b = 1) {}', 'a b='],
    ['function named(a) {}', 'a'],
    ['async function* named(a) {}', 'a'],
    ['a => a', 'a'],
    ['async a => a', 'a'],
    ['async => async', 'async'],
    ['(a, b = {}) => a', 'a b='],
    ['async (a, ...b) => a', 'a ...b'],
    ['() => (1, 2)', ''],
    ['({ a }) => a', '?'],
  ])('%s', (source, expected) => {
    expect(signature(new Function(`return (${source})`)())).toBe(expected);
  });

  test('what cannot be read with certainty is not guessed', () => {
    class WithConstructor {
      constructor(readonly a: number) {}
    }
    const bound = ((a: number, b: number) => a + b).bind(undefined);
    const bare = (() => undefined).bind(undefined);
    const unreadable: unknown[] = [WithConstructor, bound, bare, Array.prototype.push, Object.is];
    for (const each of unreadable) {
      expect(declaredParameters(each as AnyFunction)).toBeUndefined();
    }
  });

  test('a reading that does not agree with the function is dropped', () => {
    // A slash behind a closing bracket is taken for a division here, so that the comma in the expression counts.
    const odd = method('m(a = () => { if (a) /[(]/.test(a) }, b) {}');
    expect(declaredParameters(odd)).toBeUndefined();
  });

  test('a method that TypeScript compiled to an older language says less than its types', () => {
    expect(signature(method('m(a_1) { return run(this, arguments, function* (a, b = 1) {}) }'))).toBe('a_1');
  });
});

describe('random signatures', () => {
  /** Repeatable: the same seed gives the same signatures. */
  function draws(seed: number): (n: number) => number {
    let state = seed;
    return (n) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * n);
    };
  }

  const SPACES = ['', ' ', '\n', ' /* , ) = */ ', ' // ) ,\n', '\t'];
  const LEAVES = [
    '1',
    '"),"',
    "'\\'('",
    '`)${[1, 2].map((x) => `,${x}`)}`',
    '/[)\\]],/',
    'x',
    '{}',
    '[]',
    'null',
    '-4 / 2 / 1',
  ];

  function expression(draw: (n: number) => number, depth: number): string {
    const inner = (): string => expression(draw, depth - 1);
    const space = SPACES[draw(SPACES.length)] as string;
    if (depth === 0) return space + (LEAVES[draw(LEAVES.length)] as string);
    switch (draw(9)) {
      case 0:
        return `(${inner()},${space}${inner()})`;
      case 1:
        return `[${inner()},${inner()}${space}]`;
      case 2:
        return `{ a: ${inner()}, "b": ${inner()},${space} [${inner()}]: 1 }`;
      case 3:
        return `(p, q = ${inner()}) => ${space.replace(/\n/g, ' ').replace(/\/\/.*/, '')}(${inner()})`;
      case 4:
        return `function (p, ...q) { return (${inner()}) }`;
      case 5:
        return `\`\${${inner()}},\${(${inner()})})\``;
      case 6:
        return `x ? (${inner()}) : (${inner()}) / 2`;
      case 7:
        return `class { m(p, q = ${inner()}) { /* ) */ } }`;
      default:
        return `x === (${inner()})${space}`;
    }
  }

  function parameter(draw: (n: number) => number, i: number, last: boolean): { source: string; expected: string } {
    const space = SPACES[draw(SPACES.length)] as string;
    const target = ([`p${i}`, `{ a${i}, b: [c${i}] }`, `[d${i}, , e${i}]`] as const)[draw(3)] as string;
    const name = target.startsWith('p') ? target : '?';
    if (last && draw(3) === 0) return { source: `...${space}${target}${space}`, expected: `...${name}` };
    if (draw(2) === 0) return { source: `${space}${target}${space}`, expected: name };
    return { source: `${target}${space}=${space}${expression(draw, draw(4))}${space}`, expected: `${name}=` };
  }

  /** The sources that a reader reads otherwise than they were made. */
  function misread(reader: (declared: AnyFunction) => string | undefined): string[] {
    const sources: string[] = [];
    for (let seed = 1; seed <= 2_000; seed++) {
      const draw = draws(seed);
      const count = draw(5);
      const parameters = Array.from({ length: count }, (_, i) => parameter(draw, i, i === count - 1));
      const kind = ['', 'async ', '* ', 'async * '][draw(4)] as string;
      const name = ['m', '"m("', '[`m${")"}`]', '7'][draw(4)] as string;
      const source = `${kind}${name}(${parameters.map((each) => each.source).join(',')}) {}`;
      if (reader(method(source)) !== parameters.map((each) => each.expected).join(' ')) sources.push(source);
    }
    return sources;
  }

  test('are read as they were made', () => {
    expect(misread(signature)).toEqual([]);
  });

  test('are not read by cutting at commas, as the usual short way does', () => {
    const cut = (declared: AnyFunction): string => {
      const list = /\(([^)]*)\)/.exec(String(declared))?.[1] ?? '';
      const parts = list.split(',').map((part) => part.trim());
      return parts.map((part) => part.replace(/\s*=.*$/s, '=').replace(/[[{].*[\]}]/s, '?')).join(' ');
    };
    expect(misread(cut).length).toBeGreaterThan(1_000);
  });
});
