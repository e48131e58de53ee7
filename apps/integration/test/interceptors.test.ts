// Interceptors, logs and timeouts as a configuration gives them: over the command, and over `start` in a program.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationError } from '@wamp-run/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect, type Interceptor, type StartOptions, start } from 'wamp-run';
import { built, Command, finished } from './command.js';

let directory: string;
const open: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wamp-run-intercepted-'));
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
  rmSync(directory, { recursive: true });
});

const write = (name: string, text: string) => writeFileSync(join(directory, name), text);

/** A file of interceptors that say who they are, in the log of each call. */
const saying = (name: string) => `
export const interceptors = [
  {
    invocation: ({ details }, next) => {
      details.log.info({ by: ${JSON.stringify(name)} }, 'intercepted');
      return next();
    },
  },
];
`;

/** Lines of a log as JSON. */
const lines = (stderr: string): Record<string, unknown>[] =>
  stderr.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));

describe('a file of configuration', () => {
  test('names files of interceptors, for all and for one component; a line of a call says which call it is about', async () => {
    write('everywhere.mjs', saying('everywhere'));
    write('here.mjs', saying('here'));
    const configuration = {
      router: { port: 0 },
      interceptors: ['./everywhere.mjs'],
      components: [{ path: built('math'), interceptors: ['./here.mjs'] }, { path: built('relay') }],
    };
    write('wamp-run.config.json', JSON.stringify(configuration));
    const command = new Command([], {}, { cwd: directory });
    open.push(() => command.kill());
    const [, url = ''] = await command.says(/^router +(ws:\S+)/m);
    const call = ['call', '--url', url, 'com.example.relay.ask', '"com.example.math.offset"'];
    expect(JSON.parse((await finished(call, {}, { cwd: directory })).stdout)).toBe(100);
    const told = lines(command.stderr).filter(({ msg }) => msg === 'intercepted');
    const relay = { component: 'Relay', realm: 'realm1', procedure: 'com.example.relay.ask', by: 'everywhere' };
    const math = { component: 'MathService', realm: 'realm1', procedure: 'com.example.math.offset' };
    expect(told).toMatchObject([relay, { ...math, by: 'everywhere' }, { ...math, by: 'here' }]);
    for (const line of told) expect([typeof line.session, line.request]).toEqual(['number', 1]);
  });

  test.each([
    ['is not there', undefined, /interceptors\[0\]: .*trace\.mjs: no such file/],
    ['cannot be loaded', 'export const interceptors = nobody;', /cannot be loaded: nobody is not defined/],
    [
      'exports none',
      'export const interceptor = {};',
      /exports no interceptors; write: export const interceptors = \[ … \]/,
    ],
    [
      'has a slip',
      'export const interceptors = [{ calls() {} }];',
      /trace\.mjs: interceptors\[0\]\.calls: .*did you mean call\?/,
    ],
  ])('is refused at the start where such a file %s', async (_, text, message) => {
    if (text !== undefined) write('trace.mjs', text);
    const configuration = { router: { port: 0 }, interceptors: ['./trace.mjs'], components: [{ path: built('math') }] };
    write('wamp-run.config.json', JSON.stringify(configuration));
    const { code, stderr } = await finished([], {}, { cwd: directory });
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  test('what is neither a path nor an interceptor is refused with its place', async () => {
    write('wamp-run.config.json', JSON.stringify({ interceptors: [5], callTimeout: -1, components: [] }));
    const { code, stderr } = await finished([], {}, { cwd: directory });
    expect(stderr).toContain('interceptors[0]');
    expect(stderr).toContain('callTimeout: expected a number of milliseconds (0 or more), got -1');
    expect(code).toBe(2);
  });
});

async function serving(options: Partial<StartOptions>) {
  const running = await start({ files: [built('relay')], from: directory, router: { port: 0 }, ...options });
  open.push(() => running.stop());
  await running.settled();
  const client = await connect(running.url);
  open.push(() => client.close());
  return { running, session: client.session };
}

describe('start', () => {
  test('takes interceptors themselves: one that refuses, and one that answers for a component', async () => {
    const guarding: Interceptor = {
      invocation: ({ args }, next) => {
        if ((args as unknown[])[0] === 'com.forbidden') throw new ApplicationError('com.example.error.forbidden');
        return next();
      },
      call: ({ procedure }, next) => (procedure === 'com.answered.here' ? 'answered' : next()),
    };
    const { session } = await serving({ interceptors: [guarding] });
    expect(await session.call('com.example.relay.ask', ['com.answered.here'])).toBe('answered');
    await expect(session.call('com.example.relay.ask', ['com.forbidden'])).rejects.toMatchObject({
      error: 'com.example.error.forbidden',
    });
  });

  test.each<[string, Partial<StartOptions>]>([
    ['of the process', { callTimeout: 50 }],
    [
      'of a component, which wins',
      { callTimeout: 0, files: [], components: [{ path: built('relay'), callTimeout: 50 }] },
    ],
  ])('a component waits for a call no longer than the timeout %s', async (_, options) => {
    const { session } = await serving(options);
    await session.register('com.never', () => new Promise(() => {}));
    expect(await session.call('com.example.relay.ask', ['com.never'])).toBe('WAMP_TIMEOUT');
  });

  test('what is no interceptor is refused, with where it stands', async () => {
    const wrong = { path: built('relay'), interceptors: [{ event: true }] };
    await expect(serving({ files: [], components: [wrong as never] })).rejects.toThrow(
      'components[0].interceptors[0].event: expected a function, got boolean',
    );
    await expect(serving({ interceptors: [{}] })).rejects.toThrow('interceptors[0]: has none of call');
  });
});
