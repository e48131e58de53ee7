// The benchmarks are programs, and here it is only to be seen that they run, and that they say so where they cannot.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { built } from './command.js';

const BENCH = fileURLToPath(new URL('../../bench', import.meta.url));
const MAIN = join(BENCH, 'dist/main.js');
/** As little as can be: the figures mean nothing. */
const TINY = ['--rounds', '1', '--seconds', '0.05', '--scale', '0.002'];
/** Each starts up to fifteen processes. */
const LONG = 120_000;

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(args: readonly string[], { main = MAIN, shell = '' } = {}): Promise<Run> {
  return new Promise((resolve) => {
    const { NODE_PATH, ...env } = process.env;
    const command = `${shell} exec "${process.execPath}" "${main}" ${args.map((arg) => `"${arg}"`).join(' ')}`;
    const child = spawn('sh', ['-c', command], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

interface Side {
  readonly side: string;
  readonly figures: Record<string, number>;
}
interface Result {
  readonly work: string;
  readonly by: string;
  readonly ours: Side;
  readonly floor: Side;
  readonly peers: readonly Side[];
}

const ROWS = [
  'calls',
  'json',
  'msgpack',
  'bytes',
  'nested',
  'events',
  'local',
  'idle',
  'registrations',
  'wires',
  'checks',
  'start',
];

describe('a row', () => {
  test.each(ROWS)('runs: %s', { timeout: LONG }, async (row) => {
    const { code, stdout, stderr } = await run(['--row', row, '--json', ...TINY]);
    expect(code, stderr).toBe(0);
    const { results } = JSON.parse(stdout) as { results: Result[] };
    expect(results.length).toBeGreaterThan(0);
    for (const { by, ours, floor, peers } of results) {
      for (const { figures, side } of [ours, floor, ...peers]) {
        // The memory of a few sessions is less than what comes and goes.
        if (by === 'memory') expect(figures.memory, side).not.toBeNaN();
        else expect(figures[by], side).toBeGreaterThan(0);
      }
      if (row === 'calls') expect(peers.map(({ side }) => side.split(' ')[0])).toEqual(['autobahn', 'wampy', 'NestJS']);
    }
  });

  test('of calls goes without its peers where they are not wanted', { timeout: LONG }, async () => {
    const alone = await run(['--row', 'calls', '--without-peers', ...TINY]);
    expect(alone.stdout).toContain('routed calls, 64 in flight');
    expect(alone.stdout).not.toContain('autobahn');
    // So few sessions and registrations are no measure of anything, and the table says so.
    expect(alone.stdout).toContain('no measure of anything');
  });

  test('that there is not is refused, and so are figures that are none', async () => {
    const unknown = await run(['--row', 'cals']);
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.stderr).toContain('--row is one of calls, ');
    for (const wrong of [
      ['--rounds', '0'],
      ['--rounds', '1.5'],
      ['--seconds', '0'],
      ['--scale', 'x'],
    ]) {
      expect((await run(['--row', 'calls', ...wrong])).code, wrong.join(' ')).toBe(2);
    }
  });
});

describe('is named and left out, and the exit code says so:', () => {
  test('a row that needs more file descriptors than there are', { timeout: LONG }, async () => {
    const shell = 'ulimit -n 512;';
    const { code, stdout, stderr } = await run(
      ['--row', 'idle', '--row', 'nested', '--rounds', '1', '--seconds', '0.05'],
      {
        shell,
      },
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/^idle: left out: needs 10600 file descriptors for each process, and ulimit -n says 512$/m);
    expect(stdout).toContain('left out: idle');
    // The others are measured all the same.
    expect(stdout).toContain('64 KiB of nested objects');
  });

  test.each([
    ['local', 'moleculer'],
    ['calls', 'wampy'],
  ])('the row %s without its peer %s', { timeout: LONG }, async (row, peer) => {
    const { main } = copyOfBench({ without: peer });
    const { code, stdout, stderr } = await run(['--row', row, ...TINY], { main });
    expect(code).toBe(1);
    expect(stderr).toContain(`${row}: left out: the process '${peer}' ended with 1`);
    expect(stdout).toContain(`left out: ${row}`);
  });

  test.each(['calls', 'bytes', 'events'])(
    'the row %s over a router that changes what it passes on',
    { timeout: LONG },
    async (row) => {
      const args = ['--row', row, '--without-peers', '--router', built('broken-router'), ...TINY];
      const { code, stdout, stderr } = await run(args);
      expect(code).toBe(1);
      expect(stderr).toMatch(new RegExp(`^${row}: left out: (caller|subscribers): a wrong (answer|event)`, 'm'));
      expect(stdout).toContain(`left out: ${row}`);
    },
  );

  test.each([
    ['calling-components', 'return a + b;', 'return a - b;'],
    ['moleculer', '=> a + b', '=> a - b'],
  ])('the row local where %s answers wrongly', { timeout: LONG }, async (program, right, wrong) => {
    const { main, folder } = copyOfBench({});
    const file = join(folder, 'dist/processes', `${program}.js`);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(right);
    writeFileSync(file, text.replace(right, wrong));
    const { code, stderr } = await run(['--row', 'local', ...TINY], { main });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^local: left out: \w+: a wrong answer to call \d+$/m);
  });

  test('a row whose processes do not start', { timeout: LONG }, async () => {
    const { code, stderr } = await run(['--row', 'nested', '--router', '/nowhere.js', ...TINY]);
    expect(code).toBe(1);
    expect(stderr).toContain("nested: left out: the process 'router' ended with 1");
  });
});

const copies: string[] = [];
afterAll(() => {
  for (const copy of copies) rmSync(copy, { recursive: true });
});

/** The built benchmarks in a place of their own, with everything installed but one package. */
function copyOfBench({ without }: { without?: string }): { folder: string; main: string } {
  const folder = mkdtempSync(join(tmpdir(), 'wamp-bench-'));
  copies.push(folder);
  cpSync(join(BENCH, 'dist'), join(folder, 'dist'), { recursive: true });
  cpSync(join(BENCH, 'package.json'), join(folder, 'package.json'));
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(join(BENCH, 'node_modules'))) {
    if (name !== without && !name.startsWith('.')) {
      symlinkSync(join(BENCH, 'node_modules', name), join(folder, 'node_modules', name));
    }
  }
  return { folder, main: join(folder, 'dist/main.js') };
}
