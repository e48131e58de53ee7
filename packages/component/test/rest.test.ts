// Rest parameters: by decorators and by defineComponent, one behaviour. What their items are is said by `rest`.
import {
  kwargs as allKeywords,
  CallDetails,
  type ComponentInstance,
  component,
  type Dict,
  defineComponent,
  describe as describeComponent,
  EventDetails,
  field,
  Keywords,
  kwarg,
  optional,
  type Remote,
  register,
  type Session,
  subscribe,
  TypeCheckError,
  type Value,
} from '@wamp-run/component';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { CALL, complaint, EVENT, made } from './making.js';

class Line {
  @field() article!: string;
  @field({ type: 'integer' }) quantity!: number;
}

const heard: unknown[] = [];

@component({ name: 'Till' })
class Decorated {
  @register('com.till.sum', { rest: 'number' })
  sum(label: string, ...numbers: number[]): unknown {
    return [label, numbers];
  }

  @register('com.till.order', { args: [z.string().optional()], rest: Line })
  order(call: CallDetails, note?: string, ...lines: Line[]): unknown {
    return [note ?? null, lines.map((line) => line instanceof Line && line.quantity), call.procedure];
  }

  @register('com.till.dates', { rest: z.iso.date().transform((text) => new Date(text)) })
  dates(...dates: Date[]): number[] {
    return dates.map((date) => date.getTime());
  }

  @register('com.till.keywords', { rest: 'string' })
  keywords(@kwarg('limit') limit: number, ...words: string[]): unknown {
    return [limit, words];
  }

  @register('com.till.all', { rest: 'anything' })
  all(@allKeywords() keywords: Dict, call: CallDetails, ...words: unknown[]): unknown {
    return [keywords, call.procedure, words];
  }

  @register('com.till.loose', { check: false, rest: 'number' })
  loose(@optional() first: string, ...numbers: number[]): unknown {
    return [first ?? null, numbers];
  }

  @subscribe('com.till.sold', { rest: 'string' })
  onSold(event: EventDetails, ...articles: string[]): void {
    heard.push([event.topic, articles]);
  }
}

const Defined = defineComponent({
  name: 'Till',
  offer: ({ procedure, topic }) => [
    procedure('com.till.sum', { args: ['string'], rest: 'number' }, (label, numbers) => [label, numbers]),
    procedure('com.till.order', { args: [z.string().optional()], rest: Line }, (note, lines, { call }) => [
      note ?? null,
      lines.map((line) => line instanceof Line && line.quantity),
      call.procedure,
    ]),
    procedure('com.till.dates', { rest: z.iso.date().transform((text) => new Date(text)) }, (dates) =>
      dates.map((date) => date.getTime()),
    ),
    procedure('com.till.keywords', { rest: 'string', kwargs: { limit: 'number' } }, (words, { kwargs }) => [
      kwargs.limit,
      words,
    ]),
    procedure('com.till.all', { rest: 'anything', kwargs: 'anything' }, (words, { kwargs, call }) => [
      kwargs,
      call.procedure,
      words,
    ]),
    procedure('com.till.loose', { check: false, args: ['string?'], rest: 'number' }, (first, numbers) => [
      first ?? null,
      numbers,
    ]),
    topic('com.till.sold', { rest: 'string' }, function onSold(articles, { event }) {
      heard.push([event.topic, articles]);
    }),
  ],
});

