import type { Session } from '@wamp-run/client';
import type { ErrorClass } from '@wamp-run/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { built, Command, inService } from './command.js';
import { joined, SERIALIZERS } from './local.js';

describe.each(Object.keys(SERIALIZERS) as (keyof typeof SERIALIZERS)[])('by %s, an error class', (serializer) => {
  let command: Command;
  let session: Session;
  let close = () => Promise.resolve();
  let errors: Record<'OutOfStock' | 'Closed' | 'ShopError', ErrorClass>;
  beforeAll(async () => {
    errors = await import(built('shop-errors'));
    const { command: service, url } = await inService([built('shop')]);
    command = service;
    await command.says(/ready in/);
    ({ session, close } = await joined(url, { serializers: [SERIALIZERS[serializer]()] }));
    session.define(errors.OutOfStock);
    session.define(errors.Closed);
    session.define(errors.ShopError, 'com.shop.error.<name>');
  });
  afterAll(async () => {
    await close();
    await command.kill();
  });

  const caught = (procedure: string, ...args: unknown[]) =>
    session.call(procedure, args).then(
      () => Promise.reject(new Error('nothing was thrown')),
      (error: unknown) => error as Error,
    );

  test('thrown in a procedure of another process is caught as that class', async () => {
    const error = await caught('com.shop.buy', 'tea');
    expect(error).toBeInstanceOf(errors.OutOfStock);
    expect(error).toMatchObject({ item: 'tea', left: 0, message: 'tea: 0 left' });
    expect(error.cause).toMatchObject({ error: 'com.shop.error.out_of_stock', args: ['tea'], executed: 'yes' });
  });

  test('is inherited: what nobody knows is caught as its nearest class', async () => {
    const error = await caught('com.shop.enter');
    expect(error.constructor).toBe(errors.Closed);
    expect(error.message).toBe('back on Monday');
  });

  test('can stand for a pattern of URIs', async () => {
    for (const name of ['no_cash', 'no_change']) {
      const error = await caught('com.shop.pay', name);
      expect(error).toBeInstanceOf(errors.ShopError);
      expect(error).toMatchObject({
        error: `com.shop.error.${name}`,
        args: ['no', 1],
        kwargs: { error: 'data', message: 'data' },
      });
    }
  });

  test('passes through a procedure that calls another, and a refusal does not', async () => {
    expect(await caught('com.shop.order', 'com.shop.buy')).toBeInstanceOf(errors.OutOfStock);
    for (const [procedure, nested] of [
      ['com.nobody.has_this', 'wamp.error.no_such_procedure'],
      ['com.shop.enter', 'wamp.error.type_check_error'],
    ] as const) {
      expect(await caught('com.shop.order', procedure)).toMatchObject({
        error: 'wamp.error.runtime_error',
        kwargs: { nested },
        executed: 'yes',
        retryable: false,
      });
    }
    expect(await caught('com.shop.order')).toMatchObject({ error: 'wamp.error.type_check_error', executed: 'no' });
  });
});
