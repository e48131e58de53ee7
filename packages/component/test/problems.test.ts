import {
  CallDetails,
  ComponentConfig,
  component,
  describe as describeClass,
  EventDetails,
  kwarg,
  kwargs,
  Logger,
  optional,
  register,
  Session,
  subscribe,
} from '@wamp-run/component';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { complaint } from './making.js';

/** Decorates as a program without types can. */
// biome-ignore lint/suspicious/noExplicitAny: the point is to get round the types
const untyped = (decorator: unknown): any => decorator;

const METADATA_REMEDY =
  'set "experimentalDecorators" and "emitDecoratorMetadata" and build with a compiler that writes metadata: tsc, swc or oxc (tsx and esbuild write none)';

/** As a loader without metadata leaves a class: the decorators run, no types are written down. */
function withoutMetadata(target: new (...a: never[]) => object, method: string, ...decorators: unknown[]): void {
  const descriptor = Object.getOwnPropertyDescriptor(target.prototype, method);
  for (const decorator of decorators) untyped(decorator)(target.prototype, method, descriptor);
  untyped(component())(target);
}

describe('URIs', () => {
  test.each([
    ['a b', 'method(): @register("a b"): procedure: "com.example.a b" is not a URI (it contains white space)'],
    ['', 'method(): @register(""): procedure: "com.example." is not a URI (a part between dots is empty)'],
    ['org..x', 'method(): @register("org..x"): procedure: "org..x" is not a URI (a part between dots is empty)'],
    ['a#b', 'method(): @register("a#b"): procedure: "com.example.a#b" is not a URI (it contains #)'],
    ['wamp.my', 'method(): @register("wamp.my"): URIs that begin with wamp belong to the protocol; choose another'],
    [untyped(3), "method(): @register() takes a URI first, not number; leave it out for the method's name"],
    [
      untyped({ check: false }),
      "method(): @register() takes a URI first, not object; leave it out for the method's name",
    ],
  ])('@register(%j)', (uri, expected) => {
    @component({ prefix: 'com.example' })
    class Service {
      @register(uri) method(): void {}
    }
    expect(complaint(() => describeClass(Service))).toBe(`class Service, ${expected}`);
  });

  test.each([
    [
      'com.<id:int>',
      { match: 'exact' },
      "procedure options.match: \"com.<id:int>\" is matched as 'wildcard', not as 'exact'; leave it out",
    ],
    ['com..x', { match: 'prefix' }, 'procedure: "com..x" is not a URI (a part before the last is empty)'],
    [
      'com.x',
      { invoke: 'any' },
      'register options.invoke: expected one of single, first, last, roundrobin, random, got "any"',
    ],
    ['com.x', { concurrency: 0 }, 'register options.concurrency: expected an integer of at least 1, got 0'],
  ])('@register(%j, %j)', (uri, options, expected) => {
    @component()
    class Service {
      @register(uri, untyped(options)) method(): void {}
    }
    expect(complaint(() => describeClass(Service))).toBe(
      `class Service, method(): @register(${JSON.stringify(uri)}): ${expected}`,
    );
  });

  test('topics are read in the same way', () => {
    @component()
    class Service {
      @subscribe('a b') method(): void {}
    }
    expect(complaint(() => describeClass(Service))).toBe(
      'class Service, method(): @subscribe("a b"): topic: "a b" is not a URI (it contains white space)',
    );
  });

  test('two methods under one URI', () => {
    @component({ prefix: 'com.example' })
    class Service {
      @register('add') first(): void {}
      @register('com.example.add') second(): void {}
    }
    expect(complaint(() => describeClass(Service))).toBe(
      'class Service, second(): the procedure com.example.add is registered by first() too; a procedure has one method',
    );
  });

  test('one method twice under one URI', () => {
    @component()
    class Service {
      @register('add') @register('add') @subscribe('x') @subscribe('x') method(): void {}
    }
    expect(complaint(() => describeClass(Service))).toBe(`class Service has 2 problems:
- method(): the procedure add is registered twice; a procedure has one method
- method(): subscribes to x twice and would get each event twice; leave one`);
  });
});

