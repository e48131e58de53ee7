// One component, written with decorators and without: one description, one behaviour.
import {
  kwargs as allKeywords,
  CallDetails,
  ComponentConfig,
  type ComponentInstance,
  component,
  componentsIn,
  configured,
  createComponent,
  type Dict,
  defineComponent,
  describe as describeComponent,
  EventDetails,
  field,
  injectable,
  kwarg,
  Logger,
  optional,
  register,
  Session,
  type SessionDetails,
  subscribe,
  TypeCheckError,
  type Value,
} from '@wamp-run/component';
import { silent } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CALL, CONFIG, complaint, EVENT, made, SESSION } from './making.js';

class Line {
  @field() article!: string;
  @field({ type: 'integer' }) quantity!: number;
}

@injectable()
class Journal {
  static readonly entries: string[] = [];
  write(entry: string): void {
    Journal.entries.push(entry);
  }
  dispose(): void {
    this.write('journal closed');
  }
}

const Positive = z.number().positive();
const OPTIONS = { name: 'Shop', realm: 'trade', prefix: 'com.shop', extra: { branch: 'north' } };

@component(OPTIONS)
class Decorated {
  constructor(
    readonly config: ComponentConfig,
    readonly journal: Journal,
  ) {}

  @register('add') add(a: number, @optional() b?: number): number {
    return a + (b ?? 100);
  }

  @register('order', { kwargs: { limit: z.number().max(10).default(3) }, invoke: 'roundrobin', concurrency: 2 })
  order(line: Line, note: string, @kwarg('limit') limit: number, call: CallDetails): unknown {
    return [line instanceof Line, line.quantity, note, limit, call.procedure, this.config.realm];
  }

  @register('divide', { args: [z.number(), Positive], result: z.number() })
  divide(a: number, b: number): number {
    return a / b;
  }

  @register('count', { progress: Positive })
  async *count(limit: number, call: CallDetails): AsyncGenerator<number, string> {
    for (let n = 1; n <= limit; n++) yield n;
    return call.procedure;
  }

  @register('loose', { check: false }) loose(
    anything: unknown,
    @allKeywords() kwargs: Dict,
    call: CallDetails,
  ): unknown {
    return [anything, kwargs, call.procedure];
  }

  @register(({ extra, realm }) => `${realm}.${extra.branch}.where`) where(): string {
    return 'here';
  }

  @subscribe('com.example.tick', { order: 'sequential' })
  onTick(count: number, event: EventDetails): void {
    this.journal.write(`tick ${count} of ${event.topic}`);
  }

  onJoin({ realm }: SessionDetails): void {
    this.journal.write(`joined ${realm}`);
  }

  dispose(): void {
    this.journal.write('shop closed');
  }
}

const Defined = defineComponent({
  ...OPTIONS,
  setup: ({ config, inject }) => ({ config, journal: inject(Journal) }),
  dispose: ({ journal }) => journal.write('shop closed'),
  offer: ({ procedure, topic }) => [
    procedure('add', { args: ['number', 'number?'] }, (a, b) => a + (b ?? 100)),
    procedure(
      'order',
      {
        args: [Line, 'string'],
        kwargs: { limit: z.number().max(10).default(3) },
        invoke: 'roundrobin',
        concurrency: 2,
      },
      (line, note, { call, kwargs: { limit }, deps }) => [
        line instanceof Line,
        line.quantity,
        note,
        limit,
        call.procedure,
        deps.config.realm,
      ],
    ),
    procedure('divide', { args: [z.number(), Positive], result: z.number() }, (a, b) => a / b),
    procedure('count', { args: ['number'], progress: Positive }, async function* (limit, { call }) {
      for (let n = 1; n <= limit; n++) yield n;
      return call.procedure;
    }),
    procedure('loose', { check: false, args: ['anything'], kwargs: 'anything' }, (anything, { call, kwargs }) => [
      anything,
      kwargs,
      call.procedure,
    ]),
    procedure(
      ({ extra, realm }) => `${realm}.${extra.branch}.where`,
      {},
      function where() {
        return 'here';
      },
    ),
    topic('com.example.tick', { args: ['number'], order: 'sequential' }, function onTick(count, { event, deps }) {
      deps.journal.write(`tick ${count} of ${event.topic}`);
    }),
  ],
  onJoin: ({ realm }, { journal }) => journal.write(`joined ${realm}`),
});

