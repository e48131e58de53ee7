import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BIN, built, Command, finished, inService } from './command.js';
import { joined } from './local.js';

/** Exactly one line, on stderr, and nothing on stdout. */
function oneLine(command: Command): string {
  expect(command.stdout).toBe('');
  const lines = command.stderr.trimEnd().split('\n');
  expect(lines, command.stderr).toHaveLength(1);
  return lines[0] as string;
}

describe('mistakes get one clear line and an exit code', () => {
  test('no file named: 2', async () => {
    const command = await finished([]);
    expect(command.code).toBe(2);
    expect(oneLine(command)).toContain('missing file');
  });

  test('no such file: 2', async () => {
    const command = await finished(['./dist/nowhere.js']);
    expect(command.code).toBe(2);
    expect(oneLine(command)).toMatch(/^wamp-run: \.\/dist\/nowhere\.js: no such file \(looked for .*nowhere\.js\)$/);
  });

  test('a file without a component: 2', async () => {
    const command = await finished([built('no-component')]);
    expect(command.code).toBe(2);
    expect(oneLine(command)).toMatch(/no component in it; export a class decorated with @component\(\)/);
  });

  test('a class that cannot be built: 78, naming class, parameter and remedy', async () => {
    const command = await finished([built('cannot-be-built'), '--port', '0']);
    expect(command.code).toBe(78);
    expect(oneLine(command)).toMatch(/Broken.*(interface|@inject)/);
  });

  test('a class whose constructor throws: 78, with what it said, once its restarts are used up', async () => {
    const command = await finished([built('throws-when-built'), '--port', '0']);
    expect(command.code).toBe(78);
    expect(command.stderr).toMatch(/given up: restarted 5 times within 60000 ms/);
    expect(command.stderr.trimEnd().split('\n').at(-1)).toMatch(
      /^wamp-run: class Thrower.*the license file is missing/,
    );
  });

  test('two components with one procedure: 78, naming both', async () => {
    const command = await finished([built('math'), built('same-procedure'), '--port', '0']);
    expect(command.code).toBe(78);
    expect(oneLine(command)).toContain('com.example.math.add is offered by MathService and by OtherMath');
  });

  test('the same file twice is one', async () => {
    const { command } = await inService([built('math'), built('math').replace('/fixtures/', '/./fixtures/')]);
    await command.says(/ready in/);
    expect(command.stderr.match(/^MathService/gm)).toHaveLength(1);
    await command.kill();
  });

  test('an error that nobody caught: 1, with its stack, and what runs is finished', async () => {
    const { command, url } = await inService([built('math'), built('uncaught')]);
    await command.says(/ready in/);
    const { session, client } = await joined(url);
    const begun = new Promise<void>((resolve, reject) => {
      session.subscribe('com.example.math.slow_begun', () => resolve()).catch(reject);
    });
    await session.publish('com.example.unrelated', [], { acknowledge: true });
    const running = session.call('com.example.math.slow', [200]);
    await begun;
    session.publish('com.example.uncaught.now', []);
    expect(await running).toBe('finished');
    expect(await command.exit).toBe(1);
    expect(command.stderr).toMatch(/wamp-run: an error that nobody caught.*thrown in a timer[\s\S]*uncaught\.js/);
    await client.close();
  });

  test('a signal while a service is still loading ends in order: 0', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'wamp-run-')), 'slow.mjs');
    writeFileSync(file, "process.stderr.write('loading\\n'); await new Promise((r) => setTimeout(r, 60_000));");
    const command = new Command([file]);
    await command.says(/^loading/m);
    command.signal('SIGTERM');
    expect(await command.exit).toBe(0);
    rmSync(join(file, '..'), { recursive: true });
  });

  test.each([
    ['none', /^wamp-run: wamp\.error\.runtime_error: (?!.*secret)/m],
    ['message', /^wamp-run: wamp\.error\.runtime_error: .*secret/m],
  ])('--expose-errors %s: what a caller learns of an error that is not meant for it', async (what, expected) => {
    const command = new Command([built('math'), '--port', '0', '--expose-errors', what]);
    const [, url = ''] = await command.says(/^router +(ws:\S+)/m);
    const call = new Command(['call', '--url', url, 'com.example.math.crash']);
    await call.says(expected);
    expect(await call.exit).toBe(4);
    command.signal('SIGTERM');
    expect(await command.exit).toBe(0);
  });

  test('--connect-timeout is about the router, not about a slow onJoin', async () => {
    const router = new Command(['router', '--port', '0']);
    const [, url = ''] = await router.says(/^router +(ws:\S+)/m);
    const command = new Command([built('slow-join'), '--url', url, '--connect-timeout', '300']);
    await command.says(/ready in/);
    command.signal('SIGTERM');
    expect(await command.exit).toBe(0);
    await router.kill();
  });

  test('a port in use: 2', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    for (const args of [[built('math')], ['router']]) {
      const command = await finished([...args, '--port', String(port)]);
      expect(command.code).toBe(2);
      expect(oneLine(command)).toMatch(new RegExp(`port ${port} on 127\\.0\\.0\\.1 is in use`));
    }
    await new Promise((resolve) => taken.close(resolve));
  });

  test.each([
    [['--prot', '9000'], /unknown option '--prot'.*--port/],
    [['--nonsense'], /unknown option '--nonsense'/],
    [['--port', 'http'], /^wamp-run: --port: expected a port \(0 to 65535\), got "http"$/],
    [['--port', '70000'], /^wamp-run: --port: expected a port/],
    [
      ['--log-level', 'loud'],
      /^wamp-run: --log-level: expected one of trace, debug, info, warn, error, silent, got "loud"$/,
    ],
    [['--connect-timeout', '-5'], /^wamp-run: --connect-timeout: expected a number of milliseconds/],
    [['--url', 'ws://127.0.0.1/ws more'], /^wamp-run: --url: .* is not a router's URL/],
    [['--url', 'ftp://127.0.0.1/'], /^wamp-run: --url: "ftp:\/\/127\.0\.0\.1\/" is not a router's URL; write ws:/],
    [['--realm', 'not a realm', '--port', '0'], /realm/],
    [
      ['--listen', 'tcp://127.0.0.1:0'],
      /^wamp-run: listen: "tcp:\/\/127\.0\.0\.1:0" cannot be listened at: there is no/,
    ],
    [
      ['--listen', 'rs://127.0.0.1:0,'],
      /^wamp-run: --listen: expected URLs to listen at, with commas between them, got "rs:/,
    ],
    [['--url', '', '--port', '0'], /^wamp-run: --url: expected a router's URL, got ""$/],
    [['--host', '', '--port', '0'], /^wamp-run: --host: expected a host name or an address, got ""$/],
  ])('%j: 2', async (flags, message) => {
    const command = await finished([built('math'), ...flags]);
    expect(command.code).toBe(2);
    expect(oneLine(command)).toMatch(message);
  });

  test('a wrong environment variable is named: 2', async () => {
    const command = await finished([built('math')], { WAMP_PORT: 'x' });
    expect(command.code).toBe(2);
    expect(oneLine(command)).toBe('wamp-run: WAMP_PORT: expected a port (0 to 65535), got "x"');
  });

  test('a --connect-timeout of more than a timer takes is not over at once', async () => {
    const command = new Command([built('math'), '--url', 'ws://127.0.0.1:1/ws', '--connect-timeout', '3000000000']);
    await command.says(/trying again/);
    command.signal('SIGTERM');
    expect(await command.exit).toBe(0);
    expect(command.stderr).not.toMatch(/TimeoutOverflow|gave up/);
  });

  test('no router at the URL, with --connect-timeout: 69', async () => {
    const command = await finished([
      ...[built('math'), '--url', `ws://127.0.0.1:${await freePort()}/ws`],
      ...['--connect-timeout', '1000', '--log-level', 'silent'],
    ]);
    expect(command.code).toBe(69);
    expect(oneLine(command)).toMatch(
      /cannot connect to ws:\/\/127\.0\.0\.1:\d+\/ws: connection refused \(gave up after 1000 ms/,
    );
  });

  test('help and version go to stdout: 0', async () => {
    const help = await finished(['--help']);
    expect([help.code, help.stderr]).toEqual([0, '']);
    for (const text of ['--url <url>', 'WAMP_URL', 'router', 'call', '69 router unreachable'])
      expect(help.stdout).toContain(text);
    const version = await finished(['--version']);
    expect([version.code, version.stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
  });
});

describe('settings', () => {
  test('an environment variable counts, a flag wins over it', async () => {
    const command = await finished([built('math'), '--url', 'ftp://flag'], { WAMP_URL: 'ftp://variable' });
    expect(oneLine(command)).toContain('ftp://flag');
    const other = await finished([built('math')], { WAMP_URL: 'ftp://variable' });
    expect(oneLine(other)).toContain('ftp://variable');
  });

  test('--realm is where the components and the router meet', async () => {
    const { command, url } = await inService([built('math')], ['--realm', 'shop']);
    await command.says(/running in shop/);
    const { session, close } = await joined(url, { realm: 'shop' });
    expect(await session.call('com.example.math.add', [1, 2])).toBe(3);
    await close();
    await expect(joined(url, { realm: 'realm1' })).rejects.toMatchObject({ reason: 'wamp.error.no_such_realm' });
    await command.kill();
  });

  test('a realm that the router does not have: 77', async () => {
    const { command, url } = await inService([built('math')]);
    const refused = await finished([built('math'), '--url', url, '--realm', 'elsewhere', '--log-level', 'silent']);
    expect(refused.code).toBe(77);
    expect(oneLine(refused)).toMatch(/wamp\.error\.no_such_realm/);
    await command.kill();
  });
});

describe('wamp-run call', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wamp-run-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let command: Command;
  let url: string;
  beforeAll(async () => {
    ({ command, url } = await inService([built('math')]));
    await command.says(/ready in/);
  });
  afterAll(() => command.kill());
  const call = (...args: string[]) => finished(['call', ...args, '--url', url]);

  test.each([
    [['com.example.math.add', '2', '3'], '5\n'],
    [['com.example.math.echo', '{"a": [1, "b", null]}'], '{"a":[1,"b",null]}\n'],
    [['com.example.math.echo', 'null'], 'null\n'],
    [['com.example.math.echo', '9007199254740993'], '9007199254740993\n'],
    [['com.example.math.count', '3'], '"done"\n'],
  ])('%j: the result on stdout, 0', async (args, stdout) => {
    const called = await call(...args);
    expect([called.code, called.stdout, called.stderr]).toEqual([0, stdout, '']);
  });

  test("the call's error: 4", async () => {
    const called = await call('com.example.math.fail', '"on purpose"');
    expect(called.code).toBe(4);
    expect(oneLine(called)).toBe('wamp-run: com.example.error.failed: on purpose {"why":"on purpose"}');
  });

  test('a wrong argument: 4, naming it', async () => {
    const called = await call('com.example.math.add', '"2"', '3');
    expect(called.code).toBe(4);
    expect(oneLine(called)).toContain("'a' expected type=number got=string");
  });

  test('no answer in time: 5', async () => {
    const called = await call('com.example.math.wait', '--timeout', '200');
    expect(called.code).toBe(5);
    expect(oneLine(called)).toMatch(/com\.example\.math\.wait.*200 ms/);
  });

  test('no such procedure: 6', async () => {
    const called = await call('com.example.nowhere');
    expect(called.code).toBe(6);
    expect(oneLine(called)).toMatch(/no_such_procedure/);
  });

  test.each([
    [['com.example.math.add', 'two'], /argument 1: "two" is not JSON; a string needs its quotes: '"two"'/],
    [['com.example.math.add', '--kwargs', '[1]'], /--kwargs: expected a JSON object, got \[1\]/],
    [['com.example.math.add', '--timeout', 'soon'], /--timeout: expected a number of milliseconds/],
    [['not a uri'], /procedure: "not a uri" is not a URI/],
  ])('%j: 2', async (args, message) => {
    const called = await call(...args);
    expect(called.code).toBe(2);
    expect(oneLine(called)).toMatch(message);
  });

  test('a procedure is needed: 2', async () => {
    const called = await finished(['call']);
    expect(called.code).toBe(2);
    expect(oneLine(called)).toContain("missing required argument 'procedure'");
  });

  test('a result larger than a pipe takes at once is there in full, however slowly it is read', async () => {
    const text = JSON.stringify('x'.repeat(1_000_000));
    const file = join(folder, 'large.txt');
    const shell = 'set -o pipefail; "$0" "$@" | (sleep 1; cat) > "$RESULT"';
    const args = [shell, process.execPath, BIN, 'call', 'com.example.math.large', '1000000', '--url', url];
    const { code, stderr } = await ended(spawn('bash', ['-c', ...args], { env: { ...process.env, RESULT: file } }));
    expect([code, stderr]).toEqual([0, '']);
    expect(readFileSync(file, 'utf8')).toBe(`${text}\n`);
  });

  test('a reader that goes away is no error', async () => {
    const shell = 'set -o pipefail; "$0" "$@" | true';
    const args = [shell, process.execPath, BIN, 'call', 'com.example.math.large', '1000000', '--url', url];
    expect(await ended(spawn('bash', ['-c', ...args]))).toEqual({ code: 0, stderr: '' });
  });

  test('flags may stand before the word call', async () => {
    const called = await finished(['--url', url, 'call', 'com.example.math.add', '2', '3']);
    expect([called.code, called.stdout, called.stderr]).toEqual([0, '5\n', '']);
  });

  test('an empty WAMP_LOG_LEVEL counts as not set, a wrong one is named', async () => {
    const args = ['call', 'com.example.math.add', '2', '3', '--url', url];
    const called = await finished(args, { WAMP_LOG_LEVEL: '' });
    expect([called.code, called.stdout, called.stderr]).toEqual([0, '5\n', '']);
    expect(oneLine(await finished(args, { WAMP_LOG_LEVEL: 'loud' }))).toMatch(
      /^wamp-run: WAMP_LOG_LEVEL: expected one/,
    );
  });

  test('no router: 69', async () => {
    const called = await finished(['call', 'a.b', '--url', `ws://127.0.0.1:${await freePort()}/ws`]);
    expect(called.code).toBe(69);
    expect(oneLine(called)).toMatch(/cannot connect to ws:.*connection refused/);
  });

  test('a realm that is not there: 77', async () => {
    const called = await finished(['call', 'a.b', '--url', url, '--realm', 'elsewhere']);
    expect(called.code).toBe(77);
    expect(oneLine(called)).toMatch(/no_such_realm/);
  });
});

describe('wamp-run router', () => {
  test('takes flags that stand before its name, and refuses those that it does not have', async () => {
    const command = new Command(['--port', '0', '--realm', 'shop', 'router']);
    expect((await command.says(/^router +(ws:\S+) +(\S+)$/m))[2]).toBe('shop');
    await command.kill();
    const wrong = await finished(['--url', 'ws://127.0.0.1:1/ws', 'router', '--port', '0']);
    expect(wrong.code).toBe(2);
    expect(oneLine(wrong)).toBe("wamp-run: unknown option '--url' for 'router'");
  });

  test('listens at every URL that it is told, and components and calls reach it by each', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wamp-run-'));
    const path = join(folder, 'wamp.sock');
    const command = new Command(['router', '--listen', `ws://127.0.0.1:0/ws, rs://127.0.0.1:0, unix:${path}`]);
    const [, ws = ''] = await command.says(/^router +(ws:\S+) +realm1$/m);
    const [, rs = ''] = await command.says(/^router +(rs:\S+) +realm1$/m);
    const [, unix = ''] = await command.says(/^router +(unix:\S+) +realm1$/m);
    expect(unix).toBe(`unix:${path}`);
    const service = new Command([built('math'), '--url', rs]);
    await service.says(/ready in/);
    for (const url of [ws, rs, unix]) {
      const called = await finished(['call', 'com.example.math.add', '2', '3', '--url', url]);
      expect([called.code, called.stdout, called.stderr]).toEqual([0, '5\n', '']);
    }
    service.signal('SIGTERM');
    expect(await service.exit).toBe(0);
    command.signal('SIGTERM');
    expect(await command.exit).toBe(0);
    expect(existsSync(path)).toBe(false);
    rmSync(folder, { recursive: true });
  });

  test('is a router alone, and leaves in order: 0', async () => {
    const command = new Command(['router', '--port', '0', '--realm', 'shop']);
    const [, url = ''] = await command.says(/^router +(ws:\S+) +shop$/m);
    const { client } = await joined(url, { realm: 'shop' });
    command.signal('SIGTERM');
    expect(await command.exit).toBe(0);
    expect((await client.closed).error).toMatchObject({ reason: 'wamp.close.system_shutdown' });
  });
});

describe('a file that cannot be loaded', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wamp-run-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ['a syntax error', 'export const = 1;', 78],
    ['an import that is not there', "import 'nowhere';", 78],
    ['an error of its own', "throw new Error('no such luck');", 78],
  ])('%s', async (what, text, code) => {
    const file = join(folder, `${what.replaceAll(' ', '-')}.mjs`);
    writeFileSync(file, text);
    const command = await finished([file, '--port', '0']);
    expect(command.code).toBe(code);
    const line = oneLine(command);
    expect(line).toContain('cannot be loaded');
    if (what === 'an error of its own') expect(line).toMatch(/\(at \/.*\.mjs:1\)$/);
  });

  test('but through a link it is the file that the link leads to', async () => {
    const link = join(folder, 'link.js');
    symlinkSync(built('math'), link);
    const { command } = await inService([link]);
    await command.says(/com\.example\.math\.add/);
    await command.kill();
  });

  test('no @wamp-run/component beside it: 2, with the command that installs it', async () => {
    const file = join(folder, 'alone.mjs');
    writeFileSync(file, 'export const x = 1;');
    const command = await finished([file]);
    expect(command.code).toBe(2);
    expect(oneLine(command)).toContain('npm install @wamp-run/component');
  });
});

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A process run to its end, with what it said on stderr. */
async function ended(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stderr };
}
