// Schemas of any library that has the Standard Schema interface check arguments, results and progress.
import {
  CallDetails,
  CallResult,
  type ComponentInstance,
  component,
  type Dict,
  describe as describeClass,
  kwarg,
  register,
  type StandardSchema,
  subscribe,
  TypeCheckError,
  type Value,
} from '@wamp-run/component';
import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CALL, complaint, EVENT, made } from './making.js';

/** A schema that takes its time, as one that asks a database does. */
const EVENTUALLY: StandardSchema<string> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: async (value) => {
      await Promise.resolve();
      return value === 'known' ? { value } : { issues: [{ message: 'nobody knows it' }] };
    },
  },
};

const Order = z.object({
  lines: z.array(z.object({ article: z.string(), quantity: z.int() })),
  'ship to': z.string().optional(),
});

let cleaned = 0;

@component({ prefix: 'com.shop' })
class Shop {
  @register('order', { args: [Order], kwargs: { limit: z.number().max(10).default(3) } })
  order(order: z.output<typeof Order>, call: CallDetails, @kwarg('limit') limit: number): unknown {
    return [order.lines.length, limit, call];
  }

  @register('mixed', { args: [v.pipe(v.string(), v.minLength(2))] })
  mixed(name: string, count: number): string {
    return `${name} ${count}`;
  }

  @register('ark', { args: [type('string.integer.parse')] })
  ark(count: number): number {
    return count + 1;
  }

  @register('later', { args: [EVENTUALLY, z.number()] })
  async later(name: string, count: number): Promise<string> {
    return `${name} ${count}`;
  }

  @register('unchecked', { check: false, args: [z.string()] })
  unchecked(name: string, anything: number): unknown {
    return [name, anything];
  }

  @register('priced', { result: z.number().positive() })
  priced(price: number): number {
    return price;
  }

  @register('pricedLater', { result: z.number().positive() })
  async pricedLater(price: number): Promise<number> {
    return price;
  }

  @register('several', { result: z.number() })
  several(): CallResult {
    return new CallResult([1, 2], {});
  }

  @register('rows', { progress: z.object({ id: z.int() }).transform(({ id }) => id), result: z.string() })
  async *rows(ids: unknown[], last: string): AsyncGenerator<{ id: number }, string> {
    try {
      for (const id of ids) yield { id: id as number };
      return last;
    } finally {
      cleaned++;
    }
  }

  @subscribe('sold', { args: [z.string().transform((text) => text.length)] })
  sold(length: number): unknown {
    return length;
  }
}

const shop = made(Shop);

/** What a caller is told. */
function refusal(run: () => unknown): string {
  return complaint(run).replace(/^wamp\.error\.type_check_error: /, '');
}

function call(uri: string, args: Value[], keywords: Dict = {}, of: ComponentInstance = shop): unknown {
  const procedure = of.procedures.find((each) => each.uri === `com.shop.${uri}`);
  return (procedure ?? expect.fail(uri)).handler(args, keywords, CALL);
}

