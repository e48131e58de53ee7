// Typed callers: what a contract says of URIs and keywords is what goes over a real wire, and the compiler agrees.
import { Client, defineTopic, Keywords, type Session } from '@wamp-run/client';
import * as componentPackage from '@wamp-run/component';
import {
  CallDetails,
  CallResult,
  component,
  type Dict,
  defineComponent,
  field,
  kwarg,
  kwargs,
  optional,
  register,
  subscribe,
  TypeCheckError,
} from '@wamp-run/component';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { Runtime } from '@wamp-run/runtime';
import { websocket } from '@wamp-run/transport/websocket';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { clock, joined, localRouter, random, serializers } from './local.js';

const TEXT: componentPackage.StandardSchema<string> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => (typeof value === 'string' ? { value } : { issues: [{ message: 'is no text' }] }),
  },
};
const WHOLE: componentPackage.StandardSchema<number> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      Number.isInteger(value) ? { value: value as number } : { issues: [{ message: 'is not whole' }] },
  },
};
/** A price in cents: text on the wire, a bigint for who gets it. */
const CENTS: componentPackage.StandardSchema<string, bigint> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      /^\d+$/.test(String(value)) ? { value: BigInt(value as string) } : { issues: [{ message: 'is no price' }] },
  },
};
const Sold = defineTopic('com.shop.sold', { args: [TEXT], kwargs: { quantity: WHOLE } });

class Line {
  @field() article!: string;
  @field({ type: 'integer' }) quantity!: number;
}

const heard: unknown[] = [];
let tell: () => void = () => {};

@component({ prefix: 'com.shop', extra: { branch: 'north' } })
class Shop {
  readonly name = 'shop';

  onJoin(): void {}

  @register('add') add(a: number, b = 10): number {
    return a + b;
  }

  @register('greet') async greet(name: string, @optional() title?: string): Promise<string> {
    return `hello ${title ?? ''}${name}`;
  }

  @register('search')
  search(text: string, @kwarg('limit') limit = 3, @kwarg('from') @optional() from?: number): unknown[] {
    return [text, limit, from ?? null];
  }

  @register('count') async *count(limit: number, call: CallDetails): AsyncGenerator<number, string> {
    for (let n = 1; n <= limit; n++) yield n;
    return call.procedure;
  }

  @register('store') store(key: string, @kwargs() fields: Dict): unknown {
    return [key, fields];
  }

  @register('order') order(line: Line): string {
    return `${line instanceof Line} ${line.article} ${line.quantity}`;
  }

  @register('sum', { rest: 'number' }) sum(...numbers: number[]): number {
    return numbers.reduce((a, b) => a + b, 0);
  }

  @register('several') several(): CallResult {
    return new CallResult([1, 2], { three: 3 });
  }

  @register('when') when(): Date {
    return new Date(0);
  }

  @register(({ extra }) => `com.${extra.branch}.where`) where(call: CallDetails): string {
    return call.procedure;
  }

  @subscribe(Sold.topic, { args: Sold.args, kwargs: Sold.kwargs })
  sold(article: string, @kwarg('quantity') quantity: number): void {
    heard.push([article, quantity]);
    tell();
  }

  helper(): void {}
}

/** Nobody runs it here: its URIs are patterns. */
@component({ prefix: 'com.shop.orders' })
class Orders {
  @register('.<id:int>.cancel') cancel(reason: string, call: CallDetails): unknown {
    return [call.params.id ?? null, reason];
  }

  @register('.any', { match: 'prefix' }) any(): void {}
}

