import {
  CallDetails,
  component,
  type Dict,
  EventDetails,
  kwarg,
  kwargs,
  register,
  subscribe,
  type Value,
} from '@wamp-run/component';
import { expect, test } from 'vitest';
import { CALL, EVENT, made } from './making.js';

@component()
class Shapes {
  readonly name = 'shapes';

  @register() plain(a: unknown, b: unknown): unknown {
    return [this.name, a, b];
  }
  @register() details(call: CallDetails): unknown {
    return [this.name, call];
  }
  @register() first(call: CallDetails, a: unknown): unknown {
    return [this.name, call, a];
  }
  @register() last(a: unknown, b: unknown, call: CallDetails): unknown {
    return [this.name, a, b, call];
  }
  @register() twice(call: CallDetails, a: unknown, again: CallDetails): unknown {
    return [this.name, call, a, again];
  }
  @register() many(a: unknown, call: CallDetails, b: unknown, @kwarg('c') c: unknown, @kwargs() rest: Dict): unknown {
    return [this.name, a, call, b, c, rest];
  }
  @register() rest(call: CallDetails, a: unknown, ...left: unknown[]): unknown {
    return [this.name, call, a, left];
  }
  @register() all(@kwargs() all: Dict): unknown {
    return [this.name, all];
  }
  @register() async later(): Promise<string> {
    return this.name;
  }
  @register() async *several(): AsyncGenerator<string> {
    yield this.name;
  }
  @register() wrong(): never {
    throw new RangeError('of its own');
  }
  @subscribe() heard(event: EventDetails, a: unknown): unknown {
    return [this.name, event, a];
  }
}

const shapes = made(Shapes);
const handlerOf = (uri: string) => shapes.procedures.find((each) => each.uri === uri)?.handler ?? expect.fail(uri);

test.each<[string, Value[], Dict, unknown[]]>([
  ['plain', [1, 2], {}, [1, 2]],
  ['details', [], {}, [CALL]],
  ['first', [1], {}, [CALL, 1]],
  ['last', [1, 2], {}, [1, 2, CALL]],
  ['twice', [1], {}, [CALL, 1, CALL]],
  ['many', [1, 2], { c: 3, d: 4 }, [1, CALL, 2, 3, { d: 4 }]],
  ['rest', [1, 2, 3], {}, [CALL, 1, [2, 3]]],
  ['rest', [1], {}, [CALL, 1, []]],
  ['all', [], { c: 3, d: 4 }, [{ c: 3, d: 4 }]],
])('%s: every value is in its place, and the instance is this', (uri, args, keywords, expected) => {
  expect(handlerOf(uri)(args, keywords, CALL)).toEqual(['shapes', ...expected]);
});

test('an event comes with its details', () => {
  const [heard] = shapes.topics;
  expect(heard?.handler([1], {}, EVENT)).toEqual(['shapes', EVENT, 1]);
});

test('the details are the very object', () => {
  const [, details] = handlerOf('details')([], {}, CALL) as unknown[];
  expect(details).toBe(CALL);
});

test('what the method returns is handed on as it is', async () => {
  const later = handlerOf('later')([], {}, CALL);
  expect(later).toBeInstanceOf(Promise);
  expect(await later).toBe('shapes');
  const several = handlerOf('several')([], {}, CALL) as AsyncGenerator<string>;
  expect(await several.next()).toEqual({ value: 'shapes', done: false });
});

test('what the method throws is thrown', () => {
  expect(() => handlerOf('wrong')([], {}, CALL)).toThrow(RangeError);
});
