// Every key that a file has for the router of the command works: of each an effect is shown, over a socket.
import { afterEach, beforeEach, test } from 'vitest';
import { CommandFolder } from './command-folder.js';
import { ROUTER_CASES } from './router-cases.js';

let folder: CommandFolder;
beforeEach(() => {
  folder = new CommandFolder();
});
afterEach(() => folder.leave());

// Less than the default of any time among them: without its effect the case does not end.
test.each(Object.entries(ROUTER_CASES))('%s', { timeout: 9_000 }, async (_, shown) => shown(folder));