const Till = defineComponent({
  name: 'Till',
  prefix: 'com.till',
  offer: ({ procedure, topic }) => [
    procedure('add', { args: ['number', 'number?'] }, (a, b) => a + (b ?? 10)),
    procedure('search', { args: ['string'], kwargs: { limit: 'number?', from: 'number' } }, (text, { kwargs }) => [
      text,
      kwargs.limit ?? null,
      kwargs.from,
    ]),
    procedure('count', { args: ['number'] }, async function* (limit, { call }) {
      for (let n = 1; n <= limit; n++) yield n;
      return call.procedure;
    }),
    procedure(
      'receipt',
      { args: ['string'], rest: Line, kwargs: { copies: 'number?' } },
      (title, lines, { kwargs }) => [
        title,
        lines.map((line) => `${line instanceof Line} ${line.article}`),
        kwargs.copies ?? 1,
      ],
    ),
    procedure(
      ({ extra }) => `com.till.${extra ?? 'any'}`,
      {},
      function ring() {},
    ),
    topic('com.till.opened', {}, () => {}),
  ],
});

/** What somebody without the component's code knows of it. */
interface ShopContract {
  add(a: number, b?: number): number;
  search(text: string, options: Keywords<{ limit?: number; from?: number }>): unknown[];
  count(limit: number): AsyncGenerator<number, string>;
}

let session: Session;
/** Another one: nobody hears what it publishes itself. */
let subscriber: Session;
const reported: string[] = [];
let end: () => Promise<unknown>;

beforeAll(async () => {
  const { router, url } = await localRouter();
  const runtime = new Runtime({
    components: [Shop, Till].map((of) => ({
      loaded: { file: 'test', description: componentPackage.describe(of), package: componentPackage },
      connectors: [websocket(url, { serializers: serializers(), clock })],
      realm: 'realm1',
    })),
    runner: { name: 'test', version: '0' },
    clock,
    random,
  });
  runtime.start();
  await runtime.settled();
  expect(runtime.status().map(({ state, error }) => [state, error])).toEqual([
    ['running', undefined],
    ['running', undefined],
  ]);
  const client = await joined(url);
  ({ session } = client);
  const hearing = new Client({
    connectors: [websocket(url, { serializers: serializers(), clock })],
    realm: 'realm1',
    hooks: { onUserError: (error) => void reported.push((error as Error).message) },
    clock,
    random,
  });
  subscriber = await hearing.joined();
  end = async () => {
    await hearing.close();
    await client.close();
    await runtime.stop();
    await router.close();
  };
});
afterAll(() => end());