describe.each([
  ['by decorators', Decorated],
  ['by defineComponent', Defined],
])('%s', (_, target) => {
  const instance: ComponentInstance = made(target);
  const call = (uri: string, args: Value[], keywords: Dict = {}): unknown => {
    const found = instance.procedures.find((each) => each.uri === `com.till.${uri}`);
    if (found === undefined) throw new Error(`no ${uri}`);
    return found.handler(args, keywords, CALL);
  };
  const refused = (uri: string, args: Value[], keywords: Dict = {}): string => {
    expect(() => call(uri, args, keywords)).toThrow(TypeCheckError);
    return complaint(() => call(uri, args, keywords)).replace('wamp.error.type_check_error: ', '');
  };

  test('it is described as one parameter, with what its items are', () => {
    const described = describeComponent(target).procedures.map(({ parameters }) => parameters);
    const rests = described.map((parameters) => parameters.find(({ from }) => from === 'rest'));
    expect(rests[0]).toEqual({ name: 'numbers', from: 'rest', type: 'number', required: false, nullable: false });
    expect(rests.map((rest) => [rest?.name, rest?.type, rest?.schema?.['~standard'].vendor])).toEqual([
      ['numbers', 'number', undefined],
      ['lines', undefined, 'wamp-run'],
      ['dates', undefined, 'zod'],
      ['words', 'string', undefined],
      ['words', undefined, undefined],
      ['numbers', 'number', undefined],
    ]);
  });

  test('it takes what is left, which may be nothing', () => {
    expect(call('sum', ['x', 1, 2, 3])).toEqual(['x', [1, 2, 3]]);
    expect(call('sum', ['x'])).toEqual(['x', []]);
    expect(call('dates', [])).toEqual([]);
    expect(call('order', [])).toEqual([null, [], CALL.procedure]);
    expect(call('loose', [])).toEqual([null, []]);
    expect(call('loose', ['a', 1])).toEqual(['a', [1]]);
  });

  test('each item is checked, and all that is wrong is told with its place', () => {
    expect(refused('sum', [1, 2, '3', 4, null])).toBe(
      "'label' expected type=string got=number, 'numbers[1]' expected type=number got=string, 'numbers[3]' expected type=number got=null",
    );
    expect(refused('sum', [])).toBe("missing argument 'label'");
    expect(refused('keywords', ['a', 2, 'c'])).toBe(
      "'words[1]' expected type=string got=number, missing keyword argument 'limit'",
    );
    expect(refused('keywords', ['a'], { limit: 1, more: 2 })).toBe("unexpected keyword argument 'more'");
    // Types are not looked at where nobody is to look at them.
    expect(call('loose', ['a', 'b'])).toEqual(['a', ['b']]);
  });

  test('of ten thousand wrong items twenty are told', () => {
    const text = refused('sum', ['x', ...Array.from({ length: 10_000 }, () => '1')]);
    expect(text.match(/expected type=/g)).toHaveLength(20);
    expect(text).toMatch(/'numbers': and 9980 more$/);
    const dates = refused(
      'dates',
      Array.from({ length: 10_000 }, () => 1),
    );
    expect(dates.match(/'dates\[\d+\]'/g)).toHaveLength(20);
  });

  test('items become instances, and what schemas make of them', () => {
    const [one, two] = [
      { article: 'tea', quantity: 2 },
      { article: 'milk', quantity: 3 },
    ];
    expect(call('order', ['soon', one, two])).toEqual(['soon', [2, 3], CALL.procedure]);
    expect(refused('order', ['soon', one, { ...two, quantity: 'three' }, 5])).toBe(
      "'lines[1].quantity' expected type=integer got=string, 'lines[2]' expected type=Line got=number",
    );
    expect(call('dates', ['1970-01-01', '1970-01-02'])).toEqual([0, 86_400_000]);
    expect(refused('dates', ['1970-01-01', 'soon'])).toMatch(/^'dates\[1\]': Invalid ISO date$/);
  });

  test('keywords and details stand beside it', () => {
    expect(call('keywords', ['a', 'b'], { limit: 2 })).toEqual([2, ['a', 'b']]);
    expect(call('all', [1, 'b'], { x: 1 })).toEqual([{ x: 1 }, CALL.procedure, [1, 'b']]);
  });

  test('events, too', () => {
    heard.length = 0;
    instance.topics[0]?.handler(['tea', 'milk'], {}, EVENT);
    expect(heard).toEqual([[EVENT.topic, ['tea', 'milk']]]);
    expect(() => instance.topics[0]?.handler(['tea', 5], {}, EVENT)).toThrow("'articles[1]' expected type=string");
  });
});

test('without `rest` the items of a decorated method are not checked, whatever the compiler wrote', () => {
  @component()
  class Open {
    @register() sum(...numbers: number[]): unknown {
      return numbers;
    }
  }
  expect(made(Open).procedures[0]?.handler([1, 'two'], {}, CALL)).toEqual([1, 'two']);
});

test('a schema of items may take its time', async () => {
  const eventually = z.string().refine(async (text) => text !== 'unknown', { error: 'nobody knows it' });
  const slow = made(
    defineComponent({
      name: 'Slow',
      offer: ({ procedure }) => [procedure('com.slow.names', { rest: eventually }, (names) => names.length)],
    }),
  ).procedures[0];
  expect(await slow?.handler(['a', 'b'], {}, CALL)).toBe(2);
  await expect(slow?.handler(['a', 'unknown'], {}, CALL)).rejects.toThrow("'names[1]' nobody knows it");
});

