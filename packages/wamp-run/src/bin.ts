import { signalsOf } from './process-signals.js';
import { main } from './program.js';

// Who reads has gone (`wamp-run call … | head -1`): nothing more to say to them, and no reason to break off.
const readerGone = (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
};
process.stdout.on('error', readerGone);
process.stderr.on('error', readerGone);

const code = await main(process.argv.slice(2), {
  env: process.env,
  directory: process.cwd(),
  terminal: process.stderr.isTTY === true,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  ...signalsOf(process, process.platform),
  onUncaught: (listener) => {
    const on = (error: unknown) => listener(error instanceof Error ? error : new Error(String(error)));
    process.on('uncaughtException', on).on('unhandledRejection', on);
  },
  force: (forced) => process.exit(forced),
});
// A pipe takes 64 KiB at once; the rest of a large result is still on its way.
for (const stream of [process.stdout, process.stderr]) await new Promise((resolve) => stream.write('', resolve));
// A service's own timers or sockets must not keep a process that has been asked to end.
process.exit(code);
