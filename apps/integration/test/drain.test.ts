// A component that is stopped while it answers calls, on a router of our own over WebSocket.
import * as componentPackage from '@wamp-run/component';
import { CallDetails, component, register } from '@wamp-run/component';
import { Runtime } from '@wamp-run/runtime';
import { websocket } from '@wamp-run/transport/websocket';
import { expect, test } from 'vitest';
import { clock, joined, localRouter, random, serializers } from './local.js';

@component({ prefix: 'com.busy' })
class Busy {
  static begun: () => void = () => {};
  static readonly aborted: unknown[] = [];

  @register('endless')
  endless(call: CallDetails): Promise<void> {
    call.signal.addEventListener('abort', () => Busy.aborted.push(call.signal.reason));
    Busy.begun();
    return new Promise(() => {});
  }
}

async function busy(grace: number) {
  const { router, url } = await localRouter();
  const runtime = new Runtime({
    components: [
      {
        loaded: { file: 'test', description: componentPackage.describe(Busy), package: componentPackage },
        connectors: [websocket(url, { serializers: serializers(), clock })],
        realm: 'realm1',
      },
    ],
    runner: { name: 'test', version: '0' },
    grace,
    clock,
    random,
  });
  runtime.start();
  await runtime.settled();
  const { session, close } = await joined(url);
  const begun = new Promise<void>((resolve) => {
    Busy.begun = resolve;
  });
  return { runtime, session, begun, close: () => close().then(() => router.close()) };
}

test('at the deadline the handler is aborted, and its caller hears it from the component, not from the router', async () => {
  const { runtime, session, begun, close } = await busy(50);
  const call = session.call('com.busy.endless');
  const answered = expect(call).rejects.toMatchObject({
    error: 'wamp.error.canceled',
    args: ['com.busy.endless was stopped before it had finished'],
  });
  await begun;
  await runtime.stop();
  await answered;
  expect(Busy.aborted).toMatchObject([{ code: 'WAMP_CANCELED' }]);
  await close();
});
