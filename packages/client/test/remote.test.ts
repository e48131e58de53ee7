// Typed callers without any component: a contract under its symbol is all that this package needs.
import { CONTRACT, type Contract, InvalidConfiguration, type ProcedureContract } from '@wamp-run/protocol';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { type CallDetails, Keywords, type Remote, type SessionDetails, type StreamNames } from '../src/index.js';
import { RecordingSession } from './recording-session.js';

interface Sent {
  readonly uri: string;
  readonly args: unknown;
  readonly options: unknown;
}

/** Notes what it is asked to call. */
class CallingSession extends RecordingSession {
  readonly sent: Sent[] = [];
  override details: SessionDetails | undefined = { realm: 'realm1' } as SessionDetails;

  override call(...given: unknown[]): Promise<never> {
    const [uri, args, options] = given;
    this.sent.push({ uri: uri as string, args, options });
    return Promise.resolve(this.sent.length) as Promise<never>;
  }
}

const PROCEDURES: Record<string, ProcedureContract> = {
  add: { uri: 'com.example.add', streams: false, places: ['argument', 'argument'] },
  search: { uri: 'com.example.search', streams: false, places: ['argument', { keyword: 'limit' }, 'keywords'] },
  sum: { uri: 'com.example.sum', streams: false, places: ['argument', 'rest'] },
  rows: { uri: 'com.example.rows', streams: true, places: [] },
  item: { uri: 'com.example.<name>.<id:int>.get', streams: false, places: [] },
  tail: { uri: 'com.example.tail.<rest:suffix>', streams: false, places: [] },
};

// biome-ignore lint/suspicious/noExplicitAny: the places are what is tested here
type Anything = Record<string, (...args: any[]) => any>;

function contract(asked: unknown[] = []): { [CONTRACT]: Contract<Anything> } {
  return {
    [CONTRACT]: {
      name: 'Example',
      procedures: (config) => {
        asked.push(config);
        return new Map(Object.entries(PROCEDURES));
      },
    },
  };
}

describe('where arguments go', () => {
  test.each<[string, unknown[], unknown, unknown]>([
    ['add', [1, 2], [1, 2], undefined],
    ['add', [1, undefined], [1], undefined],
    ['add', [undefined, 2], [undefined, 2], undefined],
    ['add', [1, 2, 3], [1, 2, 3], undefined],
    ['search', ['tea'], ['tea'], undefined],
    ['search', ['tea', 3], ['tea'], { limit: 3 }],
    ['search', ['tea', undefined, { more: 1 }], ['tea'], { more: 1 }],
    ['search', ['tea', 3, { more: 1 }], ['tea'], { limit: 3, more: 1 }],
    ['search', ['tea', new Keywords({ limit: 5 })], ['tea'], { limit: 5 }],
    ['sum', [1, 2, 3], [1, 2, 3], undefined],
  ])('%s(%j)', async (method, given, args, kwargs) => {
    const session = new CallingSession();
    await session.remote(contract())[method]?.(...given);
    expect(session.sent).toEqual([
      { uri: `com.example.${method}`, args, options: kwargs === undefined ? {} : { kwargs } },
    ]);
  });

  test('a keyword `__proto__` is data', async () => {
    const session = new CallingSession();
    await session.remote(contract()).search?.('tea', 1, JSON.parse('{"__proto__": {"polluted": true}}'));
    const [{ kwargs }] = session.sent.map(({ options }) => options) as [{ kwargs: object }];
    expect(Object.keys(kwargs)).toEqual(['limit', '__proto__']);
    expect(Object.getPrototypeOf(kwargs)).toBe(Object.prototype);
  });

  test('the options go with each call, and are not changed by it', async () => {
    const session = new CallingSession();
    const options = { timeout: 5 };
    const remote = session.remote(contract(), options);
    await remote.search?.('tea', 1);
    await remote.add?.(1);
    expect(session.sent.map((each) => each.options)).toEqual([{ timeout: 5, kwargs: { limit: 1 } }, { timeout: 5 }]);
    expect(options).toEqual({ timeout: 5 });
  });
});