describe('what is wrong with it is told when it is described', () => {
  // biome-ignore lint/suspicious/noExplicitAny: what a program without types can write
  const untyped = (value: unknown): any => value;

  test('with decorators', () => {
    @component()
    class Wrong {
      @register('com.till.none', untyped({ rest: 'number' }))
      none(_a: number): void {}
      @register('com.till.word', untyped({ rest: 'nummer' }))
      word(..._a: number[]): void {}
      @register('com.till.optional', untyped({ rest: 'number?' }))
      maybe(..._a: number[]): void {}
    }
    expect(complaint(() => describeComponent(Wrong)).split('\n')).toEqual([
      'class Wrong has 3 problems:',
      "- none(): the option 'rest' is for a rest parameter, and there is none; write `...items`, or leave it out",
      expect.stringContaining(`- word(): '_a': "nummer" is no type; give one of number, integer`),
      `- maybe(): '_a': "number?" is for arguments that may be missing; write 'number'`,
    ]);
  });

  test('where another decorator has wrapped the method', () => {
    const wrapped = (_prototype: object, _name: string, descriptor: PropertyDescriptor): void => {
      const inner = descriptor.value as (...all: unknown[]) => unknown;
      descriptor.value = function (this: object, ...all: unknown[]) {
        return inner.apply(this, all);
      };
    };
    @component()
    class Wrapped {
      @register('com.till.sum', { rest: 'number' })
      @wrapped
      sum(_label: string, ..._numbers: number[]): void {}
    }
    expect(complaint(() => describeComponent(Wrapped))).toMatch(
      /^class Wrapped, sum\(\): the option 'rest' is for a rest parameter, and nobody can read whether there is one/,
    );
  });

  test('with defineComponent', () => {
    const define = (options: object, handler: unknown): string =>
      complaint(() =>
        describeComponent(
          defineComponent({
            name: 'Wrong',
            offer: ({ procedure }) => [procedure('com.till.x', untyped(options), untyped(handler))],
          }),
        ),
      );
    expect(define({ rest: 'nummer' }, () => 1)).toMatch(/'rest': "nummer" is no type/);
    expect(define({ rest: 'number' }, (_a: unknown, _b: unknown, _c: unknown) => 1)).toMatch(
      /takes 3 parameters, but 'args' and 'rest' have 1 types, and the context comes behind them/,
    );
  });
});

describe('the compiler', () => {
  test('refuses a rest parameter that does not take its items', () => {
    class Disagreeing {
      // @ts-expect-error the items are strings
      @register('a', { rest: 'string' })
      a(..._numbers: number[]): void {}
      // @ts-expect-error what the schema makes of them are dates
      @register('b', { rest: z.iso.date().transform((text) => new Date(text)) })
      b(_label: string, ..._texts: string[]): void {}
      // @ts-expect-error there is no rest parameter
      @register('c', { rest: 'string' })
      c(_text: string): void {}
      // @ts-expect-error an item that is not there is none
      @register('d', { rest: 'string?' })
      d(..._texts: string[]): void {}
      // @ts-expect-error the items are lines
      @subscribe('e', { rest: Line })
      e(..._texts: string[]): void {}
    }
    expect(Disagreeing).toBeDefined();
    defineComponent({
      name: 'Disagreeing',
      offer: ({ procedure }) => [
        // @ts-expect-error the items are numbers
        procedure('a', { rest: 'number' }, (texts: string[]) => texts),
        // @ts-expect-error an item that is not there is none
        procedure('b', { rest: 'number?' }, () => 1),
      ],
    });
  });

  test('lets pass what agrees', () => {
    class Agreeing {
      @register('a', { args: [z.string()], rest: 'number' })
      a(_call: CallDetails, _text: string, ..._numbers: (number | string)[]): void {}
      @register('b', { rest: Line })
      b(_first?: string, ..._lines: Line[]): void {}
      @register('c', { rest: 'anything' })
      c(..._anything: unknown[]): void {}
    }
    expect(Agreeing).toBeDefined();
  });

  test('knows what callers give', () => {
    expectTypeOf<Remote<Decorated>['sum']>().toEqualTypeOf<(label: string, ...numbers: number[]) => Promise<unknown>>();
    const remote = (session: Session) => session.remote(Defined);
    type Defined = ReturnType<typeof remote>;
    type Gives<M extends keyof Defined> = Parameters<Extract<Defined[M], (...args: never[]) => unknown>>;
    expectTypeOf<Gives<'com.till.sum'>>().toEqualTypeOf<[string, ...number[]]>();
    expectTypeOf<Gives<'com.till.order'>>().toEqualTypeOf<[(string | undefined)?, ...Line[]]>();
    expectTypeOf<Gives<'com.till.dates'>>().toEqualTypeOf<string[]>();
    const wanted = new Keywords({ limit: 3 });
    expectTypeOf<['a', 'b', typeof wanted]>().toExtend<Gives<'com.till.keywords'>>();
    expectTypeOf<['a', 'b']>().not.toExtend<Gives<'com.till.keywords'>>();
    expectTypeOf<[1, { a: 1 }]>().toExtend<Gives<'com.till.all'>>();
  });
});
