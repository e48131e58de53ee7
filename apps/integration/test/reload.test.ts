// SIGHUP, and `reload` of a program: what has changed is changed, and all else is left alone.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Session } from '@wamp-run/client';
import { Canceled, InvalidConfiguration, Logger } from '@wamp-run/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Running, type StartOptions, start } from 'wamp-run';
import { built, Command, finished } from './command.js';
import { joined, localRouter } from './local.js';

const path = built('desk');
const desk = (at: string, more: object = {}, extra: object = {}) => {
  return { path, export: 'Desk', name: at, ...more, extra: { at, ...extra } };
};

let directory: string;
const started: Command[] = [];
const ends: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wamp-run-reload-'));
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await Promise.all(started.splice(0).map((command) => command.kill()));
  rmSync(directory, { recursive: true });
});
const write = (name: string, text: string, mode = 0o644) => writeFileSync(join(directory, name), text, { mode });
const configure = (value: object) => write('wamp-run.config.json', JSON.stringify(value, undefined, 1));

async function serving(args: readonly string[] = [], env: Record<string, string> = {}) {
  const one = new Command(args, env, { cwd: directory });
  started.push(one);
  const [, url = ''] = await one.says(/^router +(ws:\S+)/m);
  const { session, close } = await joined(url);
  ends.push(close);
  return { one, url, session };
}

/** Sends SIGHUP, and waits until its log says so. */
async function reloaded(one: Command, said: RegExp): Promise<string> {
  const before = one.stderr.length;
  one.signal('SIGHUP');
  let text = one.stderr.slice(before);
  while (!said.test(text)) {
    await one.saysMore();
    text = one.stderr.slice(before);
  }
  return text;
}

const life = (session: Session, at: string) => session.call<string>(`com.desk.${at}.life`);

