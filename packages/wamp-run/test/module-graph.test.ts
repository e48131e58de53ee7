import { describe, expect, test } from 'vitest';
import { ModuleGraph } from '../src/modules/module-graph.js';

/** Files by name, what each imports, and what each holds: `a → b` and so on. */
function graphOf(files: Readonly<Record<string, readonly string[]>>, entries: readonly string[]): ModuleGraph {
  const graph = new ModuleGraph();
  for (const entry of entries) graph.addEntry(entry);
  for (const [file, imports] of Object.entries(files)) {
    graph.loaded(file, 'one');
    for (const each of imports) graph.imports(file, each);
  }
  return graph;
}

const SHOP = {
  orders: ['prices', 'store'],
  stock: ['store', 'count'],
  prices: ['money'],
  store: [],
  count: [],
  money: [],
};

describe('what a change affects', () => {
  test.each<[string, string[], string[]]>([
    ['money', ['money', 'prices', 'orders'], ['orders']],
    ['store', ['store', 'orders', 'stock'], ['orders', 'stock']],
    ['count', ['count', 'stock'], ['stock']],
    ['stock', ['stock'], ['stock']],
  ])('%s', (changed, affected, entries) => {
    const graph = graphOf(SHOP, ['orders', 'stock']);
    const found = graph.affectedBy([changed]);
    expect(new Set(found)).toEqual(new Set(affected));
    expect(graph.entriesIn(found)).toEqual(entries);
  });

  test('files that import each other', () => {
    const graph = graphOf({ a: ['b'], b: ['c'], c: ['b'] }, ['a']);
    expect([...graph.affectedBy(['c'])].sort()).toEqual(['a', 'b', 'c']);
  });
});

test('what has changed is what holds something else than what was loaded', () => {
  const graph = graphOf(SHOP, ['orders', 'stock']);
  const holds = new Map([
    ['money', 'two'],
    ...['orders', 'stock', 'prices', 'store'].map((file) => [file, 'one'] as const),
  ]);
  expect(graph.changed((file) => holds.get(file))).toEqual(
    new Map([
      ['money', 'two'],
      ['count', undefined],
    ]),
  );
  graph.loaded('money', 'two');
  expect([...graph.changed((file) => holds.get(file)).keys()]).toEqual(['count']);
});

test('a file that is gone is missed by who imports it and did not change, and where it is an entry', () => {
  const graph = graphOf(SHOP, ['orders', 'stock']);
  expect(graph.needs('count', new Map([['count', undefined]]))).toBe(true);
  // Who imported it may import it no longer.
  expect(
    graph.needs(
      'count',
      new Map([
        ['count', undefined],
        ['stock', 'two'],
      ]),
    ),
  ).toBe(false);
  expect(graph.needs('stock', new Map([['stock', undefined]]))).toBe(true);
});

test('what nothing imports any longer is forgotten', () => {
  const graph = graphOf(SHOP, ['orders', 'stock']);
  graph.forgetImports('orders');
  graph.imports('orders', 'store');
  graph.prune();
  expect([...graph.files()].sort()).toEqual(['count', 'orders', 'stock', 'store']);
});
