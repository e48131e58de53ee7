import { main } from './program.js';
import type { EndSignal } from './world.js';

const code = await main(process.argv.slice(2), {
  env: process.env,
  directory: process.cwd(),
  terminal: process.stderr.isTTY === true,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  onSignal: (listener) => {
    const on = (signal: EndSignal) => () => listener(signal);
    const listeners = { SIGINT: on('SIGINT'), SIGTERM: on('SIGTERM') };
    process.on('SIGINT', listeners.SIGINT).on('SIGTERM', listeners.SIGTERM);
    return () => {
      process.off('SIGINT', listeners.SIGINT).off('SIGTERM', listeners.SIGTERM);
    };
  },
  force: (forced) => process.exit(forced),
});
// A service's own timers or sockets must not keep a process that has been asked to end.
process.exit(code);
