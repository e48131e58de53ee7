// A terminal without a person: keys go in, and what is asked comes out.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { EXIT } from '../src/exit-codes.js';
import { everything, Shell, write } from './shell.js';

const ENTER = '\r';
const CTRL_C = '\x03';
const DOWN = '\x1b[B';

class Terminal {
  readonly input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  readonly output = Object.assign(new PassThrough(), { isTTY: true, columns: 120, rows: 40 });
  #shown = '';

  constructor() {
    this.output.setEncoding('utf8').on('data', (text: string) => {
      this.#shown += stripVTControlCharacters(text);
    });
  }

  get shown(): string {
    return this.#shown;
  }

  /** Waits for a question, and answers it. */
  async answer(question: string, ...keys: string[]): Promise<void> {
    await expect.poll(() => this.#shown, { interval: 5, timeout: 10_000 }).toContain(question);
    this.#shown = '';
    for (const key of keys) this.input.write(key);
  }
}

test('each question has its default; what comes of it is a project', async () => {
  const terminal = new Terminal();
  const shell = new Shell({ terminal });
  const ended = shell.run();
  await terminal.answer('Where shall it be?', 'orders', ENTER);
  await terminal.answer('From which template?', DOWN, ENTER);
  await terminal.answer('With what?', ENTER);
  await terminal.answer('Install what it depends on, with npm?', 'n');
  await terminal.answer('Make a git repository of it?', ENTER);
  expect(await ended).toBe(EXIT.done);
  expect(JSON.parse(shell.read('orders/package.json')).wamp.template).toBe('browser');
  expect(existsSync(join(shell.folder, 'orders/.git'))).toBe(true);
  expect(existsSync(join(shell.folder, 'orders/Dockerfile'))).toBe(true);
});

test('what flags say is not asked; a folder that can be no name is', async () => {
  const terminal = new Terminal();
  const shell = new Shell({ terminal });
  const ended = shell.run(
    'Orders',
    '-t',
    'service',
    '--lint',
    'none',
    '--no-docker',
    '--no-agents',
    '--no-git',
    '--no-install',
  );
  await terminal.answer('"Orders" cannot be a package\'s name. Which shall it be?', ENTER);
  expect(await ended).toBe(EXIT.done);
  expect(JSON.parse(shell.read('Orders/package.json')).name).toBe('orders');
});

test('a folder that is taken is refused before the other questions', async () => {
  const terminal = new Terminal();
  const shell = new Shell({ terminal });
  write(shell.folder, { 'orders/mine.txt': '' });
  const ended = shell.run();
  await terminal.answer('Where shall it be?', 'orders', ENTER);
  expect(await ended).toBe(EXIT.usage);
  expect(shell.stderr).toContain('orders is not empty');
  expect(terminal.shown).not.toContain('template');
});

test('Ctrl-C at a question: exit code 130, nothing left', async () => {
  const terminal = new Terminal();
  const shell = new Shell({ terminal });
  const ended = shell.run('orders');
  await terminal.answer('From which template?', CTRL_C);
  expect(await ended).toBe(EXIT.cancelled);
  expect(shell.stderr).toContain('cancelled');
  expect(everything(shell.folder)).toEqual({});
});

test('SIGTERM at a question: exit code 143, nothing left', async () => {
  const terminal = new Terminal();
  const shell = new Shell({ terminal });
  const ended = shell.run('orders');
  await terminal.answer('From which template?');
  shell.signal('SIGTERM');
  expect(await ended).toBe(EXIT.terminated);
  expect(everything(shell.folder)).toEqual({});
});

test.each([['--yes'], ['--json']])('with %s nothing is asked, terminal or not', async (flag) => {
  const terminal = new Terminal();
  const shell = new Shell({ terminal });
  expect(await shell.run('orders', flag, '--no-install', '--no-git')).toBe(EXIT.done);
  expect(terminal.shown).toBe('');
});
