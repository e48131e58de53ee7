import { InvalidConfiguration, InvalidUriError, SessionEnded, TransportLost } from '@wamp-run/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Running, start } from 'wamp-run';
import { built } from './command.js';

let running: Running;

beforeAll(async () => {
  running = await start({ files: [built('math')], from: '/', router: { port: 0 } });
  await running.settled();
});
afterAll(() => running.stop());

test('a program calls a component, and leaves', async () => {
  const client = await connect(running.url);
  expect(await client.session.call('com.example.math.add', [2, 3])).toBe(5);
  await client.close();
  expect(client.state).toBe('closed');
});

test.each([
  ['no URL of a router', 'ftp://127.0.0.1/', 'realm1', InvalidConfiguration],
  ['a realm that is none', undefined, 'no realm', InvalidUriError],
  ['a realm that the router does not have', undefined, 'elsewhere', SessionEnded],
  ['nobody there', 'ws://127.0.0.1:1/ws', 'realm1', TransportLost],
])('%s: one attempt, and the error', async (_, url = running.url, realm, error) => {
  await expect(connect(url, { realm })).rejects.toThrow(error);
});
