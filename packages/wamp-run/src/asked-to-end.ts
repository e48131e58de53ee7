import { EXIT } from './exit-codes.js';
import type { World } from './world.js';

/** What asks a command to end: a signal, or an error that nobody in the process caught. */
export type Asked = 'signal' | Error;

const NONE = { has: () => false };

/**
 * Resolves when the command is asked to end, in order. From then on there is no more patience: another signal, or
 * another uncaught error, ends the process at once.
 *
 * @param told errors that somebody did catch, and that Node tells of all the same. Default: none
 */
export function askedToEnd(world: World, told: { has(error: Error): boolean } = NONE): Promise<Asked> {
  return new Promise((resolve) => {
    let asked = false;
    const ask = (why: Asked, forced: number) => {
      if (asked) world.force(forced);
      asked = true;
      resolve(why);
    };
    world.onSignal((name) => ask('signal', name === 'SIGINT' ? EXIT.interrupted : EXIT.terminated));
    world.onUncaught((error) => {
      if (!told.has(error)) ask(error, EXIT.crash);
    });
  });
}

/** Says what was not caught, with the place it comes from, and which exit code that makes. */
export function tellAsked(why: Asked, world: World): number {
  if (why === 'signal') return EXIT.clean;
  world.stderr(`wamp-run: an error that nobody caught, in a service or below it: ${why.stack ?? why.message}\n`);
  return EXIT.crash;
}
