import { fileURLToPath } from 'node:url';
import { main } from './program.js';

// Who reads has gone: nothing more to say to them, and no reason to leave half a project.
const readerGone = (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
};
process.stdout.on('error', readerGone);
process.stderr.on('error', readerGone);

/** Continuous integration has no one to answer, terminal or not. */
const unattended = !['', '0', 'false', undefined].includes(process.env.CI);
const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true && !unattended;

process.exitCode = await main(process.argv.slice(2), {
  env: process.env,
  directory: process.cwd(),
  templates: fileURLToPath(new URL('templates', import.meta.url)),
  terminal: terminal ? { input: process.stdin, output: process.stdout } : undefined,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  onSignal: (listener) => {
    const interrupted = () => listener('SIGINT');
    const terminated = () => listener('SIGTERM');
    process.on('SIGINT', interrupted).on('SIGTERM', terminated);
    return () => {
      process.off('SIGINT', interrupted).off('SIGTERM', terminated);
    };
  },
});