describe('SIGHUP', () => {
  test('adds what is new, removes what is gone, replaces what has changed, and touches nothing else', async () => {
    configure({ router: { port: 0 }, components: [desk('a'), desk('b', {}, { label: 'one' }), desk('c')] });
    const { one, session } = await serving();
    const before = { a: await life(session, 'a'), b: await life(session, 'b') };
    configure({ router: { port: 0 }, components: [desk('d'), desk('b', {}, { label: 'two' }), desk('a')] });
    const said = await reloaded(one, /configuration reloaded/);
    const line = said.split('\n').find((each) => each.includes('configuration reloaded')) ?? '';
    expect(JSON.parse(line)).toMatchObject({ level: 30, added: ['d'], removed: ['c'], replaced: ['b'] });
    expect(await life(session, 'a')).toBe(before.a);
    expect(await life(session, 'b')).not.toBe(before.b);
    expect(await session.call('com.desk.b.label')).toBe('two');
    await session.call('com.desk.d.life');
    await expect(life(session, 'c')).rejects.toThrow(/no_such_procedure/);
    // Nothing has changed since.
    const again = await reloaded(one, /configuration reloaded/);
    expect(again).toContain('"added":[],"removed":[],"replaced":[]');
    one.signal('SIGTERM');
    expect(await one.exit).toBe(0);
  });

  test('no call fails while a component is replaced', async () => {
    configure({ router: { port: 0 }, components: [desk('a', {}, { label: 'one' })] });
    const { one, session } = await serving();
    let done = false;
    const answers = new Set<string>();
    const calls = (async () => {
      while (!done) answers.add(await session.call<string>('com.desk.a.label'));
    })();
    configure({ router: { port: 0 }, components: [desk('a', {}, { label: 'two' })] });
    await reloaded(one, /configuration reloaded/);
    done = true;
    await calls;
    expect(await session.call('com.desk.a.label')).toBe('two');
    expect([...answers].every((each) => each === 'one' || each === 'two')).toBe(true);
  });

  test('a configuration with mistakes is refused with all of them, and the old one serves on', async () => {
    configure({ router: { port: 0 }, components: [desk('a')] });
    const { one, session } = await serving();
    const before = await life(session, 'a');
    write('wamp-run.config.json', '{ "relm": "x",\n "components": [{ "path": "./x.js", "instances": 0 }] }');
    const shape = await reloaded(one, /stays in force/);
    expect(shape).toContain('configuration refused: wamp-run.config.json:1:3: relm: there is no such key');
    expect(shape).toContain('configuration refused: wamp-run.config.json:2:37: components[0].instances: expected');
    configure({
      router: { port: 0 },
      components: [
        { path: './nowhere.js' },
        desk('b', { keyring: './no.keys' }),
        desk('c', { realm: 'elsewhere' }),
        { ...desk('d'), export: 'Dsk' },
      ],
      logLevels: { e: 'debug' },
    });
    const said = await reloaded(one, /stays in force/);
    expect(said).toMatch(/wamp-run\.config\.json:\d+:\d+: components\[0\]\.path: .*nowhere\.js: no such file/);
    expect(said).toMatch(/wamp-run\.config\.json:\d+:\d+: components\[1\]\.keyring: cannot read .*no\.keys/);
    expect(said).toMatch(/wamp-run\.config\.json:\d+:\d+: components\[2\]\.realm: c: its own router has no realm/);
    expect(said).toMatch(/wamp-run\.config\.json:\d+:\d+: components\[3\]\.export: .*did you mean Desk\?/);
    expect(said).toMatch(/wamp-run\.config\.json:\d+:\d+: logLevels\.e: there is no component/);
    expect(await life(session, 'a')).toBe(before);
    await expect(life(session, 'b')).rejects.toThrow(/no_such_procedure/);
  });

  test('a new instance that hangs is given up for a newer configuration, not for one with mistakes', async () => {
    configure({ router: { port: 0 }, components: [desk('a', {}, { label: 'one' }), desk('b')] });
    const { one, session } = await serving(['--log-level', 'debug']);
    configure({ router: { port: 0 }, components: [desk('a', {}, { label: 'two', hangs: true }), desk('b')] });
    // It has joined beside the old one, and does not come into service.
    await reloaded(one, /"component":"a"[^\n]*"msg":"start"/);
    configure({ relm: 'x' });
    await reloaded(one, /stays in force/);
    expect(await session.call('com.desk.a.label')).toBe('one');
    configure({ router: { port: 0 }, components: [desk('a', {}, { label: 'three' }), desk('b')] });
    const said = await reloaded(one, /"replaced":\["a"\]/);
    const givenUp = said.split('\n').filter((line) => line.includes('given up'));
    expect(givenUp.map((line) => JSON.parse(line))).toMatchObject([
      { level: 30, added: [], removed: [], replaced: [], givenUp: ['a'] },
    ]);
    expect(said).not.toMatch(/"level":50/);
    expect(await session.call('com.desk.a.label')).toBe('three');
    one.signal('SIGTERM');
    expect(await one.exit).toBe(0);
  });

  test('what is fixed while the process runs is named, and the rest is done', async () => {
    const components = [desk('a')];
    configure({ router: { port: 0 }, components });
    const { one, session } = await serving();
    configure({
      realm: 'other',
      exposeErrors: 'message',
      health: { port: 0 },
      router: { port: 1, limits: { sessions: 9 } },
      components: [desk('a'), desk('b')],
    });
    const said = await reloaded(one, /configuration reloaded/);
    const named = said.split('\n').flatMap((line) => /"key":"([^"]+)"/.exec(line)?.[1] ?? []);
    expect(named.sort()).toEqual(['exposeErrors', 'health.port', 'realm', 'router.limits.sessions', 'router.port']);
    await life(session, 'b');
  });

  test('levels of logs change at once, and a file of variables is read again', async () => {
    configure({ router: { port: 0 }, components: [desk('a')] });
    write('a.env', 'WAMP_LOG_LEVEL=warn\nWAMP_REALM=realm1\n');
    const { one, session } = await serving(['--env-file', 'a.env']);
    const before = await life(session, 'a');
    expect(one.stderr).not.toContain('in service');
    write('a.env', 'WAMP_LOG_LEVEL=debug\n');
    configure({ router: { port: 0 }, components: [desk('a'), desk('b')], logLevels: { a: 'silent' } });
    const said = await reloaded(one, /configuration reloaded/);
    expect(said).toContain('"level":20');
    expect(await life(session, 'a')).toBe(before);
  });

  test('secrets and keys are read again: who has others is replaced', async () => {
    const keygen = (file: string) =>
      finished(['keygen', 'keyring', file, '--force', '--uri', 'com.secret'], {}, { cwd: directory });
    await keygen('a.keys');
    configure({ router: { port: 0 }, components: [desk('a', { keyring: './a.keys' }), desk('b')] });
    const { one, session } = await serving();
    const before = { a: await life(session, 'a'), b: await life(session, 'b') };
    const key = await session.call('com.desk.a.keys', ['com.secret']);
    await keygen('a.keys');
    const said = await reloaded(one, /configuration reloaded/);
    expect(said).toContain('"replaced":["a"]');
    expect(await life(session, 'a')).not.toBe(before.a);
    expect(await life(session, 'b')).toBe(before.b);
    expect(await session.call('com.desk.a.keys', ['com.secret'])).not.toEqual(key);
  });

  test('a file in JavaScript that was changed is loaded anew', async () => {
    const module = (label: string) =>
      `export default ${JSON.stringify({ router: { port: 0 }, components: [desk('a', {}, { label })] })};`;
    write('wamp-run.config.mjs', module('one'));
    const { one, session } = await serving();
    write('wamp-run.config.mjs', module('two'));
    await reloaded(one, /configuration reloaded/);
    expect(await session.call('com.desk.a.label')).toBe('two');
  });

  test('one that does not come into service as it is wanted now serves on as it was', async () => {
    configure({ router: { port: 0 }, components: [desk('a', {}, { label: 'one' }), desk('b')] });
    const { one, session } = await serving();
    const before = await life(session, 'a');
    configure({
      router: { port: 0 },
      components: [desk('a', {}, { fails: true }), desk('b', {}, { label: 'new' })],
    });
    const said = await reloaded(one, /configuration reloaded/);
    expect(said).toMatch(/"component":"a".*a cannot be changed: .*the desk a is closed/);
    expect(await life(session, 'a')).toBe(before);
    expect(await session.call('com.desk.b.label')).toBe('new');
  });

  test('at a router alone: its log changes, and all else is named', async () => {
    configure({ router: { port: 0 } });
    const one = new Command(['router', '--log-level', 'info'], {}, { cwd: directory });
    started.push(one);
    await one.says(/^router +ws:/m);
    configure({ router: { port: 0, agent: 'shop' } });
    const said = await reloaded(one, /configuration reloaded/);
    expect(said).toMatch(/"key":"router\.agent"/);
    one.signal('SIGTERM');
    expect(await one.exit).toBe(0);
  });
});