describe('options', () => {
  test('of the component', () => {
    @component(untyped({ name: '', realm: 'a b', prefix: 'com.example.', prefx: 'x', check: 'yes' }))
    class Service {
      @register('add') method(): void {}
    }
    expect(complaint(() => describeClass(Service))).toBe(`class Service has 5 problems:
- @component: there is no option 'prefx'; there are: name, realm, prefix, extra, check, provide, interceptors
- @component: the option 'check' must be a boolean, not string
- @component: the option 'realm': "a b" is not a URI (it contains white space)
- @component: the option 'prefix': "com.example." is not a URI (a part between dots is empty)
- @component: the component has no name; give one with { name }`);
  });

  test('of a handler', () => {
    @component()
    class Service {
      @register('add', untyped({ chek: false, check: null })) method(): void {}
    }
    expect(complaint(() => describeClass(Service))).toBe(`class Service has 2 problems:
- method(): there is no option 'chek'; there are: check, idempotent, args, rest, kwargs, result, progress, match, invoke, concurrency, forceReregister, discloseCaller, forwardTimeout, forwardFor
- method(): the option 'check' must be a boolean, not null`);
  });

  test.each([
    ['com.example', 'the options must be an object, not string'],
    [null, 'the options must be an object, not null'],
  ])('@component(%j)', (options, expected) => {
    @component(untyped(options))
    class Service {}
    expect(complaint(() => describeClass(Service))).toBe(`class Service, @component: ${expected}`);
  });

  test('a class without a name needs one', () => {
    const nameless = (() => class {})();
    untyped(component())(nameless);
    expect(complaint(() => describeClass(nameless))).toBe(
      'class (without a name), @component: the component has no name; give one with { name }',
    );
  });

  test('@component twice', () => {
    @component({ name: 'a' })
    @component({ name: 'b' })
    class Service {}
    expect(complaint(() => describeClass(Service))).toBe(
      'class Service, @component: stands there twice; leave one of them',
    );
  });
});

describe('where decorators stand', () => {
  test('on a static member', () => {
    @component()
    class Service {
      @register('add') static add(a: number): number {
        return a;
      }
    }
    expect(complaint(() => describeClass(Service))).toBe(
      'class Service, static add: is static and can handle nothing; make it a method of the instance',
    );
  });

  test('on fields, accessors and members without a name', () => {
    const key = Symbol('secret');
    @component()
    class Service {
      @untyped(register('field')) field = 1;
      @untyped(register('accessor')) get accessor(): number {
        return 1;
      }
      @untyped(register('symbol')) [key](): void {}
    }
    expect(complaint(() => describeClass(Service))).toBe(`class Service has 3 problems:
- field: is no method and can handle nothing; decorate a method that has a name
- accessor: is no method and can handle nothing; decorate a method that has a name
- Symbol(secret): is a member without a name and can handle nothing; decorate a method that has a name`);
  });

  test('parameter decorators away from handlers', () => {
    @component()
    class Service {
      constructor(@untyped(optional()) readonly log: Logger) {}
      static make(@kwarg('a') a: number): number {
        return a;
      }
      method(@kwargs() all: object): object {
        return all;
      }
    }
    expect(complaint(() => describeClass(Service))).toBe(`class Service has 3 problems:
- static make: has @kwarg(), which belongs to parameters of handlers; remove it
- constructor: has @optional(), which belongs to parameters of handlers; remove it
- method(): has @kwargs(), but neither @register() nor @subscribe(); add one, or remove it`);
  });
});

