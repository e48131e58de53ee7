// Nobody can tell by what comes of a call whether it passed by the messages: neither its caller nor its callee.
import { inspect } from 'node:util';
import { CallResult, type Session } from '@wamp-run/client';
import { ApplicationError, TypeCheckError, type Value, WampError } from '@wamp-run/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OneProcess, type Way } from './one-process.js';
import { VALUES } from './values-of-every-kind.js';

class OutOfStock extends ApplicationError {
  constructor(article: string, left: number) {
    super('com.shop.error.out_of_stock', [article, left]);
  }
}

// biome-ignore lint/suspicious/noThenProperty: what a query builder is
const thenable = { then: (resolve: (value: unknown) => void) => resolve([1, 'row']) };
const badThenable = {
  // biome-ignore lint/suspicious/noThenProperty: one that is broken
  then(): never {
    throw new Error('no rows');
  },
};
const unreadableThenable = {
  // biome-ignore lint/suspicious/noThenProperty: one that is more broken
  get then(): never {
    throw new Error('no then');
  },
};

const fails = (error: unknown) => () => {
  throw error;
};

interface Callee {
  readonly session: Session;
}

type Procedure = (args: Value[], kwargs: object, callee: Callee) => unknown;

/** Each is given what it is called with, and the session of the callee. */
const PROCEDURES: Record<string, Procedure> = {
  ...Object.fromEntries(Object.entries(VALUES).map(([name, value]) => [`returns ${name}`, () => value])),
  'returns its arguments': (args, kwargs) => [args, kwargs],
  'returns its arguments as they are': (args, kwargs) => new CallResult(args, kwargs as never),
  'returns an empty result': () => new CallResult(),
  'returns a result of one': () => new CallResult(['one']),
  'returns a result that cannot travel': () => new CallResult([1, Symbol('s') as never]),
  'returns a result with keywords that cannot travel': () => new CallResult([], { now: Number.NaN }),
  'returns the result of another router': () => new CallResult([1], {}, { callee: 17, calleeAuthid: 'x' }),
  'returns a promise': async () => ({ later: [1, -0] }),
  'returns a promise of undefined': async () => undefined,
  'returns a promise of what cannot travel': async () => Number.NaN,
  'returns a promise that rejects': async () => fails(new OutOfStock('tea', 0))(),
  'returns a promise that rejects with an error of its own': async () => fails(new RangeError('private'))(),
  'returns a promise that rejects with nothing': () => Promise.reject(),
  'returns a thenable': () => thenable,
  'returns a thenable that throws': () => badThenable,
  'returns a thenable that cannot be read': () => unreadableThenable,
  'returns a generator': async function* () {
    yield 1;
    return 'end';
  },
  'returns a generator that throws': async function* () {
    yield 1;
    throw new OutOfStock('coffee', 1);
  },
  'returns a plain generator': function* () {
    yield 1;
  },
  'throws an ApplicationError': fails(new ApplicationError('com.error.x', [1, 'two'], { kwargs: { three: [3] } })),
  'throws an error class that is defined': fails(new OutOfStock('tea', 3)),
  'throws a TypeCheckError': fails(new TypeCheckError('args[0]: expected a number')),
  'throws an ApplicationError that cannot travel': fails(
    new ApplicationError('com.error.x', [() => 1] as unknown as Value[]),
  ),
  'throws an ApplicationError that is no URI': fails(new ApplicationError('no uri at all')),
  'throws that it is unavailable': fails(new ApplicationError('wamp.error.unavailable')),
  'throws a plain error': fails(new RangeError('private')),
  'throws a text': fails('just a text'),
  'throws undefined': fails(undefined),
  'throws null': fails(null),
  'publishes and returns': (_, __, { session }) => {
    session.publish('com.told', ['before']);
    return 'after';
  },
  'publishes and throws': (_, __, { session }) => {
    session.publish('com.told', ['before']);
    throw new OutOfStock('cake', 1);
  },
  'publishes what cannot travel': (_, __, { session }) => session.publish('com.told', [Number.NaN]),
  'calls somebody, and fails with that': (_, __, { session }) => session.call('com.nobody'),
  'calls itself': (_, __, { session }) => session.call('com.p.inner', [7]),
};

interface Scene {
  readonly all: OneProcess;
  readonly ann: Session;
  readonly seen: unknown[];
}

/** Ann, and bob, who has these procedures, and `com.p.inner`. */
async function scene(way: Way, names: readonly string[] = []): Promise<Scene> {
  const all = new OneProcess();
  const { session: bob } = await all.join('bob', way);
  const { session: ann } = await all.join('ann', way);
  const seen: unknown[] = [];
  ann.define(OutOfStock, 'com.shop.error.out_of_stock');
  bob.define(OutOfStock, 'com.shop.error.out_of_stock');
  await bob.register('com.p.inner', ([n]) => [n]);
  for (const name of names) {
    const procedure = PROCEDURES[name] as Procedure;
    await bob.register(uriOf(name), (args, kwargs, details) => {
      // Looked at before the procedure may have changed anything.
      seen.push(
        told({ args, kwargs, procedure: details.procedure, progress: details.progress, caller: details.caller }),
      );
      return procedure(args, kwargs, { session: bob });
    });
  }
  return { all, ann, seen };
}

function uriOf(name: string): string {
  return `com.p.${name.replaceAll(/\W/gu, '_')}`;
}

/** All there is to see of a value, down to the sign of a zero and the class of bytes. */
function told(value: unknown): string {
  return inspect(value, { depth: 100, maxArrayLength: null, showHidden: false });
}