/** What a program's log was told, by level. */
class Told extends Logger {
  readonly lines: string[] = [];
  trace(): void {}
  debug(): void {}
  info(): void {}
  warn(): void {}
  error(fields: object | string, text?: string): void {
    this.lines.push(text ?? String(fields));
  }
  child(): Logger {
    return this;
  }
}

describe('reload, in a program', () => {
  const options = (components: NonNullable<StartOptions['components']>): StartOptions => {
    return { from: '/', router: { port: 0 }, components };
  };
  async function running(components: NonNullable<StartOptions['components']>): Promise<Running> {
    const one = await start({ ...options(components), log: new Told() });
    ends.push(() => one.stop());
    await one.settled();
    return one;
  }

  test('a component that gives up a procedure hands it to the one that wants it, whatever their order', async () => {
    const one = await running([desk('a'), desk('b', {}, { label: 'of b' })]);
    const { session, close } = await joined(one.url);
    ends.push(close);
    const swapped = [
      { ...desk('c', {}, { label: 'of a' }), name: 'a' },
      { ...desk('a', {}, { label: 'of b' }), name: 'b' },
    ];
    expect(await one.reload(options(swapped))).toEqual({
      added: [],
      removed: [],
      replaced: ['a', 'b'],
      failed: [],
      needRestart: [],
    });
    expect(await session.call('com.desk.a.label')).toBe('of b');
    expect(await session.call('com.desk.c.label')).toBe('of a');
    expect(one.status().map(({ name, state }) => [name, state])).toEqual([
      ['a', 'running'],
      ['b', 'running'],
    ]);
  });

  test('all of them others than before: it goes on', async () => {
    const one = await running([desk('a')]);
    const { session, close } = await joined(one.url);
    ends.push(close);
    await one.reload(options([{ path: built('math') }]));
    expect(await session.call('com.example.math.add', [2, 3])).toBe(5);
    await expect(life(session, 'a')).rejects.toThrow(/no_such_procedure/);
  });

  test('the same under another name: it is there, and the process goes on', async () => {
    const one = await running([desk('a')]);
    const { session, close } = await joined(one.url);
    ends.push(close);
    await one.reload(options([{ ...desk('a'), name: 'z' }]));
    await life(session, 'a');
    const both = [desk('b'), { ...desk('a'), name: 'y' }];
    await one.reload(options(both));
    await life(session, 'a');
    await life(session, 'b');
    expect((await one.reload(options(both))).replaced).toEqual([]);
  });

  test('one that is superseded goes no further, and says of nothing that it was done', async () => {
    const one = await running([desk('a'), desk('c')]);
    const { session, close } = await joined(one.url);
    ends.push(close);
    await one.reload(options([desk('a'), desk('c'), desk('x', { requires: ['com.nowhere'] })]));
    const before = await life(session, 'c');
    const repaired = desk('x', {}, { label: 'repaired' });
    const first = one.reload(options([desk('a', {}, { hangs: true }), repaired, desk('d')]));
    const second = one.reload(options([desk('a', {}, { label: 'two' }), repaired, desk('c')]));
    const { failed, ...done } = await first;
    expect(done).toEqual({ added: [], removed: [], replaced: [], needRestart: [] });
    expect(failed.map(({ name }) => name)).toEqual(['a', 'x', 'd', 'c']);
    for (const { error } of failed) expect(error).toBeInstanceOf(Canceled);
    expect(await second).toMatchObject({ added: [], removed: [], replaced: ['a', 'x'], failed: [] });
    await one.settled();
    expect(await session.call('com.desk.x.label')).toBe('repaired');
    expect(await session.call('com.desk.a.label')).toBe('two');
    expect(await life(session, 'c')).toBe(before);
    await expect(life(session, 'd')).rejects.toThrow(/no_such_procedure/);
  });

  test('what was replaced in part is replaced again, also by what it was before', async () => {
    const pair = (label: string, more: object = {}) =>
      options([{ path: built('pair'), instances: 2, extra: { label, ...more } }]);
    const one = await running(pair('good').components ?? []);
    const { session, close } = await joined(one.url);
    ends.push(close);
    let told = () => {};
    const hangs = new Promise<void>((resolve) => {
      told = resolve;
    });
    await session.subscribe('com.pair.hangs', () => told());
    const bad = one.reload(pair('bad', { secondHangs: true }));
    await hangs;
    const back = one.reload(pair('good'));
    expect((await bad).failed.map(({ name }) => name)).toEqual(['Pair']);
    expect(await back).toMatchObject({ replaced: ['Pair'], failed: [] });
    const label = () => session.call('com.pair.label');
    expect([await label(), await label()]).toEqual(['good', 'good']);
    expect((await one.reload(pair('good'))).replaced).toEqual([]);
  });

  test('they come in the order in which they were asked for, also where an older one has more to read', async () => {
    const one = await running([desk('a')]);
    const { session, close } = await joined(one.url);
    ends.push(close);
    const principals = Array.from({ length: 300 }, (_, i) => {
      write(`${i}.ticket`, `ticket ${i}`, 0o600);
      return { authid: `n${i}`, authrole: 'r', realm: 'realm1', ticket: { file: join(directory, `${i}.ticket`) } };
    });
    const labelled = (label: string) => options([desk('a', {}, { label })]);
    const router = { port: 0, authentication: { ticket: {} }, principals };
    const older = one.reload({ ...labelled('older'), router });
    const newer = one.reload(labelled('newer'));
    await Promise.all([older, newer]);
    expect(await session.call('com.desk.a.label')).toBe('newer');
  });

  test('what can be changed is decided by what the reload before has changed', async () => {
    const { router, url } = await localRouter();
    ends.push(() => router.close());
    const away = desk('a', { transports: [url] });
    const one = await running([away]);
    // The first of them brings a router of its own, with the realms that it needs; a router gets none while it runs.
    const first = one.reload(options([away, desk('b')]));
    const second = one.reload(options([away, desk('b'), desk('c', { realm: 'elsewhere' })]));
    await expect(second).rejects.toThrow(/c: its own router has no realm elsewhere/);
    await first;
    expect(one.status().map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('mistakes reject with all of them; reloads come one after the other; none after stop', async () => {
    const one = await running([desk('a')]);
    const wrong = one.reload({ ...options([desk('b', { keyring: '/no' }), { path: '/no.js' }]) });
    const right = one.reload(options([desk('a', {}, { label: 'two' })]));
    await expect(wrong).rejects.toThrow(InvalidConfiguration);
    await expect(wrong).rejects.toThrow(/components\[0\]\.keyring: .*components\[1\]\.path: /);
    expect((await right).replaced).toEqual(['a']);
    await one.stop();
    await expect(one.reload(options([desk('a')]))).rejects.toThrow(/stopp/);
  });
});
