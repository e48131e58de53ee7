import {
  type CallDetails,
  type ComponentClass,
  type ComponentInstance,
  component,
  type Dict,
  describe as describeClass,
  kwarg,
  kwargs,
  optional,
  register,
  subscribe,
  TypeCheckError,
  type Value,
  type WireType,
} from '@wamp-run/component';
import { describe, expect, test, vi } from 'vitest';
import { ArgumentCheck } from '../src/argument-check.js';
import { EXPECTED, ParameterTypes } from './fixtures/parameter-types.js';
import { CALL, complaint, EVENT, made } from './making.js';

/** Calls a procedure of a component as a client does. */
function call(component: ComponentInstance, uri: string, args: Value[] = [], keywords: Dict = {}): unknown {
  const procedure = component.procedures.find((each) => each.uri === uri);
  if (procedure === undefined) throw new Error(`no procedure ${uri}`);
  return procedure.handler(args, keywords, CALL);
}

describe('parameter types', () => {
  /** Values of each kind, under the word that an error has for them. */
  const VALUES: Readonly<Record<string, readonly Value[]>> = {
    number: [0, 1.5, -1, 2 ** 53],
    string: ['', '1'],
    boolean: [true, false],
    integer: [2n ** 60n],
    binary: [new Uint8Array([1])],
    list: [[], [1, 'a']],
    dict: [{}, { a: 1 }],
    null: [null],
  };

  /** Which of them pass as which type. */
  const PASSES: Readonly<Record<WireType, (word: string, value: Value) => boolean>> = {
    number: (word) => word === 'number',
    string: (word) => word === 'string',
    boolean: (word) => word === 'boolean',
    list: (word) => word === 'list',
    binary: (word) => word === 'binary',
    integer: (word, value) => word === 'integer' || Number.isInteger(value),
  };

  const component = made(ParameterTypes);

  test('the table names every method of the fixture', () => {
    expect(component.procedures.map(({ uri }) => uri)).toEqual(Object.keys(EXPECTED));
  });

  describe.each(Object.entries(EXPECTED))('%s', (method, { oxc: type }) => {
    test.each(Object.entries(VALUES))('given %s', (word, values) => {
      for (const value of values) {
        if (type === 'anything' || PASSES[type](word, value)) {
          expect(call(component, method, [value])).toBe(value);
        } else {
          const text = complaint(() => call(component, method, [value]));
          expect(text).toBe(`wamp.error.type_check_error: 'value' expected type=${type} got=${word}`);
        }
      }
    });
  });

  test('numbers are finite', () => {
    expect(complaint(() => call(component, 'number', [Number.NaN]))).toContain("'value' expected type=number got=NaN");
    expect(complaint(() => call(component, 'number', [Number.POSITIVE_INFINITY]))).toContain('got=Infinity');
    expect(complaint(() => call(component, 'bigint', [1.5]))).toContain("'value' expected type=integer got=number");
  });

  test('where the loader erased nullability, null passes as any type, and nothing else does', () => {
    const lenient = made(ParameterTypes, { erasedNulls: true });
    for (const method of Object.keys(EXPECTED)) expect(call(lenient, method, [null])).toBeNull();
    expect(() => call(lenient, 'number', ['1'])).toThrow(TypeCheckError);
    expect(() => call(lenient, 'number', [])).toThrow(TypeCheckError);
  });
});

@component()
class Service {
  readonly factor = 2;

  @register() add(a: number, b: number): number {
    return (a + b) * this.factor;
  }
  @register() greet(name: string, title: string = 'Dr', @optional() suffix?: string): unknown {
    return [name, title, suffix];
  }
  @register() late(first: number = 1, second: number): unknown {
    return [first, second];
  }
  @register() sum(label: string, ...numbers: number[]): unknown {
    return [label, numbers];
  }
  @register() ping(): string {
    return 'pong';
  }
  @register() taken({ a }: { a: number }, [b]: number[]): unknown {
    return [a, b];
  }
  @register() search(text: string, @kwarg('limit') limit: number, @kwarg('page') page: number = 1): unknown {
    return [text, limit, page];
  }
  @register() store(key: string, @kwarg('ttl') @optional() ttl: number, @kwargs() fields: Dict): unknown {
    return [key, ttl, fields];
  }
  @register('loose', { check: false }) loose(a: number, @kwarg('b') b: number): unknown {
    return [a, b];
  }
}

