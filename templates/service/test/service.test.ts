import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, connect, type Running, start } from 'wamp-run';

// The built service on a router of its own, at a free port, called as any other program calls it.
let running: Running;
let caller: Client;

beforeAll(async () => {
  running = await start({ files: ['./dist/service.js'], from: process.cwd(), router: { port: 0 } });
  await running.settled();
  caller = await connect(running.url);
});

afterAll(async () => {
  await caller?.close();
  await running?.stop();
});

test('greets', async () => {
  expect(await caller.session.call('com.example.greeter.hello', ['Ada'])).toBe('Hello, Ada!');
});

test('tells everyone whom it has greeted', async () => {
  const greeted = new Promise((resolve) => {
    void caller.session.subscribe('com.example.greeter.greeted', resolve).then(() => {
      caller.session.call('com.example.greeter.hello', ['Grace']).catch(resolve);
    });
  });
  expect(await greeted).toMatchObject(['Grace', expect.any(Number)]);
});

test('wants a name', async () => {
  await expect(caller.session.call('com.example.greeter.hello', [' '])).rejects.toMatchObject({
    error: 'com.example.greeter.error.no_name',
    args: ['whom shall I greet?'],
  });
});

test('takes nothing but a string', async () => {
  await expect(caller.session.call('com.example.greeter.hello', [42])).rejects.toMatchObject({
    error: 'wamp.error.type_check_error',
  });
});

test('counts down, each number on its own', async () => {
  const seen: number[] = [];
  for await (const left of caller.session.stream<number>('com.example.greeter.countdown', [3])) seen.push(left);
  expect(seen).toEqual([3, 2, 1]);
});
