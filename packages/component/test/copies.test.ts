// What a service's dependencies can have two of, and what a compiler can leave out: each message names what mends it.
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { transformSync } from '@swc/wasm';
import {
  type ComponentClass,
  component,
  componentsIn,
  describe as describeComponent,
  injectable,
} from '@wamp-run/component';
import { describe, expect, test } from 'vitest';
import type { Undecorated } from './fixtures/several-components.js';
import { complaint, made } from './making.js';

class Clock {}

describe('two copies of tsyringe', () => {
  /** Another copy of the package, as a second place in node_modules gives it. */
  function anotherCopy(): typeof import('tsyringe') {
    const require = createRequire(import.meta.url);
    const folder = dirname(require.resolve('tsyringe')) + sep;
    const loaded = Object.entries(require.cache).filter(([file]) => file.startsWith(folder));
    for (const [file] of loaded) delete require.cache[file];
    try {
      return require('tsyringe') as typeof import('tsyringe');
    } finally {
      for (const file of Object.keys(require.cache)) if (file.startsWith(folder)) delete require.cache[file];
      for (const [file, module] of loaded) require.cache[file] = module;
    }
  }

  test.each(['injectable', 'singleton'] as const)('a service that the other copy made %s', (decorator) => {
    const decorate = anotherCopy()[decorator];
    @decorate()
    class Stock {
      constructor(readonly clock: Clock) {}
    }
    @component()
    class Orders {
      constructor(readonly stock: Stock) {}
    }
    expect(complaint(() => made(Orders))).toBe(
      'class Orders cannot be made: Orders → Stock (parameter 1 of Orders): Stock is not injectable here; put @injectable() of @wamp-run/component on it (that of another copy of tsyringe does not count)',
    );
    injectable()(Stock);
    expect(() => made(Orders)).not.toThrow();
  });
});

describe('two copies of reflect-metadata', () => {
  /** What a polyfill does that does not look whether there is one: it has a store of its own. */
  function replaced<T>(run: () => T): T {
    const { defineMetadata, getMetadata, getOwnMetadata } = Reflect;
    const store = new WeakMap<object, Map<unknown, unknown>>();
    const find = (key: unknown, target: object) => store.get(target)?.get(key);
    Object.assign(Reflect, {
      defineMetadata: (key: unknown, value: unknown, target: object) => {
        store.set(target, new Map([...(store.get(target) ?? []), [key, value]]));
      },
      getMetadata: find,
      getOwnMetadata: find,
    });
    try {
      return run();
    } finally {
      Object.assign(Reflect, { defineMetadata, getMetadata, getOwnMetadata });
    }
  }

  @component()
  class Orders {}

  const MENDS =
    'another copy of reflect-metadata was loaded after @wamp-run/component, and what was written before is lost: install one copy (npm ls reflect-metadata), and import @wamp-run/component last';

  test('a class that was decorated before the other came', () => {
    expect(replaced(() => complaint(() => describeComponent(Orders)))).toBe(
      `class Orders has no @component() of its own; ${MENDS}`,
    );
    expect(replaced(() => complaint(() => componentsIn({ Orders })))).toBe(`no component is to be found; ${MENDS}`);
  });

  test('says nothing where there is one copy', () => {
    expect(componentsIn({ Orders })).toHaveLength(1);
    expect(componentsIn({ other: Clock })).toEqual([]);
    expect(complaint(() => describeComponent(Clock))).toBe('class Clock has no @component() of its own; put one on it');
  });
});

describe('`import type` of a class that is injected', () => {
  const SENTENCE =
    /^class Orders, constructor: parameter 1 has only the type (Object|Function) at run time \(.*`import type`.*\); (import a class, without `type`|import the class without `type`), or name a token with @inject\(\)$/;

  test('compiled by oxc', () => {
    @component()
    class Orders {
      constructor(readonly stock: Undecorated) {}
    }
    expect(complaint(() => describeComponent(Orders))).toMatch(SENTENCE);
  });

  test('compiled by swc', () => {
    const { code } = transformSync(
      `import type { Stock } from './stock.js';
       @component() class Orders { constructor(readonly stock: Stock) {} }`,
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          target: 'es2022',
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    );
    const body = code.replaceAll(/^(import|export) .*$/gm, '');
    const target = new Function('component', `${body}\nreturn Orders;`)(component) as ComponentClass;
    expect(complaint(() => describeComponent(target))).toMatch(SENTENCE);
  });
});

test('no metadata at all, as with tsx and esbuild', () => {
  class Orders {
    constructor(readonly clock: Clock) {}
  }
  component()(Orders);
  expect(complaint(() => describeComponent(Orders))).toBe(
    'class Orders, constructor: parameter 1 has no type in the metadata; set "experimentalDecorators" and "emitDecoratorMetadata" and build with a compiler that writes metadata: tsc, swc or oxc (tsx and esbuild write none)',
  );
});
