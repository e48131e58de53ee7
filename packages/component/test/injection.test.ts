import {
  ComponentConfig,
  component,
  createComponent,
  describe as describeClass,
  inject,
  injectable,
  Logger,
  register,
  Session,
} from '@wamp-run/component';
import { InvalidConfiguration, silent } from '@wamp-run/protocol';
import { container, delay, injectAll, Lifecycle, scoped, singleton } from 'tsyringe';
import { afterEach, describe, expect, test } from 'vitest';
import { CALL, CONFIG, complaint, made, SESSION } from './making.js';

/** The instance behind a component: a procedure gives it away. */
function instanceOf<T extends object>(component: ReturnType<typeof made>): T {
  return component.procedures[0]?.handler([], {}, CALL) as T;
}

abstract class Revealing {
  @register('self') self(): this {
    return this;
  }
}

@injectable()
class Clock {
  readonly ticks = 0;
}

@injectable()
class Repository {
  constructor(
    readonly clock: Clock,
    readonly session: Session,
  ) {}
}

@singleton()
class Pool {
  disposed = 0;
  dispose(): void {
    this.disposed++;
  }
}

@scoped(Lifecycle.ContainerScoped)
class Cache {}

@component()
class Service extends Revealing {
  constructor(
    readonly config: ComponentConfig,
    readonly session: Session,
    readonly log: Logger,
    readonly repository: Repository,
    readonly pool: Pool,
    readonly cache: Cache,
    readonly sameCache: Cache,
    @inject('greeting') readonly greeting: string,
  ) {
    super();
  }
}

afterEach(() => {
  container.clearInstances();
});
container.register('greeting', { useFactory: () => 'hello' });

describe('what a constructor can have', () => {
  test('its configuration, session and logger', () => {
    const { config, session, log } = instanceOf<Service>(made(Service));
    expect(config).toBeInstanceOf(ComponentConfig);
    expect(config).toMatchObject({ ...CONFIG, keyring: undefined });
    expect(session).toBe(SESSION);
    expect(log).toBe(silent);
  });

  test("services, which may have the component's session injected in their turn", () => {
    const { repository, greeting } = instanceOf<Service>(made(Service));
    expect(repository).toBeInstanceOf(Repository);
    expect(repository.clock).toBeInstanceOf(Clock);
    expect(repository.session).toBe(SESSION);
    expect(greeting).toBe('hello');
  });

  test('each component has a container of its own; singletons are shared', () => {
    const one = instanceOf<Service>(made(Service));
    const two = instanceOf<Service>(made(Service));
    expect(one).not.toBe(two);
    expect(one.repository).not.toBe(two.repository);
    expect(one.cache).toBe(one.sameCache);
    expect(one.cache).not.toBe(two.cache);
    expect(one.pool).toBe(two.pool);
    expect(one.pool).toBe(container.resolve(Pool));
  });

  test('nothing of a component stays in the global container', () => {
    made(Service);
    for (const token of [ComponentConfig, Session, Logger, Service]) {
      expect(container.isRegistered(token as typeof ComponentConfig)).toBe(false);
    }
  });

  test('a component that is a singleton besides is made anew all the same', () => {
    @component()
    @singleton()
    class Twice extends Revealing {
      constructor(readonly config: ComponentConfig) {
        super();
      }
    }
    const one = instanceOf<Twice>(made(Twice));
    expect(instanceOf<Twice>(made(Twice))).not.toBe(one);
    expect(one.config.realm).toBe('realm1');
  });

  test("a base class's constructor and its tokens", () => {
    abstract class Greeting extends Revealing {
      constructor(
        @inject('greeting') readonly greeting: string,
        readonly log: Logger,
      ) {
        super();
      }
    }
    @component()
    class Inheriting extends Greeting {}
    expect(instanceOf<Inheriting>(made(Inheriting))).toMatchObject({ greeting: 'hello', log: silent });
  });

  test('tokens alone, where a loader writes no metadata', () => {
    class Plain {
      constructor(readonly greeting: string) {}
      self(): this {
        return this;
      }
    }
    inject('greeting')(Plain, undefined, 0);
    const descriptor = Object.getOwnPropertyDescriptor(Plain.prototype, 'self') as TypedPropertyDescriptor<() => Plain>;
    register('self')(Plain.prototype, 'self', descriptor);
    component()(Plain);
    expect(instanceOf<Plain>(made(Plain)).greeting).toBe('hello');
  });

  test('what is needed later', () => {
    @component()
    class Later extends Revealing {
      constructor(@inject(delay(() => Clock)) readonly clock: Clock) {
        super();
      }
    }
    expect(instanceOf<Later>(made(Later)).clock.ticks).toBe(0);
  });
});

