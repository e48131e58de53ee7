// What an entry says of a component, in real processes: how it logs in, how it is kept, and what is told of it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ticketVerifier } from '@wamp-run/auth/ticket';
import { wampcraVerifier } from '@wamp-run/auth/wampcra';
import { Router } from '@wamp-run/router';
import { websocketListener } from '@wamp-run/transport/websocket';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { built, Command, finished } from './command.js';
import { clock, joined, localRouter, random, serializers } from './local.js';

const path = built('desk');
const desk = (at: string, more: object = {}, extra: object = {}) => ({
  path,
  name: at,
  ...more,
  extra: { at, ...extra },
});

let directory: string;
const ends: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wamp-run-components-'));
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  rmSync(directory, { recursive: true });
});
const write = (name: string, text: string, mode = 0o600) => writeFileSync(join(directory, name), text, { mode });

function command(configuration: object, args: readonly string[] = [], env: Record<string, string> = {}): Command {
  write('wamp-run.config.json', JSON.stringify(configuration));
  const one = new Command(args, env, { cwd: directory });
  ends.push(() => one.kill());
  return one;
}

/** A command in service, with its router's and its health's URL, and a session at it. */
async function serving(configuration: object) {
  const one = command({ router: { port: 0 }, health: { port: 0 }, ...configuration });
  const [, health = ''] = await one.says(/"url":"(http:[^"]+)".*health is told/);
  const [, url = ''] = await one.says(/^router +(ws:\S+)/m);
  const { session, close } = await joined(url);
  ends.push(close);
  return { one, health, url, session };
}

describe('authentication', () => {
  test('each component by its own, from a file, a variable and a text, at one router', async () => {
    const who = (authid: string) => ({ authid, authrole: 'user', realm: 'realm1' });
    const router = new Router({
      realms: ['realm1'],
      authenticators: [
        ticketVerifier({ principals: [{ ...who('ann'), ticket: 'of a file' }] }),
        wampcraVerifier({
          principals: [
            { ...who('bob'), secret: 'of a variable' },
            { ...who('eve'), secret: 'of a text' },
          ],
        }),
      ],
      clock,
      random,
    });
    ends.push(() => router.close());
    const { url } = await router.listen(websocketListener({ port: 0, serializers: serializers(), clock }));
    write('ann.ticket', 'of a file\n');
    const transports = [url];
    const one = command(
      {
        logLevel: 'trace',
        components: [
          desk('a', { transports, authentication: { ticket: { authid: 'ann', ticket: { file: 'ann.ticket' } } } }),
          desk('b', { transports, authentication: { wampcra: { authid: 'bob', secret: { env: 'BOB' } } } }),
          desk('c', { transports, authentication: { wampcra: { authid: 'eve', secret: 'of a text' } } }),
          // The process's login is for the router of `url`, and there is none.
          desk('d', { transports, restart: 'never' }),
        ],
      },
      [],
      { BOB: 'of a variable' },
    );
    await one.says(/^a +running/m);
    expect(one.stderr).toMatch(/^d +failed: .*no_matching_auth_method/m);
    const found = await finished(
      ['call', '--url', url, '--auth', 'ticket', '--authid', 'ann', '--secret-file', 'ann.ticket', 'com.desk.b.login'],
      {},
      { cwd: directory },
    );
    expect(JSON.parse(found.stdout)).toEqual(['bob', 'wampcra']);
    one.signal('SIGTERM');
    expect(await one.exit).toBe(0);
    expect(one.stderr).not.toMatch(/of a (file|variable|text)/);
  });
});

describe('supervision', () => {
  test('a critical component that has failed ends the process, all others drained: 70', async () => {
    const one = command({
      router: { port: 0 },
      components: [
        desk('a'),
        desk('b', { critical: true, restart: { limit: 1, delay: 1, maxDelay: 1 } }, { fails: true }),
      ],
    });
    expect(await one.exit).toBe(70);
    expect(one.stderr).toMatch(/^wamp-run: .*the desk b is closed$/m);
    expect(one.stderr).toMatch(/^wamp-run: b is critical, and has failed: all others were stopped$/m);
  });

  test('one that is not critical fails alone, and readiness and status name it with its restarts', async () => {
    const { health, session } = await serving({
      components: [desk('a'), desk('b', { restart: { limit: 2, delay: 1, maxDelay: 1 } }, { fails: true })],
    });
    await session.call('com.desk.a.life');
    const answer = (await (await fetch(`${health}/readyz`)).json()) as { components: object[] };
    expect(answer.components[1]).toMatchObject({
      name: 'b',
      state: 'failed',
      restarts: 2,
      waitsFor: [],
      critical: false,
    });
    const { code, stdout } = await finished(['status', '--health-url', health]);
    expect(code).toBe(75);
    expect(stdout).toMatch(/^b {2}failed in realm1 \(2 restarts\): .*the desk b is closed$/m);
    expect(stdout).toMatch(/^ {3}missing com\.desk\.b\.life$/m);
  });

  test('what is required is waited for, by name and by URI, and named until it is there', async () => {
    const { router, url } = await localRouter();
    ends.push(() => router.close());
    const components = [desk('c', { requires: ['a', 'com.desk.b.life'] }), desk('a')];
    const one = command({ url, health: { port: 0 }, components });
    const [, health = ''] = await one.says(/"url":"(http:[^"]+)".*health is told/);
    await one.says(/"component":"a".*in service/);
    const { session, close } = await joined(url);
    ends.push(close);
    const waiting = await finished(['status', '--health-url', health]);
    expect([waiting.code, waiting.stdout]).toEqual([75, expect.stringMatching(/^ {3}waits for com\.desk\.b\.life$/m)]);
    write('other.json', JSON.stringify({ url, components: [desk('b')] }));
    const late = new Command(['--config', 'other.json'], {}, { cwd: directory });
    ends.push(() => late.kill());
    let ready = await finished(['status', '--health-url', health]);
    while (ready.code !== 0) ready = await finished(['status', '--health-url', health]);
    await session.call('com.desk.c.life');
  });

  test('several instances share their procedures, each with a name', async () => {
    const { session, one } = await serving({ components: [{ path: built('counter'), instances: 3 }] });
    await session.call('com.counter.who', [1]);
    expect(one.stderr.match(/^Counter(-\d)? +running/gm)?.map((line) => line.split(' ')[0])).toEqual([
      'Counter',
      'Counter-2',
      'Counter-3',
    ]);
  });

  test('what only components beside each other have wrong is told at once, with its place: 2', async () => {
    const one = command({
      components: [desk('a', { instances: 2 }), desk('b', { instances: 3 }), desk('c', { requires: ['x'] })],
    });
    expect(await one.exit).toBe(2);
    expect(one.stderr).toMatch(/json:\d+:\d+: components\[0\]\.instances: 2 of it cannot share com\.desk\.a\.life/);
    expect(one.stderr).toMatch(/json:\d+:\d+: components\[1\]\.instances: 3 of it cannot share com\.desk\.b\.life/);
    const circle = command({ components: [desk('a', { requires: ['b'] }), desk('b', { requires: ['a'] })] });
    expect(await circle.exit).toBe(2);
    expect(circle.stderr).toMatch(/json:\d+:\d+: components\[\d\]\.requires: .*needs/);
  });
});