describe('what is called', () => {
  test('a generator goes out with the first next', async () => {
    const session = new CallingSession();
    const rows = session.remote(contract()).rows?.() as AsyncGenerator;
    expect(session.sent).toEqual([]);
    expect(await rows.next()).toEqual({ done: true, value: 1 });
    expect(session.sent).toMatchObject([{ uri: 'com.example.rows', options: { onProgress: expect.any(Function) } }]);
  });

  test('any method is one where it is said to be', async () => {
    const session = new CallingSession();
    const added = session.remote(contract(), { streams: { add: true } }).add?.(1) as AsyncGenerator;
    expect(await added.next()).toEqual({ done: true, value: 1 });
  });

  test('named parts are filled in', async () => {
    const session = new CallingSession();
    await session.remote(contract(), { params: { name: 'tea', id: 7 } }).item?.();
    await session.remote(contract(), { params: { rest: 'a.b' } }).tail?.();
    expect(session.sent.map(({ uri }) => uri)).toEqual(['com.example.tea.7.get', 'com.example.tail.a.b']);
    expect(() => session.remote(contract(), { params: { name: 'a.b', id: 7 } }).item).toThrow('do not fit');
    expect(() => session.remote(contract(), { params: { name: 'tea' } }).item).toThrow("has the named part 'id'");
  });

  test('the contract is asked with the realm and extra, once they are known', async () => {
    const asked: unknown[] = [];
    const session = new CallingSession();
    const remote = session.remote(contract(asked), { extra: 5 });
    const { details } = session;
    session.details = undefined;
    await remote.add?.(1);
    session.details = details;
    await remote.add?.(1);
    await remote.sum?.(1);
    expect(asked).toEqual([
      { realm: '', extra: 5 },
      { realm: 'realm1', extra: 5 },
    ]);
  });

  test('what carries no contract is refused, and so is a method that it does not name', () => {
    const session = new CallingSession();
    expect(() => session.remote({} as never)).toThrow(InvalidConfiguration);
    expect(() => session.remote(null as never)).toThrow(InvalidConfiguration);
    expect(() => session.remote(contract()).nothing).toThrow(
      "Example has no procedure 'nothing' that can be called; there are: add, search",
    );
  });

  test('the methods of a prefix are below it', async () => {
    const session = new CallingSession();
    await session
      .remote<{ add(a: number, b: Keywords<{ c: number }>): number }>('com.x')
      .add(1, new Keywords({ c: 2 }));
    expect(session.sent).toEqual([{ uri: 'com.x.add', args: [1], options: { kwargs: { c: 2 } } }]);
  });
});

describe('types', () => {
  class Service {
    readonly size = 1;
    onJoin(): void {}
    plain(a: number, b?: string): number {
      return a + (b ?? '').length;
    }
    later(call: CallDetails): Promise<string> {
      return Promise.resolve(call.procedure);
    }
    middle(a: number, call: CallDetails, b = 1): number {
      return a + b + call.registration;
    }
    optional(a: number, call?: CallDetails): number {
      return a + (call?.registration ?? 0);
    }
    // biome-ignore lint/suspicious/noExplicitAny: one of the kinds
    loose(a: any, b: unknown): any {
      return [a, b];
    }
    async *parts(_limit: number, _call: CallDetails): AsyncGenerator<Date, boolean> {
      yield new Date(0);
      return true;
    }
    nothing(): void {}
    async nested(): Promise<AsyncGenerator<number>> {
      return (async function* () {})();
    }
  }
  type R = Remote<Service>;

  test('are those that callers see', () => {
    expectTypeOf<keyof R>().toEqualTypeOf<
      'plain' | 'later' | 'middle' | 'optional' | 'loose' | 'parts' | 'nothing' | 'nested'
    >();
    expectTypeOf<R['plain']>().toEqualTypeOf<(a: number, b?: string) => Promise<number>>();
    expectTypeOf<R['later']>().toEqualTypeOf<() => Promise<string>>();
    expectTypeOf<Parameters<R['middle']>>().toEqualTypeOf<[number, (number | undefined)?]>();
    expectTypeOf<Parameters<R['optional']>>().toEqualTypeOf<[number]>();
    // biome-ignore lint/suspicious/noExplicitAny: one of the kinds
    expectTypeOf<Parameters<R['loose']>>().toEqualTypeOf<[a: any, b: unknown]>();
    expectTypeOf<R['parts']>().toEqualTypeOf<(_limit: number) => AsyncGenerator<string, boolean, undefined>>();
    expectTypeOf<R['nothing']>().toEqualTypeOf<() => Promise<void>>();
    expectTypeOf<StreamNames<Service>>().toEqualTypeOf<'parts' | 'nested'>();
  });
});
