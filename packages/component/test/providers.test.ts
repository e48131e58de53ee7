// What components bring along to be injected: once for each of them, or once for all of a process.
import {
  type ComponentClass,
  ComponentConfig,
  type ComponentInstance,
  component,
  createComponent,
  describe as describeComponent,
  inject,
  injectable,
  ProcessScope,
  register,
} from '@wamp-run/component';
import { silent } from '@wamp-run/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { CALL, CONFIG, complaint, made, SESSION } from './making.js';

const ended: string[] = [];

class Settings {
  readonly dsn = 'memory';
}

@injectable()
class Database {
  constructor(readonly settings: Settings) {}
  dispose(): void {
    ended.push('database');
  }
}

@injectable()
class Stock {
  constructor(
    readonly database: Database,
    @inject('clock') readonly clock: { now: number },
  ) {}
  dispose(): void {
    ended.push('stock');
  }
}

abstract class Revealing {
  @register('self') self(): this {
    return this;
  }
}

function instanceOf<T extends object>(made: ComponentInstance): T {
  return made.procedures[0]?.handler([], {}, CALL) as T;
}

function within(process: ProcessScope, target: ComponentClass): ComponentInstance {
  return createComponent(describeComponent(target), { config: CONFIG, session: SESSION, log: silent, process });
}

afterEach(() => {
  ended.length = 0;
});

describe('for each component', () => {
  let factories = 0;

  @component({
    provide: [
      { token: Database, useClass: Database },
      {
        token: 'clock',
        useFactory: () => {
          factories++;
          return { now: 7, dispose: () => ended.push('clock') };
        },
      },
      { token: 'greeting', useValue: { text: 'hello', dispose: () => ended.push('greeting') } },
    ],
  })
  class Orders extends Revealing {
    constructor(
      readonly config: ComponentConfig,
      readonly stock: Stock,
      readonly database: Database,
      @inject('clock') readonly clock: { now: number },
      @inject('greeting') readonly greeting: { text: string },
    ) {
      super();
    }
    dispose(): void {
      ended.push('orders');
    }
  }

  test('each provider is used once, and what it gives is shared within the component', () => {
    factories = 0;
    const one = instanceOf<Orders>(made(Orders));
    expect(one.stock.database).toBe(one.database);
    expect(one.stock.clock).toBe(one.clock);
    expect(one.greeting.text).toBe('hello');
    expect(factories).toBe(1);
    const two = instanceOf<Orders>(made(Orders));
    expect(two.database).not.toBe(one.database);
    expect(factories).toBe(2);
  });

  test('what was made ends in reverse order; a value belongs to who gave it', async () => {
    await made(Orders).dispose();
    expect(ended).toEqual(['orders', 'stock', 'clock', 'database']);
  });
});

describe('for the process', () => {
  const useFactory = (from: (token: typeof Settings) => Settings) => ({
    settings: from(Settings),
    dispose: () => ended.push('pool'),
  });
  const provide = [{ token: 'pool', useFactory, scope: 'process' }] as const;

  @component({ provide })
  class Left extends Revealing {
    constructor(@inject('pool') readonly pool: { settings: Settings }) {
      super();
    }
  }

  @component({ provide })
  class Right extends Revealing {
    constructor(@inject('pool') readonly pool: { settings: Settings }) {
      super();
    }
  }

  test('components that bring the same provider share what it gives, until the last has ended', async () => {
    const process = new ProcessScope();
    const left = within(process, Left);
    const right = within(process, Right);
    const { pool } = instanceOf<Left>(left);
    expect(instanceOf<Right>(right).pool).toBe(pool);
    await left.dispose();
    await left.dispose();
    expect(ended).toEqual([]);
    await right.dispose();
    expect(ended).toEqual(['pool']);
    const again = within(process, Left);
    expect(instanceOf<Left>(again).pool).not.toBe(pool);
    await again.dispose();
  });

  test('another process has another', () => {
    const pools = [new ProcessScope(), new ProcessScope()].map((each) => instanceOf<Left>(within(each, Left)).pool);
    expect(pools[0]).not.toBe(pools[1]);
  });

  test('a component that could not be made does not hold it', async () => {
    @component({ provide })
    class Failing {
      constructor(@inject('pool') readonly pool: unknown) {
        throw new Error('no license');
      }
    }
    const process = new ProcessScope();
    expect(() => within(process, Failing)).toThrow('no license');
    await within(process, Left).dispose();
    expect(ended).toEqual(['pool']);
  });

  test('two providers for one token are refused, by the component that comes second', () => {
    @component({ provide: [{ token: 'pool', useValue: 5, scope: 'process' }] })
    class Other {}
    const process = new ProcessScope();
    within(process, Left);
    expect(complaint(() => within(process, Other))).toBe(
      "another component provides 'pool' for the process in another way; share one provider, or say scope: 'component'",
    );
  });

  test('nothing of one component gets into it', () => {
    @injectable()
    class Needy {
      constructor(readonly config: ComponentConfig) {}
    }
    @component({ provide: [{ token: Needy, useClass: Needy, scope: 'process' }] })
    class Owner {
      constructor(readonly needy: Needy) {}
    }
    expect(complaint(() => made(Owner))).toBe(
      "class Owner cannot be made: Owner → Needy → ComponentConfig (parameter 1 of Needy): ComponentConfig belongs to one component, this provider to the whole process; say scope: 'component'",
    );
  });
});