describe('how many arguments', () => {
  const service = made(Service);

  test.each<[string, Value[], unknown]>([
    ['add', [1, 2], 6],
    ['greet', ['Ada'], ['Ada', 'Dr', undefined]],
    ['greet', ['Ada', 'Prof'], ['Ada', 'Prof', undefined]],
    ['greet', ['Ada', 'Prof', 'jr'], ['Ada', 'Prof', 'jr']],
    ['late', [3, 4], [3, 4]],
    ['sum', ['x'], ['x', []]],
    ['sum', ['x', 1, 'anything', null], ['x', [1, 'anything', null]]],
    ['ping', [], 'pong'],
    ['taken', [{ a: 1 }, [2]], [1, 2]],
  ])('%s%j', (method, args, expected) => {
    expect(call(service, method, args)).toEqual(expected);
  });

  test.each<[string, Value[], string]>([
    ['add', [], "missing argument 'a', missing argument 'b'"],
    ['add', ['2'], "'a' expected type=number got=string, missing argument 'b'"],
    ['add', ['2', null], "'a' expected type=number got=string, 'b' expected type=number got=null"],
    ['add', ['2', 3, 4], "'a' expected type=number got=string, expected at most 2 arguments got=3"],
    ['greet', ['Ada', null], "'title' expected type=string got=null"],
    ['greet', ['Ada', 'Prof', null], "'suffix' expected type=string got=null"],
    ['late', [], "missing argument 'second'"],
    ['late', [3], "missing argument 'second'"],
    ['sum', [], "missing argument 'label'"],
    ['sum', [1, 2], "'label' expected type=string got=number"],
    ['ping', [1], 'expected at most 0 arguments got=1'],
    ['taken', [{ a: 1 }, 2], "'argument 2' expected type=list got=number"],
    ['search', [], "missing argument 'text', missing keyword argument 'limit'"],
  ])('%s%j is refused', (method, args, expected) => {
    expect(complaint(() => call(service, method, args))).toBe(`wamp.error.type_check_error: ${expected}`);
  });

  test('the error is one, for the caller, and says that nothing ran', () => {
    const run = vi.fn();
    @component()
    class Watched {
      @register() add(a: number): void {
        run(a);
      }
    }
    let error: unknown;
    try {
      call(made(Watched), 'add', ['2']);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(TypeCheckError);
    expect(error).toMatchObject({
      error: 'wamp.error.type_check_error',
      args: ["'a' expected type=number got=string"],
      executed: 'no',
    });
    expect(run).not.toHaveBeenCalled();
  });
});

describe('keyword arguments', () => {
  const service = made(Service);

  test.each<[string, Value[], Dict, unknown]>([
    ['search', ['x'], { limit: 5 }, ['x', 5, 1]],
    ['search', ['x'], { page: 2, limit: 5 }, ['x', 5, 2]],
    ['store', ['k'], {}, ['k', undefined, {}]],
    ['store', ['k'], { ttl: 9, a: 1, b: null }, ['k', 9, { a: 1, b: null }]],
    ['loose', ['not a number'], { b: 'x', unknown: 1 }, ['not a number', 'x']],
    ['loose', [], {}, [undefined, undefined]],
  ])('%s%j %j', (method, args, keywords, expected) => {
    expect(call(service, method, args, keywords)).toEqual(expected);
  });

  test.each<[string, Value[], Dict, string]>([
    ['search', ['x'], {}, "missing keyword argument 'limit'"],
    ['search', ['x'], { limit: '5' }, "'limit' expected type=number got=string"],
    ['search', ['x'], { limit: 5, page: null }, "'page' expected type=number got=null"],
    [
      'search',
      ['x'],
      { limit: 5, sort: 1, up: 2 },
      "unexpected keyword argument 'sort', unexpected keyword argument 'up'",
    ],
    ['add', [1, 2], { c: 3 }, "unexpected keyword argument 'c'"],
    ['store', ['k'], { ttl: [] }, "'ttl' expected type=number got=list"],
    [
      'add',
      ['1'],
      { c: 3 },
      "'a' expected type=number got=string, missing argument 'b', unexpected keyword argument 'c'",
    ],
  ])('%s%j %j is refused', (method, args, keywords, expected) => {
    expect(complaint(() => call(service, method, args, keywords))).toBe(`wamp.error.type_check_error: ${expected}`);
  });

  test('keywords that objects inherit are keywords like any other', () => {
    const proto: Dict = JSON.parse('{ "__proto__": 1, "toString": 2 }');
    expect(complaint(() => call(service, 'add', [1, 2], proto))).toContain(
      "unexpected keyword argument '__proto__', unexpected keyword argument 'toString'",
    );
    @component()
    class Odd {
      @register() odd(@kwarg('toString') text: number, @kwarg('__proto__') proto: number): unknown {
        return [text, proto];
      }
      @register() rest(@kwarg('a') a: number, @kwargs() all: Dict): unknown {
        return [a, all];
      }
    }
    const odd = made(Odd);
    expect(complaint(() => call(odd, 'odd'))).toContain(
      "missing keyword argument 'toString', missing keyword argument '__proto__'",
    );
    expect(call(odd, 'odd', [], proto)).toEqual([2, 1]);
    const [, all] = call(odd, 'rest', [], JSON.parse('{ "__proto__": 1, "a": 2 }')) as [number, Dict];
    expect(Object.entries(all)).toEqual([['__proto__', 1]]);
    expect(Object.getPrototypeOf(all)).toBe(Object.prototype);
  });
});

describe('events', () => {
  test('one that is wrong never reaches the method', () => {
    const heard = vi.fn();
    @component()
    class Listener {
      @subscribe('com.example.tick') onTick(count: number): void {
        heard(count);
      }
    }
    const [tick] = made(Listener).topics;
    expect(complaint(() => tick?.handler(['3'], {}, EVENT))).toBe(
      "wamp.error.type_check_error: 'count' expected type=number got=string",
    );
    expect(heard).not.toHaveBeenCalled();
    tick?.handler([3], {}, EVENT);
    expect(heard).toHaveBeenCalledExactlyOnceWith(3);
  });
});

describe('methods that are not as their metadata says', () => {
  /** A decorator that wraps a method and hides its signature. */
  const wrapped = (_: object, _method: string, descriptor: PropertyDescriptor): void => {
    const inner = descriptor.value;
    descriptor.value = function (this: object, ...all: unknown[]) {
      return inner.apply(this, all);
    };
  };

  @component()
  class Wrapping {
    @wrapped @register() above(a: number, b: number = 2): unknown {
      return [a, b];
    }
    @register() @wrapped below(a: number, b: number[], call?: CallDetails): unknown {
      return [a, b, call];
    }
    @register() @wrapped list(a: number, b: string[]): unknown {
      return [a, b];
    }
  }
  const wrapping = made(Wrapping);

  test('wrapped after @register has seen it, nothing is lost', () => {
    expect(call(wrapping, 'above', [1])).toEqual([1, 2]);
    expect(complaint(() => call(wrapping, 'above', ['1', 2, 3]))).toContain(
      "'a' expected type=number got=string, expected at most 2 arguments got=3",
    );
  });

  test('wrapped before, types are checked and numbers of arguments are not', () => {
    expect(call(wrapping, 'list', [])).toEqual([undefined, undefined]);
    expect(call(wrapping, 'list', [1, 'maybe a rest parameter', 3])).toEqual([1, 'maybe a rest parameter']);
    expect(complaint(() => call(wrapping, 'list', ['1']))).toContain("'argument 1' expected type=number got=string");
    expect(complaint(() => call(wrapping, 'below', [1, 2]))).toContain("'argument 2' expected type=list got=number");
  });
});

describe('a checker that lets something through is found out', () => {
  /** What these suites have to say of a checker. */
  function verdict(): { wrong: number; all: number } {
    let wrong = 0;
    let all = 0;
    const cases: [ComponentClass, string, Value[], Dict][] = [
      [Service, 'add', ['1', 2], {}],
      [Service, 'add', [1], {}],
      [Service, 'add', [1, 2, 3], {}],
      [Service, 'add', [1, null], {}],
      [Service, 'add', [1, 2], { c: 1 }],
      [Service, 'search', ['x'], {}],
      [Service, 'search', ['x'], { limit: 'y' }],
      [ParameterTypes, 'boolean', [1], {}],
      [ParameterTypes, 'list', [{}], {}],
      [ParameterTypes, 'bytes', [[]], {}],
    ];
    for (const [target, method, args, keywords] of cases) {
      all++;
      try {
        call(made(target), method, args, keywords);
        wrong++;
      } catch (error) {
        expect(error).toBeInstanceOf(TypeCheckError);
      }
    }
    return { wrong, all };
  }

  test('the real one refuses them all', () => {
    expect(verdict()).toEqual({ wrong: 0, all: 10 });
  });

  test.each<
    [string, (check: ArgumentCheck, args: readonly Value[], keywords: Dict, real: typeof passes) => boolean, number]
  >([
    ['passes everything', () => true, 10],
    ['does not look at keywords', (check, args, _, real) => real.call(check, args, {}), 1],
    ['does not look at arguments', (check, _, keywords, real) => real.call(check, [1, 2], keywords), 4],
  ])('one that %s', (_, broken, slips) => {
    const spy = vi.spyOn(ArgumentCheck.prototype, 'passes').mockImplementation(function (
      this: ArgumentCheck,
      args,
      keywords,
    ) {
      return broken(this, args, keywords, passes);
    });
    try {
      expect(verdict().wrong).toBe(slips);
    } finally {
      spy.mockRestore();
    }
  });

  const { passes } = ArgumentCheck.prototype;
});

test('a description is enough to make handlers by: nothing is read from the class again', () => {
  const description = describeClass(Service);
  const copy = structuredClone({ ...description, class: undefined });
  expect(copy.procedures).toEqual(description.procedures);
});