test('both have one description', () => {
  const { class: one, procedures, topics, ...rest } = describeComponent(Decorated);
  const {
    class: other,
    procedures: definedProcedures,
    topics: definedTopics,
    ...definedRest
  } = describeComponent(Defined);
  expect(other).not.toBe(one);
  expect(definedRest).toEqual(rest);
  expect(definedProcedures.map(plain)).toEqual(procedures.map(plain));
  expect(definedTopics.map(plain)).toEqual(topics.map(plain));
  const config = { realm: 'trade', extra: { branch: 'south' } };
  const uris = (of: typeof Decorated | typeof Defined) =>
    configured(describeComponent(of), config).procedures.map(({ uri }) => uri);
  expect(uris(Defined)).toEqual(uris(Decorated));
  expect(uris(Defined)).toContain('trade.south.where');
});

test('a definition has one class, however often it is described: who compares components sees that it is the same', () => {
  expect(describeComponent(Defined).class).toBe(describeComponent(Defined).class);
  const { class: own } = describeComponent(defineComponent({ name: 'Shop' }));
  expect(own).not.toBe(describeComponent(Defined).class);
});

/** What can be compared: a schema made of a class is made anew each time, and so is a function that gives a URI. */
function plain(handler: object): unknown {
  return JSON.parse(
    JSON.stringify(handler, (key, value: unknown) => {
      if (key === 'schema') return (value as { '~standard': { vendor: string } })['~standard'].vendor;
      return typeof value === 'function' ? 'a function' : value;
    }),
  );
}

describe.each([
  ['by decorators', Decorated],
  ['by defineComponent', Defined],
])('%s', (_, target) => {
  const make = (): ComponentInstance =>
    createComponent(describeComponent(target), {
      config: { ...CONFIG, realm: 'trade', extra: OPTIONS.extra },
      session: SESSION,
      log: silent,
    });
  const call = (uri: string, args: Value[], keywords: Dict = {}): unknown => {
    const found = make().procedures.find((each) => each.uri === uri);
    if (found === undefined) throw new Error(`no ${uri}`);
    return found.handler(args, keywords, CALL);
  };
  const refused = (uri: string, args: Value[], keywords: Dict = {}): string => {
    expect(() => call(uri, args, keywords)).toThrow(TypeCheckError);
    return complaint(() => call(uri, args, keywords)).replace('wamp.error.type_check_error: ', '');
  };

  test('arguments come through, and are checked', () => {
    expect(call('com.shop.add', [1, 2])).toBe(3);
    expect(call('com.shop.add', [1])).toBe(101);
    expect(refused('com.shop.add', ['1', true])).toBe(
      "'a' expected type=number got=string, 'b' expected type=number got=boolean",
    );
    expect(refused('com.shop.add', [])).toBe("missing argument 'a'");
    expect(refused('com.shop.add', [1, 2, 3], { more: 1 })).toBe(
      "expected at most 2 arguments got=3, unexpected keyword argument 'more'",
    );
  });

  test('classes and schemas, keywords and the context', () => {
    const line = { article: 'tea', quantity: 2 };
    expect(call('com.shop.order', [line, 'soon'])).toEqual([true, 2, 'soon', 3, CALL.procedure, 'trade']);
    expect(call('com.shop.order', [line, 'soon'], { limit: 5 })).toMatchObject({ 3: 5 });
    expect(refused('com.shop.order', [{ article: 'tea', quantity: 'two' }, 1], { limit: 11 })).toMatch(
      /'note' expected type=string got=number, 'line.quantity' expected type=integer got=string, 'limit': Too big/,
    );
    expect(refused('com.shop.divide', [1, 0])).toMatch(/'b': Too small/);
    expect(call('com.shop.loose', [1], { a: 2 })).toEqual([1, { a: 2 }, CALL.procedure]);
    expect(call('trade.north.where', [])).toBe('here');
  });

  test('results are checked as well', async () => {
    expect(() => call('com.shop.divide', [Number.MAX_VALUE, Number.MIN_VALUE])).toThrow('the result does not fit');
    const stream = call('com.shop.count', [2]) as AsyncGenerator<number, string>;
    expect(await stream.next()).toEqual({ done: false, value: 1 });
    await stream.next();
    expect(await stream.next()).toEqual({ done: true, value: CALL.procedure });
  });

  test('events, hooks and the end', async () => {
    Journal.entries.length = 0;
    const instance = make();
    await instance.onJoin?.({ realm: 'trade' } as SessionDetails);
    instance.topics[0]?.handler([3], {}, EVENT);
    expect(() => instance.topics[0]?.handler(['3'], {}, EVENT)).toThrow(TypeCheckError);
    await instance.dispose();
    expect(Journal.entries).toEqual(['joined trade', `tick 3 of ${EVENT.topic}`, 'shop closed', 'journal closed']);
  });
});