describe('what fails names its path', () => {
  test('through classes and factories, and the provider that throws', () => {
    @component({
      provide: [
        { token: 'clock', useValue: { now: 1 } },
        {
          token: Database,
          useFactory: (from) => new Database(from('settings')),
        },
        {
          token: 'settings',
          useFactory: () => {
            throw new Error('no file');
          },
        },
      ],
    })
    class Orders {
      constructor(readonly stock: Stock) {}
    }
    expect(complaint(() => made(Orders))).toBe(
      "class Orders cannot be made: Orders → Stock → Database → 'settings': no file",
    );
  });

  test('what needs itself', () => {
    @component({
      provide: [
        { token: 'hen', useFactory: (from) => from('egg') },
        { token: 'egg', useFactory: (from) => from('hen') },
      ],
    })
    class Farm {
      constructor(@inject('hen') readonly hen: unknown) {}
    }
    expect(complaint(() => made(Farm))).toMatch(/Farm → 'hen' → 'egg' → 'hen': 'hen' needs itself; break the circle/);
  });
});

describe('a provider that is wrong', () => {
  // biome-ignore lint/suspicious/noExplicitAny: what a program without types can write
  const wrong = (provide: any): string => {
    @component({ provide })
    class Service {}
    return complaint(() => describeComponent(Service));
  };

  test('is found with the class, all of them at once', () => {
    class Unwritten {
      constructor(readonly value: unknown) {}
    }
    expect(
      wrong([
        { token: 'a' },
        { useValue: 1 },
        { token: 'b', useValue: 1, useFactory: () => 2 },
        { token: 'c', useFactory: 5, scope: 'proces' },
        { token: 'd', useClass: undefined },
        { token: 'e', useClass: Unwritten },
        { token: 'f', useValue: 1, lifecycle: 'x' },
        null,
        { token: 'g', useValue: 1 },
        { token: 'g', useValue: 1 },
      ]).split('\n'),
    ).toEqual([
      'class Service has 10 problems:',
      '- @component: provide[0]: says nothing; say one of useClass, useValue, useFactory',
      '- @component: provide[1]: has no token; name the class, string or symbol that constructors ask for',
      '- @component: provide[2]: says useValue and useFactory; say one of useClass, useValue, useFactory',
      '- @component: provide[3]: useFactory is no function',
      `- @component: provide[3]: scope must be 'component' or 'process', not "proces"`,
      '- @component: provide[4]: says nothing; say one of useClass, useValue, useFactory',
      expect.stringMatching(/^- @component: provide\[5\]: Unwritten: parameter 1 has no type in the metadata/),
      expect.stringMatching(/^- @component: provide\[6\]: there is no option 'lifecycle'; there are: token/),
      '- @component: provide[7]: the options must be an object, not null',
      "- @component: provide[9]: provides 'g' once more; leave one of them",
    ]);
    expect(wrong({})).toMatch(/the option 'provide' must be a list of providers/);
  });
});