describe('a class', () => {
  test('its methods are called with their URIs, keywords and defaults', async () => {
    const shop = session.remote(Shop);
    expect(await shop.add(1, 2)).toBe(3);
    expect(await shop.add(1)).toBe(11);
    expect(await shop.add(1, undefined)).toBe(11);
    expect(await shop.greet('Ann')).toBe('hello Ann');
    expect(await shop.greet('Ann', 'Dr. ')).toBe('hello Dr. Ann');
    expect(await shop.search('tea')).toEqual(['tea', 3, null]);
    expect(await shop.search('tea', 5)).toEqual(['tea', 5, null]);
    expect(await shop.search('tea', undefined, 7)).toEqual(['tea', 3, 7]);
    expect(await shop.store('key', { a: 1 })).toEqual(['key', { a: 1 }]);
    expect(await shop.order({ article: 'tea', quantity: 2 })).toBe('true tea 2');
    expect(await shop.sum(1, 2, 3)).toBe(6);
    expect(await shop.when()).toBe('1970-01-01T00:00:00.000Z');
    expect(await shop.several()).toMatchObject({ results: [1, 2], kwresults: { three: 3 } });
  });

  test('a generator is iterated over', async () => {
    const counted = session.remote(Shop).count(2);
    expect(await counted.next()).toEqual({ done: false, value: 1 });
    expect(await counted.next()).toEqual({ done: false, value: 2 });
    expect(await counted.next()).toEqual({ done: true, value: 'com.shop.count' });
  });

  test('named parts and what depends on the configuration', async () => {
    await session.register('com.shop.orders.7.cancel', ([reason]) => reason);
    expect(await session.remote(Orders, { params: { id: 7 } }).cancel('late')).toBe('late');
    expect(() => session.remote(Orders).cancel).toThrow(
      "com.shop.orders.<id:int>.cancel has the named part 'id'; say { params: { id: … } }",
    );
    expect(() => session.remote(Orders, { params: { id: 'x' } }).cancel).toThrow('do not fit');
    expect(await session.remote(Shop).where()).toBe('com.north.where');
    await expect(session.remote(Shop, { extra: { branch: 'south' } }).where()).rejects.toMatchObject({
      error: 'wamp.error.no_such_procedure',
    });
  });

  test('the options are those of every call', async () => {
    const stopped = new AbortController();
    stopped.abort(new Error('enough'));
    await expect(session.remote(Shop, { signal: stopped.signal }).add(1)).rejects.toMatchObject({
      code: 'WAMP_CANCELED',
    });
    await expect(session.remote(Shop, { timeuot: 1 } as object).add(1)).rejects.toThrow('timeuot');
  });

  test('what it has not cannot be called, and it is no promise', async () => {
    const shop = session.remote(Shop);
    expect(await shop).toBe(shop);
    expect(JSON.stringify({ shop })).toBe('{"shop":{}}');
    expect(() => shop.helper).toThrow(
      "Shop has no procedure 'helper' that can be called; there are: add, greet, search, count, store, order, sum, several, when, where",
    );
    expect(() => session.remote(Orders).any).toThrow(InvalidConfiguration);
    class Plain {
      add(): void {}
    }
    expect(() => session.remote(Plain)).toThrow('class Plain carries no contract');
    class Sub extends Shop {}
    expect(() => session.remote(Sub).add).toThrow('class Sub has no @component() of its own');
  });

  test('wrong arguments are refused as any others', async () => {
    await expect(session.remote(Shop).add('1' as unknown as number)).rejects.toBeInstanceOf(TypeCheckError);
    // biome-ignore lint/suspicious/noExplicitAny: what a program without types can do
    await expect((session.remote(Shop) as any).greet('a', 'b', 'c')).rejects.toThrow('expected at most 2 arguments');
  });

  test('types: as callers see them', () => {
    const shop = session.remote(Shop);
    expectTypeOf(shop.add).toEqualTypeOf<(a: number, b?: number) => Promise<number>>();
    expectTypeOf(shop.greet).toEqualTypeOf<(name: string, title?: string) => Promise<string>>();
    expectTypeOf(shop.count).toEqualTypeOf<(limit: number) => AsyncGenerator<number, string, undefined>>();
    expectTypeOf<componentPackage.Remote<Orders>['cancel']>().parameters.toEqualTypeOf<[reason: string]>();
    expectTypeOf(shop.sum).parameters.toEqualTypeOf<number[]>();
    expectTypeOf(shop.when).returns.toEqualTypeOf<Promise<string>>();
    expectTypeOf(shop.several).returns.toEqualTypeOf<Promise<unknown>>();
    expectTypeOf(shop).not.toHaveProperty('onJoin');
    expectTypeOf(shop).not.toHaveProperty('name');
    // @ts-expect-error a string is no number
    const wrong = () => shop.add('1');
    // @ts-expect-error there is no such method
    const none = () => shop.nothing();
    // @ts-expect-error too many
    const many = () => shop.greet('a', 'b', 'c');
    expect([wrong, none, many]).toHaveLength(3);
  });
});

