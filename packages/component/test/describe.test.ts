import {
  CallDetails,
  ComponentConfig,
  component,
  configured,
  type Dict,
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
import { describe, expect, test } from 'vitest';

@component({ name: 'math', realm: 'numbers', prefix: 'com.example.math', extra: { digits: 3 } })
class MathService {
  constructor(
    readonly config: ComponentConfig,
    readonly session: Session,
    readonly log: Logger,
  ) {}

  onJoin(): void {}
  onUserError(): void {}

  @register('add')
  add(a: number, b: number = 1): number {
    return a + b;
  }

  @register('primes')
  async *primes(limit: number, call: CallDetails): AsyncGenerator<number> {
    yield call.registration + limit;
  }

  @register('.store.put', { check: false })
  put(key: string, @kwarg('ttl') @optional() ttl: number, @kwargs() fields: Dict, ...more: string[]): unknown {
    return [key, ttl, fields, more];
  }

  @subscribe('com.example.tick')
  onTick(event: EventDetails, { count }: { count: number }): void {
    expect([event, count]).toBeDefined();
  }

  helper(): void {}
}

describe('a class as plain data', () => {
  test('everything it says', () => {
    expect(describeClass(MathService)).toEqual({
      class: MathService,
      name: 'math',
      realm: 'numbers',
      prefix: 'com.example.math',
      extra: { digits: 3 },
      procedures: [
        {
          uri: 'com.example.math.add',
          method: 'add',
          check: true,
          parameters: [
            { name: 'a', from: 'argument', type: 'number', required: true, nullable: false },
            { name: 'b', from: 'argument', type: 'number', required: false, nullable: false },
          ],
        },
        {
          uri: 'com.example.math.primes',
          streams: true,
          method: 'primes',
          check: true,
          parameters: [
            { name: 'limit', from: 'argument', type: 'number', required: true, nullable: false },
            { name: 'call', from: 'details', required: false, nullable: true },
          ],
        },
        {
          uri: 'com.example.math.store.put',
          method: 'put',
          check: false,
          parameters: [
            { name: 'key', from: 'argument', type: 'string', required: true, nullable: false },
            { name: 'ttl', from: 'keyword', type: 'number', required: false, nullable: false },
            { name: 'fields', from: 'keywords', required: false, nullable: true },
            { name: 'more', from: 'rest', required: false, nullable: true },
          ],
        },
      ],
      topics: [
        {
          topic: 'com.example.tick',
          method: 'onTick',
          check: true,
          parameters: [
            { name: 'event', from: 'details', required: false, nullable: true },
            { name: 'argument 2', from: 'argument', required: true, nullable: false },
          ],
        },
      ],
      hooks: ['onJoin', 'onUserError'],
    });
  });

  test('what is not said is not there', () => {
    @component()
    class Plain {}
    expect(describeClass(Plain)).toEqual({ class: Plain, name: 'Plain', procedures: [], topics: [], hooks: [] });
  });

  test('the component turns checks off, a handler turns them on again', () => {
    @component({ check: false })
    class Loose {
      @register('a') a(): void {}
      @register('b', { check: true }) b(): void {}
      @subscribe('c') c(): void {}
    }
    const { procedures, topics } = describeClass(Loose);
    expect([...procedures, ...topics].map(({ check }) => check)).toEqual([false, true, false]);
  });

  test('a loader that erased nullability is told of', () => {
    const [add] = describeClass(MathService, { erasedNulls: true }).procedures;
    expect(add?.parameters.map(({ nullable }) => nullable)).toEqual([true, true]);
  });
});

describe('URIs', () => {
  const uriOf = (prefix: string | undefined, uri: string | undefined): string | undefined => {
    @component(prefix === undefined ? {} : { prefix })
    class Service {
      @register(uri) method(): void {}
    }
    return configured(describeClass(Service), { realm: 'realm1', extra: undefined }).procedures[0]?.uri;
  };

  test.each([
    ['com.example', 'add', 'com.example.add'],
    ['com.example', '.add', 'com.example.add'],
    ['com.example', '.math.add', 'com.example.math.add'],
    ['com.example', 'org.other.add', 'org.other.add'],
    ['com.example', undefined, 'com.example.method'],
    ['example', 'add', 'example.add'],
    [undefined, 'add', 'add'],
    [undefined, '.add', 'add'],
    [undefined, '.math.add', 'math.add'],
    [undefined, undefined, 'method'],
    ['com.example', 'Überraschung-1', 'com.example.Überraschung-1'],
  ])('prefix %s and %s make %s', (prefix, uri, expected) => {
    expect(uriOf(prefix, uri)).toBe(expected);
  });

  test('the same holds for topics', () => {
    @component({ prefix: 'com.example' })
    class Service {
      @subscribe() tick(): void {}
      @subscribe('wamp.session.on_join') joined(): void {}
    }
    expect(describeClass(Service).topics.map(({ topic }) => topic)).toEqual([
      'com.example.tick',
      'wamp.session.on_join',
    ]);
  });
});

describe('several decorators, several classes', () => {
  test('each decorator on a method counts', () => {
    @component({ prefix: 'com.example' })
    class Service {
      @register('add')
      @register('plus', { check: false })
      @subscribe('added')
      add(a: number, b: number): number {
        return a + b;
      }
    }
    const { procedures, topics } = describeClass(Service);
    expect(procedures.map(({ uri, check }) => [uri, check])).toEqual([
      ['com.example.plus', false],
      ['com.example.add', true],
    ]);
    expect(topics.map(({ topic, method }) => [topic, method])).toEqual([['com.example.added', 'add']]);
  });

  test('what a session takes goes on to it, named parts and patterns too', () => {
    @component({ prefix: 'com.example' })
    class Service {
      @register('orders.<id:int>', { invoke: 'roundrobin', concurrency: 2, check: false })
      order(): void {}
      @register('.all.', { match: 'prefix' })
      all(): void {}
      @subscribe('com..changed', { match: 'wildcard', order: 'sequential' })
      changed(): void {}
    }
    const { procedures, topics } = describeClass(Service);
    expect(procedures.map(({ uri, options }) => [uri, options])).toEqual([
      ['orders.<id:int>', { invoke: 'roundrobin', concurrency: 2 }],
      ['com.example.all.', { match: 'prefix' }],
    ]);
    expect(topics.map(({ topic, options }) => [topic, options])).toEqual([
      ['com..changed', { match: 'wildcard', order: 'sequential' }],
    ]);
  });

  test('two methods may hear one topic', () => {
    @component()
    class Service {
      @subscribe('com.example.tick') first(): void {}
      @subscribe('com.example.tick') second(): void {}
    }
    expect(describeClass(Service).topics.map(({ method }) => method)).toEqual(['first', 'second']);
  });

  class Base {
    @register('kept') kept(text: string): string {
      return text;
    }
    @register('old') renamed(): void {}
    @register('overridden') overridden(): void {}
    onLeave(): void {}
  }

  @component({ prefix: 'com.sub' })
  class Sub extends Base {
    @register('new') override renamed(): void {}
    override overridden(): void {}
    @register('own') own(): void {}
  }

  test("a base class's methods belong to the subclass, under its prefix", () => {
    const { procedures, hooks } = describeClass(Sub);
    expect(procedures.map(({ uri, method }) => [uri, method])).toEqual([
      ['com.sub.kept', 'kept'],
      ['com.sub.new', 'renamed'],
      ['com.sub.overridden', 'overridden'],
      ['com.sub.own', 'own'],
    ]);
    expect(procedures[0]?.parameters[0]?.type).toBe('string');
    expect(hooks).toEqual(['onLeave']);
  });

  test('@component itself is not inherited', () => {
    class Undecorated extends Sub {}
    expect(() => describeClass(Undecorated)).toThrow('class Undecorated has no @component() of its own; put one on it');
  });
});