function toldError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, cause } = error;
  const known =
    error instanceof WampError ? { code: error.code, executed: error.executed, again: error.retryable } : {};
  const application =
    error instanceof ApplicationError
      ? { uri: error.error, args: error.args, kwargs: error.kwargs, of: error.details }
      : {};
  return { class: error.constructor.name, name, message, ...known, ...application, cause: toldError(cause) };
}

type Call = readonly [args?: unknown, options?: object];

interface Outcome {
  readonly answer: string;
  readonly seen: string;
  readonly reported: string;
}

async function outcomeOf({ all, ann, seen }: Scene, procedure: string, [args, options]: Call): Promise<Outcome> {
  seen.length = 0;
  all.reported.length = 0;
  let answer: unknown;
  try {
    answer = { value: await ann.call(procedure, args as [], options) };
  } catch (error) {
    answer = { error: toldError(error) };
  }
  await all.settled();
  return {
    answer: told(answer),
    seen: seen.join('\n'),
    reported: told(all.reported.map(([what, error]) => [what, toldError(error)])),
  };
}

const RIGHT: Record<string, Call> = {
  'no arguments': [],
  'an empty list': [[]],
  'some arguments': [[1, 'two', { three: [3] }], { kwargs: { four: 4 } }],
};

const WRONG: Record<string, Call> = {
  ...Object.fromEntries(Object.entries(VALUES).map(([name, value]) => [name, [[value]]])),
  ...Object.fromEntries(
    Object.entries(VALUES).map(([name, value]) => [`${name} by keyword`, [[], { kwargs: { value } }]]),
  ),
  ...Object.fromEntries(Object.entries(VALUES).map(([name, value]) => [`${name} for a list`, [value]])),
  ...Object.fromEntries(Object.entries(VALUES).map(([name, kwargs]) => [`${name} for keywords`, [[], { kwargs }]])),
  ...Object.fromEntries(
    Object.entries(VALUES).map(([name, options]) => [`${name} for options`, [[], options as object]]),
  ),
  ...Object.fromEntries(Object.entries(VALUES).map(([name, timeout]) => [`${name} for a time`, [[], { timeout }]])),
  'simple ones': [[1, -1, 2 ** 31 - 1, -(2 ** 31), 'x', true, '']],
  'one that is not simple behind some that are': [[1, 'x', -0, 2 ** 31, 1.5]],
  'an option that nobody knows': [[1], { timeOut: 5 }],
  'a negative time': [[1], { timeout: -1 }],
  'two that are wrong': [[() => 1], { timeout: -1 }],
  'two that are wrong, otherwise': [[() => 1], { kwargs: { x: Number.NaN } }],
  'wrong arguments, and keywords that are none': [[() => 1], { kwargs: 5 }],
};

function scenes(...names: string[]): Promise<[direct: Scene, messages: Scene]> {
  return Promise.all([scene('direct', names), scene('messages', names)]);
}

async function expectSame(name: string, calls: Record<string, Call>): Promise<void> {
  const [direct, messages] = await scenes(name);
  const procedure = uriOf(name);
  for (const [what, call] of Object.entries(calls)) {
    const one = await outcomeOf(direct, procedure, call);
    const other = await outcomeOf(messages, procedure, call);
    expect(one, what).toEqual(other);
  }
  for (const { all } of [direct, messages]) await all.expectNothingPending();
}

describe('direct and in messages comes the same of', () => {
  test.each(Object.keys(PROCEDURES))('a procedure that %s', (name) => expectSame(name, RIGHT));

  test('arguments of every kind', () => expectSame('returns its arguments', WRONG));

  test('URIs of every kind', async () => {
    const [direct, messages] = await scenes();
    for (const uri of ['com.nobody', '', 'a b', 'com..x', 'wamp.x', undefined, null, 5, {}, Symbol('x'), '__proto__']) {
      const call: Call = [[1]];
      const [one, other] = [
        await outcomeOf(direct, uri as string, call),
        await outcomeOf(messages, uri as string, call),
      ];
      expect(one, told(uri)).toEqual(other);
    }
  });

  test('whatever plain values there are', async () => {
    const procedures = ['returns its arguments', 'returns its arguments as they are'];
    const [direct, messages] = await scenes(...procedures);
    const leaf = fc.oneof(
      fc.constantFrom(null, undefined, -0, 2 ** 53, -(2 ** 53), 1e300, Number.NaN, 2 ** 31, -(2 ** 31)),
      fc.boolean(),
      fc.integer(),
      fc.maxSafeInteger(),
      fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }),
      fc.double(),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('\uD800', '\uDC00', 'a', '😀') }),
      fc.uint8Array({ maxLength: 9 }),
      fc.date(),
    );
    const value = fc.anything({
      key: fc.oneof(fc.string(), fc.constantFrom('__proto__', 'then', 'constructor', 'next')),
      values: [leaf],
      maxDepth: 3,
      maxKeys: 4,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(value, { maxLength: 3 }),
        fc.dictionary(fc.string(), value, { maxKeys: 3 }),
        async (args, kwargs) => {
          const call: Call = [args, { kwargs }];
          for (const procedure of procedures) {
            const one = await outcomeOf(direct, uriOf(procedure), call);
            expect(one).toEqual(await outcomeOf(messages, uriOf(procedure), call));
          }
        },
      ),
      { numRuns: 100, seed: Number(process.env.SEED ?? 11) },
    );
  });
});
