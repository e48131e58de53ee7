// URIs that depend on the configuration: read, checked and compared like any other, once it is known.
import {
  component,
  configured,
  defineComponent,
  describe as describeComponent,
  register,
  subscribe,
} from '@wamp-run/component';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { complaint } from './making.js';

@component({ prefix: 'com.shop' })
class Shop {
  @register(({ extra }) => extra.name) open(): void {}
  @register(({ realm }) => `.${realm}.close`) close(): void {}
  @register('fixed') fixed(): void {}
  @subscribe(({ extra }) => `com.${extra.name}.sold`) sold(): void {}
}

const uris = (extra: unknown) => {
  const { procedures, topics } = configured(describeComponent(Shop), { realm: 'realm1', extra });
  return [...procedures.map(({ uri }) => uri), ...topics.map(({ topic }) => topic)];
};

describe('URIs that a function gives', () => {
  test('are relative to the prefix, as others are', () => {
    expect(uris({ name: 'north' })).toEqual([
      'com.shop.north',
      'com.shop.realm1.close',
      'com.shop.fixed',
      'com.north.sold',
    ]);
  });

  test('everything that is wrong with them is told at once', () => {
    expect(complaint(() => uris({ name: 5 })).split('\n')).toEqual([
      'component Shop, open(): its URI cannot be had from this configuration: its function gave number; let it return a string',
    ]);
    expect(complaint(() => uris({ name: 'a b' })).split('\n')).toEqual([
      'component Shop has 2 problems:',
      '- open(): its URI cannot be had from this configuration: @register("a b"): procedure: "com.shop.a b" is not a URI (it contains white space)',
      '- sold(): its URI cannot be had from this configuration: @subscribe("com.a b.sold"): topic: "com.a b.sold" is not a URI (it contains white space)',
    ]);
    expect(complaint(() => uris(undefined))).toMatch(
      /open\(\): its URI cannot be had from this configuration: Cannot read/,
    );
    expect(() => uris(undefined)).toThrow(InvalidConfiguration);
    expect(complaint(() => uris({ name: 'wamp.x' }))).toMatch(/URIs that begin with wamp belong to the protocol/);
  });

  test('two methods that come to one URI clash', () => {
    expect(complaint(() => uris({ name: 'fixed' }))).toBe(
      'component Shop, fixed(): the procedure com.shop.fixed is registered by open() too; a procedure has one method',
    );
  });

  test('of a definition as well', () => {
    const Till = defineComponent({
      name: 'Till',
      offer: ({ procedure }) => [
        procedure(
          ({ extra }) => extra.uri,
          {},
          function ring() {},
        ),
      ],
    });
    const at = (uri: unknown) => configured(describeComponent(Till), { realm: 'r', extra: { uri } }).procedures[0]?.uri;
    expect(at('com.till.ring')).toBe('com.till.ring');
    expect(complaint(() => at('a b'))).toMatch(/^component Till, ring\(\): .*procedure\("a b"\)/);
  });
});
