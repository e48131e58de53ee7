import { type Transport, TransportLost } from '@wamp-run/protocol';
import { expect, test } from 'vitest';
import { memoryConnector } from '../../src/memory/index.js';
import { event } from '../support/messages.js';
import { Recorder } from '../support/recorder.js';

test('every connect attaches an end of its own', async () => {
  const attached: Recorder[] = [];
  const connector = memoryConnector((transport) => attached.push(Recorder.on(transport)));
  const { signal } = new AbortController();
  const [one, two] = [await connector.connect(signal), await connector.connect(signal)];
  one.send(event(1));
  two.send(event(2));
  await attached[0]?.count(1);
  await attached[1]?.count(1);
  expect(attached.map(({ args }) => args)).toEqual([[[1]], [[2]]]);
  expect(connector.address).toBe('memory');
});

test('rejects with the reason when stopped, and attaches nothing', async () => {
  const attached: Transport[] = [];
  const connector = memoryConnector((transport) => attached.push(transport));
  const reason = new Error('no longer wanted');
  await expect(connector.connect(AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(attached).toEqual([]);
});

test('rejects with TransportLost where nobody takes the connection', async () => {
  const cause = new Error('the router is closed');
  const connector = memoryConnector(() => {
    throw cause;
  });
  const failure = await connector.connect(new AbortController().signal).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(TransportLost);
  expect(failure).toMatchObject({ message: 'cannot connect to memory: the router is closed', cause, executed: 'no' });
});