describe('arguments', () => {
  test('the method gets what the schema makes of them, and details where they are', () => {
    const line = { article: 'tea', quantity: 2 };
    expect(call('order', [{ lines: [line, line] }], { limit: 5 })).toEqual([2, 5, CALL]);
    expect(call('ark', ['41'])).toBe(42);
    expect(shop.topics[0]?.handler(['three'], {}, EVENT)).toBe(5);
  });

  test('what may be missing is the schema’s matter', () => {
    expect(call('order', [{ lines: [] }])).toEqual([0, 3, CALL]);
    expect(refusal(() => call('ark', []))).toBe("missing argument 'count'");
  });

  test('one answer names everything, with paths', () => {
    const wrong = {
      lines: [
        { article: 'tea', quantity: 1 },
        { article: 7, quantity: 1.5 },
      ],
      'ship to': 1,
    };
    const error = (() => {
      try {
        return call('order', [wrong], { limit: 11 });
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(TypeCheckError);
    const [sentence = ''] = (error as TypeCheckError).args as [string];
    expect(sentence.split(/, (?=')/)).toEqual([
      expect.stringMatching(/^'order\.lines\[1\]\.article': .*string/),
      expect.stringMatching(/^'order\.lines\[1\]\.quantity': .*int/),
      expect.stringMatching(/^'order\["ship to"\]': .*string/),
      expect.stringMatching(/^'limit': /),
    ]);
  });

  test('types are checked where there is no schema', () => {
    expect(call('mixed', ['tea', 2])).toBe('tea 2');
    expect(refusal(() => call('mixed', ['t', '2']))).toMatch(/^'count' expected type=number got=string, 'name': /);
    expect(refusal(() => call('mixed', ['tea', 2, 3]))).toBe('expected at most 2 arguments got=3');
    expect(refusal(() => call('order', [{ lines: [] }], { other: 1 }))).toBe("unexpected keyword argument 'other'");
  });

  test('with check: false only the schemas count', () => {
    expect(call('unchecked', ['tea', 'anything', 'more'])).toEqual(['tea', 'anything']);
    expect(refusal(() => call('unchecked', [1, 2]))).toMatch(/^'name': /);
  });

  test('a schema may take its time', async () => {
    await expect(call('later', ['known', 1])).resolves.toBe('known 1');
    await expect(call('later', ['unknown', '1'])).rejects.toThrow(/'name' nobody knows it, 'count': /);
  });

  test('of ten thousand mistakes twenty are told', () => {
    const lines = Array.from({ length: 10_000 }, () => ({ article: 1, quantity: 1 }));
    const sentence = refusal(() => call('order', [{ lines }]));
    expect(sentence.split(/, (?=')/)).toHaveLength(21);
    expect(sentence).toMatch(/'order': and 9980 more$/);
  });

  test('a keyword __proto__ is data', () => {
    const keywords = JSON.parse('{"__proto__": {"limit": 1}}') as Dict;
    expect(refusal(() => call('order', [{ lines: [] }], keywords))).toBe("unexpected keyword argument '__proto__'");
  });
});

describe('results', () => {
  test('one that fits goes on', async () => {
    expect(call('priced', [3])).toBe(3);
    await expect(call('pricedLater', [3])).resolves.toBe(3);
  });

  test('one that does not is the procedure’s own mistake', async () => {
    expect(() => call('priced', [-3])).toThrow(/^the result does not fit its schema: 'result': /);
    expect(() => call('priced', [-3])).not.toThrow(TypeCheckError);
    await expect(call('pricedLater', [-3])).rejects.toThrow(/^the result does not fit its schema: /);
  });

  test('several values are none', () => {
    expect(() => call('several', [])).toThrow('the result is a CallResult, but its schema is of one value');
  });

  test('progress is checked yield by yield, and the generator is ended where one does not fit', async () => {
    const stream = call('rows', [[1, 2, 'x', 4], 'done']) as AsyncGenerator;
    expect(await stream.next()).toEqual({ value: 1, done: false });
    expect(await stream.next()).toEqual({ value: 2, done: false });
    const before = cleaned;
    await expect(stream.next()).rejects.toThrow(/^the progress does not fit its schema: 'progress\.id': /);
    expect(cleaned).toBe(before + 1);
    const whole = call('rows', [[1], 'done']) as AsyncGenerator;
    await whole.next();
    expect(await whole.next()).toEqual({ value: 'done', done: true });
  });

  test('a stream that is left early ends the generator', async () => {
    const stream = call('rows', [[1, 2], 'done']) as AsyncGenerator;
    await stream.next();
    const before = cleaned;
    await stream.return(undefined);
    expect(cleaned).toBe(before + 1);
  });
});

describe('mistakes', () => {
  // biome-ignore lint/suspicious/noExplicitAny: the point is to get round the types
  const untyped = (value: unknown): any => value;

  test.each<[string, object, string]>([
    [
      'too many',
      { args: [z.string(), z.string()] },
      "the option 'args' has 2 schemas, but there is 1 positional argument; leave out what is too much",
    ],
    ['no list', { args: z.string() }, "the option 'args' must be a list of schemas"],
    [
      'no schema',
      { args: [String] },
      "the option 'args' has no Standard Schema at 0; give one of zod, valibot, arktype or the like",
    ],
    [
      'no such keyword',
      { kwargs: { limit: z.string() } },
      "the option 'kwargs' has a schema for 'limit', but no parameter has @kwarg('limit'); add it",
    ],
    [
      'a schema for all keywords',
      { kwargs: z.object({}) },
      "the option 'kwargs' must be an object with a schema for each keyword",
    ],
    [
      'no schema of a keyword',
      { kwargs: { limit: 1 } },
      "the option 'kwargs' has no Standard Schema at 'limit'; give one of zod, valibot, arktype or the like",
    ],
    [
      'no schema of a result',
      { result: 'number' },
      "the option 'result' is no Standard Schema; give one of zod, valibot, arktype or the like",
    ],
  ])('%s', (_what, options, expected) => {
    @component()
    class Wrong {
      @register('com.shop.wrong', untyped(options))
      wrong(_name: string): void {}
    }
    expect(complaint(() => describeClass(Wrong))).toBe(`class Wrong, wrong(): ${expected}`);
  });
});

describe('the compiler refuses a method and schemas that disagree', () => {
  test('in arguments, results and progress', () => {
    class Disagreeing {
      // @ts-expect-error the schema gives a string
      @register('a', { args: [z.string()] })
      a(_count: number): void {}
      // @ts-expect-error what the schema makes of a string is a number
      @register('b', { args: [z.string().transform(Number)] })
      b(_text: string): void {}
      // @ts-expect-error the second schema gives a number
      @register('c', { args: [z.string(), z.number()] })
      c(_text: string, _other: string): void {}
      // @ts-expect-error the result is a string
      @register('d', { result: z.number() })
      d(): string {
        return '';
      }
      // @ts-expect-error so is the promised one
      @register('e', { result: z.number() })
      async e(): Promise<string> {
        return '';
      }
      // @ts-expect-error the yields are strings
      @register('f', { progress: z.number() })
      async *f(): AsyncGenerator<string, number> {
        yield '';
        return 1;
      }
      // @ts-expect-error the schema gives a string
      @subscribe('g', { args: [z.string()] })
      g(_count: number): void {}
    }
    expect(Disagreeing).toBeDefined();
  });

  test('and lets pass what agrees: details anywhere, wider parameters, rest, optional ones', () => {
    class Agreeing {
      @register('a', { args: [z.string(), z.number()] })
      a(_call: CallDetails, _text: string, _between: number): void {}
      @register('b', { args: [z.string()] })
      b(_value: string | number): void {}
      @register('c', { args: [z.string(), z.string()] })
      c(..._texts: string[]): void {}
      @register('d', { args: [z.string().optional()] })
      d(_text?: string): void {}
      @register('e', { args: [z.string()], result: z.union([z.number(), z.string()]) })
      async e(_text: string): Promise<number> {
        return 1;
      }
      @register('f', { result: z.string(), progress: z.number() })
      async *f(): AsyncGenerator<number, string> {
        yield 1;
        return '';
      }
      @register('g', { invoke: 'roundrobin' })
      g(_anything: symbol): void {}
    }
    expect(Agreeing).toBeDefined();
  });
});

describe('call.progress() of a procedure with a schema for its progress', () => {
  @component()
  class Reporting {
    @register('report', { progress: z.int().transform((n) => n * 10) })
    report(value: unknown, call: CallDetails): unknown {
      call.progress?.([value]);
      return [call.signal.aborted, call.procedure];
    }

    @register('several', { progress: z.int() })
    several(call: CallDetails): void {
      call.progress?.([1, 2]);
    }

    @register('later', { progress: EVENTUALLY })
    later(call: CallDetails): void {
      call.progress?.(['known']);
    }
  }

  const sent: unknown[] = [];
  const aborted = AbortSignal.abort();
  const details = new CallDetails({
    registration: 1,
    procedure: 'com.example.reporting',
    progress: (args, kwargs) => sent.push([args, kwargs]),
    signal: aborted,
    caller: undefined,
    callerAuthid: undefined,
    callerAuthrole: undefined,
  });
  const run = (uri: string, args: Value[]): unknown =>
    made(Reporting)
      .procedures.find((each) => each.uri === uri)
      ?.handler(args, {}, details);

  test('is checked as a yield is, and sends what the schema makes of it', () => {
    sent.length = 0;
    expect(run('report', [4])).toEqual([true, 'com.example.reporting']);
    expect(sent).toEqual([[[40], undefined]]);
    expect(() => run('report', ['four'])).toThrow(/^the progress does not fit its schema: 'progress': /);
    expect(sent).toHaveLength(1);
  });

  test('takes one value, and a schema that answers at once', () => {
    expect(() => run('several', [])).toThrow('the progress has several values, but its schema is of one');
    expect(() => run('later', [])).toThrow('answers with a promise, and progress() sends at once; yield instead');
  });

  test('is not there where the caller did not ask', () => {
    expect(made(Reporting).procedures[0]?.handler(['four'], {}, CALL)).toEqual([false, CALL.procedure]);
  });
});

test('a result that is a promise of another kind is checked, and asked once', async () => {
  let asked = 0;
  @component()
  class Querying {
    @register('rows', { result: z.array(z.int()) }) rows(): PromiseLike<number[]> {
      return {
        // biome-ignore lint/suspicious/noThenProperty: what query builders are
        then: (fulfilled) => {
          asked++;
          return Promise.resolve([1, 2]).then(fulfilled);
        },
      };
    }
  }
  expect(await made(Querying).procedures[0]?.handler([], {}, CALL)).toEqual([1, 2]);
  expect(asked).toBe(1);
});
