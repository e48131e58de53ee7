import { describe, expect, test } from 'vitest';
import { toJsonText } from '../src/json-text.js';
import { startupTable } from '../src/startup-table.js';

describe('a result as JSON', () => {
  test.each([
    [undefined, 'null'],
    [null, 'null'],
    [[1, 'a"b', true, null], '[1,"a\\"b",true,null]'],
    [{ a: { b: 2n ** 70n } }, '{"a":{"b":1180591620717411303424}}'],
    [new Uint8Array([1, 2, 255]), '"\\u0000AQL/"'],
    [1.5, '1.5'],
  ])('%o', (value, text) => expect(toJsonText(value)).toBe(text));

  test('an own key __proto__ is a key', () => {
    expect(toJsonText(JSON.parse('{"__proto__": 1}'))).toBe('{"__proto__":1}');
  });
});

describe('the table at the start', () => {
  const component = { running: 0, joined: true, error: undefined, realm: 'realm1', state: 'running' as const };

  test('lists each component with what it offers', () => {
    const table = startupTable(
      ['ws://127.0.0.1:8080/ws', 'unix:/run/wamp.sock'],
      [
        { ...component, name: 'Orders', procedures: ['com.shop.create', 'com.shop.list'], topics: [] },
        { ...component, name: 'Bell', procedures: [], topics: ['com.shop.created'] },
      ],
    );
    expect(table.split('\n')).toEqual([
      'router        ws://127.0.0.1:8080/ws',
      '              unix:/run/wamp.sock',
      'Orders        running in realm1',
      '  procedures  com.shop.create',
      '              com.shop.list',
      'Bell          running in realm1',
      '  topics      com.shop.created',
    ]);
  });

  test('says why a component is not in service', () => {
    const error = new Error('refused');
    const table = startupTable(
      ['ws://a/'],
      [{ ...component, state: 'failed', error, name: 'X', procedures: [], topics: [] }],
    );
    expect(table.split('\n')).toEqual(['router  ws://a/', 'X       failed: refused']);
  });
});
