// Classes as arguments: dicts on the wire, instances in the method.
import {
  component,
  type Dict,
  describe as describeClass,
  EventDetails,
  field,
  kwarg,
  optional,
  register,
  subscribe,
  TypeCheckError,
  type Value,
} from '@wamp-run/component';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CALL, complaint, EVENT, made } from './making.js';

class Line {
  @field() article!: string;
  @field({ type: 'integer' }) quantity!: number;

  get text(): string {
    return `${this.quantity} ${this.article}`;
  }
}

class Address {
  @field({ schema: z.string().trim().min(1) }) street!: string;
  @field() number!: number;
}

class Order {
  @field({ of: Line }) lines!: Line[];
  @field() to!: Address;
  @field({ optional: true }) note = 'none';
  @field({ nullable: true, type: 'string' }) coupon!: string | null;
  @field({ optional: true }) anything?: unknown;
  readonly made = 'by the class';
}

class Tree {
  @field() name!: string;
  @field({ of: () => Tree, optional: true }) children: Tree[] = [];
}

class Special extends Order {
  @field({ of: 'string', optional: true }) wishes: string[] = [];
}

class Needy {
  @field() name!: string;
  constructor(readonly needed: string) {}
}

@component({ prefix: 'com.shop' })
class Shop {
  @register('order') order(order: Order): unknown {
    return order;
  }
  @register('special') special(order: Special, @kwarg('line') line: Line, @optional() other?: Line): unknown {
    return [order, line, other];
  }
  @register('tree') tree(tree: Tree): unknown {
    return tree;
  }
  @register('plain', { check: false }) plain(order: Order): unknown {
    return order;
  }
  @subscribe('sold') sold(line: Line, _event: EventDetails): unknown {
    return line;
  }
}

const shop = made(Shop);
const call = (uri: string, args: Value[], keywords: Dict = {}): unknown => {
  const procedure = shop.procedures.find((each) => each.uri === `com.shop.${uri}`);
  return (procedure ?? expect.fail(uri)).handler(args, keywords, CALL);
};
const refusal = (run: () => unknown): string => complaint(run).replace(/^wamp\.error\.type_check_error: /, '');

const TEA = { article: 'tea', quantity: 2 };
const ORDER = { lines: [TEA, TEA], to: { street: ' High ', number: 3 }, coupon: null };

describe('an argument becomes an instance', () => {
  test('with its lists and classes within, its methods and its defaults', () => {
    const order = call('order', [ORDER]) as Order;
    expect(order).toBeInstanceOf(Order);
    expect(order.lines.map((line) => line.text)).toEqual(['2 tea', '2 tea']);
    expect(order.to).toBeInstanceOf(Address);
    expect(order).toMatchObject({ note: 'none', coupon: null, made: 'by the class', to: { street: 'High' } });
  });

  test('inherited fields count, keywords and optional parameters too, and events', () => {
    const [order, line, other] = call('special', [{ ...ORDER, wishes: ['soon'] }], { line: TEA }) as [
      Special,
      Line,
      unknown,
    ];
    expect([order.wishes, order.lines[0]?.text, line.text, other]).toEqual([['soon'], '2 tea', '2 tea', undefined]);
    expect(shop.topics[0]?.handler([TEA], {}, EVENT)).toBeInstanceOf(Line);
  });

  test('a class may hold itself', () => {
    const tree = call('tree', [{ name: 'a', children: [{ name: 'b', children: [{ name: 'c' }] }] }]) as Tree;
    expect(tree.children[0]?.children[0]).toBeInstanceOf(Tree);
    expect(refusal(() => call('tree', [{ name: 'a', children: [{ name: 'b', children: [{}] }] }]))).toBe(
      "'tree.children[0].children[0].name' is missing",
    );
  });

  test('with check: false it stays the dict that it was', () => {
    expect(call('plain', [{ any: 1 }])).toEqual({ any: 1 });
  });
});

describe('what is wrong is told with its place', () => {
  test('all of it at once', () => {
    const wrong = {
      lines: [TEA, TEA, { article: 'cup', quantity: '2' }, 7],
      to: { street: '', number: 3, extra: true },
      coupon: 5,
    };
    const error = (() => {
      try {
        return call('order', [wrong]);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(TypeCheckError);
    expect(String((error as TypeCheckError).args[0]).split(/, (?=')/)).toEqual([
      "'order.lines[2].quantity' expected type=integer got=string",
      "'order.lines[3]' expected type=Line got=number",
      "'order.to.extra' is no field of Address",
      expect.stringMatching(/^'order\.to\.street': /),
      "'order.coupon' expected type=string got=number",
    ]);
  });

  test.each<[string, Value[], string]>([
    ['no argument', [], "missing argument 'order'"],
    ['null', [null], "'order' expected type=Order got=null"],
    ['a list', [[]], "'order' expected type=Order got=list"],
    ['bytes', [new Uint8Array()], "'order' expected type=Order got=binary"],
    ['no list within', [{ ...ORDER, lines: TEA }], "'order.lines' expected type=list got=dict"],
    ['null within', [{ ...ORDER, to: null }], "'order.to' expected type=Address got=null"],
  ])('%s', (_what, args, expected) => {
    expect(refusal(() => call('order', args))).toBe(expected);
  });

  test('a key __proto__ is a key like any other, and reaches no prototype', () => {
    const hostile = JSON.parse('{"__proto__": {"polluted": true}}') as Dict;
    expect(refusal(() => call('order', [{ ...ORDER, to: hostile }]))).toMatch(
      /'order\.to\.__proto__' is no field of Address/,
    );
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  test('a class that cannot be made is found when it is described', () => {
    @component()
    class Wrong {
      @register('com.shop.wrong') wrong(_needy: Needy): void {}
    }
    expect(complaint(() => describeClass(Wrong))).toBe(
      "class Wrong, wrong(): '_needy': Needy has a constructor with parameters; instances of arguments are made without any: give them defaults",
    );
  });
});

test('null passes where a loader has erased that it may', () => {
  const handlers = (options: object) => made(Shop, options).procedures.find(({ uri }) => uri === 'com.shop.order');
  expect(handlers({ erasedNulls: true })?.handler([null], {}, CALL)).toBeNull();
  expect(() => handlers({})?.handler([null], {}, CALL)).toThrow("'order' expected type=Order got=null");
});
