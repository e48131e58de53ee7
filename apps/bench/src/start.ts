import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect } from 'wamp-run';
import { inTurns, type Side } from './rounds.js';
import type { Figures, Row } from './row.js';

const COMMAND = join(dirname(createRequire(import.meta.url).resolve('wamp-run/package.json')), 'bin/wamp-run.js');
const COMPONENT = fileURLToPath(new URL('./processes/small-component.js', import.meta.url));

/** From the start of the `wamp-run` process, with one small component and its own router, until a call is answered. */
export const start: Row = async (options) => {
  const sides: Side[] = [
    {
      name: 'wamp-run, one component',
      role: 'ours',
      measure: () => timed([COMMAND, COMPONENT, '--port', '0'], answered),
    },
    { name: 'bare Node, one line', role: 'floor', measure: () => timed(['-e', 'console.error("up")'], async () => {}) },
  ];
  const work = 'process start to answered call';
  return [await inTurns({ work, by: 'start', aim: { atMostOver: 300 } }, sides, options)];
};

/** How long it takes from the start of a process until something is true of it. */
async function timed(args: readonly string[], done: (said: string) => Promise<unknown>): Promise<Figures> {
  const began = performance.now();
  const child = spawn(process.execPath, [...args], { cwd: dirname(COMPONENT), stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    await done(await firstWord(child));
    return { start: performance.now() - began };
  } finally {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}

/** What it says first that is not a line of a log. */
function firstWord({ stderr }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const line = text.split('\n').find((each, index, all) => index < all.length - 1 && !each.startsWith('{'));
      if (line !== undefined) resolve(line);
    });
    stderr?.once('close', () => reject(new Error(`it ended before it was up: ${text}`)));
  });
}

async function answered(line: string): Promise<void> {
  const [, url] = /^router +(ws:\S+)/.exec(line) ?? [];
  if (url === undefined) throw new Error(`no router: ${line}`);
  const client = await connect(url);
  const sum = await client.session.call('com.small.add', [2, 3]);
  if (sum !== 5) throw new Error(`a wrong answer: ${sum}`);
  void client.close();
}