describe('parameters of handlers', () => {
  test('keyword decorators that contradict each other', () => {
    @component()
    class Service {
      @register() both(@kwarg('a') @kwargs() a: unknown): unknown {
        return a;
      }
      @register() same(@kwarg('a') a: unknown, @kwarg('a') b: unknown): unknown[] {
        return [a, b];
      }
      @register() twice(@kwargs() a: unknown, @kwargs() b: unknown): unknown[] {
        return [a, b];
      }
      @register() nameless(@kwarg(untyped(undefined)) a: unknown): unknown {
        return a;
      }
      @register() rest(...a: unknown[]): unknown {
        return a;
      }
      @register() details(@optional() call: CallDetails): unknown {
        return call;
      }
    }
    // oxc does not compile a decorator on a rest parameter.
    optional()(Service.prototype, 'rest', 0);
    expect(complaint(() => describeClass(Service))).toBe(`class Service has 6 problems:
- both(): 'a' has @kwarg() and @kwargs(); leave one of them
- same(): two parameters have @kwarg('a'); leave one of them
- twice(): two parameters have @kwargs(); leave one of them
- nameless(): @kwarg() of parameter 1 has no keyword; write @kwarg('name')
- rest(): '...a' takes what is left and cannot be decorated; remove its decorator
- details(): 'call' is filled in by its type CallDetails; remove its decorator`);
  });

  test('types that are injected elsewhere', () => {
    @component()
    class Service {
      @register() wrong(event: EventDetails): unknown {
        return event;
      }
      @subscribe() other(call: CallDetails): unknown {
        return call;
      }
      @register() misplaced(config: ComponentConfig, session: Session, log: Logger): unknown {
        return [config, session, log];
      }
    }
    expect(complaint(() => describeClass(Service))).toBe(`class Service has 5 problems:
- wrong(): 'event' has the type EventDetails, but calls come with CallDetails; change the type
- other(): 'call' has the type CallDetails, but events come with EventDetails; change the type
- misplaced(): 'config' has the type ComponentConfig, which only the constructor can have injected; move it there
- misplaced(): 'session' has the type Session, which only the constructor can have injected; move it there
- misplaced(): 'log' has the type Logger, which only the constructor can have injected; move it there`);
  });

  test('no metadata, but checks', () => {
    class Service {
      add(a: number): number {
        return a;
      }
    }
    withoutMetadata(Service, 'add', register('add'), register('plus'));
    expect(complaint(() => describeClass(Service))).toBe(
      `class Service, add(): its parameters have no types in the metadata to check by; ${METADATA_REMEDY}, or give it { check: false }`,
    );
  });

  test('no metadata and no checks, or nothing to check', () => {
    class Unchecked {
      add(a: number, b = 1): number {
        return a + b;
      }
    }
    withoutMetadata(Unchecked, 'add', register('add', { check: false }));
    expect(describeClass(Unchecked).procedures[0]?.parameters.map(({ name }) => name)).toEqual(['a', 'b']);
    class Empty {
      ping(): void {}
    }
    withoutMetadata(Empty, 'ping', register('ping'));
    expect(describeClass(Empty).procedures[0]).toEqual({ uri: 'ping', method: 'ping', check: true, parameters: [] });
  });
});

describe('parameters of the constructor', () => {
  /** A class whose constructor has these types in its metadata. */
  function constructed(types: unknown[] | undefined, parameters: number): new (...a: never[]) => object {
    class Service {}
    Object.defineProperty(Service, 'length', { value: parameters });
    if (types !== undefined) Reflect.defineMetadata('design:paramtypes', types, Service);
    untyped(component())(Service);
    return Service;
  }

  test('without metadata', () => {
    expect(complaint(() => describeClass(constructed(undefined, 1)))).toBe(
      `class Service, constructor: parameter 1 has no type in the metadata; ${METADATA_REMEDY}`,
    );
  });

  test.each([
    [
      undefined,
      'has no type when the class is loaded (a circular import); move what both files need into a third one, or name a token with @inject()',
    ],
    [
      Object,
      'has only the type Object at run time (`import type`, an interface, an alias, a union, or a circular import); import a class, without `type`, or name a token with @inject()',
    ],
    [
      Function,
      'has only the type Function at run time (`import type`, or a function type); import the class without `type`, or name a token with @inject()',
    ],
    [String, 'has the type String, which is no class to inject; name a token with @inject()'],
    [Promise, 'has the type Promise, which is no class to inject; name a token with @inject()'],
    [{ Red: 0 }, 'has a type that is no class; name a token with @inject()'],
    [
      CallDetails,
      'has the type CallDetails, which belongs to one call or event; take it as a parameter of the handler',
    ],
  ])('of the type %s', (type, expected) => {
    expect(complaint(() => describeClass(constructed([Logger, type], 2)))).toBe(
      `class Service, constructor: parameter 2 ${expected}`,
    );
  });
});

test('the error is an InvalidConfiguration, and all that is wrong with a class is in one', () => {
  @component(untyped({ nam: 'x' }))
  class Service {
    constructor(readonly settings: { size: number }) {}
    @register('a b') method(): void {}
    @register() static other(): void {}
  }
  expect(() => describeClass(Service)).toThrow(InvalidConfiguration);
  expect(complaint(() => describeClass(Service)).split('\n')).toEqual([
    'class Service has 4 problems:',
    "- @component: there is no option 'nam'; there are: name, realm, prefix, extra, check, provide, interceptors",
    expect.stringContaining('- constructor: parameter 1 has only the type Object'),
    expect.stringContaining('- static other: is static'),
    expect.stringContaining('- method(): @register("a b")'),
  ]);
});

test('a generator that is not async is refused: its yields would be lost', () => {
  @component({ prefix: 'com.example' })
  class Service {
    @register('rows') *rows(): Generator<number> {
      yield 1;
    }
  }
  expect(complaint(() => describeClass(Service))).toBe(
    'class Service, rows(): is a generator that nobody would run; make it `async *`, and each yield is a progressive result',
  );
});
