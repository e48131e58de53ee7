import { component, componentsIn, register } from '@wamp-run/component';
import { expect, test } from 'vitest';
import * as offered from './fixtures/several-components.js';

test('every exported class with its own @component, once each', () => {
  expect(Object.keys(offered)).toEqual(
    expect.arrayContaining(['Alias', 'Base', 'First', 'Second', 'Undecorated', 'default', 'helper', 'size']),
  );
  const classes = componentsIn(offered).map((description) => description.class);
  expect(classes).toHaveLength(3);
  expect(new Set(classes)).toEqual(new Set([offered.Base, offered.First, offered.Second]));
});

test("in the order of the module's keys, an alias counting where it comes first", () => {
  const { First, Second, Base } = offered;
  const names = componentsIn({ Alias: Second, Base, First, Second, default: First }).map(({ name }) => name);
  expect(names).toEqual(['Second', 'Base', 'First']);
});

test('a file without components offers none', () => {
  expect(componentsIn({ helper: () => undefined, size: 3, nothing: null })).toEqual([]);
});

test('one wrong class is an error, not an absence', () => {
  @component()
  class Wrong {
    @register('white space') method(): void {}
  }
  expect(() => componentsIn({ First: offered.First, Wrong })).toThrow('class Wrong, method(): ');
});