describe('what cannot be injected', () => {
  test('a list of what nothing is registered for', () => {
    @component()
    class Orders {
      constructor(@injectAll('plugins') readonly plugins: unknown[]) {}
    }
    expect(complaint(() => made(Orders))).toBe(
      "class Orders cannot be made: Orders → 'plugins' (parameter 1 of Orders): nothing is registered for this token; provide it with @component({ provide: [{ token, … }] })",
    );
  });

  test('a token that nothing is registered for', () => {
    @injectable()
    class Store {
      constructor(
        readonly clock: Clock,
        @inject('dsn') readonly dsn: string,
      ) {}
    }
    @component()
    class Orders {
      constructor(
        readonly log: Logger,
        readonly store: Store,
      ) {}
    }
    expect(complaint(() => made(Orders))).toBe(
      "class Orders cannot be made: Orders → Store → 'dsn' (parameter 2 of Store): nothing is registered for this token; provide it with @component({ provide: [{ token, … }] })",
    );
    expect(() => made(Orders)).toThrow(InvalidConfiguration);
  });

  test('a class whose parameters nobody wrote down', () => {
    class Bare {
      constructor(readonly clock: Clock) {}
    }
    @component()
    class Orders {
      constructor(readonly bare: Bare) {}
    }
    expect(complaint(() => made(Orders))).toBe(
      'class Orders cannot be made: Orders → Bare (parameter 1 of Orders): nothing is known of the parameters of Bare; put @injectable() on it, and set "experimentalDecorators" and "emitDecoratorMetadata" and build with a compiler that writes metadata: tsc, swc or oxc (tsx and esbuild write none)',
    );
  });

  test('a class made injectable by another copy of tsyringe', () => {
    class Foreign {
      constructor(readonly clock: Clock) {}
    }
    Reflect.defineMetadata('design:paramtypes', [Clock], Foreign);
    @component()
    class Orders {
      constructor(readonly foreign: Foreign) {}
    }
    expect(complaint(() => made(Orders))).toBe(
      'class Orders cannot be made: Orders → Foreign (parameter 1 of Orders): Foreign is not injectable here; put @injectable() of @wamp-run/component on it (that of another copy of tsyringe does not count)',
    );
  });

  test.each([
    [undefined, 'undefined', 'it has no type when the class is loaded (a circular import)'],
    [Object, 'Object', 'it has only the type Object at run time'],
    [Function, 'Function', 'it has only the type Function at run time (`import type`, or a function type)'],
    [Number, 'Number', 'it has the type Number, which is no class to inject'],
  ])('a service with a parameter of the type %s', (type, name, remedy) => {
    class Inner {
      constructor(readonly value: unknown) {}
    }
    Reflect.defineMetadata('design:paramtypes', [type], Inner);
    injectable()(Inner);
    @component()
    class Orders {
      constructor(readonly inner: Inner) {}
    }
    expect(complaint(() => made(Orders))).toContain(
      `class Orders cannot be made: Orders → Inner → ${name} (parameter 1 of Inner): ${remedy}`,
    );
  });

  test.each([
    ['ComponentConfig', ComponentConfig],
    ['Session', Session],
    ['Logger', Logger],
  ])("a singleton cannot have a component's %s", (name, type) => {
    class Shared {
      constructor(readonly own: unknown) {}
    }
    Reflect.defineMetadata('design:paramtypes', [type], Shared);
    singleton()(Shared);
    @component()
    class Orders {
      constructor(readonly shared: Shared) {}
    }
    expect(complaint(() => made(Orders))).toBe(
      `class Orders cannot be made: Orders → Shared → ${name} (parameter 1 of Shared): ${name} belongs to one component, a singleton to the whole process; make the service @injectable()`,
    );
  });
});

describe('what needs itself', () => {
  test('is named, with the way round', () => {
    @injectable()
    class Left {
      constructor(@inject('right') readonly right: unknown) {}
    }
    @injectable()
    class Right {
      constructor(readonly left: Left) {}
    }
    container.register('right', { useClass: Right });
    @component()
    class Orders {
      constructor(readonly left: Left) {}
    }
    expect(complaint(() => made(Orders))).toBe(
      "class Orders cannot be made: Orders → Left → 'right' → Left (parameter 1 of Right): Left needs Right needs Left; break the circle with @inject(delay(() => …)) of tsyringe",
    );
  });
});