describe('what defineComponent gave', () => {
  test('is called in the same way, with the keywords as an object', async () => {
    const till = session.remote(Till);
    expect(await till.add(1)).toBe(11);
    expect(await till.search('tea', { from: 2 })).toEqual(['tea', null, 2]);
    const counted: number[] = [];
    for await (const n of till.count(3)) counted.push(n);
    expect(counted).toEqual([1, 2, 3]);
  });

  test('any number of arguments, each in its place, and keywords told from them', async () => {
    const till = session.remote(Till);
    const tea = { article: 'tea', quantity: 1 };
    const milk = { article: 'milk', quantity: 2 };
    expect(await till.receipt('today')).toEqual(['today', [], 1]);
    expect(await till.receipt('today', tea, milk)).toEqual(['today', ['true tea', 'true milk'], 1]);
    expect(await till.receipt('today', tea, new Keywords({ copies: 3 }))).toEqual(['today', ['true tea'], 3]);
    // @ts-expect-error a text is no line
    await expect(till.receipt('today', tea, 'milk')).rejects.toThrow("'lines[1]' expected type=Line got=string");
    // @ts-expect-error a number is no text
    await expect(session.remote(Shop).sum(1, 'two')).rejects.toThrow("'numbers[1]' expected type=number got=string");
  });

  test('types: from its args and kwargs', () => {
    const till = session.remote(Till);
    expectTypeOf(till.add).parameters.toEqualTypeOf<[number, (number | undefined)?]>();
    expectTypeOf(till.add).returns.toEqualTypeOf<Promise<number>>();
    expectTypeOf(till.count).returns.toEqualTypeOf<AsyncGenerator<number, string, undefined>>();
    expectTypeOf(till).not.toHaveProperty('com.till.opened');
    expectTypeOf<keyof typeof till>().toEqualTypeOf<'add' | 'search' | 'count' | 'receipt'>();
    // @ts-expect-error `from` is missing
    const missing = () => till.search('tea', {});
    // @ts-expect-error there is no such keyword
    const unknown = () => till.search('tea', { from: 1, to: 2 });
    expect([missing, unknown]).toHaveLength(2);
  });
});

describe('a type alone', () => {
  test('is called below a prefix', async () => {
    const shop = session.remote<ShopContract>('com.shop', { streams: { count: true } });
    expect(await shop.add(1, 2)).toBe(3);
    expect(await shop.search('tea', new Keywords({ limit: 5 }))).toEqual(['tea', 5, null]);
    const counted: number[] = [];
    for await (const n of shop.count(2)) counted.push(n);
    expect(counted).toEqual([1, 2]);
  });

  test('types: generators have to be named', () => {
    // @ts-expect-error count gives an async generator
    session.remote<ShopContract>('com.shop');
    // @ts-expect-error add does not
    session.remote<ShopContract>('com.shop', { streams: { count: true, add: true } });
    session.remote<{ add(a: number): number }>('com.shop');
  });
});

