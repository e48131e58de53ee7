import { CONTRACT, InvalidConfiguration } from '@wamp-run/protocol';
import { describe as about, expect, test } from 'vitest';
import { component, defineComponent, describe, type Interceptor, register } from '../src/index.js';

const logging: Interceptor = { call: (_call, next) => next() };

@component({ prefix: 'com.store', interceptors: [logging] })
class Store {
  @register('left', { idempotent: true })
  left(): void {}

  @register('sell', { idempotent: false, concurrency: 2 })
  sell(): void {}
}

const store = defineComponent({
  name: 'Store',
  prefix: 'com.store',
  interceptors: [logging],
  offer: ({ procedure }) => [
    procedure('left', { idempotent: true }, () => {}),
    procedure('sell', { concurrency: 2 }, () => {}),
  ],
});

about('a procedure that may be called twice', () => {
  test.each([
    ['a class', Store],
    ['a definition', store],
  ])('of %s says so in its description and in its contract, and not to the router', (_, target) => {
    const [left, sell] = describe(target).procedures;
    expect(left).toMatchObject({ uri: 'com.store.left', idempotent: true });
    expect(left).not.toHaveProperty('options');
    expect(sell).not.toHaveProperty('idempotent');
    expect(sell?.options).toEqual({ concurrency: 2 });
    const procedures = (target as unknown as typeof store)[CONTRACT].procedures({ realm: 'realm1' });
    expect([...procedures.values()].map(({ uri, idempotent }) => [uri, idempotent])).toEqual([
      ['com.store.left', true],
      ['com.store.sell', false],
    ]);
  });

  test('what is neither true nor false is refused', () => {
    @component()
    class Wrong {
      @register('com.x', { idempotent: 'yes' as never })
      x(): void {}
    }
    expect(() => describe(Wrong)).toThrow(/x\(\).*'idempotent' must be a boolean/);
  });
});

about('interceptors of a component', () => {
  test('are part of the description, in their order', () => {
    expect(describe(Store).interceptors).toEqual([logging]);
    expect(describe(store).interceptors).toEqual([logging]);
  });

  test.each<[unknown, string]>([
    [logging, "the option 'interceptors': expected a list"],
    [[{ invocations: () => {} }], "the option 'interceptors'[0].invocations: there is no such method"],
  ])('what is none is refused (%#)', (interceptors, text) => {
    const wrong = defineComponent({ name: 'Wrong', interceptors: interceptors as never });
    expect(() => describe(wrong)).toThrow(InvalidConfiguration);
    expect(() => describe(wrong)).toThrow(text);
    @component({ interceptors: interceptors as never })
    class Wrong {}
    expect(() => describe(Wrong)).toThrow(text);
  });
});