describe('a constructor that throws', () => {
  class Refused extends Error {}
  const refused = new Refused('no connection');

  @injectable()
  class Connection {
    constructor() {
      throw refused;
    }
  }

  test('of the component: the error is the cause, and trying again may help', () => {
    @component()
    class Orders {
      constructor() {
        throw refused;
      }
    }
    const error = thrownBy(() => made(Orders));
    expect(error).toMatchObject({ message: 'class Orders cannot be made: no connection', retryable: true });
    expect((error as Error).cause).toBe(refused);
  });

  test('of a service, or of a factory, or of a singleton', () => {
    @singleton()
    class Shared {
      constructor(readonly connection: Connection) {}
    }
    container.register('made', {
      useFactory: () => {
        throw refused;
      },
    });
    @component()
    class Directly {
      constructor(readonly connection: Connection) {}
    }
    @component()
    class ByFactory {
      constructor(@inject('made') readonly connection: Connection) {}
    }
    @component()
    class BySingleton {
      constructor(readonly shared: Shared) {}
    }
    expect([Directly, ByFactory, BySingleton].map((target) => complaint(() => made(target)))).toEqual([
      'class Directly cannot be made: Directly → Connection (parameter 1 of Directly): no connection',
      "class ByFactory cannot be made: ByFactory → 'made' (parameter 1 of ByFactory): no connection",
      'class BySingleton cannot be made: BySingleton → Shared → Connection (parameter 1 of Shared): no connection',
    ]);
    for (const target of [Directly, ByFactory, BySingleton]) {
      expect((thrownBy(() => made(target)) as Error).cause).toBe(refused);
    }
  });

  test('with something that is no error', () => {
    @injectable()
    class Odd {
      constructor() {
        throw 'a word';
      }
    }
    @component()
    class Orders {
      constructor(readonly odd: Odd) {}
    }
    expect(complaint(() => made(Orders))).toBe(
      'class Orders cannot be made: Orders → Odd (parameter 1 of Orders): a word',
    );
  });

  test('with an error that says that trying again is of no use', () => {
    @component()
    class Orders {
      constructor(config: ComponentConfig) {
        throw new InvalidConfiguration(`extra.port is missing in ${JSON.stringify(config.extra)}`);
      }
    }
    expect(thrownBy(() => made(Orders))).toMatchObject({ retryable: false });
  });

  test('what was made before it is disposed of', async () => {
    const disposed = deferred();
    @injectable()
    class Opened {
      dispose(): void {
        disposed.resolve('disposed');
      }
    }
    @component()
    class Orders {
      constructor(
        readonly opened: Opened,
        readonly connection: Connection,
      ) {}
    }
    expect(() => made(Orders)).toThrow('no connection');
    expect(await disposed.promise).toBe('disposed');
  });

  test('and where that fails too, the log is told', async () => {
    const told = deferred();
    const log: Logger = Object.create(silent, { warn: { value: (fields: object) => told.resolve(fields) } });
    const second = new Error('cannot close');
    @injectable()
    class Opened {
      dispose(): void {
        throw second;
      }
    }
    @component()
    class Orders {
      constructor(
        readonly opened: Opened,
        readonly connection: Connection,
      ) {}
    }
    expect(() => createComponent(describeClass(Orders), { config: CONFIG, session: SESSION, log })).toThrow(
      'no connection',
    );
    expect(await told.promise).toEqual({ err: second });
  });
});

describe('dispose', () => {
  const disposed: string[] = [];

  @injectable()
  class Opened {
    async dispose(): Promise<void> {
      await Promise.resolve();
      disposed.push('opened');
    }
  }

  @component()
  class Closing {
    constructor(
      readonly opened: Opened,
      readonly pool: Pool,
    ) {}
    dispose(): void {
      disposed.push('component');
    }
  }

  afterEach(() => {
    disposed.length = 0;
  });

  test('the last made first, one after the other, and once', async () => {
    const component = made(Closing);
    await Promise.all([component.dispose(), component.dispose()]);
    await component.dispose();
    expect(disposed).toEqual(['component', 'opened']);
  });

  test('a singleton lives on, for the other components', async () => {
    const pool = container.resolve(Pool);
    const other = made(Closing);
    await made(Closing).dispose();
    expect(pool.disposed).toBe(0);
    expect(disposed).toEqual(['component', 'opened']);
    await other.dispose();
    expect(pool.disposed).toBe(0);
  });

  test('a singleton that a component was the first to need lives on too', async () => {
    const component = made(Closing);
    await component.dispose();
    expect(container.resolve(Pool).disposed).toBe(0);
  });

  test('all are called, whatever fails, and the errors are told', async () => {
    const first = new Error('first');
    const second = new Error('second');
    @injectable()
    class Failing {
      dispose(): Promise<void> {
        return Promise.reject(first);
      }
    }
    @component()
    class One {
      constructor(
        readonly opened: Opened,
        readonly failing: Failing,
      ) {}
    }
    await expect(made(One).dispose()).rejects.toBe(first);
    expect(disposed).toEqual(['opened']);

    @component()
    class Two extends One {
      dispose(): void {
        throw second;
      }
    }
    await expect(made(Two).dispose()).rejects.toMatchObject({ errors: [second, first] });
    expect(disposed).toEqual(['opened', 'opened']);
  });
});

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

function deferred(): { promise: Promise<unknown>; resolve: (value: unknown) => void } {
  let resolve: (value: unknown) => void = () => undefined;
  const promise = new Promise<unknown>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