describe('what a module offers', () => {
  test('definitions are among it, once each', () => {
    const found = componentsIn({ a: Defined, b: Decorated, c: Defined, d: 'other', e: null });
    expect(found.map(({ name }) => name)).toEqual(['Shop', 'Shop']);
    expect(found[1]?.class).toBe(Decorated);
  });

  test('one of another copy of the package is named', () => {
    const symbol = Symbol.for('wamp-run.definition');
    const foreign = { [symbol]: { options: { name: 'Far' }, copy: Symbol('other') } };
    expect(complaint(() => componentsIn({ foreign }))).toMatch(/^component Far was decorated by another copy/);
  });
});

describe('a definition that is wrong', () => {
  // biome-ignore lint/suspicious/noExplicitAny: what a program without types can write
  const wrong = (options: any): string => complaint(() => describeComponent(defineComponent(options)));

  test('says everything at once', () => {
    const text = wrong({
      name: 'Wrong',
      prefx: 'com.example',
      setup: 'soon',
      // biome-ignore lint/suspicious/noExplicitAny: what a program without types can write
      offer: ({ procedure, topic }: any) => [
        procedure('a b', { args: ['nummer'] }, () => 1),
        procedure('two', { args: ['number'], kwargs: { x: 3 } }, (_a: unknown, _b: unknown, _c: unknown) => 1),
        procedure('gen', {}, function* () {}),
        procedure('none', {}),
        procedure('onJoin', {}, () => 1),
        topic(5, {}, function news() {}),
        'add',
      ],
    });
    expect(text.split('\n')).toEqual([
      'component Wrong has 11 problems:',
      expect.stringContaining("- defineComponent: there is no option 'prefx'; there are: name, realm"),
      "- defineComponent: the option 'setup' must be a function, not string",
      '- defineComponent: what offer() returns has at 6 nothing that procedure() or topic() gave',
      expect.stringContaining('- a b(): \'argument 1\': "nummer" is no type; give one of number, integer'),
      '- a b(): procedure("a b"): procedure: "a b" is not a URI (it contains white space)',
      expect.stringContaining("- two(): 'x': integer is no type"),
      "- two(): takes 3 parameters, but 'args' has 1 types, and the context comes behind them; say what the others are",
      expect.stringContaining('- gen(): is a generator that nobody would run'),
      '- none(): has no handler; give a function',
      expect.stringContaining('- news(): topic() takes a URI first, not number'),
      '- onJoin(): has the name of a hook; choose another URI or name',
    ]);
  });

  test('no options, no name, an offer that throws or gives no list', () => {
    expect(wrong(undefined)).toMatch(/^component \(without a name\)/);
    expect(wrong({})).toMatch(/the component has no name; give one with \{ name \}/);
    const offer = () => {
      throw new Error('boom');
    };
    expect(wrong({ name: 'X', offer })).toBe('component X, defineComponent: offer() throws: boom');
    expect(wrong({ name: 'X', offer: () => 5 })).toMatch(/offer\(\) must return a list/);
  });

  test('a setup that fails says so when the component is made', () => {
    class Missing {
      constructor(readonly value: number) {}
    }
    const injecting = defineComponent({ name: 'Orders', setup: ({ inject }) => inject(Missing) });
    expect(complaint(() => made(injecting))).toMatch(
      /^class Orders cannot be made: Orders → Missing: nothing is known of the parameters of Missing/,
    );
    const late = defineComponent({ name: 'Late', setup: async () => 1 });
    expect(complaint(() => made(late))).toMatch(/setup\(\) answers with a promise; do what takes time in onJoin/);
  });

  test('types: a handler that disagrees with its types does not compile', () => {
    defineComponent({
      name: 'Typed',
      setup: ({ session, log }) => ({ session, log }),
      offer: ({ procedure, topic }) => [
        procedure('a', { args: ['number', 'string?', z.date()] }, (n, s, d, { call, deps, kwargs }) => {
          const checked: [number, string | undefined, Date, CallDetails, Session, Logger] = [
            n,
            s,
            d,
            call,
            deps.session,
            deps.log,
          ];
          // @ts-expect-error there is no such keyword
          kwargs.more;
          return checked.length;
        }),
        // @ts-expect-error a number is no string
        procedure('b', { args: ['number'] }, (n: string) => n),
        // @ts-expect-error the result is no number
        procedure('c', { result: z.number() }, () => 'text'),
        // @ts-expect-error there is no such word
        procedure('d', { args: ['nummer'] }, () => 1),
        topic('e', { kwargs: { n: 'number' } }, ({ kwargs: { n }, event }) => {
          const checked: [number, EventDetails] = [n, event];
          return checked;
        }),
      ],
      onReady: ({ log }) => log.info('ready'),
    });
  });
});
