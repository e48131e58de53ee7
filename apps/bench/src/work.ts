import { isDeepStrictEqual } from 'node:util';
import type { Value } from '@wamp-run/protocol';

/** What calls carry, and what has to come back. */
export interface Work {
  /** The arguments of the nth call. */
  args(n: number): Value[];
  /** What the callee answers. */
  answer(args: readonly Value[]): Value;
  /** Whether that is the answer of the nth call. */
  isRight(n: number, answer: Value | undefined): boolean;
}

export type WorkName = 'sum' | 'bytes' | 'nested';

const SIZE = 64 * 1024;
/** Several payloads, so that nobody is given the same one all the time. */
const KINDS = 4;

/** The work by its name. Made when it is asked for: the payloads take their time. */
export function workOf(name: WorkName): Work {
  switch (name) {
    case 'sum':
      return {
        args: (n) => [n % 1000, 7],
        answer: ([a, b]) => (a as number) + (b as number),
        isRight: (n, answer) => answer === (n % 1000) + 7,
      };
    case 'bytes':
      return echo(bytesOf, isSameBytes);
    case 'nested':
      return echo(nestedOf, isDeepStrictEqual);
  }
}

/** The callee sends back what it was sent. */
function echo(made: (kind: number) => Value, isSame: (a: unknown, b: unknown) => boolean): Work {
  const payloads = Array.from({ length: KINDS }, (_, kind) => made(kind));
  const of = (n: number) => payloads[n % KINDS] as Value;
  return {
    args: (n) => [of(n)],
    answer: ([payload]) => payload as Value,
    isRight: (n, answer) => answer !== undefined && isSame(of(n), answer),
  };
}

function isSameBytes(a: unknown, b: unknown): boolean {
  return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0;
}

function bytesOf(kind: number): Uint8Array {
  return Uint8Array.from({ length: SIZE }, (_, i) => (i * 31 + kind) & 0xff);
}

/** Orders as a shop might send them: short keys and texts, numbers of all kinds, lists and objects in each other. */
function nestedOf(kind: number): Value {
  const orders: Value[] = [];
  // 225 bytes of CBOR for each.
  for (let i = 0; i < SIZE / 225; i++) {
    orders.push({
      id: 1_000_000 + 1000 * kind + i,
      article: `article-${i}`,
      quantity: i % 7,
      price: { amount: 12.5 + i, currency: 'EUR' },
      tags: ['new', 'sale', `shelf-${i % 13}`],
      paid: i % 3 === 0,
      note: null,
      address: { street: `Long Lane ${i}`, city: 'Springfield', codes: [i, 2 * i, 3 * i, -1 - i] },
      history: [
        { at: 1_700_000_000 + i, what: 'ordered' },
        { at: 1_700_000_500 + i, what: 'packed' },
      ],
    });
  }
  return orders;
}
