import { ApplicationError, ERROR_URIS } from '@wamp-run/protocol';
import { expect, test } from 'vitest';
import { joined, localRouter } from './local.js';

test('a callee that is unavailable has the router ask another one', async () => {
  const router = await localRouter();
  const [busy, free, caller] = [await joined(router.url), await joined(router.url), await joined(router.url)];
  const asked: string[] = [];
  const options = { invoke: 'first' } as const;
  await busy.session.register(
    'com.example.work',
    () => {
      asked.push('busy');
      throw new ApplicationError(ERROR_URIS.unavailable);
    },
    options,
  );
  await free.session.register(
    'com.example.work',
    ([text]) => {
      asked.push('free');
      return text;
    },
    options,
  );
  expect(await caller.session.call('com.example.work', ['tea'])).toBe('tea');
  expect(asked).toEqual(['busy', 'free']);
  await Promise.all([busy.close(), free.close(), caller.close()]);
  await router.router.close();
});