describe('a topic', () => {
  test('is published to as its contract says', async () => {
    heard.length = 0;
    const arrived = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const { id } = await session.topic(Sold, { acknowledge: true }).publish('tea', { quantity: 2 });
    expect(id).toBeTypeOf('number');
    await arrived;
    expect(heard).toEqual([['tea', 2]]);
    expect(session.topic(Sold).publish('tea', { quantity: 3 })).toBeUndefined();
  });

  test('what does not fit is not sent: everything that is wrong, in one error', () => {
    heard.length = 0;
    // biome-ignore lint/suspicious/noExplicitAny: what a program without types can do
    const sold = session.topic(Sold) as any;
    expect(() => sold.publish(5, { quantity: 1.5, more: 1 }, 'too much')).toThrow(TypeCheckError);
    expect(() => sold.publish(5, { quantity: 1.5, more: 1 }, 'too much')).toThrow(
      "publishing to com.shop.sold: 'argument 1' is no text, 'quantity' is not whole, unexpected keyword argument 'more', expected at most 2 arguments got=3",
    );
    expect(() => sold.publish('tea')).toThrow("'quantity' is not whole");
    expect(heard).toEqual([]);
  });

  test('is subscribed to as its contract says: what the schemas make of an event, and nothing that does not fit', async () => {
    const Priced = defineTopic('com.shop.priced', { args: [TEXT, CENTS], kwargs: { quantity: WHOLE } });
    const got: unknown[] = [];
    const third = new Promise<void>((resolve) => {
      void subscriber
        .topic(Priced)
        .subscribe(([article, cents], { quantity }, details) => {
          expectTypeOf(article).toEqualTypeOf<string>();
          expectTypeOf(cents).toEqualTypeOf<bigint>();
          expectTypeOf(quantity).toEqualTypeOf<number>();
          got.push([article, cents, quantity, details.topic]);
          if (got.length === 2) resolve();
        })
        .then(() => {
          session.topic(Priced).publish('tea', '250', { quantity: 1 });
          // As somebody does who has no contract.
          session.publish(Priced.topic, [5, '250', 'more'], { kwargs: { quantity: 1.5, other: 1 } });
          session.publish(Priced.topic, []);
          session.topic(Priced).publish('milk', '120', { quantity: 2 });
        });
    });
    await third;
    expect(got).toEqual([
      ['tea', 250n, 1, Priced.topic],
      ['milk', 120n, 2, Priced.topic],
    ]);
    expect(reported).toEqual([
      "wamp.error.type_check_error: an event of com.shop.priced: 'argument 1' is no text, 'quantity' is not whole, unexpected keyword argument 'other', expected at most 2 arguments got=3",
      "wamp.error.type_check_error: an event of com.shop.priced: 'argument 1' is no text, 'argument 2' is no price, 'quantity' is not whole",
    ]);
  });

  test('a subscriber’s schema may take its time', async () => {
    const later = {
      '~standard': { ...TEXT['~standard'], validate: async (value: unknown) => ({ value: `late ${value}` }) },
    };
    const Late = defineTopic('com.shop.late', { args: [later] });
    const texts: string[] = [];
    await new Promise<void>((resolve) => {
      const take = ([text]: [string]) => {
        texts.push(text);
        if (texts.length === 2) resolve();
      };
      void subscriber
        .topic(Late)
        .subscribe(take, { order: 'sequential' })
        .then(() => {
          session.publish(Late.topic, ['one']);
          session.publish(Late.topic, ['two']);
        });
    });
    expect(texts).toEqual(['late one', 'late two']);
  });

  test('types: a handler that disagrees with the contract does not compile', () => {
    // @ts-expect-error the article is a string
    const wrong = () => session.topic(Sold).subscribe(([article]: [number]) => article);
    // @ts-expect-error there is no such keyword
    const keyword = () => session.topic(Sold).subscribe((_args, { price }) => price);
    const alone = () =>
      session.topic<[count: number]>('com.example.tick').subscribe(([count], kwargs, details) => {
        expectTypeOf(count).toEqualTypeOf<number>();
        expectTypeOf(kwargs).toEqualTypeOf<Dict>();
        return details.topic;
      });
    expect([wrong, keyword, alone]).toHaveLength(3);
  });

  test('without schemas it is typed alone', async () => {
    const counted = new Promise<unknown>((resolve) => {
      void subscriber
        .topic<[count: number]>('com.example.counted')
        .subscribe(([count]) => resolve(count))
        .then(() => session.topic<[count: number]>('com.example.counted').publish(7));
    });
    expect(await counted).toBe(7);
    await session.topic<[count: number]>('com.example.tick', { acknowledge: true }).publish(3);
    // @ts-expect-error a string is no number
    const wrong = () => session.topic<[count: number]>('com.example.tick').publish('3');
    // @ts-expect-error the quantity is missing
    const missing = () => session.topic(Sold).publish('tea');
    expect([wrong, missing]).toHaveLength(2);
  });

  test('a declaration that is wrong is refused at once', () => {
    expect(() => defineTopic('a b')).toThrow('not a URI');
    expect(() => defineTopic('com.example.x', { args: [5 as never] })).toThrow('there is no Standard Schema at 0');
    const later = {
      '~standard': { ...TEXT['~standard'], validate: async (value: unknown) => ({ value: value as string }) },
    };
    expect(() => session.topic(defineTopic('com.example.x', { args: [later] })).publish('a')).toThrow(
      'answers with a promise',
    );
  });
});
